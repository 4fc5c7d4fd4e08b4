"""Who answers for the item: exactly one person, from seizure to the end (C03, C04, C06, C07, C09, C11, S02).

none --seized/derived--> held --released--> transit --received--> held
                         held --lent--> lent --recovered--> held         transit --withdrawn--> held
                         held --assumed--> held, also from transit and from lent
                         held --returned/destroyed/voided--> ended
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from custody.protocol.events.common import Event
from custody.protocol.events.handling import ItemAssumed, ItemExamined, ItemInspected, ItemLent, ItemRecovered
from custody.protocol.events.handovers import (
    HandoverReceived,
    HandoverRefused,
    HandoverReleased,
    HandoverWithdrawn,
)
from custody.protocol.events.items import (
    CourtPresented,
    ItemDerived,
    ItemDestroyed,
    ItemReturned,
    ItemSeized,
    ItemVoided,
    ItemYielded,
)
from custody.protocol.names import split_person
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.times import parse_local

Status = Literal["none", "held", "transit", "lent", "ended"]

Keys = tuple[bytes | None, ...]
"""Of an event's signers, the actor's first; None for who was not enrolled."""

_ENDS = {"item.returned": "returned", "item.destroyed": "destroyed", "item.voided": "voided"}


class Release(NamedTuple):
    """An open release."""

    fact: Recorded
    event: HandoverReleased
    keys: Keys
    """The signers' keys, the releaser's first: the receiver's must be another, whatever the names."""
    position: int
    """The release's place among all entries seen."""


class Loan(NamedTuple):
    """An item in outside hands, since when and until when at the latest."""

    fact: Recorded
    event: ItemLent
    start: Recorded
    """When it first left: another `item.lent` prolongs."""
    position: int
    """The start's place among all entries seen."""

    @property
    def due(self) -> int | None:
        """When it was to be back, in seconds since 1970."""
        return parse_local(self.event.details.return_by) if self.event.details.return_by else None


class Missing(NamedTuple):
    """That the item was not there when somebody looked, or waited for it (C11)."""

    key: str
    fact: Recorded
    position: int


class Keeping:
    """Custody after the last entry taken."""

    __slots__ = (
        "custodian",
        "end",
        "last",
        "loan",
        "missing",
        "presented",
        "presented_position",
        "refused",
        "release",
        "return_due",
        "status",
        "touched",
        "withdrawn",
    )

    def __init__(self) -> None:
        self.status: Status = "none"
        self.custodian = ""
        self.release: Release | None = None
        self.refused: Recorded | None = None
        """The note that closed the open release."""
        self.withdrawn: Release | None = None
        """The release that was taken back last."""
        self.loan: Loan | None = None
        self.end: str | None = None
        self.touched = False
        """Released, derived from or examined: too late to void."""
        self.missing: Missing | None = None
        self.return_due: tuple[str, str] | None = None
        """To whom it is to come back, and by when, as stated in a release."""
        self.presented: Recorded | None = None
        self.presented_position = 0
        self.last: Recorded | None = None
        """The last event of the chain, whatever it was."""

    @property
    def addressees(self) -> tuple[str, ...]:
        """Who may receive, while in transit."""
        return self.release.event.details.addressees if self.release else ()

    @property
    def loan_start(self) -> Recorded | None:
        """When it left on the loan that is open."""
        return self.loan.start if self.loan else None

    @property
    def holder(self) -> str:
        """Who has it in hand: the custodian, or the organisation that borrowed it."""
        return self.loan.event.details.organisation if self.loan else self.custodian

    def take(self, fact: Recorded, docket: Docket, keys: Keys = ()) -> None:
        """Judges an event of the item's chain and takes its effect; `keys` are a release's or receipt's signers'."""
        event = fact.event
        if self.end is not None:
            docket.add("C06", fact, end=self.end)
        judge: Callable[[Keeping, Recorded, Any, Docket, Keys], None] | None
        judge = _JUDGES.get(type(event))
        if judge is not None:
            judge(self, fact, event, docket, keys)
        else:
            self._require_holder(fact, docket)
        self.last = fact

    def take_refusal(self, fact: Recorded, event: HandoverRefused, docket: Docket, *, for_ledger: bool = False) -> None:
        """A note by an addressee: closes the release for all of them; the item stays in transit (C04, C07, C11).

        `for_ledger`: the actor's role allows refusing what came from another ledger to anybody of this one. A name that
        was mistyped is nobody's, and a digital item is not taken back without a refusal.
        """
        cited = event.details.release.entry
        # The withdrawal may have come first where nobody there could know: in another ledger.
        late = self.withdrawn is not None and self.withdrawn.fact.origin != fact.origin
        withdrawn = self.withdrawn is not None and late and self.withdrawn.fact.hash == cited
        release = self.withdrawn if withdrawn else self.release
        if release is None or release.fact.hash != cited:
            docket.add("C03.release", fact)
            return
        addressees = release.event.details.addressees
        came = fact.origin != release.fact.origin and split_person(addressees[0])[1] == fact.origin
        if event.actor not in addressees and not (for_ledger and came):
            docket.add("C04.refusal", fact, person=event.actor, addressees=", ".join(addressees))
        self.refused = fact if not withdrawn else self.refused
        if event.details.outcome == "missing" and not withdrawn:
            self.missing = Missing("C11.missing", fact, docket.position)
        else:
            docket.add("C07", fact, person=event.actor, date=fact.date)

    def _require_holder(self, fact: Recorded, docket: Docket, *, lent: bool = False) -> None:
        """C03: only the holder acts, and only while the item is in hand (`lent`: while it is lent, too)."""
        actor = fact.event.actor
        if self.status == "transit":
            docket.add("C03.transit", fact, person=actor)
        elif self.status == "lent" and not lent:
            docket.add("C03.lent", fact, person=actor)
        elif self.status != "ended" and actor != self.custodian:
            docket.add("C03", fact, person=actor, custodian=self.custodian or "nobody")

    def _hold(self, fact: Recorded) -> None:
        """The actor has the item in hand and answers for it."""
        self.custodian = fact.event.actor
        self.status = "held"
        self.release = self.refused = self.loan = self.missing = None
        if self.return_due and self.return_due[0] == self.custodian:
            self.return_due = None


