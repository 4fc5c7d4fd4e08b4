"""`custody inspect --from`: what was scanned in a room, and what the ledger says is there.

    expected   on record in that room, and in somebody's custody here
    found      scanned, and an item of this ledger: an `item.inspected` each
    missing    expected and not scanned: an `item.inspected` with outcome `absent` each (C11, until it is seen again)
    unknown    scanned, and no item bears that name: told, never recorded

Nothing in a ledger says "an inventory": these are the statements that the format has for what one finds. The room is
the place of each. An item that was stored elsewhere, or is on record as lent, is not as expected: `differs`. Of what
has ended, or left for a partner, nothing can be recorded here; it is told.
"""

import functools
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from custody.errors import UsageError
from custody.protocol.events.handling import InspectedDetails, ItemInspected
from custody.protocol.names import split_person
from custody.protocol.values import Digests

from ..desk import seals
from ..desk.desk import Desk, Meant, at_desk
from ..options import Acting
from ..shown import showing
from ..shown.whereabouts import STATES, where
from . import bulk

if TYPE_CHECKING:
    from custody.ledger.ledger import Act
    from custody.ledger.listing import ItemSummary
    from custody.protocol.rules.item import ItemState

_NOT_THERE = 5
"""Exit code where something is missing: recorded, and where it is was not established."""

_CODE = 80
"""Characters shown of a code that no item bears."""

_ROOMS = 8
"""Shown where nothing is in the room that was named."""


def outcome(
    item: Meant, read: seals.Readings | None, digests: tuple[Digests, ...] = (), *, differs: bool = False
) -> Literal["as-expected", "differs"]:
    """Expected against found."""
    sealed = {reading.seal: reading.state for reading in read or ()}
    if differs or (read is not None and sealed != item.state.seals_on_record):
        return "differs"
    known = all(any(one.same_bytes(fixed) for fixed in item.state.digests) for one in digests)
    return "as-expected" if known else "differs"


class _Compared(NamedTuple):
    """What there should be, and what there is."""

    expected: list["ItemSummary"]
    found: list[tuple[bulk.Line, "ItemSummary"]]
    missing: list["ItemSummary"]
    unknown: list[tuple[int, str]]
    """Lines, and what was scanned."""


def take(acting: Acting, path: Path, room: str | None, condition: str | None) -> int:
    """Compares, tells, records. Returns the exit code."""
    if room is None:
        raise UsageError("which room was scanned is not said", hint="--facility TEXT, as `custody items` shows it")
    with at_desk(acting) as desk:
        in_room = _Room(desk, room)
        book = bulk.Listed(desk, path, bulk.SCANNED, lambda: in_room.expected)
        compared = _compare(desk, book, in_room)
        act = _act(desk, book, compared, room, condition)
        if not acting.json:
            _tell(compared, room)
        desk.record(act, more=_as_json(compared, room))
        _warn(desk, compared)
    return _NOT_THERE if compared.missing else 0


