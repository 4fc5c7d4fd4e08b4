"""What makes an event malformed beyond the types of its members (docs/format.md, "Events").

An absent required member is malformed, not a finding: no honest program writes it. Which members may be sealed and
which must be there, in clear or sealed, is read from the types (`extra` of their Meta), once per class.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from custody.errors import MalformedError
from custody.protocol import names, times
from custody.protocol.events.common import Event
from custody.protocol.events.handovers import Basis, HandoverReleased
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.events.ledger import LedgerOpened, LedgerRekeyed, ProfileAdopted
from custody.protocol.events.members import child, matches, members_of, value_at, values_at
from custody.protocol.events.notes import AuthorityRecorded, ItemCopied
from custody.protocol.events.partners import PartnerDistrusted, PartnerTrusted
from custody.protocol.events.people import PersonEnrolled, PersonRevoked
from custody.protocol.events.requests import ONWARD, RequestAccepted, RequestSent, Scope
from custody.protocol.values import SealReading
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, parse_vkey

_WITHOUT_CASE = ("ledger", "person", "partner", "disclosure")
_BY_LEDGER_KEY = frozenset(
    {
        LedgerOpened,
        LedgerRekeyed,
        ProfileAdopted,
        PersonEnrolled,
        PersonRevoked,
        PartnerTrusted,
        PartnerDistrusted,
    }
)
_SEALS = ("seals", "removed", "put_on")


def check_event(event: Event) -> None:
    """Refuses an event that its types let through."""
    _check_names(event)
    kind = names.kind_of(event.subject)
    if kind not in event.subject_kinds:
        raise MalformedError(f"{event.type} is not about {event.subject}")
    if (event.case is None) != (kind in _WITHOUT_CASE):
        raise MalformedError(f"{event.type} names {'no' if event.case is None else 'a'} case")
    if kind == "case" and event.subject != f"case:{event.case}":
        raise MalformedError(f"{event.type} is about {event.subject} but names case {event.case}")
    by_key = type(event) in _BY_LEDGER_KEY
    if by_key != (event.actor == event.ledger) or (by_key and event.witnesses):
        raise MalformedError(f"{event.type} is stated by {'the ledger key alone' if by_key else 'a person'}")
    if not by_key and not event.actor.endswith(f"@{event.ledger}"):
        raise MalformedError("the actor is not a person of this ledger")
    times.parse_local(event.occurred_at)
    plan = _plan(type(event))
    for path in plan.local:
        for text in values_at(event, path):
            times.parse_local(text)
    for path in plan.dates:
        for text in values_at(event, path):
            times.check_date(text)
    for pointer, path in plan.required:
        if pointer not in event.sealed and not any(True for _ in values_at(event, path)):
            raise MalformedError(f"{event.type} lacks {'.'.join(path)}")
    if event.sealed:
        _check_sealed(event)
    for name in plan.seals:
        _check_seals(getattr(event.details, name))  # type: ignore[attr-defined]
    check_details = _DETAILS.get(type(event))
    if check_details is not None:
        check_details(event)


def _check_names(event: Event) -> None:
    names.check_actor(event.actor)
    names.check_origin(event.ledger)
    names.check_subject(event.subject)
    if event.case is not None:
        names.check_case(event.case)


def _check_sealed(event: Event) -> None:
    """A member is in clear or in `sealed`, never both; only marked members may be sealed."""
    sealable = _plan(type(event)).sealable
    for pointer in event.sealed:
        path = tuple(pointer.split("/")[1:])
        if not any(matches(pattern, path) for pattern in sealable):
            raise MalformedError(f"{pointer} of {event.type} can't be sealed")
        holder, found = value_at(event, path)
        if holder is None:
            raise MalformedError(f"{pointer} is sealed, but nothing in the event holds it")
        if found is not None:
            raise MalformedError(f"{pointer} is both sealed and in clear")


def _check_item(event: ItemSeized | ItemDerived) -> None:
    if event.details.kind == "digital" and event.details.digests is None:
        raise MalformedError("a digital item needs its digests")


def _check_derived(event: ItemDerived) -> None:
    _check_item(event)
    parents = [parent.item for parent in event.details.parents]
    if len(set(parents)) < len(parents):
        raise MalformedError("a parent is named twice")


def _check_authority(event: AuthorityRecorded) -> None:
    if not any(document.sha256 == event.details.document for document in event.documents):
        raise MalformedError("the document that gives authority is not among the event's documents")


def _check_seals(stated: tuple[str | SealReading, ...] | None) -> None:
    """One seal is read once: two readings of one could hide that another is gone."""
    if stated is None or len(stated) == 1:
        return
    numbers = {one.seal if isinstance(one, SealReading) else one for one in stated}
    if len(numbers) < len(stated):
        raise MalformedError("a seal is named twice")


def _check_keys(event: LedgerOpened | LedgerRekeyed) -> None:
    """The keys a ledger states are of the right types and, but for its witness's, under its own name."""
    witness_key = event.details.witness_key if isinstance(event, LedgerOpened) else None
    check_agency_keys(event.ledger, event.details.ledger_key, witness_key)


