"""A time-stamp that holds, and whose certificates a reader takes it from."""

from typing import NamedTuple


class Authority(NamedTuple):
    """A certificate that the reader trusts to lead to time-stamps."""

    name: str
    """Its subject (RFC 4514)."""
    fingerprint: str
    """SHA-256 of its DER, hex."""
    certificate: bytes
    """DER."""


class Stamp(NamedTuple):
    """A time-stamp that holds."""

    authority: str
    """The subject of the certificate that signed it."""
    time: int
    """Seconds since 1970, by the authority's clock."""
    accuracy: int
    """Seconds by which that clock may be off, as it says itself."""
    size: int
    """How many entries it covers."""
