"""Who answers for the item: exactly one person, from seizure to the end (C03, C04, C06, C07, C09, C11, S02).

none --seized/derived--> held --released--> transit --received--> held
                         held --lent--> lent --recovered--> held         transit --withdrawn--> held
                         held --assumed--> held, also from transit and from lent
                         held --returned/destroyed/voided--> ended
"""

from collections.abc import Callable
from typing import Any

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
from custody.protocol.rules.fact import Cited, Recorded
from custody.protocol.rules.keeping import Keeping, Keys, Loan, Missing, Release

_ENDS = {"item.returned": "returned", "item.destroyed": "destroyed", "item.voided": "voided"}


def judge_custody(keeping: Keeping, fact: Recorded, docket: Docket, keys: Keys) -> None:
    """Judges an event of the item's chain and takes its effect; `keys` are a release's or receipt's signers'."""
    event = fact.event
    if keeping.end is not None:
        docket.add("C06", fact, end=keeping.end)
    judge: Callable[[Keeping, Recorded, Any, Docket, Keys], None] | None
    judge = _JUDGES.get(type(event))
    if judge is not None:
        judge(keeping, fact, event, docket, keys)
    else:
        _require_holder(keeping, fact, docket)
    keeping.last = Cited(fact.origin, fact.index, event.occurred_at)


def judge_refusal(
    keeping: Keeping, fact: Recorded, event: HandoverRefused, docket: Docket, *, for_ledger: bool = False
) -> None:
    """A note by an addressee: closes the release for all of them; the item stays in transit (C04, C07, C11).

    `for_ledger`: the actor's role allows refusing what came from another ledger to anybody of this one. A name that was
    mistyped is nobody's, and a digital item is not taken back without a refusal.
    """
    cited = event.details.release.entry
    # The withdrawal may have come first where nobody there could know: in another ledger.
    late = keeping.withdrawn is not None and keeping.withdrawn.fact.origin != fact.origin
    withdrawn = keeping.withdrawn is not None and late and keeping.withdrawn.fact.hash == cited
    release = keeping.withdrawn if withdrawn else keeping.release
    if release is None or release.fact.hash != cited:
        docket.add("C03.release", fact)
        return
    addressees = release.event.details.addressees
    came = fact.origin != release.fact.origin and split_person(addressees[0])[1] == fact.origin
    if event.actor not in addressees and not (for_ledger and came):
        docket.add("C04.refusal", fact, person=event.actor, addressees=", ".join(addressees))
    keeping.refused = fact if not withdrawn else keeping.refused
    if event.details.outcome == "missing" and not withdrawn:
        keeping.missing = Missing("C11.missing", fact, docket.position)
    else:
        docket.add("C07", fact, person=event.actor, date=fact.date)


def _require_holder(keeping: Keeping, fact: Recorded, docket: Docket, *, lent: bool = False) -> None:
    """C03: only the holder acts, and only while the item is in hand (`lent`: while it is lent, too)."""
    actor = fact.event.actor
    if keeping.status == "transit":
        docket.add("C03.transit", fact, person=actor)
    elif keeping.status == "lent" and not lent:
        docket.add("C03.lent", fact, person=actor)
    elif keeping.status != "ended" and actor != keeping.custodian:
        docket.add("C03", fact, person=actor, custodian=keeping.custodian or "nobody")


def _begin(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.status != "none":
        docket.add("C03.again", fact)
    keeping.hold(fact)


def _release(keeping: Keeping, fact: Recorded, event: HandoverReleased, docket: Docket, keys: Keys) -> None:
    _require_holder(keeping, fact, docket)
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
    keeping.hold(fact)


def _closed(keeping: Keeping) -> str:
    return " (refused)" if keeping.refused is not None else ""


def _withdraw(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.release is None:
        docket.add("C03.release", fact)
    elif fact.event.actor != keeping.custodian:
        docket.add("C03", fact, person=fact.event.actor, custodian=keeping.custodian)
    custodian, keeping.withdrawn = keeping.custodian, keeping.release
    keeping.hold(fact)
    keeping.custodian = custodian


def _lend(keeping: Keeping, fact: Recorded, event: ItemLent, docket: Docket, keys: Keys) -> None:
    del keys
    _require_holder(keeping, fact, docket, lent=True)
    start, position = (keeping.loan.start, keeping.loan.position) if keeping.loan else (fact, docket.position)
    keeping.loan, keeping.status, keeping.missing = Loan(fact, event, start, position), "lent", None


def _recover(keeping: Keeping, fact: Recorded, event: ItemRecovered, docket: Docket, keys: Keys) -> None:
    del event, keys
    if keeping.loan is None:
        docket.add("C03.loan", fact)
    else:
        _require_holder(keeping, fact, docket, lent=True)
        organisation = keeping.loan.event.details.organisation
        docket.add("C10.back", fact, date=keeping.loan.start.date, back=fact.date, organisation=organisation)
    custodian = keeping.custodian
    keeping.hold(fact)
    keeping.custodian = custodian or fact.event.actor


def _assume(keeping: Keeping, fact: Recorded, event: ItemAssumed, docket: Docket, keys: Keys) -> None:
    del keys
    if event.details.from_ != keeping.custodian:
        docket.add("C03.from", fact, person=event.details.from_, custodian=keeping.custodian or "nobody")
    if not event.witnesses:
        docket.add("S02.witness", fact, needed="1", named="0")
    docket.add("C09", fact, person=event.actor, custodian=event.details.from_, why=event.details.why)
    keeping.hold(fact)


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
    _require_holder(keeping, fact, docket)
    keeping.touched, keeping.missing = True, None


def _finish(keeping: Keeping, fact: Recorded, event: Event, docket: Docket, keys: Keys) -> None:
    del keys
    _require_holder(keeping, fact, docket)
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
