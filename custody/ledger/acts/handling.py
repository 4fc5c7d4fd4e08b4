"""Acts on an item in hand that need its state, or are more than one event. The plain ones are `compose.state`."""

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.handling import (
    AssumedDetails,
    ExaminedDetails,
    ItemAssumed,
    ItemExamined,
    ItemOpened,
    OpenedSealsDetails,
)
from custody.protocol.values import DigestList, SealReadings


def examine(
    occasion: Occasion, item: str, details: ExaminedDetails, *, opened: OpenedSealsDetails | None = None
) -> Act:
    """An examination; seals are opened first if asked."""
    subject = f"item:{item}"

    def act(recorder: Recorder) -> None:
        if opened is not None:
            recorder.record(Draft(kind=ItemOpened, subject=subject, details=opened, occasion=occasion))
        recorder.record(Draft(kind=ItemExamined, subject=subject, details=details, occasion=occasion))

    return act


def assume(
    occasion: Occasion,
    item: str,
    *,
    authority: str,
    why: str,
    condition: str,
    seals: SealReadings | None = None,
    digests: DigestList | None = None,
    case: str | None = None,
) -> Act:
    """A supervisor takes custody from whoever answers for the item, without a release, before a witness.

    `case`: of this ledger, for an item of the ledger that it continues.
    """

    def act(recorder: Recorder) -> None:
        details = AssumedDetails(
            authority=authority,
            condition=condition,
            from_=recorder.item(item).custodian,
            why=why,
            digests=digests,
            seals=seals,
        )
        subject = f"item:{item}"
        recorder.record(Draft(kind=ItemAssumed, subject=subject, details=details, occasion=occasion, case=case))

    return act