def _begin(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.status != "none":
        docket.add("C03.again", fact)
    keeping._hold(fact)


def _release(keeping: Keeping, fact: Recorded, event: HandoverReleased, docket: Docket, keys: Keys) -> None:
    keeping._require_holder(fact, docket)
    for signer in event.signers:  # nobody hands over to themselves, nor witnesses what they may receive
        if signer in event.details.addressees:
            docket.add("S02.same", fact, person=signer)
    keeping.status, keeping.touched, keeping.missing = "transit", True, None
    keeping.release, keeping.refused = Release(fact, event, keys, docket.position), None
    if event.details.return_by:
        keeping.return_due = (event.actor, event.details.return_by)


def _receive(keeping: Keeping, fact: Recorded, event: HandoverReceived, docket: Docket, keys: Keys) -> None:
    release = keeping.release
    if release is None:
        docket.add("C03.release", fact)
    else:
        if event.actor not in keeping.addressees or keeping.refused is not None:
            docket.add("C04", fact, person=event.actor, addressees=", ".join(keeping.addressees) + _closed(keeping))
        # Giver, receiver and witnesses of either side are different persons; giver and receiver have different keys.
        giver = release.event.actor
        same_name = event.actor in release.event.signers or giver in event.signers
        same_key = keys[0] is not None and (keys[0] in release.keys or release.keys[0] in keys)
        if same_name or same_key:
            docket.add("S02.same", fact, release.fact, person=f"{giver}, {event.actor}")
    keeping._hold(fact)


def _closed(keeping: Keeping) -> str:
    return " (refused)" if keeping.refused is not None else ""


def _withdraw(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.release is None:
        docket.add("C03.release", fact)
    elif fact.event.actor != keeping.custodian:
        docket.add("C03", fact, person=fact.event.actor, custodian=keeping.custodian)
    custodian, keeping.withdrawn = keeping.custodian, keeping.release
    keeping._hold(fact)
    keeping.custodian = custodian


def _lend(keeping: Keeping, fact: Recorded, event: ItemLent, docket: Docket, keys: Keys) -> None:
    del keys
    keeping._require_holder(fact, docket, lent=True)
    start, position = (keeping.loan.start, keeping.loan.position) if keeping.loan else (fact, docket.position)
    keeping.loan, keeping.status, keeping.missing = Loan(fact, event, start, position), "lent", None


def _recover(keeping: Keeping, fact: Recorded, event: ItemRecovered, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.loan is None:
        docket.add("C03.loan", fact)
    else:
        keeping._require_holder(fact, docket, lent=True)
        organisation = keeping.loan.event.details.organisation
        docket.add("C10.back", fact, date=keeping.loan.start.date, back=fact.date, organisation=organisation)
    custodian = keeping.custodian
    keeping._hold(fact)
    keeping.custodian = custodian or fact.event.actor


def _assume(keeping: Keeping, fact: Recorded, event: ItemAssumed, docket: Docket, keys: Keys) -> None:
    del keys
    if event.details.from_ != keeping.custodian:
        docket.add("C03.from", fact, person=event.details.from_, custodian=keeping.custodian or "nobody")
    if not event.witnesses:
        docket.add("S02.witness", fact, needed="1", named="0")
    docket.add("C09", fact, person=event.actor, custodian=event.details.from_, why=event.details.why)
    keeping._hold(fact)


def _inspect(keeping: Keeping, fact: Recorded, event: ItemInspected, docket: Docket, keys: Keys) -> None:
    del keys
    release = keeping.release
    if release is not None and fact.origin == release.fact.origin and _left(release):
        docket.add("C03.transit", fact, person=event.actor)
    keeping.missing = Missing("C11", fact, docket.position) if event.details.outcome == "absent" else None


def _left(release: Release) -> bool:
    """Whether it went to another ledger: there alone it can be looked at, and what is written here meanwhile would
    stand beside the receipt as a second continuation."""
    return split_person(release.event.details.addressees[0])[1] != release.fact.origin


def _present(keeping: Keeping, fact: Recorded, event: CourtPresented, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.status in ("transit", "lent"):
        docket.add(f"C03.{keeping.status}", fact, person=fact.event.actor)
    keeping.presented, keeping.presented_position = fact, docket.position


def _touch(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del event, keys
    keeping._require_holder(fact, docket)
    keeping.touched, keeping.missing = True, None


def _finish(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del keys
    keeping._require_holder(fact, docket)
    if isinstance(event, ItemVoided):
        if keeping.touched:
            docket.add("C03.void", fact)
        if not event.witnesses:
            docket.add("S02.witness", fact, needed="1", named="0")
    keeping.status, keeping.end, keeping.return_due = "ended", _ENDS[event.type], None


_JUDGES: dict[type[Event], Any] = {
    ItemSeized: _begin,
    ItemDerived: _begin,
    ItemYielded: _touch,
    ItemExamined: _touch,
    HandoverReleased: _release,
    HandoverReceived: _receive,
    HandoverWithdrawn: _withdraw,
    ItemLent: _lend,
    ItemRecovered: _recover,
    ItemAssumed: _assume,
    ItemInspected: _inspect,
    CourtPresented: _present,
    ItemReturned: _finish,
    ItemDestroyed: _finish,
    ItemVoided: _finish,
}
