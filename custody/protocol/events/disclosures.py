"""Who was shown what, and what was certified to a court."""

from typing import Annotated

from msgspec import Meta

from custody.protocol import names, values
from custody.protocol.encodings import MAX_INTEGER
from custody.protocol.events.common import Event
from custody.protocol.values import Value

Audience = Annotated[str, Meta(pattern=names.AUDIENCE_PATTERN)]
DisclosedSubject = Annotated[str, Meta(pattern=rf"\A(?:item|request):{names.UUID}\Z")]


class MadeDetails(Value):
    """A bundle: for whom, of what, with which statement of heads. A whole ledger names neither of the last two."""

    audience: Audience
    disclosed: Annotated[int, Meta(ge=1, le=MAX_INTEGER)] | None = None
    """How many sealed values were given in clear."""
    heads: values.Hash | None = None
    """SHA-256 of the bundle's heads line, without its line feed."""
    subjects: Annotated[tuple[DisclosedSubject, ...], Meta(min_length=1, max_length=512)] | None = None


class DisclosureMade(Event, tag="disclosure.made"):
    """The last leaf of the checkpoint the bundle stands under."""

    subject_kinds = ("disclosure",)
    details: MadeDetails


class IssuedDetails(Value):
    """A certificate: the document for a court, and the bundle inside that it was made from."""

    audience: Audience
    bundle: values.Hash
    """SHA-256 of the bundle."""
    court: values.Text
    document: values.Hash
    """SHA-256 of the document as rendered: its first `size` bytes, before anything was attached to it."""
    size: Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
    subjects: Annotated[tuple[DisclosedSubject, ...], Meta(min_length=1, max_length=512)]


class CertificateIssued(Event, tag="certificate.issued"):
    """Recorded when a certificate was rendered; stands, with its proof, in the document's second revision."""

    subject_kinds = ("disclosure",)
    details: IssuedDetails
