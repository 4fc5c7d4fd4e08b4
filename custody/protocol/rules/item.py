"""One item: the fold of its chain, each rule keeping its own part."""

from collections.abc import Mapping
from typing import NamedTuple

from custody.protocol.events.common import Event
from custody.protocol.events.handling import ItemAssumed, ItemStored
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased
from custody.protocol.events.items import ItemDerived, ItemSeized, ItemYielded
from custody.protocol.rules.amounts import Amounts
from custody.protocol.rules.chain import Chain
from custody.protocol.rules.condition import Condition
from custody.protocol.rules.corrections import Corrections
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.keeping import Keeping, Status
from custody.protocol.rules.order import Order
from custody.protocol.rules.seals import Seals
from custody.protocol.rules.sharing import share
from custody.protocol.times import parse_local
from custody.protocol.values import Digests, Place, Reference, SealState

AUTHORITY_DOCUMENTS = ("warrant", "order", "consent")
"""Kinds of documents that are a legal authority for a seizure."""

NEEDS_AUTHORITY = ("seized", "produced", "captured", "paper")
"""Manners of taking that need one; what is surrendered or found does not."""


BEGINNINGS = (ItemSeized, ItemDerived)
"""What an item's chain begins with."""

_TAKING_IN = (ItemSeized, ItemDerived, HandoverReceived, ItemAssumed)

_HANDOVERS = (HandoverReleased, HandoverReceived)


class Unanswered(NamedTuple):
    """The custodian who was revoked, when and where in the record, until somebody else answers for the item (C01)."""

    person: str
    since: str
    position: int


