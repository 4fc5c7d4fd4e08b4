"""How the record was kept and checked, what it does not prove, and how anyone can check it again."""

import segno

from custody.certificate.blocks import Block, Code, Code2d, Digest, Facts, Items, Paragraph, Section
from custody.certificate.setting import Setting, said
from custody.protocol.eye import show
from custody.verifier.report.model import LIMITS, Stated


def method(setting: Setting) -> Section:
    """Ledger, signatures, software and its version, the bundle inside."""
    words, report = setting.words, setting.report
    paragraphs: list[Block] = [
        Paragraph(cell=said(words.say(f"method.{name}"))) for name in ("ledger", "chain", "check")
    ]
    if report.profile is not None:
        paragraphs.append(Paragraph(cell=said(words.say("method.profile", profile=report.profile))))
    file = dict(report.file)
    facts = Facts(
        rows=(
            (
                words.say("method.software"),
                (
                    *said(words.say("method.version", version=setting.particulars.version)),
                    *said(words.say("method.formats")),
                ),
            ),
            (
                words.say("method.bundle"),
                (
                    (words.said("method.bundle_size", count=file["size"].removesuffix(" bytes")),),
                    (Digest(file["SHA-256"]),),
                ),
            ),
        )
    )
    return Section(heading=words.say("method.heading"), blocks=(*paragraphs, facts))


def limits(setting: Setting) -> Section:
    """What this does not prove."""
    words = setting.words
    cells = tuple(said(words.say(f"limits.{number}")) for number in range(1, len(LIMITS) + 1))
    return Section(
        heading=words.say("limits_section.heading"),
        blocks=(Paragraph(cell=said(words.say("limits_section.intro"))), Items(cells=cells)),
    )


def verify(setting: Setting) -> Section:
    """The command, the head, the fingerprints; the head as a QR code."""
    words, particulars = setting.words, setting.particulars
    own = issuing(setting)
    head = f"{own.origin} {own.size} {own.root}"
    authorities = setting.report.authorities
    command = "custody verify FILE.pdf --policy FILE" + (" --tsa FILE.pem" if authorities else "")
    steps = (
        said(words.say("verify.step_policy")),
        *((said(words.say("verify.step_tsa")),) if authorities else ()),
        (
            *said(words.say("verify.step_run")),
            (Code(command),),
            (Code(f'{command} --head "{head}"'),),
        ),
        said(words.say("verify.step_compare")),
    )
    keys = tuple(
        (words.say("verify.key", ledger=one.origin), ((Code(one.trusted_key),),))
        for one in setting.report.ledgers
        if one.trusted_key is not None
    )
    stampers = tuple(
        (words.say("verify.authority", authority=show(name)), ((Digest(sha256),),)) for name, sha256 in authorities
    )
    code = Code2d(modules=_modules(head), text=head, alternative=words.say("verify.qr_alt")[0])
    blocks: list[Block] = [
        Paragraph(cell=said(words.say("verify.intro"))),
        Items(cells=steps, numbered=True),
        Paragraph(cell=(*said(words.say("verify.head")), (Code(head),))),
        Facts(rows=(*keys, *stampers)),
        code,
    ]
    if particulars.draft:
        blocks.insert(0, Paragraph(cell=said(words.say("title.draft")), notice=True))
    return Section(heading=words.say("verify.heading"), blocks=tuple(blocks))


def issuing(setting: Setting) -> Stated:
    """The ledger that issues the certificate, as the bundle shows it."""
    origin = setting.particulars.certifier.partition("@")[2]
    return next(one for one in setting.report.ledgers if one.origin == origin)


def _modules(text: str) -> tuple[str, ...]:
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.matrix)
