"""From a verified report to the pages: the sections in their order."""

from collections.abc import Iterator

from custody.certificate.blocks import Language, Pages, Section
from custody.certificate.sections import authority, custody, declaration, findings, front, item, picture, proof
from custody.certificate.setting import Particulars, Setting, exhibit
from custody.certificate.words import Words
from custody.protocol.eye import show
from custody.verifier.report.model import Report
from custody.verifier.verify import Verified


def make_pages(verified: Verified, report: Report, words: Words, particulars: Particulars) -> Pages:
    """The certificate. The same verified report, words and particulars give the same pages."""
    setting = Setting(verified, report, words, particulars)
    first = words.catalogues[0]
    several = len(words.catalogues) > 1
    return Pages(
        title=words.say("title.draft" if particulars.draft else "title.certificate"),
        subtitle=words.say("title.authentic", language=first.name) if several else words.same(""),
        languages=tuple(Language(code=one.code, rtl=one.rtl) for one in words.catalogues),
        paper=particulars.paper,
        footer=_footer(setting),
        page_of=words.say("title.page_of"),
        watermark=words.say("title.watermark")[0] if particulars.draft else "",
        signed=particulars.signed,
        sections=tuple(_sections(setting)),
    )


def _sections(setting: Setting) -> Iterator[Section]:
    yield front.front(setting)
    yield front.basis(setting)
    yield findings.answers(setting)
    for one in setting.report.items:
        yield item.describe_item(setting, one)
        yield item.digests(setting, one)
        yield picture.picture(setting, one)
        yield custody.custody_table(setting, one)
        yield custody.gaps(setting, one)
        yield findings.findings_about(setting, one)
        yield item.copies(setting, one)
        yield authority.authority(setting, one)
    yield findings.findings_of_record(setting)
    yield proof.method(setting)
    yield proof.limits(setting)
    yield proof.verify(setting)
    yield declaration.declaration(setting)
    yield declaration.glossary(setting)


def _footer(setting: Setting) -> tuple[str, ...]:
    """In the authentic language: there is room for one."""
    words, report, particulars = setting.words, setting.report, setting.particulars
    case = show(report.items[0].case) if report.items else ""
    if len(report.items) == 1:
        about = words.say("title.footer_item", case=case, item=exhibit(report.items[0]))
    else:
        about = words.say("title.footer_items", case=case, count=str(len(report.items)))
    lines = (
        words.say("title.footer_certificate", id=particulars.id[:8]),
        about,
        words.say("title.footer_head", head=proof.issuing(setting).root[:12]),
        words.say("title.footer_issued", time=words.time(particulars.issued)),
    )
    return tuple(one[0] for one in lines)
