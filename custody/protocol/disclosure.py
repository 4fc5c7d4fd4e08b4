"""Sealed fields: a digest where the value stood, and the value apart, SD-JWT style (RFC 9901 §4.2).

    disclosure = base64url(canonical JSON [salt, path, value])     salt: 128 bits, base64url; path: a JSON Pointer
    digest     = SHA-256(ASCII bytes of the disclosure), in hex

The salt keeps a guess (a birth date, a name on a list) from being tried against the digest.
"""

import hashlib
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.encodings import decode_base64url, encode_base64url
from custody.protocol.values import MAX_TEXT

SALT = 16


class Disclosure(NamedTuple):
    """A sealed value in clear."""

    salt: bytes
    path: str
    value: str


def format_disclosure(disclosure: Disclosure) -> str:
    """The text whose digest stands in `sealed`."""
    return encode_base64url(canonical.encode([encode_base64url(disclosure.salt), disclosure.path, disclosure.value]))


def parse_disclosure(text: str) -> Disclosure:
    """A disclosure, strictly. Raises MalformedError."""
    parts = canonical.decode_any(decode_base64url(text, "disclosure"))
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        raise MalformedError("a disclosure is an array of three strings: salt, path, value")
    salt = decode_base64url(parts[0], "salt")
    if len(salt) != SALT:
        raise MalformedError("a salt has 128 bits")
    if not 0 < len(parts[2]) <= MAX_TEXT:
        raise MalformedError(f"a disclosed value has 1 to {MAX_TEXT} characters")
    return Disclosure(salt, parts[1], parts[2])


def digest_disclosure(text: str) -> str:
    """SHA-256 of the disclosure's ASCII bytes, in hex."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()
