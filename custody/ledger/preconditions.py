"""What has to exist before a rule can judge: persons, cases, items, entries. What does not is a UsageError (exit 2)."""

from collections.abc import Callable
from typing import Any

from custody.errors import UsageError
from custody.ledger.draft import Draft
from custody.ledger.known import Known
from custody.protocol import names
from custody.protocol.events.cases import CaseAmended, CaseClosed, CaseErased, CaseOpened
from custody.protocol.events.common import CustodyEvent, Event, NoteEvent
from custody.protocol.events.handling import ItemAssumed
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased
from custody.protocol.events.items import CourtPresented, ItemDerived, ItemSeized
from custody.protocol.events.notes import EntryConfirmed, EntryCorrected, ItemCopied
from custody.protocol.events.partners import PartnerDistrusted, PartnerTrusted
from custody.protocol.events.people import PersonRevoked
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
from custody.protocol.events.validity import pointer_filled
from custody.protocol.rules.corrections import correctable

_LIST_CASES = "`custody case list` lists them"


def check_draft(draft: Draft, known: Known) -> None:
    """Raises UsageError when the draft speaks of what this ledger does not know."""
    for signer in (draft.occasion.actor, *draft.occasion.witnesses):
        if signer != known.origin:
            known.person(signer)
    check = _CHECKS.get(draft.kind)
    if check is not None:
        check(draft, known)
    elif issubclass(draft.kind, CustodyEvent | NoteEvent):
        known.item(names.name_of(draft.subject))


def _check_new_item(draft: Draft, known: Known) -> None:
    reference, label = draft.case or "", draft.details.label
    case = known.case(reference)
    if case is None:
        raise UsageError(f"there is no case {reference}", hint=_LIST_CASES)
    if case.closed:
        raise UsageError(f"case {reference} is closed: no new item can be recorded under it", hint=_LIST_CASES)
    if known.labels.taken(label, reference):
        raise UsageError(f"case {reference} has an item {label} already", hint="--label PREFIX/+ takes the next number")


def _check_new_case(draft: Draft, known: Known) -> None:
    if known.case(names.name_of(draft.subject)) is not None:
        raise UsageError(f"case {draft.case} is open already, or was closed", hint=_LIST_CASES)
    known.person(draft.details.lead)


def _check_case(draft: Draft, known: Known) -> None:
    case = known.case(names.name_of(draft.subject))
    if case is None:
        raise UsageError(f"there is no case {draft.case}", hint=_LIST_CASES)
    if case.erased and draft.kind is CaseErased:
        raise UsageError(f"case {draft.case} was erased already", hint=_LIST_CASES)
    if case.closed and draft.kind is CaseClosed:
        raise UsageError(f"case {draft.case} is closed already", hint=_LIST_CASES)
    if draft.kind is CaseAmended and draft.details.lead:
        known.person(draft.details.lead)


def _check_partner(origin: str, known: Known) -> None:
    partner = known.partner(origin)
    if partner.distrusted:
        raise UsageError(f"{origin} has been distrusted since {partner.since}", hint="`custody partner list` shows why")


def _check_carried(origin: str, known: Known) -> None:
    """What a partner only carried along, and a stranger wrote, is nobody's to sign for."""
    try:
        known.partner(origin)
    except UsageError as error:
        hint = f"ask {origin} for its card: `custody partner add`; until then `custody import` keeps the file"
        raise UsageError(error.message, hint=hint) from error


def _check_basis(draft: Draft, known: Known) -> None:
    """Knows what decides whether an item may go to another State."""
    known.ancestors(names.name_of(draft.subject))
    basis = draft.details.basis
    if basis is not None and basis.request is not None:
        known.request(basis.request)
    known.case(known.case_of(draft.subject) or "")


def _check_presented(draft: Draft, known: Known) -> None:
    known.ancestors(names.name_of(draft.subject))
    if draft.details.request is not None:
        known.request(draft.details.request)


def _check_trust(draft: Draft, known: Known) -> None:
    if draft.kind is PartnerDistrusted and known.partner(names.name_of(draft.subject)).distrusted:
        raise UsageError(f"{names.name_of(draft.subject)} is distrusted already", hint="`custody partner list`")


