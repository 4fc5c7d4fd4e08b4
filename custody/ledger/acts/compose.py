"""Plain acts, and several acts as one: a crate of twenty-five items is one transaction, and one prompt."""

from typing import Any

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.common import Event, NoteEvent


def state(kind: type[Event], occasion: Occasion, item: str, details: Any) -> Act:
    """One event of `kind` about an item (UUID), or beside its chain for the kinds that are notes."""
    subject = f"notes:{item}" if issubclass(kind, NoteEvent) else f"item:{item}"
    draft = Draft(kind=kind, subject=subject, details=details, occasion=occasion)

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act


def together(*acts: Act) -> Act:
    """All of these acts, in this order, or none."""

    def act(recorder: Recorder) -> None:
        for one in acts:
            one(recorder)

    return act
