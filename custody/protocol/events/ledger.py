"""Events about the ledger itself, signed by its own key."""

from typing import Annotated, Literal

from msgspec import Meta

from custody.protocol import values
from custody.protocol.events.common import Event
from custody.protocol.events.people import Role
from custody.protocol.values import Text, Value

VkeyText = Annotated[str, Meta(min_length=1, max_length=512)]
"""A C2SP signed-note verifier key, `name+hash+key`."""

CheckpointText = Annotated[str, Meta(min_length=1, max_length=16_384)]
"""A signed checkpoint, whole, as C2SP signed-note writes it."""


Recipient = Annotated[str, Meta(pattern=r"\Aage1[0-9a-z]{10,128}\Z")]
"""An age recipient (X25519)."""


class Continues(Value):
    """The ledger that was lost, and its last checkpoint known."""

    checkpoint: CheckpointText
    origin: values.Origin


class OpenedDetails(Value):
    """Who keeps the ledger, under which law, with which keys."""

    agency: Text
    jurisdiction: values.Country
    ledger_key: VkeyText
    recipient: Recipient
    """The age recipient to which files for this agency are encrypted."""
    witness_key: VkeyText
    continues: Continues | None = None


class LedgerOpened(Event, tag="ledger.opened"):
    """Index 0 of every ledger."""

    subject_kinds = ("ledger",)
    details: OpenedDetails


class RekeyedDetails(Value):
    """The new ledger key. Two signatures: the old key's, then the new one's."""

    ledger_key: VkeyText
    reason: Text


class LedgerRekeyed(Event, tag="ledger.rekeyed"):
    """From the next entry on, the new key signs for the ledger."""

    subject_kinds = ("ledger",)
    details: RekeyedDetails


Limit = Annotated[int, Meta(ge=0, le=100_000)]
"""A number of hours or days; its seconds fit any clock."""


class Deadlines(Value):
    """Days in which a request for mutual legal assistance is answered; base: Directive 2014/41/EU art. 12 and 16."""

    decision: Limit | None = None
    """From receipt to recognition or refusal; base: 30 (art. 12(3))."""
    execution: Limit | None = None
    """From the decision to the execution; base: 90 (art. 12(4))."""
    receipt: Limit | None = None
    """From arrival to the acknowledgement of receipt; base: 7 (art. 16(1))."""

    def __post_init__(self) -> None:
        if (self.decision, self.execution, self.receipt) == (None, None, None):
            raise ValueError("deadlines have at least one")


Pointers = Annotated[tuple[values.Pointer, ...], Meta(min_length=1)]
Roles = Annotated[tuple[Role, ...], Meta(min_length=1)]
Witnesses = Annotated[int, Meta(ge=1, le=15)]


class Profile(Value):
    """What a jurisdiction's rules of evidence ask beyond the base rules; absent members ask nothing."""

    name: Text
    deadlines: Deadlines | None = None
    """For answering requests."""
    late_hours: Limit | None = None
    """A statement recorded later than this many hours after the fact is a remark (T02); base: 24."""
    late_statement_days: Limit | None = None
    """A seizure recorded later than this rests on one statement (C12); base: 7."""
    required: Annotated[dict[values.EventType, Pointers], Meta(min_length=1)] | None = None
    """Members that must be filled, by type of event (F01)."""
    roles: Annotated[dict[values.EventType, Roles], Meta(min_length=1)] | None = None
    """Of the roles that may sign an event of this type, those that still may (A05)."""
    spontaneous: Literal[True] | None = None
    """Evidence may be sent unasked (UNTOC art. 18(4))."""
    transit_days: Limit | None = None
    """A handover without receipt for longer than this is not established (C05); base: 30."""
    urgent: Literal[True] | None = None
    """What an urgent request asks for may leave before the request was accepted."""
    witnesses: Annotated[dict[values.EventType, Witnesses], Meta(min_length=1)] | None = None
    """Co-signers an event of this type must have (S02 for handovers and seizures, F02 for openings)."""


class AdoptedDetails(Value):
    """The profile that holds from the next entry on."""

    profile: Profile


class ProfileAdopted(Event, tag="profile.adopted"):
    """Stricter rules for this ledger; a looser profile than the one before is a remark (F03)."""

    subject_kinds = ("ledger",)
    details: AdoptedDetails
