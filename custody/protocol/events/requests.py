"""Requests for mutual legal assistance: what one State asks of another, and what that answers.

    request.sent (requesting ledger) -> request.received (requested ledger) -> consulted, postponed -> accepted or
    refused -> executed -> closed

The contents are those of the United Nations Convention against Transnational Organized Crime (UNTOC) art. 18(15).
Once received, only the requested ledger writes.
"""

from typing import Annotated, Literal

from msgspec import Meta

from custody.protocol import names, values
from custody.protocol.events.common import Event
from custody.protocol.events.items import Kind
from custody.protocol.events.ledger import CheckpointText
from custody.protocol.values import Text, Value

ONWARD = "onward"
"""The purpose that asks the first State for its consent to a transfer to a third."""

RequestReference = Annotated[str, Meta(pattern=names.CASE_PATTERN)]
"""What the requesting side calls it; shaped like the reference of a case."""

Instrument = Literal[
    "untoc",
    "palermo-protocol",
    "convention-1959",
    "eio",
    "budapest-protocol-2",
    "bilateral-treaty",
    "joint-investigation",
]


class LegalBasis(Value):
    """The instrument under which assistance is asked, and its article."""

    instrument: Instrument
    article: Text | None = None
    title: Text | None = None
    """Of a treaty or an agreement that has no name of its own here, or of an additional protocol."""


class Scope(Value):
    """Which items: each member that is there narrows it."""

    categories: Annotated[tuple[values.Word, ...], Meta(min_length=1, max_length=64)] | None = None
    items: Annotated[tuple[values.Label, ...], Meta(min_length=1, max_length=500)] | None = None
    """By label, or by UUID."""
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=2)] | None = None

    def __post_init__(self) -> None:
        if self.categories is None and self.items is None and self.kinds is None:
            raise ValueError("a scope has at least one of categories, items, kinds")


class RequestSentDetails(Value):
    """UNTOC art. 18(15)(a) to (f), and what the treaties around it ask for."""

    assistance: Text
    """(d) What is asked for."""
    authority: Text
    """(a) Who makes the request."""
    basis: Annotated[tuple[LegalBasis, ...], Meta(min_length=1, max_length=8)]
    conducting: Text
    """(b) The authority that conducts the investigation, and its functions."""
    purpose: values.Word
    """A code that the releases under this request repeat."""
    purpose_text: Text
    """(f) What the evidence is sought for."""
    reference: RequestReference
    scope: Scope
    subject: Text
    """(b) The subject matter and nature of the investigation."""
    to: values.Origin
    """The requested ledger."""
    use_limitation: Text
    channel: Text | None = None
    confidentiality: Text | None = None
    deadline: values.Date | None = None
    facts: values.SealableRequired | None = None
    """(c) A summary of the relevant facts."""
    language: Text | None = None
    onward_to: values.Country | None = None
    """Of a request with the purpose `onward`: the third State."""
    persons: values.Sealable | None = None
    """(e) Identity, location and nationality of any person concerned."""
    procedure: Text | None = None
    """(d) A procedure that is to be followed."""
    supplements: values.Uuid | None = None
    """The request that this one adds to."""
    urgent: Literal[True] | None = None


class RequestEvent(Event):
    """An event of a request's chain."""

    subject_kinds = ("request",)


class RequestSent(RequestEvent, tag="request.sent"):
    """The first event of a request."""

    details: RequestSentDetails


class RequestReceivedDetails(Value):
    """Under which of the sender's checkpoints it came."""

    checkpoint: CheckpointText


class RequestReceived(RequestEvent, tag="request.received"):
    """In the requested ledger, which alone goes on from here."""

    details: RequestReceivedDetails


class RequestAcceptedDetails(Value):
    """What is granted, on which conditions, until when."""

    scope: Scope
    conditions: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=32)] | None = None
    until: values.LocalTime | None = None
    """What is released later than this is not covered."""


class RequestAccepted(RequestEvent, tag="request.accepted"):
    """Items within the scope may go. Accepted again, the new terms replace the old."""

    details: RequestAcceptedDetails


class RequestRefusedDetails(Value):
    """On which ground (UNTOC art. 18(21)); reasons are always given (18(23))."""

    ground: Text


class RequestRefused(RequestEvent, tag="request.refused"):
    """Nothing goes under it."""

    details: RequestRefusedDetails


class RequestPostponedDetails(Value):
    """Why (UNTOC art. 18(25)), and until when if that is known."""

    ground: Text
    until: values.LocalTime | None = None


class RequestPostponed(RequestEvent, tag="request.postponed"):
    """Nothing goes under it until it is accepted, or accepted again."""

    details: RequestPostponedDetails


class RequestConsultedDetails(Value):
    """What the requested State asks, or proposes, before it refuses or postpones (UNTOC art. 18(26))."""

    ground: Text


class RequestConsulted(RequestEvent, tag="request.consulted"):
    """Nothing is decided by it."""

    details: RequestConsultedDetails


class RequestExecutedDetails(Value):
    """What was done."""

    ground: Text | None = None


class RequestExecuted(RequestEvent, tag="request.executed"):
    """The assistance was given; what was granted stays granted until the request is closed."""

    details: RequestExecutedDetails


class RequestClosedDetails(Value):
    """Why it ended, where that does not speak for itself."""

    ground: Text | None = None


class RequestClosed(RequestEvent, tag="request.closed"):
    """Nothing goes under it any more."""

    details: RequestClosedDetails
