"""What makes an event malformed beyond the types of its members (docs/format.md, "Events").

An absent required member is malformed, not a finding: no honest program writes it. Which members may be sealed and
which must be there, in clear or sealed, is read from the types (`extra` of their Meta), once per class.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from custody.errors import MalformedError
from custody.protocol import names, times
from custody.protocol.events.common import Event
from custody.protocol.events.handovers import HandoverReleased, ReleasedDetails
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.events.ledger import LedgerOpened, LedgerRekeyed, ProfileAdopted
from custody.protocol.events.notes import AuthorityRecorded
from custody.protocol.events.people import PersonEnrolled, PersonRevoked
from custody.protocol.values import SealReading, Value
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, parse_vkey

_WITHOUT_CASE = ("ledger", "person", "partner", "disclosure")
_BY_LEDGER_KEY = (LedgerOpened, LedgerRekeyed, ProfileAdopted, PersonEnrolled, PersonRevoked)


_INDEX = re.compile("0|[1-9][0-9]{0,2}", re.ASCII)


class Member(NamedTuple):
    """A member of an event whose type carries a mark: where it is, and which mark."""

    path: tuple[str, ...]
    """Names from the event down; `*` stands for any index of an array."""
    mark: str


def check_event(event: Event) -> None:
    """Refuses an event that its types let through."""
    kind = names.kind_of(event.subject)
    if kind not in event.subject_kinds:
        raise MalformedError(f"{event.type} is not about {event.subject}")
    if (event.case is None) != (kind in _WITHOUT_CASE):
        raise MalformedError(f"{event.type} names {'no' if event.case is None else 'a'} case")
    if kind == "case" and event.subject != f"case:{event.case}":
        raise MalformedError(f"{event.type} is about {event.subject} but names case {event.case}")
    by_key = isinstance(event, _BY_LEDGER_KEY)
    if by_key != (event.actor == event.ledger) or (by_key and event.witnesses):
        raise MalformedError(f"{event.type} is stated by {'the ledger key alone' if by_key else 'a person'}")
    if not by_key and not event.actor.endswith(f"@{event.ledger}"):
        raise MalformedError("the actor is not a person of this ledger")
    times.parse_local(event.occurred_at)
    plan = _plan(type(event))
    for path in plan.local:
        for text in _values_at(event, path):
            times.parse_local(text)
    for path in plan.dates:
        for text in _values_at(event, path):
            times.check_date(text)
    for pointer, path in plan.required:
        if pointer not in event.sealed and not any(True for _ in _values_at(event, path)):
            raise MalformedError(f"{event.type} lacks {'.'.join(path)}")
    if event.sealed:
        _check_sealed(event)
    _check_details(event)


def _check_sealed(event: Event) -> None:
    """A member is in clear or in `sealed`, never both; only marked members may be sealed."""
    sealable = _plan(type(event)).sealable
    for pointer in event.sealed:
        path = tuple(pointer.split("/")[1:])
        if not any(_matches(pattern, path) for pattern in sealable):
            raise MalformedError(f"{pointer} of {event.type} can't be sealed")
        holder, found = _value_at(event, path)
        if holder is None:
            raise MalformedError(f"{pointer} is sealed, but nothing in the event holds it")
        if found is not None:
            raise MalformedError(f"{pointer} is both sealed and in clear")


def _check_details(event: Event) -> None:
    _check_seals(event)
    if isinstance(event, ItemSeized | ItemDerived):
        if event.details.kind == "digital" and event.details.digests is None:
            raise MalformedError("a digital item needs its digests")
        if isinstance(event, ItemDerived):
            parents = [parent.item for parent in event.details.parents]
            if len(set(parents)) < len(parents):
                raise MalformedError("a parent is named twice")
    elif isinstance(event, LedgerOpened | LedgerRekeyed):
        _check_keys(event)
    elif isinstance(event, HandoverReleased):
        _check_release(event.details)
    elif isinstance(event, AuthorityRecorded) and not any(
        document.sha256 == event.details.document for document in event.documents
    ):
        raise MalformedError("the document that gives authority is not among the event's documents")


def _check_seals(event: Event) -> None:
    """One seal is read once: two readings of one could hide that another is gone."""
    for name in ("seals", "removed", "put_on"):
        stated = getattr(event.details, name, None)  # type: ignore[attr-defined]
        if stated is not None and len(stated) > 1:
            numbers = {one.seal if isinstance(one, SealReading) else one for one in stated}
            if len(numbers) < len(stated):
                raise MalformedError("a seal is named twice")


def _check_keys(event: LedgerOpened | LedgerRekeyed) -> None:
    """The keys a ledger states are of the right types and, but for its witness's, under its own name."""
    ledger_key = parse_vkey(event.details.ledger_key)
    if (ledger_key.name, ledger_key.type) != (event.ledger, ED25519):
        raise MalformedError("a ledger key has type 01 and the origin for its name")
    if isinstance(event, LedgerOpened):
        witness_key = parse_vkey(event.details.witness_key)
        if witness_key.type != COSIGNATURE_V1 or witness_key.public_key == ledger_key.public_key:
            raise MalformedError("a witness key has type 04 and is not the ledger key")


