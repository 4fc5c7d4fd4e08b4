"""What is to be stated, before the ledger gives it a place: an event without `previous`, `id` and `ledger`."""

from typing import Any

import msgspec

from custody.protocol.events.common import Event
from custody.protocol.values import Document, Place


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Who states something, before which witnesses, when and where it happened, citing which documents."""

    actor: str
    """`id@origin`, or the origin alone: the ledger key."""
    occurred_at: str
    """Local time with offset: `2026-05-03T10:20:00+02:00`."""
    witnesses: tuple[str, ...] = ()
    place: Place | None = None
    documents: tuple[Document, ...] = ()
    sealing: dict[str, tuple[str, ...]] = {}
    """Members to be sealed, by name (custody.ledger.sealing), and the audiences that may see each."""

    def by(self, actor: str, witnesses: tuple[str, ...] = ()) -> "Occasion":
        """The same occasion, stated by another person."""
        return msgspec.structs.replace(self, actor=actor, witnesses=witnesses)

    def sealed(self, more: dict[str, tuple[str, ...]]) -> "Occasion":
        """The same occasion, with more to be sealed."""
        return msgspec.structs.replace(self, sealing=self.sealing | more)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One event to be recorded."""

    kind: type[Event]
    subject: str
    details: Any
    """The details of `kind`."""
    occasion: Occasion
    case: str | None = None
    """Needed for a new item or a case; known of every other item and its notes."""
