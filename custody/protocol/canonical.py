"""Canonical JSON: RFC 8785 restricted to what every language agrees on.

Objects with ASCII keys, arrays, strings, booleans, null and integers within +-(2^53 - 1); no floats. Keys are
sorted, nothing is between tokens, strings are UTF-8 with only the escapes RFC 8785 §3.2.2.2 demands:

    {"a":null,"b":[1,true],"c":"\\u0001\\n\\"é"}

A reader decodes into a typed value, encodes it again and compares: duplicate keys, white space, `1.0`, `\\u00e9`,
lone surrogates, explicit nulls for absent members and every other second spelling fail there, in one place.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from custody.errors import MalformedError

T = TypeVar("T")

MAX_LINE = 128 * 1024
"""Bytes in a line of a bundle: an entry of 65,535 bytes, its proof, and room (docs/format.md, "Caps")."""

MAX_DEPTH = 8
"""Brackets open at once. Bounds what a recursive reader, in any language, must hold."""

_encoder = msgspec.json.Encoder(order="sorted")


def encode(value: Any) -> bytes:
    """The canonical bytes of a Struct whose types bound it, or of plain values that keep to the restricted form.

    It does not check the latter: a float or a large integer is written, and refused by every reader.
    """
    try:
        return _encoder.encode(value)
    except (TypeError, UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise MalformedError(f"cannot be written as canonical JSON: {error}") from error


def decoder(kind: Any, what: str) -> Callable[[bytes], Any]:
    """A strict reader of `kind`, a type that fixes its own depth and bounds its own integers.

    The reader raises MalformedError for anything that does not come back byte for byte; `what` names the
    structure in the message.
    """
    return _strict(msgspec.json.Decoder(kind).decode, what)


class _Tagged(msgspec.Struct, frozen=True):
    type: str


def decoder_by_type(kinds: Mapping[str, type[msgspec.Struct]], what: str) -> Callable[[bytes], Any]:
    """The same for one of several structures: the member `type`, their tag, says which.

    msgspec reads a union of them no faster, and prepares for all of them before it reads the first. These are prepared
    each when it is first met: few files, and hardly any command, meet them all.
    """
    tags = msgspec.json.Decoder(_Tagged)

    @cache
    def reader(tag: str) -> Callable[[bytes], Any]:
        return msgspec.json.Decoder(kinds[tag]).decode

    def read(data: bytes) -> Any:
        tag = tags.decode(data).type
        if tag not in kinds:
            raise ValueError(f"there is no type {tag[:80]!r}")
        return reader(tag)(data)

    return _strict(read, what)


def _strict(read: Callable[[bytes], Any], what: str) -> Callable[[bytes], Any]:
    def decode(data: bytes) -> Any:
        if len(data) > MAX_LINE:
            raise MalformedError(f"{what} is longer than {MAX_LINE} bytes")
        try:
            value = read(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
            raise MalformedError(f"{what} is malformed: {error}") from error
        if _encoder.encode(value) != data:
            raise MalformedError(f"{what} is not canonical JSON")
        return value

    return decode


def decode_any(data: bytes) -> Any:
    """A value of the restricted form, when no type describes it; checks integers, keys and depth itself."""
    if len(data) > MAX_LINE:
        raise MalformedError(f"JSON is longer than {MAX_LINE} bytes")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise MalformedError(f"JSON is malformed: {error}") from error
    _check(value, MAX_DEPTH)
    if _encoder.encode(value) != data:
        raise MalformedError("JSON is not canonical")
    return value


def _check(value: Any, depth: int) -> None:
    if isinstance(value, dict | list):
        if depth == 0:
            raise MalformedError(f"JSON is nested more than {MAX_DEPTH} deep")
        for child in value.values() if isinstance(value, dict) else value:
            _check(child, depth - 1)
        if isinstance(value, dict) and not all(key.isascii() for key in value):
            raise MalformedError("JSON has a key that is not ASCII")
    elif isinstance(value, float):
        raise MalformedError("JSON has a number that is not an integer")
    elif isinstance(value, int) and abs(value) > 2**53 - 1:
        raise MalformedError("JSON has an integer beyond 2^53-1")
