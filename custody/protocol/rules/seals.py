"""Seals on record against seals read (P01, P02, P03), and outer seals of consignments.

Every reading equals what is on record; at recovery from a loan that may open, what is on record after the seals the
borrower removed and put on. After a reading that differs, what was read is on record: one swap, one finding.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from custody.protocol.events.common import Event
from custody.protocol.events.handling import (
    ItemAssumed,
    ItemExamined,
    ItemInspected,
    ItemLent,
    ItemOpened,
    ItemRecovered,
    ItemSealed,
)
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased, HandoverWithdrawn
from custody.protocol.events.items import ItemDerived, ItemSeized, ItemYielded
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.naming import MAX_NAMED, with_rest
from custody.protocol.rules.statement import Statement, stated
from custody.protocol.values import SealReading, SealState


class SealOnRecord(NamedTuple):
    """A seal that should be on the item, in the state last read, and the statement that put it there."""

    state: SealState
    statement: Statement


class Mismatch(NamedTuple):
    """A P01 that a correction may lower: what was on record, what was read, and who read it."""

    handle: int
    recorded: tuple[Statement, ...]
    read: tuple[Statement, ...]


class Seals:
    """The seals of one item."""

    __slots__ = ("_broken", "_loan_may_open", "_outer", "ever", "mismatches", "on_record")

    def __init__(self) -> None:
        self.on_record: dict[str, SealOnRecord] = {}
        self.ever = False
        """Whether a seal was ever put on record or read: otherwise the answer is "none recorded"."""
        self.mismatches: list[Mismatch] = []
        self._broken: dict[str, int] = {}
        self._outer: Statement | None = None
        self._loan_may_open: bool | None = None
        """Whether the borrower may open it; None while it is not lent."""

    @property
    def sealed(self) -> bool:
        """Whether any seal is on record."""
        return bool(self.on_record)

    @property
    def outer_sealed(self) -> bool:
        """Whether the consignment on its way bears an outer seal."""
        return self._outer is not None

    def take(self, fact: Recorded, docket: Docket) -> None:
        """Judges the readings of an event and takes its effect on the record."""
        judge: Callable[[Seals, Recorded, Any, Docket], None] | None
        judge = _JUDGES.get(type(fact.event))
        if judge is not None:
            judge(self, fact, fact.event, docket)

    def _begin(self, fact: Recorded, event: ItemSeized | ItemDerived, docket: Docket) -> None:
        for place, seal in enumerate(event.details.seals or ()):
            self._put(seal, stated(fact, f"/details/seals/{place}", seal, docket))

    def _use(self, fact: Recorded, event: ItemExamined | ItemYielded, docket: Docket) -> None:
        """What is taken from an item or done to it, is done behind its seals."""
        del event
        if self.on_record:
            docket.add("P01.sealed", fact, expected=self._named())

    def _named(self) -> str:
        """The seals on record, for a sentence."""
        named = ", ".join(sorted(islice(self.on_record, MAX_NAMED)))
        return with_rest(named, len(self.on_record))

    def _put(self, seal: str, statement: Statement, state: SealState = "intact") -> None:
        self.on_record[seal] = SealOnRecord(state, statement)
        self.ever = True

    def _read(self, fact: Recorded, event: Any, docket: Docket) -> None:
        """All seals are read: none may be left out."""
        readings: tuple[SealReading, ...] | None = event.details.seals
        if readings:
            self._compare(fact, readings, docket)
        elif self.on_record:
            docket.add("P01.unread", fact, expected=self._named())

    def _inspect(self, fact: Recorded, event: ItemInspected, docket: Docket) -> None:
        if event.details.seals:
            self._compare(fact, event.details.seals, docket)

    def _release(self, fact: Recorded, event: HandoverReleased, docket: Docket) -> None:
        self._read(fact, event, docket)
        outer = event.details.outer_seal
        self._outer = stated(fact, "/details/outer_seal", outer, docket) if outer else None

    def _receive(self, fact: Recorded, event: HandoverReceived, docket: Docket) -> None:
        self._read(fact, event, docket)
        self._compare_outer(fact, event, docket)

    def _withdraw(self, fact: Recorded, event: HandoverWithdrawn, docket: Docket) -> None:
        self._read(fact, event, docket)
        self._outer = None

    def _lend(self, fact: Recorded, event: ItemLent, docket: Docket) -> None:
        if event.details.seals or self._loan_may_open is None:  # prolonged, it is not here to be read
            self._read(fact, event, docket)
        self._loan_may_open = bool(self._loan_may_open or event.details.may_open)

    def _recover(self, fact: Recorded, event: ItemRecovered, docket: Docket) -> None:
        """What the borrower did to the seals counts only where the loan allowed opening."""
        if self._loan_may_open:
            for seal in event.details.removed or ():
                self.on_record.pop(seal, None)
            for place, seal in enumerate(event.details.put_on or ()):
                self._put(seal, stated(fact, f"/details/put_on/{place}", seal, docket))
        self._loan_may_open = None
        self._read(fact, event, docket)

    def _assume(self, fact: Recorded, event: ItemAssumed, docket: Docket) -> None:
        self._read(fact, event, docket)
        self._loan_may_open = None

    def _compare(self, fact: Recorded, readings: tuple[SealReading, ...], docket: Docket) -> None:
        """All seals were read: the numbers must be those on record, and none newly broken."""
        self.ever = True
        if len(readings) == len(self.on_record) and all(map(self._agrees, readings)):
            return
        statements = {
            reading.seal: stated(fact, f"/details/seals/{place}/seal", reading.seal, docket)
            for place, reading in enumerate(readings)
        }
        gone = sorted(self.on_record.keys() - statements.keys())
        new = sorted(statements.keys() - self.on_record.keys())
        if gone or new:
            handle = docket.add(
                "P01", fact, expected=", ".join(gone) or "none other", read=", ".join(new) or "none other"
            )
            recorded = tuple(self.on_record[seal].statement for seal in gone)
            self.mismatches.append(Mismatch(handle, recorded, tuple(statements[seal] for seal in new)))
        for reading in readings:
            self._note_state(fact, reading, docket)
        self.on_record = {
            reading.seal: SealOnRecord(
                reading.state,
                self.on_record[reading.seal].statement if reading.seal in self.on_record else statements[reading.seal],
            )
            for reading in readings
        }

    def _agrees(self, reading: SealReading) -> bool:
        known = self.on_record.get(reading.seal)
        return known is not None and known.state == reading.state

    def _note_state(self, fact: Recorded, reading: SealReading, docket: Docket) -> None:
        before = self.on_record.get(reading.seal)
        was = before.state if before else "intact"
        if reading.state == was:
            return
        if reading.state == "intact":
            docket.add("P01", fact, expected=f"{reading.seal} ({was})", read=f"{reading.seal} (intact)")
        else:
            handle = docket.add("P02", fact, seal=reading.seal, state=reading.state, date=fact.date)
            self._broken[reading.seal] = handle

    def _open(self, fact: Recorded, event: ItemOpened, docket: Docket) -> None:
        """Only the seals opened are read; those are gone from the record."""
        self._compare_some(fact, event.details.seals, docket)
        for reading in event.details.seals:
            self.on_record.pop(reading.seal, None)

    def _seal(self, fact: Recorded, event: ItemSealed, docket: Docket) -> None:
        details = event.details
        if details.old is not None:
            self._compare_some(fact, (details.old,), docket)
            old = details.old.seal
            self.on_record.pop(old, None)
            handle = self._broken.pop(old, None)
            if handle is not None and event.witnesses and details.why:
                docket.replace(handle, "P02.resealed")
            docket.add("P03", fact, date=fact.date, old=old, new=details.seal, why=details.why or "no reason given")
        self._put(details.seal, stated(fact, "/details/seal", details.seal, docket))

    def _compare_some(self, fact: Recorded, readings: tuple[SealReading, ...], docket: Docket) -> None:
        for place, reading in enumerate(readings):
            if reading.seal in self.on_record:
                self._note_state(fact, reading, docket)
                continue
            expected = self._named() or "none"
            handle = docket.add("P01", fact, expected=expected, read=reading.seal)
            pointer = "/details/old/seal" if isinstance(fact.event, ItemSealed) else f"/details/seals/{place}/seal"
            read = stated(fact, pointer, reading.seal, docket)
            if len(self.on_record) == 1:
                (recorded,) = (one.statement for one in self.on_record.values())
                self.mismatches.append(Mismatch(handle, (recorded,), (read,)))

    def _compare_outer(self, fact: Recorded, event: HandoverReceived, docket: Docket) -> None:
        """The consignment's outer seal, stated at release, read at receipt."""
        outer, read = self._outer, event.details.outer_seal
        self._outer = None
        if outer is None and read is None:
            return
        if outer is not None and read is None:
            docket.add("P01.unread", fact, expected=outer.value)
        elif read is not None and (outer is None or read.seal != outer.value):
            handle = docket.add("P01", fact, expected=outer.value if outer else "none", read=read.seal)
            statement = stated(fact, "/details/outer_seal/seal", read.seal, docket)
            self.mismatches.append(Mismatch(handle, (outer,) if outer else (), (statement,)))
        if read is not None and read.state != "intact":
            docket.add("P02", fact, seal=read.seal, state=read.state, date=fact.date)


_READINGS: dict[type[Event], Any] = {
    HandoverReleased: Seals._release,
    HandoverReceived: Seals._receive,
    HandoverWithdrawn: Seals._withdraw,
    ItemInspected: Seals._inspect,
    ItemLent: Seals._lend,
    ItemRecovered: Seals._recover,
    ItemAssumed: Seals._assume,
}
"""Events at which all seals are read; an inspection may leave them out."""

_JUDGES: dict[type[Event], Any] = {
    ItemSeized: Seals._begin,
    ItemDerived: Seals._begin,
    ItemExamined: Seals._use,
    ItemYielded: Seals._use,
    ItemOpened: Seals._open,
    ItemSealed: Seals._seal,
    **_READINGS,
}
