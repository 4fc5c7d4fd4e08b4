"""The custody table: one row for each event, and the gaps between them where nobody can miss them."""

from collections.abc import Iterator, Sequence

from custody.certificate.blocks import (
    Block,
    Cell,
    Code,
    Items,
    Line,
    Paragraph,
    Row,
    Said,
    Section,
    Stated,
    Table,
    Texts,
)
from custody.certificate.sections.moments import plain_time, stated_time, utc_time
from custody.certificate.setting import Setting, exhibit, said
from custody.protocol.eye import show
from custody.protocol.times import format_utc
from custody.verifier.report.model import Fact, ItemReport, Step
from custody.verifier.report.stretches import Stretch, count_brief
from custody.verifier.report.words import NOTES, SEAL_FACTS, seals_of

_OWN_COLUMN = frozenset({*SEAL_FACTS, "condition", "addressees", "digests", "checkpoint"})
"""Details that stand elsewhere on the pages."""

_OF_THE_ITEM = frozenset(
    {"label", "kind", "description", "manner", "method", "authority", "source", "category", "serial", "make", "model"}
    | {"quantity", "parents", "tool"}
)
"""Of a first event: what the item is, which stands before the table."""

_BEGINNINGS = ("item.seized", "item.derived")

_GIVING = frozenset({"handover.released", "item.lent", "item.returned"})
_RECEIVING = frozenset({"handover.received", "item.recovered"})


def custody_table(setting: Setting, report: ItemReport) -> Section:
    """When, what and where, who gave and who received, every seal reading, condition."""
    words = setting.words
    table = Table(
        caption=words.say("custody.caption", label=exhibit(report)),
        head=tuple(words.say(f"custody.{name}") for name in ("what", "when", "who", "seals", "condition")),
        widths=(1.15, 1.2, 1.5, 0.75, 1.0),
        rows=tuple(_rows(setting, report)),
    )
    more: tuple[Block, ...] = ()
    if report.more_steps:
        more = (Paragraph(cell=said(words.say("custody.more", count=str(report.more_steps))), notice=True),)
    return Section(heading=words.say("custody.heading"), blocks=(table, *more), level=2)


def gaps_of(setting: Setting, report: ItemReport) -> list[Stretch]:
    """In order; their place in this list, from 1, is their number everywhere."""
    return [one for one in setting.stretches(report) if one.gap]


def say_gap(setting: Setting, number: int, one: Stretch) -> Texts:
    """A gap in one sentence."""
    words = setting.words
    facts: dict[str, str | Texts] = {
        "number": str(number),
        "what": words.say(f"gaps.{one.kind}"),
        "length": words.duration(one.length),
        "start": _utc(setting, one.start),
    }
    if not one.until:
        return words.say("custody.gap_open", **facts)
    return words.say("custody.gap", **facts, stop=_utc(setting, one.stop))


def gaps(setting: Setting, report: ItemReport) -> Section:
    """The gaps as a list, or that there are none."""
    words, found = setting.words, gaps_of(setting, report)
    heading, brief = words.say("gaps.heading"), tuple(_brief(setting, report))
    if not found:
        return Section(heading=heading, blocks=(Paragraph(cell=said(words.say("gaps.none"))), *brief), level=2)
    cells = tuple(
        (
            (Said(say_gap(setting, number, one)),),
            (words.said("gaps.answered", person=setting.name(one.person)),) if one.person else (),
        )
        for number, one in enumerate(found, 1)
    )
    shown = tuple(tuple(line for line in one if line) for one in cells)
    intro = Paragraph(cell=said(words.say("gaps.intro")))
    return Section(heading=heading, blocks=(intro, Items(cells=shown), *brief), level=2)


def _brief(setting: Setting, report: ItemReport) -> Iterator[Block]:
    """That shorter transits are left out of the list."""
    count = count_brief(setting.stretches(report))
    if count:
        yield Paragraph(cell=said(setting.words.say("gaps.brief", count=str(count))))


