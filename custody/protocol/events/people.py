"""Who may sign: enrolment and revocation, signed by the ledger key."""

from typing import Annotated, Literal

from msgspec import Meta, field

from custody.protocol import values
from custody.protocol.events.common import Event
from custody.protocol.values import Text, Value

Role = Literal["investigator", "custodian", "supervisor", "examiner", "prosecutor", "central-authority", "court"]


class RoleTerm(Value):
    """A role and when it holds; without `from` it has no start, without `until` no end."""

    role: Role
    from_: values.LocalTime | None = field(default=None, name="from")
    until: values.LocalTime | None = None


class EnrolledDetails(Value):
    """A person, an Ed25519 key and the proof that the person holds it (custody.protocol.possession)."""

    proof: values.Base64
    public_key: values.Base64
    roles: Annotated[tuple[RoleTerm, ...], Meta(min_length=1, max_length=16)]
    name: values.SealableRequired | None = None
    office: Text | None = None


class PersonEnrolled(Event, tag="person.enrolled"):
    """From here on the key signs for the person; enrolled again, the new key replaces the old."""

    subject_kinds = ("person",)
    details: EnrolledDetails


class RevokedDetails(Value):
    """What the person signed, recorded between `effective_from` and the revocation, is in doubt (S04)."""

    effective_from: values.LocalTime
    reason: Text


class PersonRevoked(Event, tag="person.revoked"):
    """From here on the key signs no more."""

    subject_kinds = ("person",)
    details: RevokedDetails
