"""Entries: an envelope in its place in a ledger.

    {"envelope":{…},"index":41,"previous":"9f86…","recorded_at":"2026-05-03T08:20:07Z"}

    entry hash = BLAKE3-256(entry bytes), in hex                `b3sum` of the same bytes agrees
    previous   = the hash of the entry at index - 1; 64 zeros at index 0
    leaf       = SHA-256(00 || entry bytes)                     RFC 6962 §2.1; see tree.py

At most 65,535 bytes (C2SP tlog-tiles: entry bundles carry a 16-bit length).
"""

from blake3 import blake3

from custody.errors import MalformedError
from custody.protocol import canonical, times, values
from custody.protocol.envelope import Envelope
from custody.protocol.values import Value

MAX_ENTRY = 65_535
NO_PREVIOUS = "0" * 64


class Entry(Value):
    """One line of the log. `previous` chains it to the one before."""

    envelope: Envelope
    index: values.Integer
    previous: values.Hash
    recorded_at: values.UtcTime


_decode = canonical.decoder(Entry, "entry")


def hash_entry(data: bytes) -> str:
    """BLAKE3-256 of an entry's bytes, 64 hexadecimal digits."""
    return blake3(data).hexdigest()


def parse_entry(data: bytes) -> Entry:
    """The entry these bytes are; its event is parsed separately, by `envelope.event_of`."""
    if len(data) > MAX_ENTRY:
        raise MalformedError(f"an entry of {len(data)} bytes exceeds {MAX_ENTRY}")
    entry: Entry = _decode(data)
    times.parse_utc(entry.recorded_at)
    if (entry.index == 0) != (entry.previous == NO_PREVIOUS):
        raise MalformedError("64 zeros stand before index 0 and nowhere else")
    return entry


def format_entry(entry: Entry) -> bytes:
    """The bytes that are hashed, chained and stored."""
    data = canonical.encode(entry)
    parse_entry(data)
    return data
