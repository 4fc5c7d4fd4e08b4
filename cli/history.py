"""`custody history`, `show` and `log`: what the ledger says of an item, in one entry, lately."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.notes import CopiedDetails, EntryCorrected, ItemCopied
from custody.protocol.findings import Finding
from custody.protocol.names import kind_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.times import format_utc

from . import moments, showing, unsealing
from .counter import Counter
from .desk import label_of, name_of_person
from .home import clock, opened, read_home
from .items import STATES, short, what
from .options import Command, Common, example, reading
from .replay import Replay, Step, disclosures, replay
from .signed import signed
from .statement import Names, member_name, members, naming

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

SEVERITIES = {"B": "broken", "N": "not established", "R": "remark"}
SHOWN = 20
"""Entries of `log` unless -n says otherwise."""


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


@click.command(cls=Command, epilog=example("custody show 0"))
@click.argument("entry")
@reading
def show(common: Common, entry: str) -> int:
    """Show one entry in full, its signatures checked.

    ENTRY: its index, ORIGIN#index, or 8 or more digits of its hash. --json gives the entry's own bytes.
    """
    with opened(read_home(common)) as ledger:
        fact = ledger.fact(ledger.find_entry(entry))
        names = names_in(ledger)
        checked = signed(ledger, fact)
        if common.session.wants_json:
            common.session.answered = True
            click.echo(ledger.entry(fact.index))
        else:
            lines = _heading(ledger, fact)
            lines["signatures"] = "\n".join(
                f"{names(one.name)}  {one.fingerprint or 'no key on record'}  {'valid' if one.valid else 'NOT VALID'}"
                for one in checked
            )
            for line in _aligned(lines):
                showing.tell(line)
            showing.tell()
            for line in _aligned(members(fact.event, names) | _corrections(ledger, fact, names)):
                showing.tell(line)
    wrong = [one.name for one in checked if not one.valid]
    if wrong:
        showing.message("warning", f"S01: the signature of {', '.join(wrong)} on {fact.name} does not match the key")
    return 3 if wrong else 0


@click.command(cls=Command, epilog=example("custody log -n 5"))
@click.option("-n", "count", type=click.IntRange(min=1), default=SHOWN, metavar="N", help="How many. Default: 20.")
@reading
def log(common: Common, count: int) -> None:
    """Show the newest entries, the last one at the end."""
    with opened(read_home(common)) as ledger:
        size = ledger.size
        facts = ledger.facts(max(0, size - count), size)
        if common.session.wants_json:
            showing.answer(common.session, {"entries": [_entry(fact) for fact in facts], "size": size})
            return
        names = names_in(ledger)
        rows = [
            [
                f"#{fact.index}",
                moments.readable_at(fact.recorded),
                fact.event.type,
                about(fact, names),
                "the ledger key" if fact.event.actor == ledger.origin else short(fact.event.actor, ledger.origin),
                fact.hash[:16],
            ]
            for fact in facts
        ]
        for line in showing.table(["entry", "recorded", "what", "about", "by", "hash"], rows, narrow=3):
            showing.tell(line)


def names_in(ledger: "Ledger") -> Names:
    """What people call the ledger's items and persons; each is looked up once."""
    labels, people = functools.partial(label_of, ledger), functools.partial(name_of_person, ledger)
    return naming(functools.cache(labels), functools.cache(people), ledger.origin)


def about(fact: Recorded, names: Names) -> str:
    """The subject, as people call it."""
    subject = fact.event.subject
    if kind_of(subject) == "disclosure" and isinstance(fact.event, DisclosureMade):
        return _disclosed(fact.event, names)
    return names(subject)


def _disclosed(event: DisclosureMade, names: Names) -> str:
    subjects = event.details.subjects
    return "the whole ledger" if subjects is None else ", ".join(names(one) for one in subjects)


def _heading(ledger: "Ledger", fact: Recorded) -> dict[str, str]:
    return {
        "entry": fact.name,
        "type": fact.event.type,
        "about": about(fact, names_in(ledger)),
        "hash": fact.hash,
        "recorded": f"{format_utc(fact.recorded)}, by the ledger's clock",
    }


def _corrections(ledger: "Ledger", fact: Recorded, names: Names) -> dict[str, str]:
    """What was said about this entry later: both values are shown (E01)."""
    if kind_of(fact.event.subject) not in ("item", "notes"):
        return {}
    subject = f"item:{fact.event.subject.partition(':')[2]}"
    return {
        f"corrected by #{one.index}": f"{one.event.details.field}: {one.event.details.value or '(sealed)'}"
        f" ({one.event.details.why}; {names(one.event.actor)})"
        for one in ledger.history(subject)
        if isinstance(one.event, EntryCorrected) and one.event.details.entry.entry == fact.hash
    }


def _aligned(lines: dict[str, str]) -> list[str]:
    """`name  value`, further lines of a value under its first."""
    width = max(len(name) for name in lines) + 2
    return [f"{name:<{width}}" + ("\n" + " " * width).join(value.splitlines()) for name, value in lines.items()]


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
    for line in _aligned(lines):
        yield "  " + line.replace("\n", "\n  ")


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


def _entry(fact: Recorded) -> dict[str, Any]:
    event = fact.event
    return {
        "entry": fact.hash,
        "index": fact.index,
        "ledger": fact.origin,
        "subject": event.subject,
        "type": event.type,
        "case": event.case,
        "actor": event.actor,
        "occurred_at": event.occurred_at,
        "recorded_at": format_utc(fact.recorded),
    }


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
            _entry(step.fact)
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