def check_agency_keys(origin: str, ledger: str, witness: str | None) -> None:
    """Refuses vkeys that can't be the ledger key and, where one is stated, the witness key of `origin`."""
    ledger_key = parse_vkey(ledger)
    if (ledger_key.name, ledger_key.type) != (origin, ED25519):
        raise MalformedError("a ledger key has type 01 and the origin for its name")
    if witness is not None:
        witness_key = parse_vkey(witness)
        if witness_key.type != COSIGNATURE_V1 or witness_key.public_key == ledger_key.public_key:
            raise MalformedError("a witness key has type 04 and is not the ledger key")


def check_card_keys(origin: str, ledger: str, witness: str) -> None:
    """The same for another's card, where a witness key is known by its name: as the ledger's own, it counts for no
    quorum of that ledger, and nobody else is said to have seen what it cosigns."""
    check_agency_keys(origin, ledger, witness)
    name = parse_vkey(witness).name
    if name != origin and not name.startswith(f"{origin}/"):
        raise MalformedError("a partner's witness key is named by its ledger: ORIGIN/witness")


def _check_release(event: HandoverReleased) -> None:
    details = event.details
    origins = {names.split_person(person)[1] for person in details.addressees}
    if len(origins) != 1 or len(set(details.addressees)) != len(details.addressees):
        raise MalformedError("addressees are different persons of one ledger")
    _check_basis(details.basis)


def _check_copy(event: ItemCopied) -> None:
    _check_basis(event.details.basis)
    if event.details.basis is not None and event.details.state is None:
        raise MalformedError("a copy has a basis where it goes to another State")


def _check_basis(basis: Basis | None) -> None:
    if basis is None:
        return
    given = (basis.request, basis.agreement, basis.spontaneous, basis.return_)
    if sum(value is not None for value in given) != 1 or (basis.purpose is None) != (basis.request is None):
        raise MalformedError("what goes abroad has one basis; a request stands with the purpose it was made for")
    if basis.head is not None and basis.request is None:
        raise MalformedError("a head is that of a request")


def _check_partner(event: PartnerTrusted) -> None:
    """Another ledger, and keys that fit its name."""
    details, origin = event.details, names.name_of(event.subject)
    if origin == event.ledger:
        raise MalformedError("a ledger is no partner of its own")
    check_card_keys(origin, details.ledger_key, details.witness_key)


def _check_request(event: RequestSent) -> None:
    details = event.details
    _check_scope(details.scope)
    if details.to == event.ledger:
        raise MalformedError("a request goes to another ledger")
    if details.onward_to is not None and details.purpose != ONWARD:
        raise MalformedError("a third State is named by requests with the purpose onward only")
    if details.supplements == names.name_of(event.subject):
        raise MalformedError("a request can't supplement itself")


def _check_acceptance(event: RequestAccepted) -> None:
    _check_scope(event.details.scope)


def _check_scope(scope: Scope) -> None:
    for listed in (scope.kinds, scope.categories, scope.items):
        if listed is not None and len(set(listed)) < len(listed):
            raise MalformedError("a scope names something twice")


_DETAILS: dict[type[Event], Callable[[Any], None]] = {
    ItemSeized: _check_item,
    ItemDerived: _check_derived,
    LedgerOpened: _check_keys,
    LedgerRekeyed: _check_keys,
    HandoverReleased: _check_release,
    AuthorityRecorded: _check_authority,
    ItemCopied: _check_copy,
    PartnerTrusted: _check_partner,
    RequestSent: _check_request,
    RequestAccepted: _check_acceptance,
}
"""What is to be checked in the details of one type."""


def sealable_pointers(kind: type[Event]) -> list[str]:
    """The pointers of `kind` that may be sealed, `*` for any array index."""
    return ["/" + "/".join(path) for path in _plan(kind).sealable]


def pointer_filled(event: Event, pointer: str) -> bool:
    """Whether the member at `pointer` is there and not empty; a sealed member counts as filled."""
    if pointer in event.sealed:
        return True
    value: Any = event
    for name in pointer.split("/")[1:]:
        try:
            value = child(value, name)
        except (StopIteration, TypeError, ValueError):
            return False
    return value not in (None, (), "")


class _Plan(NamedTuple):
    """What is to be checked in events of one class."""

    local: tuple[tuple[str, ...], ...]
    dates: tuple[tuple[str, ...], ...]
    required: tuple[tuple[str, tuple[str, ...]], ...]
    sealable: tuple[tuple[str, ...], ...]
    seals: tuple[str, ...]
    """Members of `details` that name seals."""


@cache
def _plan(kind: type[Event]) -> _Plan:
    def marked(mark: str) -> tuple[tuple[str, ...], ...]:
        return tuple(member.path for member in members_of(kind) if member.mark == mark)

    return _Plan(
        local=tuple(path for path in marked("local") if path != ("occurred_at",)),
        dates=marked("date"),
        required=tuple(("/" + "/".join(path), path) for path in marked("required")),
        sealable=marked("sealable"),
        seals=tuple(name for name in _SEALS if name in kind.__annotations__["details"].__struct_fields__),
    )
