"""Cases: opened, amended, closed."""

from collections.abc import Mapping
from typing import Any

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.cases import (
    CaseAmended,
    CaseAmendedDetails,
    CaseClosed,
    CaseClosedDetails,
    CaseOpened,
    CaseOpenedDetails,
)
from custody.protocol.events.common import Event


def open_case(
    occasion: Occasion, reference: str, details: CaseOpenedDetails, sealed: Mapping[str, str] | None = None
) -> Act:
    """A new case; its reference is new in this ledger, its lead is enrolled."""
    return _about(CaseOpened, occasion, reference, details, sealed)


def amend_case(
    occasion: Occasion, reference: str, details: CaseAmendedDetails, sealed: Mapping[str, str] | None = None
) -> Act:
    """What changed, and why."""
    return _about(CaseAmended, occasion, reference, details, sealed)


def close_case(occasion: Occasion, reference: str, details: CaseClosedDetails) -> Act:
    """No new item after this."""
    return _about(CaseClosed, occasion, reference, details, None)


def _about(
    kind: type[Event], occasion: Occasion, reference: str, details: Any, sealed: Mapping[str, str] | None
) -> Act:
    draft = Draft(
        kind=kind,
        subject=f"case:{reference}",
        case=reference,
        details=details,
        occasion=occasion,
        sealed=dict(sealed or {}),
    )

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act