def _check_release(details: ReleasedDetails) -> None:
    origins = {names.split_person(person)[1] for person in details.addressees}
    if len(origins) != 1 or len(set(details.addressees)) != len(details.addressees):
        raise MalformedError("addressees are different persons of one ledger")
    basis = details.basis
    if basis is not None:
        given = (basis.request, basis.agreement, basis.spontaneous, basis.return_)
        if sum(value is not None for value in given) != 1 or (basis.purpose and not basis.request):
            raise MalformedError("a release abroad has one basis; a purpose belongs to a request")


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
            value = _child(value, name)
        except (StopIteration, TypeError, ValueError):
            return False
    return value not in (None, (), "")


class _Plan(NamedTuple):
    """What is to be checked in events of one class."""

    local: tuple[tuple[str, ...], ...]
    dates: tuple[tuple[str, ...], ...]
    required: tuple[tuple[str, tuple[str, ...]], ...]
    sealable: tuple[tuple[str, ...], ...]


@cache
def _plan(kind: type[Event]) -> _Plan:
    def marked(mark: str) -> tuple[tuple[str, ...], ...]:
        return tuple(member.path for member in _members(kind) if member.mark == mark)

    return _Plan(
        local=tuple(path for path in marked("local") if path != ("occurred_at",)),
        dates=marked("date"),
        required=tuple(("/" + "/".join(path), path) for path in marked("required")),
        sealable=marked("sealable"),
    )


@cache
def _members(kind: type[Value]) -> tuple[Member, ...]:
    return tuple(_walk(kind))


def _walk(kind: type[Value]) -> Iterator[Member]:
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        for path, mark in _marks(hints[field.name]):
            yield Member((field.encode_name, *path), mark)


def _marks(hint: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The marked places below a type: through Optional, Annotated, tuples and nested structures."""
    if isinstance(hint, type) and issubclass(hint, Value):
        yield from _walk_nested(hint)
    elif get_origin(hint) is Annotated:
        base, *metas = get_args(hint)
        for meta in metas:
            if isinstance(meta, Meta) and meta.extra:
                if "check" in meta.extra:
                    yield (), meta.extra["check"]
                for mark in ("sealable", "required"):
                    if meta.extra.get(mark):
                        yield (), mark
        yield from _marks(base)
    elif get_origin(hint) is tuple:
        for path, mark in _marks(get_args(hint)[0]):
            yield ("*", *path), mark
    else:
        for part in get_args(hint):
            yield from _marks(part)


def _walk_nested(kind: type[Value]) -> Iterator[tuple[tuple[str, ...], str]]:
    for member in _members(kind):
        yield member.path, member.mark


def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(pattern) == len(path) and all(
        part == name or (part == "*" and _INDEX.fullmatch(name) is not None)
        for part, name in zip(pattern, path, strict=True)
    )


def _child(value: Any, name: str) -> Any:
    if isinstance(value, tuple):
        return value[int(name)] if _INDEX.fullmatch(name) and int(name) < len(value) else None
    if value is None:
        return None
    kind: type[Value] = type(value)
    return getattr(value, _attribute(kind, name))


@cache
def _attribute(kind: type[Value], name: str) -> str:
    return next(field.name for field in msgspec.structs.fields(kind) if field.encode_name == name)


def _value_at(event: Event, path: tuple[str, ...]) -> tuple[Any, Any]:
    """What holds the member, and the member; None where there is none."""
    holder: Any = event
    for name in path[:-1]:
        holder = _child(holder, name)
    return holder, _child(holder, path[-1])


def _values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value present at a path; `*` runs through an array."""
    if value is None:
        return
    if not path:
        yield value
    elif path[0] == "*":
        for item in value:
            yield from _values_at(item, path[1:])
    else:
        yield from _values_at(_child(value, path[0]), path[1:])
