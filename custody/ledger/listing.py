"""Items as they stand: what commands list and find. Derived from the log, disposable, rebuilt by `rebuild`.

Nothing here is evidence, and nothing depends on the time of looking: whether an item is overdue is asked with a
"now" in hand.
"""

from typing import Literal

import msgspec

from custody.protocol.events.handovers import HandoverRefused
from custody.protocol.events.ledger import Profile
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.keeping import Status
from custody.protocol.rules.profile import transit_days
from custody.protocol.times import DAY
from custody.protocol.values import SealState


class Refusal(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Why nobody will receive what is in transit: an addressee said so; the releaser has to record it back in hand."""

    outcome: Literal["refused", "missing"]
    by: str
    """The addressee: `id@origin`."""
    reason: str


class ItemSummary(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One line of a list of items."""

    uuid: str
    label: str
    case: str
    kind: str
    """`physical` or `digital`."""
    category: str | None
    description: str | None
    """None where it is sealed or was not given."""
    status: Status
    end: str | None
    """`returned`, `destroyed` or `voided`."""
    custodian: str
    """Who answers for it: `id@origin`."""
    holder: str
    """Who has it in hand: the custodian, or the organisation that borrowed it."""
    addressees: tuple[str, ...]
    """Who may receive it, while in transit."""
    seals: dict[str, SealState]
    country: str | None
    place: str | None
    """Name of the place of its last event, where it was given in clear."""
    stored: str | None
    """Facility, shelf and container."""
    since: int
    """When its present status was stated, in seconds since 1970: released, lent, or else the last event."""
    return_by: int | None
    """When it is to be back, in seconds since 1970."""
    presented: str | None
    begun: int
    """Index of its first entry; of an item from elsewhere, how many entries there were when it was first shown."""
    last: int
    """Index of the last entry of its chain, in whichever ledger that stands."""
    refusal: Refusal | None = None
    """Of the release that is open. Absent in lines that earlier versions wrote, as is what follows."""
    absent: bool = False
    """Whether it was not there when somebody last looked, or waited for it (C11)."""


def summarise(item: ItemState, origin: str, begun: int) -> ItemSummary:
    """The line, in the ledger `origin`, of an item of which an entry is known. `begun`: see ItemSummary."""
    last = item.keeping.last
    if last is None:
        raise ValueError("an item without entries has no line")
    return ItemSummary(
        uuid=item.uuid,
        label=item.label,
        case=item.case_in(origin) or "",
        kind=item.kind,
        category=item.category,
        description=item.description,
        status=item.status,
        end=item.end,
        custodian=item.custodian,
        holder=item.holder,
        addressees=item.addressees,
        seals=item.seals_on_record,
        country=item.place.country if item.place else None,
        place=item.place.name if item.place else None,
        stored=", ".join(item.stored) or None,
        since=_since(item),
        return_by=item.return_by,
        presented=item.presented,
        begun=begun,
        last=last.index,
        refusal=_refusal(item),
        absent=item.keeping.missing is not None,
    )


def _refusal(item: ItemState) -> Refusal | None:
    refused = item.keeping.refused
    if refused is None or not isinstance(refused.event, HandoverRefused):
        return None
    details = refused.event.details
    return Refusal(outcome=details.outcome, by=refused.event.actor, reason=details.reason)


def _since(item: ItemState) -> int:
    keeping = item.keeping
    if keeping.release is not None:
        return keeping.release.fact.occurred
    if keeping.loan is not None:
        return keeping.loan.start.occurred
    return keeping.last.occurred if keeping.last else 0


def overdue(item: ItemSummary, now: int, profile: Profile) -> bool:
    """Whether it should be back, or have arrived, by `now`: the stated date, else the profile's days (C05, C10)."""
    if item.status == "ended":
        return False
    if item.return_by is not None and item.return_by < now:
        return True
    limit = transit_days(profile) * DAY
    return item.status in ("transit", "lent") and item.return_by is None and now - item.since > limit