def _check_request(draft: Draft, known: Known) -> None:
    if draft.kind is RequestSent:
        _check_partner(draft.details.to, known)
        if draft.details.supplements is not None:
            known.request(draft.details.supplements)
    else:
        asking = known.request(names.name_of(draft.subject)).requesting
        if draft.kind is RequestReceived and asking is not None and asking != known.origin:
            _check_carried(asking, known)
            _check_partner(asking, known)
    if draft.case is not None and known.case(draft.case) is None:
        raise UsageError(f"there is no case {draft.case}", hint=_LIST_CASES)


def _check_receipt(draft: Draft, known: Known) -> None:
    item = known.item(names.name_of(draft.subject))
    release = item.keeping.release
    if release is not None and release.fact.origin != known.origin:
        _check_carried(release.fact.origin, known)
    if draft.case is not None:
        if known.case(draft.case) is None:
            raise UsageError(f"there is no case {draft.case}", hint=_LIST_CASES)
    elif item.case_in(known.origin) is None:
        raise UsageError(f"{item.label or 'the item'} belongs to no case of this ledger yet", hint="--case REF")


def _check_assumed(draft: Draft, known: Known) -> None:
    item = known.item(names.name_of(draft.subject))
    if draft.case is not None and known.case(draft.case) is None:
        raise UsageError(f"there is no case {draft.case}", hint=_LIST_CASES)
    if draft.case is None and item.case_in(known.origin) is None:
        raise UsageError(f"{item.label or 'the item'} belongs to no case of this ledger yet", hint="--case REF")


def _check_release(draft: Draft, known: Known) -> None:
    _check_basis(draft, known)
    for addressee in draft.details.addressees:
        origin = names.split_person(addressee)[1]
        if origin != known.origin:
            _check_partner(origin, known)
            continue
        if known.person(addressee).revoked:
            raise UsageError(f"{addressee} was revoked and can't receive", hint="`custody person list` lists who can")


def _check_revocation(draft: Draft, known: Known) -> None:
    reference = f"{names.name_of(draft.subject)}@{known.origin}"
    if known.person(reference).revoked:
        raise UsageError(f"{reference} is revoked already", hint="`custody person list` shows since when")


def _check_confirmation(draft: Draft, known: Known) -> None:
    _cited(draft, known)


def check_field(event: Event, pointer: str) -> None:
    """Raises UsageError for a member that can't be corrected, or is not there."""
    if not correctable(pointer):
        hint = "digests, addressees, persons and requests can't be corrected; add a report: `custody report`"
        raise UsageError(f"{pointer} can't be corrected", hint=hint)
    if not pointer_filled(event, pointer):
        raise UsageError(
            f"{event.type} has no {pointer}: nothing is there to be corrected", hint="`custody show ENTRY`"
        )


def _check_correction(draft: Draft, known: Known) -> None:
    check_field(_cited(draft, known), draft.details.field)


def _cited(draft: Draft, known: Known) -> Event:
    """The event a note speaks of, which is about the same item."""
    item = names.name_of(draft.subject)
    known.item(item)
    event = known.fact_of(draft.details.entry.entry).event
    if names.name_of(event.subject) != item:
        raise UsageError(f"that entry is not about item {item}", hint="`custody history ITEM` lists its entries")
    return event


_REQUESTS: tuple[type[Event], ...] = (
    RequestSent,
    RequestReceived,
    RequestAccepted,
    RequestRefused,
    RequestPostponed,
    RequestConsulted,
    RequestExecuted,
    RequestClosed,
)

_CHECKS: dict[type[Event], Callable[[Draft, Any], None]] = {
    ItemSeized: _check_new_item,
    ItemDerived: _check_new_item,
    CaseOpened: _check_new_case,
    CaseAmended: _check_case,
    CaseErased: _check_case,
    CaseClosed: _check_case,
    HandoverReleased: _check_release,
    HandoverReceived: _check_receipt,
    ItemAssumed: _check_assumed,
    ItemCopied: _check_basis,
    CourtPresented: _check_presented,
    PartnerTrusted: _check_trust,
    PartnerDistrusted: _check_trust,
    **dict.fromkeys(_REQUESTS, _check_request),
    PersonRevoked: _check_revocation,
    EntryCorrected: _check_correction,
    EntryConfirmed: _check_confirmation,
}
