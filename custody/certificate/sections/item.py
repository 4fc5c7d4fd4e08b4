"""One exhibit: what it is, how it came into custody, its digests, the copies given of it."""

from collections.abc import Iterator

from custody.certificate.blocks import (
    Block,
    Cell,
    Code,
    Digest,
    Facts,
    Line,
    Paragraph,
    Row,
    Section,
    Stated,
    Table,
    Texts,
)
from custody.certificate.sections.moments import stated_time
from custody.certificate.setting import Setting, exhibit, said, stated
from custody.protocol.events.items import CourtPresented, ItemDerived, ItemSeized
from custody.protocol.events.notes import ItemCopied
from custody.protocol.eye import show
from custody.protocol.rules.item import ItemState
from custody.protocol.values import Digests
from custody.verifier.report.model import ItemReport


def describe_item(setting: Setting, report: ItemReport) -> Section:
    """Identity: what it is called here and abroad, what it is, where its chain begins, what it belongs to."""
    item = setting.verified.world.items[report.uuid]
    rows = [(name, value) for name, value in _rows(setting, report, item) if value]
    facts = Facts(rows=tuple(rows))
    heading = setting.words.say("item.heading", label=exhibit(report))
    return Section(heading=heading, blocks=(facts,))


def _rows(setting: Setting, report: ItemReport, item: ItemState) -> Iterator[tuple[Texts, Cell]]:
    words = setting.words
    yield words.say("item.exhibit"), _exhibits(setting, item)
    yield words.say("item.label"), stated(item.label)
    yield words.say("item.identifier"), ((Code(item.uuid),),)
    yield words.say("item.description"), _sealable(setting, item, "description")
    if item.kind:
        yield words.say("item.kind"), said(words.say(f"item.{item.kind}"))
    yield words.say("item.category"), stated(item.category) if item.category else ()
    begun = item.begun
    if isinstance(begun, ItemSeized):
        details = begun.details
        made = " ".join(part for part in (details.make, details.model) if part)
        yield words.say("item.make"), stated(made) if made else ()
        yield words.say("item.serial"), _sealable(setting, item, "serial")
        if details.quantity is not None:
            yield words.say("item.quantity"), stated(f"{details.quantity.amount} {details.quantity.unit}")
        yield words.say("item.source"), _sealable(setting, item, "source")
        yield words.say("item.manner"), said(words.say(f"item.{details.manner}"))
    elif isinstance(begun, ItemDerived):
        method = words.say(f"item.{begun.details.method}")
        yield words.say("item.manner"), said(words.say("item.derived", method=method))
    yield from _beginning(setting, item)
    yield words.say("item.elsewhere"), _elsewhere(setting, item)
    yield words.say("item.parents"), tuple(_reference(setting, uuid) for uuid in item.parents)
    yield words.say("item.children"), tuple(_reference(setting, uuid) for uuid in item.yields)
    seals = tuple(
        (Code(show(number)), words.said(f"seals.{state}")) for number, state in sorted(item.seals_on_record.items())
    )
    yield words.say("item.seals"), seals or said(words.say("front.none"))
    yield words.say("item.state"), said(_state(setting, item, report))
    if item.status != "ended":
        yield words.say("item.custodian"), setting.person(item.custodian)


def _state(setting: Setting, item: ItemState, report: ItemReport) -> Texts:
    words = setting.words
    if item.end is not None:
        return words.say("item.ended_on", how=words.say(f"item.{item.end}"), date=words.date(report.until))
    return words.say({"none": "item.begun_not"}.get(item.status, f"item.{item.status}"))


def _sealable(setting: Setting, item: ItemState, name: str) -> Cell:
    """A member of the first event: in clear, as disclosed, or withheld."""
    if item.first is None or item.begun is None:
        return ()
    value = getattr(item.begun.details, name, None)
    path = f"/details/{name}"
    if value is None and path in item.first.event.sealed:
        value = setting.verified.values.get((item.first.name, path))
        if value is None:
            return said(setting.words.say("item.withheld"))
    return stated(value) if value else ()


def _beginning(setting: Setting, item: ItemState) -> Iterator[tuple[Texts, Cell]]:
    if item.first is None:
        return
    words, event = setting.words, item.first.event
    place = ""
    if event.place is not None:
        name = event.place.name or setting.verified.values.get((item.first.name, "/place/name"), "")
        place = f"{show(name)}, {event.place.country}" if name else event.place.country
    when: Line = (words.said(f"events.{event.type}"), Stated(stated_time(event.occurred_at)))
    lines: list[Line] = [when, (Stated(place),) if place else (), (Code(item.first.name),)]
    yield words.say("item.began"), tuple(line for line in lines if line)
    yield words.say("item.entry_hash"), ((Digest(item.first.hash),),)