def _utc(setting: Setting, moment: int) -> Texts:
    return setting.words.same(plain_time(format_utc(moment))[:16] + " UTC")


def _rows(setting: Setting, report: ItemReport) -> Iterator[Row]:
    after: dict[int, list[tuple[int, Stretch]]] = {}
    for number, one in enumerate(gaps_of(setting, report), 1):
        after.setdefault(one.after, []).append((number, one))
    before = ""
    for place, step in enumerate(report.steps):
        yield Row(cells=_cells(setting, step, before))
        if step.type not in NOTES:
            before = step.custodian
        for number, one in after.get(place, ()):
            yield Row(cells=(((Said(say_gap(setting, number, one), strong=True),),),), across=True)


def _cells(setting: Setting, step: Step, before: str) -> tuple[Cell, ...]:
    words = setting.words
    what: list[Line] = [(Said(words.either(f"events.{step.type}", step.type), strong=True),)]
    if step.place:
        what.append((Stated(show(step.place)),))
    what.append((Code(step.entry),))
    when: list[Line] = [(Stated(stated_time(step.occurred_at), strong=True),)]
    if utc := utc_time(step.occurred_at):
        when.append((words.said("custody.utc", time=utc),))
    when.append((words.said("custody.recorded", time=plain_time(step.recorded_at)),))
    return tuple(what), tuple(when), _who(setting, step, before), _seals(setting, step), _condition(setting, step)


def _who(setting: Setting, step: Step, before: str) -> Cell:
    lines: list[Line] = []
    if step.type in _GIVING:
        lines += _person(setting, "custody.gave", step.actor)
        for reference in _values(step, "addressees"):
            lines += _person(setting, "custody.addressed", reference)
    elif step.type in _RECEIVING:
        if before and before != step.actor:
            lines += _person(setting, "custody.gave", before)
        lines += _person(setting, "custody.received", step.actor)
    else:
        lines += _person(setting, "custody.by", step.actor)
    for witness in step.witnesses:
        lines += _person(setting, "custody.witness", witness)
    return tuple(lines)


def _person(setting: Setting, key: str, reference: str) -> list[Line]:
    first, *rest = setting.person(reference)
    return [(setting.named(setting.words.say(key)), *first), *rest]


def _values(step: Step, name: str) -> Sequence[str]:
    return next((fact.values for fact in step.facts if fact.name == name), ())


def _seals(setting: Setting, step: Step) -> Cell:
    """Every reading, "not read" in words."""
    words = setting.words
    lines: list[Line] = []
    for done, which in seals_of(step.type, step.facts):
        number, _, state = which.rpartition(" ")
        known = state in ("intact", "broken", "missing")
        alarm = done == "not read" or state in ("broken", "missing")
        line: list[Said | Stated | Code] = [words.said(f"seals.{done}", strong=alarm)]
        if which:
            line.append(Code(show(number if known else which)))
        if known:
            line.append(words.said(f"seals.{state}", strong=alarm))
        lines.append(tuple(line))
    return tuple(lines)


def _condition(setting: Setting, step: Step) -> Cell:
    lines: list[Line] = [(Stated(show(value)),) for value in _values(step, "condition")]
    elsewhere = _OWN_COLUMN | _OF_THE_ITEM if step.type in _BEGINNINGS else _OWN_COLUMN
    for fact in step.facts:
        if fact.name not in elsewhere and not fact.name.startswith("acquisition"):
            lines += _fact(setting, fact)
    return tuple(lines)


def _fact(setting: Setting, fact: Fact) -> Iterator[Line]:
    name = setting.named(setting.words.either(f"details.{fact.name}", fact.name))
    if fact.sealed == "withheld":
        yield (name, setting.words.said("custody.withheld"))
        return
    first, *rest = fact.values or ("",)
    yield (name, Stated(show(first)))
    for value in rest:
        yield (Stated(show(value)),)
