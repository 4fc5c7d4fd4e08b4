"""Release and receipt, each signed by its own side; and what happens instead of a receipt."""

from typing import Annotated, Literal

from msgspec import Meta, field

from custody.protocol import values
from custody.protocol.events.common import CustodyEvent, NoteEvent
from custody.protocol.events.ledger import CheckpointText
from custody.protocol.values import DigestList, Reference, SealReading, SealReadings, Text, Value


class Basis(Value):
    """What allows a release abroad: an accepted request and its purpose, an agreement, spontaneous transmission,
    or return to the State of seizure. Exactly one."""

    agreement: Text | None = None
    head: Reference | None = None
    """Of a request answered in another ledger: the last entry of its chain known at the release."""
    purpose: values.Word | None = None
    request: values.Uuid | None = None
    return_: Literal[True] | None = field(default=None, name="return")
    spontaneous: Text | None = None


class ReleasedDetails(Value):
    """To whom, why, in what condition; how it travels."""

    addressees: Annotated[tuple[values.Person, ...], Meta(min_length=1, max_length=3)]
    """One to three persons of one ledger; any one of them may receive."""
    condition: Text
    reason: Text
    basis: Basis | None = None
    consignment: Text | None = None
    courier: Text | None = None
    outer_seal: values.SealNumber | None = None
    return_by: values.LocalTime | None = None
    seals: SealReadings | None = None
    use_limits: Text | None = None
    waybill: Text | None = None


class HandoverReleased(CustodyEvent, tag="handover.released"):
    """In transit from here; the releaser still answers for it."""

    details: ReleasedDetails


class ReceivedDetails(Value):
    """What the receiver found: seals read, digests measured, condition."""

    condition: Text
    checkpoint: CheckpointText | None = None
    """From another ledger: the sender's checkpoint under which the release came."""
    digests: DigestList | None = None
    discrepancies: Text | None = None
    outer_seal: SealReading | None = None
    seals: SealReadings | None = None


class HandoverReceived(CustodyEvent, tag="handover.received"):
    """The signer, a named addressee, is the custodian."""

    details: ReceivedDetails


class WithdrawnDetails(Value):
    """The item is back in the releaser's hand, as it was found."""

    condition: Text
    reason: Text
    refusal: Reference | None = None
    """The `handover.refused` it answers; needed for a digital item that left the ledger."""
    seals: SealReadings | None = None


class HandoverWithdrawn(CustodyEvent, tag="handover.withdrawn"):
    """The release is void; custody stayed where it was."""

    details: WithdrawnDetails


class RefusedDetails(Value):
    """Which release, and why it was not received."""

    outcome: Literal["refused", "missing"]
    reason: Text
    release: Reference


class HandoverRefused(NoteEvent, tag="handover.refused"):
    """Signed by an addressee; closes the release for all of them. In transit until it is withdrawn."""

    details: RefusedDetails
