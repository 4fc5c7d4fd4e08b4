"""Requests for mutual legal assistance: sent here, or received from a partner and answered."""

from typing import Any

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.requests import (
    RequestEvent,
    RequestReceived,
    RequestReceivedDetails,
    RequestSent,
    RequestSentDetails,
)


def send(occasion: Occasion, uuid: str, case: str, details: RequestSentDetails) -> Act:
    """A new request, under a case of this ledger."""
    return _about(RequestSent, occasion, uuid, details, case)


def receive(occasion: Occasion, uuid: str, case: str, *, checkpoint: str) -> Act:
    """A partner's request, received under a case of this ledger; `checkpoint`: the partner's, under which it came."""
    return _about(RequestReceived, occasion, uuid, RequestReceivedDetails(checkpoint=checkpoint), case)


def answer(kind: type[RequestEvent], occasion: Occasion, uuid: str, details: Any) -> Act:
    """The next step of a request that was received here."""
    return _about(kind, occasion, uuid, details, None)


def _about(kind: type[RequestEvent], occasion: Occasion, uuid: str, details: Any, case: str | None) -> Act:
    draft = Draft(kind=kind, subject=f"request:{uuid}", case=case, details=details, occasion=occasion)

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act
