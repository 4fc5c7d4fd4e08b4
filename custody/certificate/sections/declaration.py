"""What the certifier declares, the blocks to be signed and sealed by hand, and the glossary."""

from custody.certificate.blocks import Block, Facts, Paragraph, Section, Signatures
from custody.certificate.sections.front import knowledge
from custody.certificate.setting import Setting, said
from custody.protocol.eye import show


def declaration(setting: Setting) -> Section:
    """The declaration that the court's law asks for, as proposed wording; signature, seal, interpreter."""
    words, particulars = setting.words, setting.particulars
    known = setting.persons.get(particulars.certifier)
    origin = particulars.certifier.partition("@")[2]
    kind = f"declaration.{particulars.declaration}"
    paragraphs = words.paragraphs(
        kind,
        name=show(known.name) if known and known.name else show(particulars.certifier),
        office=setting.office(particulars.certifier),
        agency=show(setting.agency(origin)),
        knowledge=knowledge(setting),
    )
    blocks: list[Block] = [Paragraph(cell=said(words.say("declaration.notice")), notice=True)]
    blocks += [Paragraph(cell=said(texts)) for texts in paragraphs]
    blocks.append(_boxes(setting))
    return Section(heading=words.say(f"{kind}_title"), blocks=tuple(blocks))


def _boxes(setting: Setting) -> Signatures:
    words = setting.words
    boxes = {
        "signature": ("name", "office", "place", "sign"),
        "seal": ("stamp",),
        "interpreter": ("name", "place", "sign"),
    }
    return Signatures(
        boxes=tuple(
            (words.say(f"declaration.{title}"), tuple(words.say(f"declaration.{line}") for line in lines))
            for title, lines in boxes.items()
        )
    )


def glossary(setting: Setting) -> Section:
    """Words a judge may not know; what a time-stamp is where one is stated."""
    words = setting.words
    names = ("answered", "bundle", "checkpoint", "cosignature", "digest", "entry", "ledger", "seal", "sealed")
    more = ("stamp",) if any(one.stamped for one in setting.report.ledgers) else ()
    rows = tuple((words.say(f"glossary.{name}.1"), said(words.say(f"glossary.{name}.2"))) for name in (*names, *more))
    return Section(heading=words.say("glossary.heading"), blocks=(Facts(rows=rows),))
