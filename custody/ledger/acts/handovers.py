"""Handovers: release, receipt and withdrawal, all at one table, and what an addressee says instead of receiving."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from custody.errors import RuleRefusedError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.handovers import (
    HandoverReceived,
    HandoverRefused,
    HandoverReleased,
    HandoverWithdrawn,
    ReceivedDetails,
    RefusedDetails,
    ReleasedDetails,
    WithdrawnDetails,
)
from custody.protocol.values import Reference

NOT_DELIVERED = "it was not in the delivery"
"""The reason of whoever says only that something is missing."""


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


def release(occasion: Occasion, item: str, details: ReleasedDetails) -> Act:
    """To one or more addressees. What it rests on names the request as far as this ledger knows it."""

    def act(recorder: Recorder) -> None:
        stated, basis = details, details.basis
        if basis is not None and basis.request is not None:
            request = recorder.request(basis.request)
            if request.requested != recorder.origin:
                basis = msgspec.structs.replace(basis, head=request.chain.head)
                stated = msgspec.structs.replace(details, basis=basis)
        recorder.record(Draft(kind=HandoverReleased, subject=f"item:{item}", details=stated, occasion=occasion))

    return act


def receive(occasion: Occasion, item: str, details: ReceivedDetails, *, case: str | None = None) -> Act:
    """By an addressee. `case`: of this ledger, for an item that comes from another."""
    draft = Draft(kind=HandoverReceived, subject=f"item:{item}", details=details, occasion=occasion, case=case)

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act


def withdraw(occasion: Occasion, item: str, details: WithdrawnDetails) -> Act:
    """The release is taken back; the refusal that it answers is named."""

    def act(recorder: Recorder) -> None:
        refused = recorder.item(item).keeping.refused
        refusal = Reference(entry=refused.hash, ledger=refused.origin) if refused is not None else None
        stated = msgspec.structs.replace(details, refusal=refusal)
        recorder.record(Draft(kind=HandoverWithdrawn, subject=f"item:{item}", details=stated, occasion=occasion))

    return act


def refuse(
    occasion: Occasion,
    items: Sequence[str],
    *,
    outcome: Literal["refused", "missing"],
    reason: str,
    case: str | None = None,
) -> Act:
    """An addressee does not receive these items. `case`: as `receive`.

    Raises, when made, RuleRefusedError (C03) for one not released.
    """

    def act(recorder: Recorder) -> None:
        for item in items:
            release = recorder.item(item).keeping.release
            if release is None:
                hint = "only what was released, and neither received nor withdrawn since, can be refused"
                raise RuleRefusedError("C03", f"{recorder.item(item).label} is not on its way to anybody", hint=hint)
            cited = Reference(entry=release.fact.hash, ledger=release.fact.origin)
            details = RefusedDetails(outcome=outcome, reason=reason, release=cited)
            draft = Draft(kind=HandoverRefused, subject=f"notes:{item}", details=details, occasion=occasion, case=case)
            recorder.record(draft)

    return act
