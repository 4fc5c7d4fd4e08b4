"""The certificates of a time-stamp put into the order that DER asks for.

    SignedData ::= SEQUENCE { …, certificates [0] IMPLICIT SET OF …, … }     RFC 5652 §5.1; X.690 §11.6: sorted

Authorities that run OpenSSL write them in the order of the chain, and a strict parser refuses that. No signature covers
them, and sorted they are as long as before: nothing else changes.
"""

from collections.abc import Iterator
from typing import NamedTuple

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0


class _Value(NamedTuple):
    tag: int
    start: int
    body: int
    stop: int


def sort_certificates(reply: bytes) -> bytes:
    """A TimeStampResp with the certificates of its token sorted. Raises ValueError for what has none."""
    (answer,) = _values(reply, 0, len(reply))
    _, token = _inside(reply, answer, _SEQUENCE)
    _, content = _inside(reply, token, _SEQUENCE)
    (signed,) = _inside(reply, content, _CONTEXT_0)
    certificates = next((one for one in _inside(reply, signed, _SEQUENCE) if one.tag == _CONTEXT_0), None)
    if certificates is None:
        raise ValueError("no certificates")
    ordered = sorted(reply[one.start : one.stop] for one in _inside(reply, certificates, _CONTEXT_0))
    return reply[: certificates.body] + b"".join(ordered) + reply[certificates.stop :]


def _inside(data: bytes, value: _Value, tag: int) -> list[_Value]:
    if value.tag != tag:
        raise ValueError("not what stands there")
    return list(_values(data, value.body, value.stop))


def _values(data: bytes, place: int, stop: int) -> Iterator[_Value]:
    """The values one after another; a length is what DER allows (X.690 §10.1), its shortness the parser's to check."""
    while place < stop:
        start = place
        head = data[start : min(start + 2, stop)]
        if len(head) < 2:
            raise ValueError("cut off")
        tag, size = head
        place += 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(data[place : place + count], "big")
            place += count
        if not place + size <= stop:
            raise ValueError("cut off")
        yield _Value(tag, start, place, place + size)
        place += size
