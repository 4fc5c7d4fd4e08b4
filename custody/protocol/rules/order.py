"""Events in time (T01, T02, T04): custody events in their order, none after it was recorded.

Clocks of honest people differ; up to 15 minutes is a remark. Events that move no custody may be stated late.
"""

from typing import NamedTuple

from custody.protocol.events.common import Event
from custody.protocol.events.handling import ItemAssumed, ItemLent, ItemRecovered
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased, HandoverWithdrawn
from custody.protocol.events.items import (
    CourtPresented,
    ItemDerived,
    ItemDestroyed,
    ItemReturned,
    ItemSeized,
    ItemVoided,
)
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.statement import Statement, stated
from custody.protocol.times import CLOCK_TOLERANCE, HOUR, format_duration

_ORDERED: frozenset[type[Event]] = frozenset(
    {
        ItemSeized,
        ItemDerived,
        HandoverReleased,
        HandoverReceived,
        HandoverWithdrawn,
        ItemLent,
        ItemRecovered,
        ItemAssumed,
        CourtPresented,
        ItemReturned,
        ItemDestroyed,
        ItemVoided,
    }
)


class Conflict(NamedTuple):
    """A T01 that a correction may lower: the earlier statement of a time, and the later one."""

    handle: int
    before: Statement | None
    """None where the conflict is with the ledger's own clock."""
    after: Statement
    limit: int
    """Seconds since 1970 that the later time may not fall below, or, against the ledger's clock, exceed."""


def judge_future(fact: Recorded, docket: Docket) -> int | None:
    """T01: nothing is recorded before it happens, beyond what clocks differ. Returns the finding's handle."""
    ahead = fact.occurred - fact.recorded
    return docket.add("T01.future", fact, late=format_duration(ahead)) if ahead > CLOCK_TOLERANCE else None


class Earlier(NamedTuple):
    """What is kept of a custody event: a whole one for each item would fill the memory."""

    name: str
    occurred: int
    statement: Statement


class Order:
    """The time of the last custody event."""

    __slots__ = ("_last", "conflicts")

    def __init__(self) -> None:
        self._last: Earlier | None = None
        self.conflicts: list[Conflict] = []

    def take(self, fact: Recorded, docket: Docket, late_hours: int) -> None:
        """Judges when an event is said to have happened; later than `late_hours` recorded is a remark."""
        occurred = fact.occurred
        ahead = occurred - fact.recorded
        if ahead > 0:
            future = judge_future(fact, docket)
            if future is not None:
                mine = stated(fact, "/occurred_at", fact.event.occurred_at, docket)
                self.conflicts.append(Conflict(future, None, mine, fact.recorded))
            else:
                docket.add("T04", fact, late=format_duration(ahead))
        elif -ahead > late_hours * HOUR:
            docket.add("T02", fact, late=format_duration(-ahead))
        if type(fact.event) in _ORDERED:
            mine = stated(fact, "/occurred_at", fact.event.occurred_at, docket)
            self._follow(fact, mine, occurred, docket)
            self._last = Earlier(fact.name, occurred, mine)

    def _follow(self, fact: Recorded, mine: Statement, occurred: int, docket: Docket) -> None:
        before = self._last
        if before is None:
            return
        behind = before.occurred - occurred
        if behind > CLOCK_TOLERANCE:
            handle = docket.add("T01.order", fact, before, before=before.name, late=format_duration(behind))
            self.conflicts.append(Conflict(handle, before.statement, mine, before.occurred))
        elif behind > 0:
            docket.add("T04", fact, before, late=format_duration(behind))
