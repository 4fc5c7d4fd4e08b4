"""The values of a PDF (ISO 32000-1, 7.3), read strictly.

What is added to a certificate is compared, and a lenient reader compares what nobody else sees.

    null true 7 0.5 (text) <74657874> /Name [1 2] <</Key 8 0 R>>

Refused: comments, duplicate keys, generations other than 0, unfinished values, nesting beyond MAX_DEPTH. Writing gives
one form of each value, so that two values are the same exactly where their bytes are.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from custody.errors import MalformedError

MAX_DEPTH = 24
"""Of arrays and dictionaries; a certificate has five."""


class Name(str):
    """`/Name`, without its slash, its `#xx` resolved; a character is a byte."""

    __slots__ = ()


class Ref(NamedTuple):
    """`8 0 R`."""

    number: int


Value = None | bool | int | Decimal | bytes | Name | Ref | list["Value"] | dict[str, "Value"]

SPACE = b"\0\t\n\x0c\r "
_BLANK = re.compile(rb"[\0\t\n\x0c\r ]*")
_REF = re.compile(rb"(\d{1,10})[\0\t\n\x0c\r ]+0[\0\t\n\x0c\r ]+R(?![^\0\t\n\x0c\r ()<>\[\]{}/%])")
_WORD = re.compile(rb"[^\0\t\n\x0c\r ()<>\[\]{}/%]+")
_NAME = re.compile(rb"/((?:[!-\"$&'*-.0-;=?-Z\\^-z|~]|#[0-9A-Fa-f]{2})*)")
_HEX = re.compile(rb"<([0-9A-Fa-f\0\t\n\x0c\r ]*)>")
_INTEGER = re.compile(rb"[+-]?\d{1,18}\Z")
_REAL = re.compile(rb"[+-]?(?:\d{1,18}\.\d{0,18}|\.\d{1,18})\Z")
_LITERAL = re.compile(rb"[^()\\]+")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\x0c", b"(": b"(", b")": b")", b"\\": b"\\"}


def skip(data: bytes, at: int) -> int:
    """Where white space ends."""
    return _BLANK.match(data, at).end()  # type: ignore[union-attr]


def parse_value(data: bytes, at: int, depth: int = 0) -> tuple[Value, int]:
    """The value at `at` and where it ends. Raises MalformedError."""
    at = skip(data, at)
    first = data[at : at + 1]
    if depth > MAX_DEPTH:
        raise MalformedError("nested too deeply")
    if data[at : at + 2] == b"<<":
        return _dictionary(data, at + 2, depth)
    if first == b"[":
        return _array(data, at + 1, depth)
    if first == b"/":
        return _name(data, at)
    if first == b"(":
        return _literal(data, at + 1)
    if first == b"<":
        return _hexadecimal(data, at)
    found = _REF.match(data, at)
    if found:
        return Ref(int(found[1])), found.end()
    return _word(data, at)


def _word(data: bytes, at: int) -> tuple[Value, int]:
    found = _WORD.match(data, at)
    word = found[0] if found else b""
    end = at + len(word)
    if _INTEGER.match(word):
        return int(word), end
    if _REAL.match(word):
        return Decimal(word.decode()), end
    if word in (b"true", b"false"):
        return word == b"true", end
    if word == b"null":
        return None, end
    raise MalformedError(f"no value stands at byte {at}")


def _name(data: bytes, at: int) -> tuple[Name, int]:
    found = _NAME.match(data, at)
    if not found:
        raise MalformedError(f"no name stands at byte {at}")
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda one: bytes([int(one[1], 16)]), found[1])
    return Name(plain.decode("latin-1")), found.end()


def _hexadecimal(data: bytes, at: int) -> tuple[bytes, int]:
    found = _HEX.match(data, at)
    if not found:
        raise MalformedError(f"no string stands at byte {at}")
    digits = found[1].translate(None, SPACE)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), found.end()


def _literal(data: bytes, at: int) -> tuple[bytes, int]:
    pieces, open_ = [], 1
    while open_:
        found = _LITERAL.match(data, at)
        if found:
            pieces.append(found[0])
            at = found.end()
        one, at = data[at : at + 1], at + 1
        if one == b"\\":
            piece, at = _escape(data, at)
            pieces.append(piece)
            continue
        if not one:
            raise MalformedError("a string does not end")
        open_ += 1 if one == b"(" else -1
        pieces.append(one if open_ else b"")
    return b"".join(pieces), at


def _escape(data: bytes, at: int) -> tuple[bytes, int]:
    octal = re.compile(rb"[0-7]{1,3}").match(data, at)
    if octal:
        return bytes([int(octal[0], 8) & 255]), octal.end()
    one = data[at : at + 1]
    if one not in _ESCAPES:
        raise MalformedError(f"an escape that is none stands at byte {at}")
    return _ESCAPES[one], at + 1


def _array(data: bytes, at: int, depth: int) -> tuple[list[Value], int]:
    found: list[Value] = []
    while data[(at := skip(data, at)) : at + 1] != b"]":
        value, at = parse_value(data, at, depth + 1)
        found.append(value)
    return found, at + 1


def _dictionary(data: bytes, at: int, depth: int) -> tuple[dict[str, Value], int]:
    found: dict[str, Value] = {}
    while data[(at := skip(data, at)) : at + 2] != b">>":
        key, at = _name(data, at)
        if key in found:
            raise MalformedError(f"/{key} stands twice in a dictionary")
        found[str(key)], at = parse_value(data, at, depth + 1)
    return found, at + 2


def format_value(value: Value) -> bytes:
    """The value in its one form."""
    if isinstance(value, dict):
        pairs = (format_value(Name(key)) + b" " + format_value(one) for key, one in value.items())
        return b"<<" + b" ".join(pairs) + b">>"
    if isinstance(value, Ref):
        return b"%d 0 R" % value.number
    if isinstance(value, list):
        return b"[" + b" ".join(format_value(one) for one in value) + b"]"
    if isinstance(value, Name):
        return b"/" + b"".join(_plain(one) for one in value.encode("latin-1"))
    if isinstance(value, bytes):
        return _string(value)
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return _number(value)


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same; the order of a dictionary's keys says nothing."""
    return format_value(_sorted(one)) == format_value(_sorted(other))


def _sorted(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value


def _number(value: int | Decimal) -> bytes:
    if isinstance(value, int) or value == value.to_integral_value():
        return b"%d" % int(value)
    return format(value.normalize(), "f").encode()


def _plain(byte: int) -> bytes:
    one = bytes([byte])
    return one if one.isalnum() or one in b"-_.:+*" else b"#%02X" % byte


def _string(value: bytes) -> bytes:
    text = value.decode("latin-1")
    if text.isascii() and text.isprintable():
        return b"(" + re.sub(rb"([()\\])", rb"\\\1", value) + b")"
    return b"<" + value.hex().upper().encode() + b">"
