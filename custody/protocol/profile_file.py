"""Reading a profile file: what a jurisdiction's rules of evidence ask, in TOML, for people to write and keep.

Its keys are the members of `profile` (docs/format.md, "Profiles"), its tables those of them that have members:

    name = "Two co-signers at seizure"      # whose rules these are; all else may be left out
    late_hours = 12
    spontaneous = true

    [deadlines]                             # days
    receipt = 7

    [required]                              # by type of event, JSON Pointers into it
    "item.seized" = ["/details/seals", "/documents"]

    [roles]
    "court.presented" = ["prosecutor"]

    [witnesses]
    "item.seized" = 2

Stricter than the structure, for the sake of whoever mistypes: a type that does not exist, a pointer that the type does
not have, a role that may not sign it by the base table, are refused. In an event they would ask for nothing, or for
what nobody could fulfil.
"""

import difflib
import tomllib
from collections.abc import Callable, Collection
from typing import Any, get_args

import msgspec

from custody.errors import MalformedError
from custody.protocol.events.codec import EVENT_TYPES
from custody.protocol.events.ledger import Deadlines, Limit, Profile, Witnesses
from custody.protocol.events.members import has_member
from custody.protocol.events.people import Role
from custody.protocol.rules.roles import ALLOWED
from custody.protocol.values import Pointer, Text

MAX_PROFILE = 64 * 1024
"""Bytes: the profile has to fit an entry, and comments are longer than rules."""

_SHOWN = 64
"""Characters of what was mistyped that an error repeats."""


def parse_profile(data: bytes) -> Profile:
    """The profile in a file's bytes. Raises MalformedError, naming the table and the key."""
    if len(data) > MAX_PROFILE:
        raise MalformedError(f"a profile of more than {MAX_PROFILE} bytes is none")
    stated = _read_toml(data)
    _check_names(stated, [field.name for field in msgspec.structs.fields(Profile)], "a member of a profile")
    if "name" not in stated:
        raise MalformedError("the profile has no name", hint='name = "…" says whose rules these are')
    return Profile(**{name: _READERS[name](name, value) for name, value in stated.items()})


def _read_toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode())
    except RecursionError as error:
        raise MalformedError("the profile is nested too deeply") from error
    except ValueError as error:  # of TOML, of UTF-8, of a number with thousands of digits
        raise MalformedError(f"the profile is not TOML: {error}") from error


def _check_names(stated: Collection[str], known: Collection[str], what: str) -> None:
    for name in stated:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise MalformedError(f"{name[:_SHOWN]!r} is not {what}", hint=hint)


def _read(value: Any, kind: Any, where: str, wanted: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise MalformedError(f"{where} is not {wanted}") from error


def _read_text(where: str, value: Any) -> str:
    text: str = _read(value, Text, where, "a text")
    if not text.strip():
        raise MalformedError(f"{where} is empty")
    return text


def _read_limit(where: str, value: Any) -> int:
    limit: int = _read(value, Limit, where, "a whole number from 0 to 100000")
    return limit


def _read_flag(where: str, value: Any) -> bool:
    if value is not True:
        raise MalformedError(f"{where} is not true", hint="leave it out where it is not allowed")
    return True


def _read_deadlines(where: str, value: Any) -> Deadlines:
    table = _read_table(where, value)
    _check_names(table, [field.name for field in msgspec.structs.fields(Deadlines)], f"a member of [{where}]")
    return Deadlines(**{name: _read_limit(f"{where}.{name}", days) for name, days in table.items()})


def _read_table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedError(f"{where} is not a table", hint=f"[{where}] on a line of its own, its keys below")
    if not value:
        raise MalformedError(f"[{where}] is empty", hint="leave it out, or remove the # before its keys")
    return value


def _by_type(read: Callable[[str, str, Any], Any]) -> Callable[[str, Any], dict[str, Any]]:
    """A reader of a table whose keys are types of events; `read` is handed the place, the type and the value."""

    def read_types(where: str, value: Any) -> dict[str, Any]:
        found = {}
        for kind, stated in _read_table(where, value).items():
            if kind not in EVENT_TYPES and isinstance(stated, dict):
                hint = f'a type stands in quotes: "{kind[:_SHOWN]}.{next(iter(stated), "…")[:_SHOWN]}" = …'
                raise MalformedError(f"[{where}] has a table {kind[:_SHOWN]!r}", hint=hint)
            _check_names([kind], EVENT_TYPES, f"a type of event ([{where}])")
            found[kind] = read(f'[{where}] "{kind}"', kind, stated)
        return found

    return read_types


def _read_pointers(where: str, kind: str, value: Any) -> tuple[str, ...]:
    for pointer in _read_list(where, value):
        path = _read(pointer, Pointer, f"{where}: {str(pointer)[:_SHOWN]!r}", "a JSON Pointer, as /details/seals")
        if not has_member(EVENT_TYPES[kind], tuple(path.split("/")[1:])):
            raise MalformedError(
                f"{where}: {kind} has no {path}", hint='docs/format.md, "Events", lists the members of each type'
            )
    return tuple(value)


def _read_roles(where: str, kind: str, value: Any) -> tuple[Role, ...]:
    allowed = _signed_by_persons(where, kind)
    for role in _read_list(where, value):
        _check_names([role], get_args(Role), f"a role ({where})")
        if role not in allowed:
            raise MalformedError(
                f"{where}: {role} may not sign it by the base rules", hint=f"of these: {', '.join(sorted(allowed))}"
            )
    return tuple(value)


def _read_witnesses(where: str, kind: str, value: Any) -> int:
    _signed_by_persons(where, kind)
    count: int = _read(value, Witnesses, where, "a whole number from 1 to 15")
    return count


def _signed_by_persons(where: str, kind: str) -> frozenset[Role]:
    """The roles that may sign the type. Asked of what the ledger key alone signs, nothing could ever be recorded."""
    if kind not in ALLOWED:
        raise MalformedError(f"{where}: the ledger key alone signs it, no person and no co-signer")
    return ALLOWED[kind]


def _read_list(where: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise MalformedError(f"{where} is not a list of texts", hint='["one", "two"]')
    if len(set(value)) < len(value):
        raise MalformedError(f"{where} names something twice")
    return value


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "name": _read_text,
    "deadlines": _read_deadlines,
    "late_hours": _read_limit,
    "late_statement_days": _read_limit,
    "required": _by_type(_read_pointers),
    "roles": _by_type(_read_roles),
    "spontaneous": _read_flag,
    "transit_days": _read_limit,
    "urgent": _read_flag,
    "witnesses": _by_type(_read_witnesses),
}
"""By member of a profile."""
