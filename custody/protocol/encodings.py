"""Base64, hex and decimals, one spelling each.

Python's decoders are lenient (`b64decode("QU!JD")` drops the `!`, `validate=True` still accepts stray pad bits), and
a second spelling of the same bytes is a second hash of the same statement. So: decode, encode again, compare.
"""

import base64
import binascii
import re

from custody.errors import MalformedError

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3, I-JSON)."""


def encode_base64(data: bytes) -> str:
    """Standard alphabet, padded (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, what: str = "base64") -> bytes:
    """The bytes of canonical padded base64; `what` names the field in the error."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{what} is not base64") from error
    # The strict decoder lets through nothing but stray bits before the padding: the last four characters tell.
    last = data[-(len(data) % 3 or 3) :]
    if len(text) != (len(data) + 2) // 3 * 4 or binascii.b2a_base64(last, newline=False).decode() != text[-4:]:
        raise MalformedError(f"{what} is not canonical base64")
    return data


def encode_base64url(data: bytes) -> str:
    """URL-safe alphabet, without padding (RFC 4648 §5; RFC 9901 §4.2.1)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str, what: str = "base64url") -> bytes:
    """The bytes of canonical unpadded base64url."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{what} is not base64url") from error
    if encode_base64url(data) != text:
        raise MalformedError(f"{what} is not canonical base64url")
    return data


def decode_size(text: str, what: str = "size") -> int:
    """A non-negative decimal without leading zeros, at most 2^53 - 1."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_INTEGER:
        raise MalformedError(f"{what} is not a decimal number between 0 and 2^53-1")
    return int(text)
