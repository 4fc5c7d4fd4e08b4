"""Who was shown what."""

from typing import Annotated

from msgspec import Meta

from custody.protocol import names, values
from custody.protocol.events.common import Event
from custody.protocol.values import Value

Audience = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\Z")]
DisclosedSubject = Annotated[str, Meta(pattern=rf"\A(?:item|request):{names.UUID}\Z")]


class MadeDetails(Value):
    """A bundle: for whom, of what, with which statement of heads. A whole ledger names neither of the last two."""

    audience: Audience
    heads: values.Hash | None = None
    """SHA-256 of the bundle's heads line, without its line feed."""
    subjects: Annotated[tuple[DisclosedSubject, ...], Meta(min_length=1, max_length=512)] | None = None


class DisclosureMade(Event, tag="disclosure.made"):
    """The last leaf of the checkpoint the bundle stands under."""

    subject_kinds = ("disclosure",)
    details: MadeDetails
