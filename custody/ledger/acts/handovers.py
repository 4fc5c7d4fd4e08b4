"""Handovers: at one table, and what an addressee says instead of receiving. Release, receipt and withdrawal alone
are `compose.state`."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from custody.errors import RuleRefusedError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.handovers import (
    HandoverReceived,
    HandoverRefused,
    HandoverReleased,
    ReceivedDetails,
    RefusedDetails,
    ReleasedDetails,
)
from custody.protocol.values import Reference


class Passing(NamedTuple):
    """An item passing from hand to hand: what each side states."""

    item: str
    release: ReleasedDetails
    receipt: ReceivedDetails


def hand_over(giver: Occasion, receiver: Occasion, passings: Sequence[Passing]) -> Act:
    """Release and receipt of each item, signed by each side at one table: all or none."""

    def act(recorder: Recorder) -> None:
        for one in passings:
            subject = f"item:{one.item}"
            recorder.record(Draft(kind=HandoverReleased, subject=subject, details=one.release, occasion=giver))
            recorder.record(Draft(kind=HandoverReceived, subject=subject, details=one.receipt, occasion=receiver))

    return act


def refuse(occasion: Occasion, items: Sequence[str], *, outcome: Literal["refused", "missing"], reason: str) -> Act:
    """An addressee does not receive these items. Raises, when made, RuleRefusedError (C03) for one not released."""

    def act(recorder: Recorder) -> None:
        for item in items:
            release = recorder.item(item).keeping.release
            if release is None:
                hint = "only what was released, and neither received nor withdrawn since, can be refused"
                raise RuleRefusedError("C03", f"{recorder.item(item).label} is not on its way to anybody", hint=hint)
            cited = Reference(entry=release.fact.hash, ledger=release.fact.origin)
            details = RefusedDetails(outcome=outcome, reason=reason, release=cited)
            recorder.record(Draft(kind=HandoverRefused, subject=f"notes:{item}", details=details, occasion=occasion))

    return act
