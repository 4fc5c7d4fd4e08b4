"""Cases: opened, amended, closed, erased."""

from typing import Any

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.cases import (
    CaseAmended,
    CaseAmendedDetails,
    CaseClosed,
    CaseClosedDetails,
    CaseErased,
    CaseErasedDetails,
    CaseOpened,
    CaseOpenedDetails,
)
from custody.protocol.events.common import Event


def open_case(occasion: Occasion, reference: str, details: CaseOpenedDetails) -> Act:
    """A new case; its reference is new in this ledger, its lead is enrolled."""
    return _about(CaseOpened, occasion, reference, details)


def amend_case(occasion: Occasion, reference: str, details: CaseAmendedDetails) -> Act:
    """What changed, and why."""
    return _about(CaseAmended, occasion, reference, details)


def close_case(occasion: Occasion, reference: str, details: CaseClosedDetails) -> Act:
    """No new item after this."""
    return _about(CaseClosed, occasion, reference, details)


def erase_case(occasion: Occasion, reference: str, details: CaseErasedDetails) -> Act:
    """That the identity which opens the case's sealed values is destroyed; whoever records it does so."""
    return _about(CaseErased, occasion, reference, details)


def _about(kind: type[Event], occasion: Occasion, reference: str, details: Any) -> Act:
    draft = Draft(
        kind=kind,
        subject=f"case:{reference}",
        case=reference,
        details=details,
        occasion=occasion,
    )

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act
