"""Custody, event by event: what was stated, by whom, and between the events the gaps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol.times import format_utc, parse_local
from custody.verifier.report.markup import LONG, code, listed, prose, rest, table, text
from custody.verifier.report.model import Fact, ItemReport, Person, Step
from custody.verifier.report.stretches import TITLES, Stretch, say_gap
from custody.verifier.report.words import SEAL_FACTS, say, say_person, seals_of

EVENTS_SHOWN = 1_000
"""Of one item, the first and the last half: some sixty pages on paper."""

_HEADS = ("When it happened", "What happened", "Who stated it", "Seals and condition", "Who answers for it then")


class Place(NamedTuple):
    """An event that is on the page, and where."""

    anchor: str
    step: Step


def list_places(item: ItemReport, name: str) -> dict[str, Place]:
    """The events of one item's table, by entry."""
    hidden = _hidden(item)
    return {
        step.entry: Place(_anchor(name, place), step) for place, step in enumerate(item.steps) if place not in hidden
    }


def _anchor(name: str, place: int) -> str:
    return f"{name}-e{place + 1}"


def _hidden(item: ItemReport) -> range:
    return range(EVENTS_SHOWN // 2, max(EVENTS_SHOWN // 2, len(item.steps) - EVENTS_SHOWN // 2))


def events_table(item: ItemReport, stretches: Sequence[Stretch], persons: Mapping[str, Person], name: str) -> str:
    """The table of one item's events; `name` begins their anchors."""
    gaps: dict[int, list[tuple[int, Stretch]]] = {}
    for number, one in enumerate((one for one in stretches if one.gap), 1):
        gaps.setdefault(one.after, []).append((number, one))
    rows = _rows(item, gaps, persons, name)
    caption = "Times as stated, with their offset; below them in UTC, and when the ledger recorded the statement."
    more = rest(item.more_steps, "events of this item; the ledger's own history has them")
    return f'<div class="scroll">{table(_HEADS, rows, caption=caption, kind="events")}</div>{more}'


def _rows(
    item: ItemReport, gaps: Mapping[int, Sequence[tuple[int, Stretch]]], persons: Mapping[str, Person], name: str
) -> Iterator[str]:
    hidden = _hidden(item)
    for place, step in enumerate(item.steps):
        if place in hidden:
            if place == hidden.start:
                yield _across(f"{len(hidden)} events in between are not shown here; the report as JSON has them.")
            continue
        yield _event(step, persons, _anchor(name, place))
        for number, one in gaps.get(place, ()):
            words = f"Gap {number}: {TITLES[one.kind]}, {one.length}, {say_gap(one, say_person(one.person, persons))}"
            yield _across(text(words))


def _across(markup: str) -> str:
    return f'<tbody><tr class="gap"><td colspan="{len(_HEADS)}">{markup}</td></tr></tbody>'


def _event(step: Step, persons: Mapping[str, Person], anchor: str) -> str:
    witnesses = "".join(f"<br>before {_person(one, persons)}" for one in step.witnesses)
    keeping = {"transit": "<br><b>in transit</b>", "lent": "<br><b>lent</b>", "none": "<br><b>not begun</b>"}
    answers = "nobody: its chain has ended" if step.status == "ended" else _person(step.custodian, persons)
    place = f'<br><span class="small">{text(step.place)}</span>' if step.place else ""
    details = [(fact.name, _fact(fact)) for fact in step.facts if fact.name not in (*SEAL_FACTS, "condition")]
    size = sum(len(value) for fact in step.facts for value in fact.values)
    lower = f'<tr><td class="details" colspan="{len(_HEADS)}">{listed(details)}</td></tr>' if details else ""
    tall = ' class="tall"' if size > 3 * LONG else ""
    return (
        f'<tbody id="{anchor}"{tall}><tr class="main"><th scope="row" class="when">{_when(step)}</th>'
        f"<td><b>{text(say(step.type))}</b>{place}<br>{code(step.entry)}</td>"
        f"<td>{_person(step.actor, persons)}{witnesses}</td><td>{_seals(step)}</td>"
        f"<td>{answers}{keeping.get(step.status, '')}</td></tr>{lower}</tbody>"
    )


def _when(step: Step) -> str:
    date, clock, offset = step.occurred_at[:10], step.occurred_at[11:19], step.occurred_at[19:]
    try:
        utc = format_utc(parse_local(step.occurred_at)).replace("T", " ")
    except MalformedError:
        utc = "no such time"
    recorded = step.recorded_at.replace("T", " ")
    return (
        f'<b><time datetime="{text(step.occurred_at)}">{text(date)} {text(clock)}</time></b> {text(offset)}'
        f'<br><span class="small">{text(utc)}<br>recorded {text(recorded)}</span>'
    )


def _person(reference: str, persons: Mapping[str, Person]) -> str:
    known = persons.get(reference)
    name = f"<b>{text(known.name)}</b>" if known and known.name else ""
    state = f" ({text(known.jurisdiction)})" if known and known.jurisdiction else ""
    return f'<span class="who-is">{name}{code(reference) if reference else "nobody on record"}{state}</span>'


def _seals(step: Step) -> str:
    found = []
    for done, what in seals_of(step.type, step.facts):
        alarm = done == "not read" or what.endswith((" broken", " missing"))
        words = f"seal {done}: {what}" if what else "no seal read"
        found.append(f"<b>{text(words)}</b>" if alarm else text(words))
    found += [f"condition: {prose(value)}" for fact in step.facts if fact.name == "condition" for value in fact.values]
    return "<br>".join(found)


def _fact(fact: Fact) -> str:
    if fact.sealed == "withheld":
        return '<span class="sealed">sealed; not disclosed to this reader</span>'
    if len(fact.values) > 1:
        shown = "<ul>" + "".join(f"<li>{prose(value)}</li>" for value in fact.values) + "</ul>"
    else:
        shown = "".join(prose(value) for value in fact.values)
    return shown + (' <span class="sealed">sealed; disclosed to this reader</span>' if fact.sealed else "")
