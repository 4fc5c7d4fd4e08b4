"""The life of a request for mutual legal assistance, over two ledgers (A04.step, A05.party).

    sent -> received -> (consulted | postponed)* -> accepted -> executed -> closed
                                                 -> refused  -> closed

Accepted again, the new terms replace the old; postponed, nothing goes until it is accepted again. Who consults about a
request that was accepted or postponed decides nothing by it.
"""

from typing import Literal, cast

from custody.protocol.events.requests import (
    RequestAccepted,
    RequestAcceptedDetails,
    RequestClosed,
    RequestConsulted,
    RequestEvent,
    RequestExecuted,
    RequestPostponed,
    RequestReceived,
    RequestRefused,
    RequestSent,
    RequestSentDetails,
)
from custody.protocol.rules.chain import Chain
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.times import CLOCK_TOLERANCE
from custody.protocol.values import Reference

RequestStatus = Literal[
    "unknown", "sent", "received", "consulted", "postponed", "accepted", "refused", "executed", "closed"
]

_OPEN = frozenset({"received", "consulted", "postponed", "accepted"})

_FOLLOWS: dict[type[RequestEvent], frozenset[str]] = {
    RequestSent: frozenset({"unknown"}),
    RequestReceived: frozenset({"sent"}),
    RequestConsulted: _OPEN,
    RequestPostponed: _OPEN,
    RequestAccepted: _OPEN,
    RequestRefused: _OPEN,
    RequestExecuted: frozenset({"accepted"}),
    RequestClosed: _OPEN | {"refused", "executed"},
}
"""What a request has to be for an event to be possible."""

GRANTED = frozenset({"accepted", "executed"})
"""When items within the scope may go."""


class RequestState:
    """What is known of a request after the last entry taken."""

    __slots__ = (
        "_history",
        "cases",
        "chain",
        "dates",
        "docket",
        "granted",
        "last",
        "requested",
        "requesting",
        "sent",
        "since",
        "status",
        "uuid",
        "waiting",
    )

    def __init__(self, uuid: str) -> None:
        self.uuid = uuid
        self.chain = Chain()
        self.docket = Docket()
        self.sent: RequestSentDetails | None = None
        self.requesting: str | None = None
        """The origin of the ledger that sent it."""
        self.requested: str | None = None
        """The origin of the ledger that received it."""
        self.granted: RequestAcceptedDetails | None = None
        """The terms last accepted."""
        self.status: RequestStatus = "unknown"
        self.waiting: RequestStatus = "unknown"
        """What it was before it was last granted."""
        self.since = 0
        """Since when it is granted, by `occurred_at`, in seconds since 1970."""
        self.dates: dict[str, int] = {}
        """When each status was first stated (`occurred_at`), in seconds since 1970."""
        self.cases: dict[str, str] = {}
        """The case it belongs to in each ledger."""
        self.last: Recorded | None = None
        self._history: dict[str, tuple[str, RequestAcceptedDetails | None]] = {}
        """Status and terms after each entry, by its hash."""

    def take(self, fact: Recorded, event: RequestEvent) -> None:
        """Judges an event of the request's chain and takes its effect."""
        docket = self.docket
        if not self.chain.take(fact, docket):
            return
        if self.status not in _FOLLOWS[type(event)]:
            docket.add("A04.step", fact, status=self.status, act=event.type)
        if isinstance(event, RequestSent):
            self.sent, self.requesting = event.details, fact.origin
        elif isinstance(event, RequestReceived):
            self.requested = fact.origin
        self._judge_writer(fact, docket)
        if isinstance(event, RequestAccepted):
            if self.status not in GRANTED:
                self.waiting, self.since = self.status, fact.occurred
            self.granted = event.details
        if not isinstance(event, RequestConsulted) or self.status == "received":
            self.status = _status_after(event)
        self.dates.setdefault(self.status, fact.occurred)
        if event.case is not None:
            self.cases[fact.origin] = event.case
        self.last = fact
        self._history[fact.hash] = (self.status, self.granted)

    def _judge_writer(self, fact: Recorded, docket: Docket) -> None:
        """Only the ledger it is addressed to receives it; once received, only that one writes."""
        if isinstance(fact.event, RequestSent):
            return
        wanted = self.requested
        if isinstance(fact.event, RequestReceived) and self.sent is not None:
            wanted = self.sent.to
        if wanted is not None and fact.origin != wanted:
            docket.add("A05.party", fact, origin=fact.origin)

    def status_at(self, moment: int) -> RequestStatus:
        """By log order what it is now; by the clock of who granted it, whether it was granted by `moment` at all."""
        granted = self.status in GRANTED
        return self.waiting if granted and self.since > moment + CLOCK_TOLERANCE else self.status

    @property
    def reference(self) -> str:
        """What the requesting side calls it; the beginning of its UUID where that is not shown."""
        return self.sent.reference if self.sent is not None else self.uuid[:8]

    def known_at(self, head: Reference | None, origin: str, moment: int) -> tuple[str, RequestAcceptedDetails | None]:
        """Status and terms for a release in the ledger `origin` that names `head` as the request's last entry known.

        Where that ledger answers the request itself, the order of its log decides, whatever the release names. Where
        another does, nothing but `head` tells what was known: that ledger may have gone on before or after.
        """
        if head is not None and self.requested != origin:
            return self._history.get(head.entry, ("unknown", None))
        return self.status_at(moment), self.granted


def _status_after(event: RequestEvent) -> RequestStatus:
    return cast(RequestStatus, event.type.partition(".")[2])