def _elsewhere(setting: Setting, item: ItemState) -> Cell:
    """The case under which each other ledger has it."""
    own = setting.particulars.certifier.partition("@")[2]
    lines: list[Line] = []
    for ledger in setting.report.ledgers:
        case = item.case_in(ledger.origin)
        if ledger.origin != own and case is not None:
            agency = show(setting.agency(ledger.origin))
            lines.append((setting.words.said("item.elsewhere_as", case=show(case), agency=agency),))
    return tuple(lines)


def _reference(setting: Setting, uuid: str) -> Line:
    item = setting.verified.world.items.get(uuid)
    label = item.label if item is not None else ""
    return (Stated(show(label)), Code(uuid)) if label else (Code(uuid),)


def _exhibits(setting: Setting, item: ItemState) -> Cell:
    """What courts called it."""
    lines: list[Line] = []
    for step in setting.verified.steps.get(item.uuid, ()):
        event = step.fact.event
        if isinstance(event, CourtPresented):
            details = event.details
            date = setting.words.date(details.hearing)
            exhibit_, court = show(details.exhibit), show(details.court)
            lines.append((setting.words.said("item.exhibit_at", exhibit=exhibit_, court=court, date=date),))
    return tuple(lines)


def digests(setting: Setting, report: ItemReport) -> Section:
    """Each file's name, algorithm, digest, size; the tool, and when they were fixed."""
    words, item = setting.words, setting.verified.world.items[report.uuid]
    if not item.digests:
        block: Block = Paragraph(cell=said(words.say("digests.none")))
    else:
        rows = [row for place, one in enumerate(item.digests) for row in _digest_rows(setting, item, place, one)]
        fixed = item.condition.fixed
        block = Table(
            caption=words.say("digests.caption", date=words.date(fixed)) if fixed else words.say("digests.heading"),
            head=tuple(words.say(f"digests.{name}") for name in ("file", "algorithm", "digest")),
            widths=(1.0, 0.5, 2.0),
            rows=tuple(rows),
        )
    return Section(heading=words.say("digests.heading"), blocks=(block,), level=2)


def _digest_rows(setting: Setting, item: ItemState, place: int, one: Digests) -> Iterator[Row]:
    words = setting.words
    path = f"/details/digests/{place}/name"
    sealed = item.first is not None and path in item.first.event.sealed
    disclosed = setting.verified.values.get((item.first.name, path)) if item.first is not None else None
    name = one.name or disclosed
    named = stated(name) if name else said(words.say("item.withheld" if sealed else "digests.unnamed"))
    size: Line = (words.said("digests.bytes", count=str(one.size)),)
    if one.files is not None:
        size = (words.said("digests.folder", files=str(one.files), total=str(one.total)),)
    acquisition = item.condition.acquisition
    tool: Cell = ()
    if acquisition is not None and acquisition.tool:
        version = f" {show(acquisition.version)}" if acquisition.version else ""
        tool = ((words.said("digests.tool"), Stated(show(acquisition.tool) + version)),)
    yield Row(cells=((*named, size, *tool), ((Code("SHA-256"),),), ((Digest(one.sha256),),)))
    yield Row(cells=((), ((Code("BLAKE3"),),), ((Digest(one.blake3),),)))


def copies(setting: Setting, report: ItemReport) -> Section:
    """Copies given, and to whom."""
    words = setting.words
    rows = []
    for step in setting.verified.steps.get(report.uuid, ()):
        event = step.fact.event
        if isinstance(event, ItemCopied):
            details = event.details
            to = details.to or setting.verified.values.get((step.fact.name, "/details/to"))
            whom: Cell = stated(to) if to else said(words.say("item.withheld"))
            if details.state is not None:
                whom = (*whom, *said(words.country(details.state)))
            given = tuple((Digest(one.sha256),) for one in details.digests)
            rows.append(Row(cells=(stated(stated_time(event.occurred_at)), whom, stated(details.purpose), given)))
    block: Block = Paragraph(cell=said(words.say("copies.none")))
    if rows:
        block = Table(
            caption=words.say("copies.caption"),
            head=tuple(words.say(f"copies.{name}") for name in ("when", "to", "purpose", "digests")),
            widths=(0.8, 1.0, 1.0, 1.6),
            rows=tuple(rows),
        )
    return Section(heading=words.say("copies.heading"), blocks=(block,), level=2)
