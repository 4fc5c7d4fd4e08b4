"""The members of an event's type that carry a mark, and the values at a path.

A mark stands in the `extra` of a member's Meta (values.py): what is checked of it, whether it may be sealed. Marks are
read once per class.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import msgspec
from msgspec import Meta

from custody.protocol.events.common import Event
from custody.protocol.values import Value

_INDEX = re.compile("0|[1-9][0-9]{0,2}", re.ASCII)


class Member(NamedTuple):
    """A member of an event whose type carries a mark: where it is, and which mark."""

    path: tuple[str, ...]
    """Names from the event down; `*` stands for any index of an array."""
    mark: str


@cache
def members_of(kind: type[Value]) -> tuple[Member, ...]:
    """The marked members of a structure, nested ones too."""
    return tuple(_walk(kind))


def _walk(kind: type[Value]) -> Iterator[Member]:
    for field in msgspec.structs.fields(kind):
        for path, mark in _marks(field.type):
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
    for member in members_of(kind):
        yield member.path, member.mark


def has_member(hint: Any, path: tuple[str, ...]) -> bool:
    """Whether a value of this type can have a member at `path`, names from it down, with numbers for an array's."""
    if not path:
        return True
    if isinstance(hint, type) and issubclass(hint, Value):
        member = next((one for one in msgspec.structs.fields(hint) if one.encode_name == path[0]), None)
        return member is not None and has_member(member.type, path[1:])
    if get_origin(hint) is tuple:
        return _INDEX.fullmatch(path[0]) is not None and has_member(get_args(hint)[0], path[1:])
    if get_origin(hint) is dict:
        return False  # the names are not ours: `child` finds nothing there
    return any(has_member(part, path) for part in get_args(hint))


def matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a path is one of those that `pattern`, with `*` for any index, stands for."""
    return len(pattern) == len(path) and all(
        part == name or (part == "*" and _INDEX.fullmatch(name) is not None)
        for part, name in zip(pattern, path, strict=True)
    )


def child(value: Any, name: str) -> Any:
    """The member of a structure, or the item of an array; None where there is none."""
    if isinstance(value, tuple):
        return value[int(name)] if _INDEX.fullmatch(name) and int(name) < len(value) else None
    if value is None:
        return None
    kind: type[Value] = type(value)
    return getattr(value, _attribute(kind, name))


@cache
def _attribute(kind: type[Value], name: str) -> str:
    return next(field.name for field in msgspec.structs.fields(kind) if field.encode_name == name)


def value_at(event: Event, path: tuple[str, ...]) -> tuple[Any, Any]:
    """What holds the member, and the member; None where there is none."""
    holder: Any = event
    for name in path[:-1]:
        holder = child(holder, name)
    return holder, child(holder, path[-1])


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value present at a path; `*` runs through an array."""
    if value is None:
        return
    if not path:
        yield value
    elif path[0] == "*":
        for item in value:
            yield from values_at(item, path[1:])
    else:
        yield from values_at(child(value, path[0]), path[1:])
