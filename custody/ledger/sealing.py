"""Sealed fields on their way into the log: a digest in the event, the value locked beside it (docs/format.md,
"Sealed fields").

What is to be sealed is said by name (`source`, `place` …) with the occasion; members are taken out of an event after
it was composed in clear, so that they are checked like any other, and before anything is judged, so that no rule can
read them. Kept beside the log, in the same transaction:

    {"audiences":["court"],"disclosure":"base64url"}      canonical JSON, filled up with spaces to 256 bytes or a
                                                          multiple, then locked for the event's case

The audiences stand inside too: whoever can write to the database, and has no key, can't widen them.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from custody.errors import CustodyError, MalformedError, UsageError
from custody.protocol import bundle, canonical
from custody.protocol.audiences import FILE_NAMES
from custody.protocol.disclosure import SALT, Disclosure, digest_disclosure, format_disclosure
from custody.protocol.events.common import MAX_SEALED, Event
from custody.protocol.events.disclosures import Audience
from custody.protocol.events.validity import sealable_pointers

_BLOCK = 256
"""A locked value is as long as its text; short ones, names above all, are not told apart by that."""

Lock = Callable[[str | None, bytes], bytes]
"""Encrypts for a case (None: for the agency): `lock(case, plain) -> ciphertext`."""


class SealedValue(NamedTuple):
    """A value taken out of an event."""

    digest: str
    case: str | None
    audiences: tuple[str, ...]
    disclosure: str


class LockedValue(NamedTuple):
    """The same as it is stored: who may see it is known, what it says is not."""

    digest: str
    case: str | None
    audiences: tuple[str, ...]
    body: bytes


class _Locked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is encrypted."""

    audiences: tuple[Audience, ...]
    disclosure: str


_decode = canonical.decoder(_Locked, "a locked value")


def field_name(pointer: str) -> str:
    """What people call a sealable member: `/details/source` -> `source`; `*` stands for an index."""
    if pointer == "/place/name":
        return "place"
    parts = pointer.split("/")[1:]
    return parts[-1] if len(parts) == 2 and parts[0] == "details" else FILE_NAMES


def sealable_names(kinds: Iterable[type[Event]]) -> list[str]:
    """The names of what may be sealed in events of these types."""
    return sorted({field_name(pointer) for kind in kinds for pointer in sealable_pointers(kind)})


def seal_members(event: Event, wanted: Mapping[str, Sequence[str]]) -> tuple[Event, list[tuple[str, SealedValue]]]:
    """The event with the members that `wanted` names replaced by digests, and each name with what was taken out.

    `wanted`: name to audiences. A name that this type does not know, or that is not filled, is passed over.
    Raises UsageError for a value too long to be disclosed in one line of a bundle.
    """
    stated = msgspec.to_builtins(event)
    taken: list[tuple[str, SealedValue]] = []
    sealed: dict[str, str] = {}
    for pattern in sealable_pointers(type(event)):
        name = field_name(pattern)
        if name not in wanted:
            continue
        for pointer, holder, last in list(_places(stated, pattern.split("/")[1:], "")):
            text = format_disclosure(Disclosure(os.urandom(SALT), pointer, holder.pop(last)))
            if len(bundle.format_line(bundle.Line(disclosure=text))) > canonical.MAX_LINE:
                raise UsageError(f"{name} is too long to be sealed", hint="cite a document: --document report=FILE")
            sealed[pointer] = digest_disclosure(text)
            taken.append((name, SealedValue(sealed[pointer], event.case, tuple(sorted(wanted[name])), text)))
    if not taken:
        return event, []
    try:
        return msgspec.convert(stated | {"sealed": sealed}, type(event)), taken
    except msgspec.ValidationError as error:  # its message names the place, never a text
        hint = "record fewer files at once, or a folder"
        raise UsageError(f"this can't be recorded: {error}", hint=hint if len(sealed) > MAX_SEALED else None) from error


def _places(value: Any, path: list[str], at: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Pointer, holder and name of every member present at a path; `*` runs through an array."""
    first, *rest = path
    if first == "*":
        for index, one in enumerate(value or ()):
            yield from _places(one, rest, f"{at}/{index}")
    elif isinstance(value, dict) and first in value:
        if rest:
            yield from _places(value[first], rest, f"{at}/{first}")
        else:
            yield f"{at}/{first}", value, first


def lock_values(values: Sequence[SealedValue], lock: Lock | None) -> list[LockedValue]:
    """The values as they are stored."""
    if not values:
        return []
    if lock is None:
        raise UsageError("nothing can be sealed here: there is no key to lock it for")
    return [LockedValue(one.digest, one.case, one.audiences, lock(one.case, _format(one))) for one in values]


def _format(value: SealedValue) -> bytes:
    plain = canonical.encode(_Locked(value.audiences, value.disclosure))
    return plain.ljust(-(-len(plain) // _BLOCK) * _BLOCK)


def read_locked(value: LockedValue, plain: bytes) -> str:
    """The disclosure in a stored value that was opened.

    Raises CustodyError when it is not what was sealed, or not for the audiences that stand beside it.
    """
    try:
        held = _decode(plain.rstrip(b" "))
    except MalformedError as error:
        raise _altered(value) from error
    if digest_disclosure(held.disclosure) != value.digest or held.audiences != value.audiences:
        raise _altered(value)
    return str(held.disclosure)


def _altered(value: LockedValue) -> CustodyError:
    return CustodyError(
        f"the sealed value {value.digest[:16]} in the database was altered",
        hint="nothing was disclosed; compare with a backup, and run `custody audit`",
    )