class ItemState:
    """What is known of an item after the last entry taken."""

    __slots__ = (
        "_elsewhere",
        "amounts",
        "authority_since",
        "begun",
        "bound",
        "card",
        "case",
        "chain",
        "condition",
        "corrections",
        "docket",
        "filed",
        "first",
        "keeping",
        "number",
        "order",
        "place",
        "seals",
        "stored",
        "unanswered",
        "uuid",
        "yields",
    )

    def __init__(self, uuid: str, number: int) -> None:
        self.uuid = uuid
        self.number = number
        """A small number for the arrays that refer to items."""
        self.docket = Docket(uuid)
        self.chain = Chain()
        self.keeping = Keeping()
        self.seals = Seals()
        self.condition = Condition()
        self.amounts = Amounts()
        self.order = Order()
        self.corrections = Corrections()
        self.begun: ItemSeized | ItemDerived | None = None
        self.first: Recorded | None = None
        self.bound: tuple[tuple[str, str], ...] = ()
        """Request and purpose under which it came from abroad; of what was made from several, those of each."""
        self.card: str | None = None
        """The State of the ledger it was last released to, as the releaser's card of it says."""
        self.filed: tuple[str, str | None] = ("", None)
        """Which ledger took it in last, and under which case."""
        self.case: str | None = None
        """As last named, by whichever ledger."""
        self._elsewhere: dict[str, str] | None = None
        """Once it crossed a border: its case in each ledger."""
        self.authority_since: str | None = None
        """When legal authority was recorded after the fact."""
        self.yields: dict[str, ItemYielded] = {}
        """Children by UUID, and what was said when each was made."""
        self.unanswered: Unanswered | None = None
        self.place: Place | None = None
        self.stored: tuple[str, ...] = ()
        """Facility, shelf and container, as far as they were stated."""

    def begin(self, fact: Recorded, event: Event) -> None:
        """Takes what is descriptive in an event: it decides nothing, but people look for it."""
        if self.first is None:
            self.first = share(fact)
            event = self.first.event
            if isinstance(event, BEGINNINGS):
                self.begun = event
        if isinstance(event, _TAKING_IN):
            self.filed = (fact.origin, event.case)
        if self.first.origin != fact.origin or self._elsewhere is not None:
            self._note_case(fact, event)
        if event.case not in (None, self.case):  # of equal values the one that is held already stays
            self.case = event.case
        if event.place not in (None, self.place):
            self.place = event.place
        if type(event) is ItemStored:
            details = event.details
            self.stored = tuple(part for part in (details.facility, details.shelf, details.container) if part)
        elif type(event) in _HANDOVERS:
            self.stored = ()
        elif type(event) is ItemYielded:
            self.yields[event.details.child] = event

    def _note_case(self, fact: Recorded, event: Event) -> None:
        if self._elsewhere is None and self.first is not None and self.case is not None:
            self._elsewhere = {self.first.origin: self.case}
        if self._elsewhere is not None and event.case is not None:
            self._elsewhere[fact.origin] = event.case

    def case_in(self, origin: str) -> str | None:
        """The case it belongs to in a ledger; None where it never was."""
        if self._elsewhere is not None:
            return self._elsewhere.get(origin)
        return self.case if self.first is not None and self.first.origin == origin else None

    @property
    def label(self) -> str:
        """As recorded at the start; empty when the start is not shown."""
        return self.begun.details.label if self.begun else ""

    @property
    def kind(self) -> str:
        """`physical` or `digital`."""
        return self.begun.details.kind if self.begun else ""

    @property
    def category(self) -> str | None:
        """Phone, disk, document …"""
        return self.begun.details.category if self.begun else None

    @property
    def description(self) -> str | None:
        """In clear; None where it is sealed or absent."""
        return self.begun.details.description if self.begun else None

    @property
    def parents(self) -> tuple[str, ...]:
        """UUIDs of the items it was derived from."""
        if isinstance(self.begun, ItemDerived):
            return tuple(parent.item for parent in self.begun.details.parents)
        return ()

    @property
    def status(self) -> Status:
        """none, held, transit, lent, ended."""
        return self.keeping.status

    @property
    def end(self) -> str | None:
        """returned, destroyed, voided; None while the chain is open."""
        return self.keeping.end

    @property
    def custodian(self) -> str:
        """The person who answers for it."""
        return self.keeping.custodian

    @property
    def holder(self) -> str:
        """Who has it in hand."""
        return self.keeping.holder

    @property
    def addressees(self) -> tuple[str, ...]:
        """Who may receive it, while in transit."""
        return self.keeping.addressees

    @property
    def seals_on_record(self) -> dict[str, SealState]:
        """Seal numbers and the state last read."""
        return {number: one.state for number, one in self.seals.on_record.items()}

    @property
    def digests(self) -> tuple[Digests, ...]:
        """Fixed at seizure or derivation."""
        return self.condition.digests

    @property
    def return_by(self) -> int | None:
        """When it is to be back, from a loan or a release."""
        if self.keeping.loan and self.keeping.loan.due is not None:
            return self.keeping.loan.due
        return parse_local(self.keeping.return_due[1]) if self.keeping.return_due else None

    @property
    def head(self) -> Reference | None:
        """The last entry of its chain."""
        return self.chain.head

    @property
    def presented(self) -> str | None:
        """When it was put before a court."""
        return self.keeping.presented.date if self.keeping.presented else None

    @property
    def authority_recorded(self) -> bool:
        """Whether the seizure itself states a legal authority."""
        if not isinstance(self.begun, ItemSeized):
            return False
        documents = (document.kind for document in self.begun.documents)
        return self.begun.details.authority is not None or any(kind in AUTHORITY_DOCUMENTS for kind in documents)

    @property
    def authority_applies(self) -> bool:
        """Whether the manner of taking needs an authority."""
        return isinstance(self.begun, ItemSeized) and self.begun.details.manner in NEEDS_AUTHORITY


def sources(items: Mapping[str, ItemState], item: ItemState) -> list[ItemState]:
    """The items at the root of one: itself, or what its parents come from; only those shown, among `items`."""
    found: dict[str, ItemState] = {}
    queue, seen = [item.uuid], {item.uuid}
    while queue:
        state = items.get(queue.pop())
        if state is None:
            continue
        if not state.parents:
            found[state.uuid] = state
        for parent in state.parents:
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return list(found.values())
