"""`custody history`: what the ledger says of an item."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import click
import msgspec

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.notes import CopiedDetails, ItemCopied
from custody.protocol.findings import Finding
from custody.protocol.names import kind_of
from custody.protocol.rules.fact import Recorded

from ..desk.counter import Counter
from ..desk.home import clock, opened, read_home
from ..options import Command, Common, example, reading
from ..proving import unsealing
from ..proving.replay import Replay, Step, disclosures, replay
from ..shown import showing
from ..shown.names import Names, names_in
from ..shown.statement import member_name, members
from ..shown.whereabouts import STATES, what
from ..typed import moments
from . import entries

SEVERITIES = {"B": "broken", "N": "not established", "R": "remark"}


@click.command(cls=Command, epilog=example("custody history JM/1"))
@click.argument("item")
@click.option("--open", "unsealed", is_flag=True, help="Open what is sealed and kept here.")
@reading
def history(common: Common, item: str, unsealed: bool) -> None:
    """Show everything recorded of an item, in order: events, notes, who was shown what, and what the rules say."""
    home = read_home(common)
    with opened(home) as ledger:
        uuid = ledger.find_item(item)
        played = replay(ledger, uuid, clock())
        steps = _with_disclosures(played.steps, disclosures(ledger, f"item:{uuid}"), ledger.origin)
        facts = [step.fact for step in steps]
        read = unsealing.opened_for(Counter(home, ledger), facts) if unsealed else {}
        if common.session.wants_json:
            showing.answer(common.session, _as_json(played, steps, ledger.origin, read))
        else:
            _tell(played, steps, _Words(names_in(ledger), ledger.origin, read))


def _with_disclosures(steps: Sequence[Step], given: Sequence[Recorded], origin: str) -> list[Step]:
    """The item's events, and among this ledger's own the bundles that showed them."""
    waiting, found = list(given), []
    for step in steps:
        while waiting and step.fact.origin == origin and waiting[0].index < step.fact.index:
            found.append(Step(waiting.pop(0), "", ""))
        found.append(step)
    return found + [Step(fact, "", "") for fact in waiting]


class _Words(NamedTuple):
    """How things are said in one ledger, and what of sealed members was opened, by digest."""

    names: Names
    origin: str
    opened: Mapping[str, str]


def _tell(played: Replay, steps: Sequence[Step], words: _Words) -> None:
    item, names = played.item, words.names
    showing.tell(showing.Heading(f"{item.label}  {item.case_in(words.origin) or ''}  {item.uuid}"))
    showing.tell(what(item))
    for step in steps:
        showing.tell()
        for line in _step(step, words):
            showing.tell(line)
    copies = [line for step in steps for line in _given(step.fact, names)]
    _paragraph("Given out", copies)
    _paragraph("What the rules have to say", _findings(played.findings, item.uuid, names))


def _step(step: Step, words: _Words) -> Iterable[str]:
    event, names = step.fact.event, words.names
    where = f"#{step.fact.index}" if step.fact.origin == words.origin else step.fact.name
    yield showing.Heading(f"{where}  {moments.readable(event.occurred_at)}  {event.type}")
    lines = members(event, names)
    for pointer, digest in event.sealed.items():
        if digest in words.opened:
            lines[member_name(pointer)] = f"{words.opened[digest]} (sealed)"
    lines.pop("case", None)
    place = lines.pop("at").partition(", ")[2]
    if place:
        lines["place"] = place
    if step.custodian and kind_of(event.subject) == "item":
        lines["then"] = _after(step, names)
    yield from showing.aligned(lines, "  ")


def _after(step: Step, names: Names) -> str:
    if step.status not in STATES:
        return f"{step.status}; nobody answers for it any more"
    return f"{names(step.custodian)} answers for it; {STATES[step.status]}"


def _given(fact: Recorded, names: Names) -> Iterable[str]:
    """Who has what of the item: copies and bundles."""
    event, date = fact.event, fact.event.occurred_at[:10]
    if isinstance(event, DisclosureMade):
        what_of = "the whole ledger" if event.details.subjects is None else "a bundle"
        shown = f", sealed values shown: {event.details.disclosed}" if event.details.disclosed else ""
        yield f"{date}  {what_of} for {event.details.audience}{shown}, by {names(event.actor)} (#{fact.index})"
    elif isinstance(event, ItemCopied):
        details: CopiedDetails = event.details
        yield f"{date}  copy to {details.to or '(sealed)'}, {details.purpose}, by {names(event.actor)} (#{fact.index})"


def _findings(findings: Iterable[Finding], uuid: str, names: Names) -> list[str]:
    lines = []
    for one in findings:
        whose = "" if one.item in (None, uuid) else f"{names(one.item)}: "
        lines.append(f"{one.code} {SEVERITIES[one.severity]}: {whose}{one.message}")
    return lines


def _paragraph(title: str, lines: Sequence[str]) -> None:
    if lines:
        showing.tell()
        showing.tell(showing.Heading(title))
        for line in lines:
            showing.tell(f"  {line}")


def _as_json(played: Replay, steps: Iterable[Step], origin: str, opened: Mapping[str, str]) -> dict[str, Any]:
    item = played.item
    return {
        "item": item.uuid,
        "label": item.label,
        "case": item.case_in(origin),
        "kind": item.kind,
        "custodian": item.custodian,
        "status": item.end or item.status,
        "events": [
            entries.as_json(step.fact)
            | {"custodian": step.custodian or None, "status": step.status or None}
            | {"event": msgspec.to_builtins(step.fact.event)}
            | _opened(step.fact, opened)
            for step in steps
        ],
        "findings": [
            {"code": one.code, "severity": one.severity, "message": one.message, "item": one.item}
            | {"entries": list(one.entries)}
            for one in played.findings
        ],
    }


def _opened(fact: Recorded, opened: Mapping[str, str]) -> dict[str, Any]:
    """`{"opened": {pointer: value}}` where any of it was opened."""
    found = {pointer: opened[digest] for pointer, digest in fact.event.sealed.items() if digest in opened}
    return {"opened": found} if found else {}