class _Room:
    """What is on record in a room."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self.name = desk, name
        self.others: dict[str, None] = {}
        """Some places where there is something, for who named a room that has nothing."""

    @functools.cached_property
    def expected(self) -> "dict[str, ItemSummary]":
        """The items that should be there, by UUID: those that somebody answers for here."""
        perhaps: dict[str, ItemSummary] = {}
        for one in self._desk.ledger.items():
            if one.status == "held" and _recordable(self._desk, one):
                if f"{_same(where(one))},".startswith(f"{_same(self.name)},"):
                    perhaps[one.uuid] = one
                if len(self.others) <= _ROOMS and where(one):
                    self.others[where(one)] = None
        states = self._desk.ledger.items_of(list(perhaps))
        return {state.uuid: perhaps[state.uuid] for state in states if _stands_in(state, self.name)}


def _compare(desk: Desk, book: bulk.Listed, room: _Room) -> _Compared:
    from custody.ledger.listing import summarise

    if not book.lines:
        book.check()
        hint = "each line is a code as a scanner types it, or the first names columns; `custody inspect ITEM --absent`"
        raise UsageError(f"no line of {book.path} names an item of this ledger", hint=hint)
    if not room.expected:
        hint = f"on record: {'; '.join(list(room.others)[:_ROOMS])}{' …' if len(room.others) > _ROOMS else ''}"
        raise UsageError(
            f"nothing is on record in {room.name}", hint=hint if room.others else "`custody store` says where items are"
        )
    seen = {line.item.uuid for line in book.lines}
    found = [(line, summarise(line.item.state, desk.ledger.origin, 0)) for line in book.lines]
    expected = list(room.expected.values())
    return _Compared(expected, found, [one for one in expected if one.uuid not in seen], book.strangers)


def _stands_in(item: "ItemState", room: str) -> bool:
    """Whether an item is on record in that room, or on a shelf in it: what is on shelf 4 of `Room B` is in `Room B` and
    in `Room B, 4`; what is in the room `Room B, annex` is in neither."""
    parts = item.stored or ((item.place.name, item.place.country) if item.place and item.place.name else ())
    return any(_same(", ".join(parts[:count])) == _same(room) for count in range(1, len(parts) + 1))


def _same(place: str) -> str:
    """A place as it is compared: in any spacing, capitals and composition (Unicode NFC)."""
    return " ".join(unicodedata.normalize("NFC", place).casefold().split())


def _astray(item: "ItemState", room: str) -> bool:
    """Whether the record says of what was found here that it is somewhere else."""
    return item.status == "lent" or (bool(item.stored) and not _stands_in(item, room))


def _recordable(desk: Desk, item: "ItemSummary") -> bool:
    """Whether it is this ledger that says what happens to it."""
    origins = {split_person(one)[1] for one in (item.custodian, *item.addressees)}
    return item.status != "ended" and origins == {desk.ledger.origin}


def _act(desk: Desk, book: bulk.Listed, compared: _Compared, room: str, condition: str | None) -> "Act":
    """The inspections of what was found and of what was not."""
    from custody.ledger.acts.compose import state, together

    occasion, acts = desk.occasion_in(room), []
    book.fill({"condition": condition})
    for line, item in compared.found:
        read = book.need_seals(line) if book.has("seals") else None
        details = InspectedDetails(
            outcome=outcome(
                line.item, read, differs=line.values.get("differs") == "yes" or _astray(line.item.state, room)
            ),
            condition=line.values["condition"],
            seals=read,
        )
        inspected = state(ItemInspected, occasion, line.item.uuid, details)
        acts.append(inspected if _recordable(desk, item) else together())
    book.check()
    absent = InspectedDetails(outcome="absent")
    missing = [state(ItemInspected, occasion, one.uuid, absent) for one in compared.missing]
    return together(book.together(acts), *missing)


def _tell(compared: _Compared, room: str) -> None:
    """The four lists."""
    there = {one.uuid for one in compared.expected}
    found = [[one.label, one.case, "" if one.uuid in there else _elsewhere(one)] for _, one in compared.found]
    lists: list[tuple[str, Sequence[Sequence[str]]]] = [
        (f"expected in {room}", [[one.label, one.case, where(one)] for one in compared.expected]),
        ("found", found),
        ("missing", [[one.label, one.case, where(one)] for one in compared.missing]),
        ("unknown", [[_cut(text), f"line {line}"] for line, text in compared.unknown]),
    ]
    for title, rows in lists:
        showing.tell(showing.Heading(f"{title}: {len(rows)}"))
        for line in showing.table([""] * len(rows[0]), rows)[1:] if rows else ():
            showing.tell(f"  {line}")


def _cut(text: str) -> str:
    """A code as it was scanned: what is longer than any of ours is shown in part."""
    return text if len(text) <= _CODE else f"{text[:_CODE]}…"


def _elsewhere(item: "ItemSummary") -> str:
    """Where the record says that it is."""
    state = item.end or STATES.get(item.status, item.status)
    return f"on record: {', '.join(part for part in (state, where(item)) if part)}"


def _warn(desk: Desk, compared: _Compared) -> None:
    there = {one.uuid for one in compared.expected}
    for _, item in compared.found:
        if not _recordable(desk, item):
            showing.message("warning", f"{item.label} was scanned; {_elsewhere(item)}: nothing of it is recorded here")
        elif item.uuid not in there:
            showing.message("warning", f"{item.label} was scanned; {_elsewhere(item)}")
    for title, many in (("missing", len(compared.missing)), ("unknown", len(compared.unknown))):
        if many:
            showing.message("warning", f"{title}: {many}")


def _as_json(compared: _Compared, room: str) -> dict[str, Any]:
    there = {one.uuid for one in compared.expected}
    return {
        "room": room,
        "expected": [_named(one) for one in compared.expected],
        "found": [{**_named(one), "line": line.number, "expected": one.uuid in there} for line, one in compared.found],
        "missing": [_named(one) for one in compared.missing],
        "unknown": [{"line": line, "text": text} for line, text in compared.unknown],
    }


def _named(item: "ItemSummary") -> dict[str, str]:
    return {"item": item.uuid, "label": item.label, "case": item.case, "where": where(item)}
