"""From bytes to an event, and back."""

from typing import Any, cast

from custody.protocol import canonical
from custody.protocol.events.cases import CaseAmended, CaseClosed, CaseErased, CaseOpened
from custody.protocol.events.common import Event
from custody.protocol.events.disclosures import CertificateIssued, DisclosureMade
from custody.protocol.events.handling import (
    ItemAssumed,
    ItemExamined,
    ItemInspected,
    ItemLent,
    ItemOpened,
    ItemRecovered,
    ItemSealed,
    ItemStored,
)
from custody.protocol.events.handovers import (
    HandoverReceived,
    HandoverRefused,
    HandoverReleased,
    HandoverWithdrawn,
)
from custody.protocol.events.items import (
    CourtPresented,
    ItemDerived,
    ItemDestroyed,
    ItemReturned,
    ItemSeized,
    ItemVoided,
    ItemYielded,
)
from custody.protocol.events.ledger import LedgerOpened, LedgerRekeyed, ProfileAdopted
from custody.protocol.events.notes import (
    AuthorityRecorded,
    EntryConfirmed,
    EntryCorrected,
    ItemCopied,
    ReportLate,
)
from custody.protocol.events.partners import PartnerDistrusted, PartnerTrusted
from custody.protocol.events.people import PersonEnrolled, PersonRevoked
from custody.protocol.events.requests import (
    RequestAccepted,
    RequestClosed,
    RequestConsulted,
    RequestExecuted,
    RequestPostponed,
    RequestReceived,
    RequestRefused,
    RequestSent,
)
from custody.protocol.events.validity import check_event

_EVENTS: tuple[type[Event], ...] = (
    LedgerOpened,
    LedgerRekeyed,
    ProfileAdopted,
    PersonEnrolled,
    PersonRevoked,
    PartnerTrusted,
    PartnerDistrusted,
    CaseOpened,
    CaseAmended,
    CaseErased,
    CaseClosed,
    ItemSeized,
    ItemDerived,
    ItemYielded,
    ItemVoided,
    ItemSealed,
    ItemOpened,
    ItemStored,
    ItemExamined,
    ItemInspected,
    ItemLent,
    ItemRecovered,
    ItemAssumed,
    HandoverReleased,
    HandoverReceived,
    HandoverWithdrawn,
    HandoverRefused,
    CourtPresented,
    ItemReturned,
    ItemDestroyed,
    EntryCorrected,
    ReportLate,
    ItemCopied,
    AuthorityRecorded,
    EntryConfirmed,
    RequestSent,
    RequestReceived,
    RequestAccepted,
    RequestRefused,
    RequestPostponed,
    RequestConsulted,
    RequestExecuted,
    RequestClosed,
    DisclosureMade,
    CertificateIssued,
)

EVENT_TYPES: dict[str, type[Event]] = {cast(str, cls.__struct_config__.tag): cls for cls in _EVENTS}

_decode = canonical.decoder_by_type(EVENT_TYPES, "event")


def parse_event(data: bytes) -> Event:
    """The event these bytes state. Raises MalformedError unless they are its only spelling."""
    event: Event = _decode(data)
    check_event(event)
    return event


def format_event(event: Event) -> bytes:
    """The canonical bytes of `event`, which is checked as a reader would check it."""
    data = canonical.encode(event)
    parse_event(data)
    return data


def details_of(event: Event) -> Any:
    """The event's details, whose class depends on its type."""
    return event.details  # type: ignore[attr-defined]
