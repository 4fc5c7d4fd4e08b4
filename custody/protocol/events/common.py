"""What every event has, and how one is written and read.

An event is canonical JSON; its members are those of `Event` below, all of them always present, and `type`, which
decides what `details` hold (one class per type, in the files beside this one):

    {"actor":"jm@ocrteh.police.example/custody","case":"OP-17","details":{"text":"…"},"documents":[],
     "id":"6f1c…","ledger":"ocrteh.police.example/custody","occurred_at":"2026-05-03T10:20:00+02:00",
     "place":{"country":"RO","name":"Iași"},"previous":null,"sealed":{},"subject":"notes:91d2…",
     "type":"report.late","witnesses":[]}
"""

from typing import Annotated, ClassVar

from msgspec import Meta

from custody.protocol import names, values
from custody.protocol.values import Document, Hash, Place, Pointer, Reference, Value

PAYLOAD_TYPE = "application/vnd.custody.event+json"

MAX_SIGNERS = 16
"""The actor and the witnesses; nobody signs a handover with more, and each costs a verification."""

MAX_SEALED = 64
"""Sealed fields of one event."""

# Names that most events of a ledger repeat. The types carry their patterns; `check_event` matches each name once, where
# the decoder would every time.
Actor = Annotated[str, Meta(extra={"pattern": names.ACTOR_PATTERN})]
CaseRef = Annotated[str, Meta(extra={"pattern": names.CASE_PATTERN})]
Ledger = Annotated[str, Meta(extra={"pattern": names.ORIGIN_PATTERN})]
About = Annotated[str, Meta(extra={"pattern": names.SUBJECT_PATTERN})]


class Event(Value, tag_field="type"):
    """A statement about one subject, before anybody signed it. Subclasses fix `details`."""

    subject_kinds: ClassVar[tuple[str, ...]] = ()

    actor: Actor
    """Who states it: a person of this ledger, or the origin, meaning the ledger key."""
    case: CaseRef | None
    documents: Annotated[tuple[Document, ...], Meta(max_length=32)]
    id: values.Uuid
    ledger: Ledger
    """The ledger it was made for: a signed event can't be replayed in another."""
    occurred_at: values.LocalTime
    place: Place | None
    previous: Reference | None
    """The entry that holds the subject's event before this one; null for its first."""
    sealed: Annotated[dict[Pointer, Hash], Meta(max_length=MAX_SEALED)]
    subject: About
    witnesses: Annotated[tuple[values.Person, ...], Meta(max_length=MAX_SIGNERS - 1)]

    @property
    def type(self) -> str:
        """`item.seized`, `handover.released` …"""
        return str(self.__struct_config__.tag)

    @property
    def signers(self) -> tuple[str, ...]:
        """Actor, then witnesses: the order of the signatures."""
        return (self.actor, *self.witnesses)


class CustodyEvent(Event):
    """An event about an item; `item:` subjects."""

    subject_kinds = ("item",)


class NoteEvent(Event):
    """A remark beside an item's or request's chain; `notes:` subjects."""

    subject_kinds = ("notes",)
