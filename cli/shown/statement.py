"""Events in plain lines: what is about to be signed, and what was.

    handover.released, 2 items
      by           jm (Jana Marin)
      at           2026-05-03 10:20 +02:00, Iași, RO
      reason       to the laboratory
      item  seals
      JM/1  A-1001
      JM/2  A-1002 (broken)

Everything an event states is shown. Where several events of one act are alike, what they share stands once and what
differs stands in a table: a crate of twenty-five items is read as one statement, and its sum stands below.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from custody.protocol.events.codec import details_of
from custody.protocol.events.common import Event
from custody.protocol.events.items import Parent
from custody.protocol.events.people import RoleTerm
from custody.protocol.names import kind_of
from custody.protocol.values import Amount, Digests, Document, Reference, SealReading, Value

from ..typed import moments
from . import showing
from .names import Names

Audiences = Mapping[str, Sequence[str]]
NOBODY: Audiences = {}

_SUMMED = 20
"""Events from which on a summary closes what is shown."""

_HEADS = ("what", "by", "number", "outcome", "seals read")


def statements(events: Sequence[Event], names: Names, audiences: Audiences = NOBODY) -> list[str]:
    """The lines of an act's events, grouped by type. `audiences`: who may see what is sealed, by digest."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        groups.setdefault((event.type, event.actor), []).append(event)
    lines: list[str] = []
    for (kind, _), alike in groups.items():
        lines += _group(kind, alike, names, audiences)
    return lines + (_summary(groups, names) if len(events) >= _SUMMED else [])


def _summary(groups: Mapping[tuple[str, str], Sequence[Event]], names: Names) -> list[str]:
    """How many of each kind, and in which state seals were read: what a table too long for the screen comes to."""
    rows = []
    for (kind, actor), alike in groups.items():
        outcomes = Counter(getattr(details_of(event), "outcome", "") for event in alike)
        read = Counter(one.state for event in alike for one in _readings(details_of(event)))
        counted = [f"{count} {word}" for word, count in outcomes.items() if word]
        seals = [f"{count} {word}" for word, count in read.items()]
        by = names(actor) if "@" in actor else "the ledger key"
        rows.append([kind, by, str(len(alike)), ", ".join(counted), ", ".join(seals)])
    return [showing.Heading("in all"), *(f"  {line}" for line in showing.table(_HEADS, rows))]


def _readings(details: Value) -> Iterable[SealReading]:
    """Seals as they were read; seals put on have no state."""
    held = getattr(details, "seals", None) or ()
    return (one for one in held if isinstance(one, SealReading))


def _group(kind: str, events: Sequence[Event], names: Names, audiences: Audiences) -> list[str]:
    stated = [members(event, names, audiences) for event in events]
    subjects = [names(event.subject) for event in events]
    keys = list(dict.fromkeys(key for one in stated for key in one))
    shared = [key for key in keys if len({one.get(key) for one in stated}) == 1]
    differing = [key for key in keys if key not in shared and [one.get(key) for one in stated] != subjects]
    what = kind_of(events[0].subject).replace("notes", "item")
    title = subjects[0] if len(events) == 1 else f"{len(events)} {what}s"
    lines: list[str] = [showing.Heading(f"{kind}, {title}")]
    lines += showing.aligned({key: stated[0][key] for key in shared}, "  ")
    if len(events) > 1:
        cells = ([one.get(key, "") for key in differing] for one in stated)
        rows = [[subject, *row] for subject, row in zip(subjects, cells, strict=True)]
        lines += [f"  {line}" for line in showing.table([what, *differing], rows)]
    return lines


def members(event: Event, names: Names, audiences: Audiences = NOBODY) -> dict[str, str]:
    """Everything the event states, in words, in reading order."""
    found = {
        "by": names(event.actor) if "@" in event.actor else "the ledger key",
        "at": moments.readable(event.occurred_at),
    }
    if event.place is not None:
        found["at"] += ", " + ", ".join(part for part in (event.place.name, event.place.country) if part)
    if event.case is not None:
        found["case"] = event.case
    if event.witnesses:
        found["witnesses"] = ", ".join(names(one) for one in event.witnesses)
    details = details_of(event)
    found |= dict(_members_of(details, "", names))
    if event.documents:
        found["documents"] = _said(event.documents, names)
    for pointer, digest in event.sealed.items():
        of = f" for {', '.join(audiences[digest])}" if digest in audiences else ""
        found[member_name(pointer)] = f"(sealed{of})"
    return found


def member_name(pointer: str) -> str:
    """`/details/source` -> `source`, `/place/name` -> `place/name`."""
    return pointer.removeprefix("/details/").strip("/")


def _members_of(value: Value, prefix: str, names: Names) -> Iterable[tuple[str, str]]:
    for field in msgspec.structs.fields(value):
        held = getattr(value, field.name)
        if held is None:
            continue
        name = prefix + field.encode_name.replace("_", " ")
        if isinstance(held, Value) and type(held) not in _SAID:
            yield from _members_of(held, f"{name} ", names)
        else:
            yield name, _said(held, names)


def _said(value: Any, names: Names) -> str:
    say = _SAID.get(type(value))
    if say is not None:
        return say(value, names)
    if isinstance(value, tuple):
        return "; ".join(_said(one, names) for one in value)
    if isinstance(value, Value):
        return ", ".join(f"{name} {text}" for name, text in _members_of(value, "", names))
    if isinstance(value, dict):
        return "; ".join(f"{key} {_listed(held)}" for key, held in value.items())
    return "yes" if value is True else names(str(value))


def _listed(held: Any) -> str:
    """What a profile asks of one type: a number, or pointers or roles."""
    return ", ".join(held) if isinstance(held, tuple) else str(held)


def _digests(one: Digests, names: Names) -> str:
    del names
    files = f", {one.files} files of {one.total} bytes" if one.files is not None else ""
    name = f"{one.name}, " if one.name else ""
    return f"{name}{one.size} bytes{files}, sha256 {one.sha256}, blake3 {one.blake3}"


def _document(one: Document, names: Names) -> str:
    del names
    return f"{one.kind} {one.title or ''}, {one.size} bytes, sha256 {one.sha256}".replace(" ,", ",")


def _reference(one: Reference, names: Names) -> str:
    return f"entry {one.entry[:16]} of {names(one.ledger)}"


def _seal(one: SealReading, names: Names) -> str:
    del names
    return one.seal if one.state == "intact" else f"{one.seal} ({one.state})"


def _role(one: RoleTerm, names: Names) -> str:
    del names
    start = f" from {moments.readable(one.from_)}" if one.from_ else ""
    return one.role + start + (f" until {moments.readable(one.until)}" if one.until else "")


def _parent(one: Parent, names: Names) -> str:
    amounts = [f"{word} {_amount(held, names)}" for word, held in (("taken", one.taken), ("left", one.left)) if held]
    return ", ".join([names(one.item), *amounts])


def _amount(one: Amount, names: Names) -> str:
    del names
    return f"{one.amount} {one.unit}"


_SAID: dict[type, Callable[[Any, Names], str]] = {
    Digests: _digests,
    Document: _document,
    Reference: _reference,
    SealReading: _seal,
    Amount: _amount,
    RoleTerm: _role,
    Parent: _parent,
}
