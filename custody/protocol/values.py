"""The small values that events are made of, as JSON members (docs/format.md, "Values").

Every one is a frozen msgspec Struct: unknown members are refused, an absent detail is left out (never null, never
empty), and strings are bounded by the pattern of their type.
"""

from typing import Annotated, Literal, dataclass_transform

import msgspec
from msgspec import Meta

from custody.protocol import names, times
from custody.protocol.encodings import MAX_INTEGER


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What every structure of the format is: immutable, closed, without empty members (and so, without cycles)."""


MAX_TEXT = 20_000
"""Characters in one free text. An entry may not exceed 65,535 bytes in all (C2SP tlog-tiles)."""

Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
"""Free text that a rule reads or that must stay legible to every reader: never sealed."""

Sealable = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, extra={"sealable": True})]
"""Free text that may be replaced by a digest in `sealed`."""

SealableRequired = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, extra={"sealable": True, "required": True})]
"""Free text that must be there, in clear or sealed."""

Origin = Annotated[str, Meta(pattern=names.ORIGIN_PATTERN)]
Person = Annotated[str, Meta(pattern=names.PERSON_PATTERN)]
Id = Annotated[str, Meta(pattern=names.ID_PATTERN)]
Uuid = Annotated[str, Meta(pattern=names.UUID_PATTERN)]
Subject = Annotated[str, Meta(pattern=names.SUBJECT_PATTERN)]
Label = Annotated[str, Meta(pattern=names.LABEL_PATTERN)]
SealNumber = Annotated[str, Meta(pattern=names.SEAL_PATTERN)]
Country = Annotated[str, Meta(pattern=names.COUNTRY_PATTERN)]
Word = Annotated[str, Meta(pattern=names.WORD_PATTERN)]
LocalTime = Annotated[str, Meta(extra={"check": "local", "pattern": times.LOCAL_PATTERN})]
"""`times.parse_local` checks the pattern with the calendar, where an event is checked; twice would cost time."""
UtcTime = Annotated[str, Meta(extra={"pattern": times.UTC_PATTERN})]
"""The same, by `times.parse_utc`, where an entry is parsed."""
Date = Annotated[str, Meta(pattern=times.DATE_PATTERN, extra={"check": "date"})]
Hash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Base64 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]+={0,2}\Z", max_length=4096)]
Pointer = Annotated[str, Meta(pattern=r"\A(?:/[A-Za-z0-9_.-]{1,64}){1,6}\Z")]
"""A JSON Pointer (RFC 6901) into an event; our member names need no escapes."""
EventType = Annotated[str, Meta(pattern=r"\A[a-z]{1,32}\.[a-z]{1,32}\Z")]
Integer = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Decimal = Annotated[str, Meta(pattern=r"\A(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,8}[1-9])?\Z")]
"""A non-negative decimal, one spelling each: no leading or trailing zeros, no exponent."""


class Amount(Value):
    """`{"amount":"12.5","unit":"g"}`. Amounts are compared only within one unit."""

    amount: Decimal
    unit: Annotated[str, Meta(pattern=rf"\A{names.MARK}{{1,32}}\Z")]


class Reference(Value):
    """`{"entry":hash,"ledger":origin}`: an entry of a ledger, this one or another."""

    entry: Hash
    ledger: Origin


SealState = Literal["intact", "broken", "missing"]


class SealReading(Value):
    """`{"seal":"A-1001","state":"intact"}`: what somebody read on the object, not what a record says."""

    seal: SealNumber
    state: SealState


class Digests(Value):
    """BLAKE3-256 and SHA-256 of the same bytes, read once, and their number. All must match.

    A folder's are those of its manifest: then `files` and `total` say how many files and bytes it lists.
    """

    blake3: Hash
    sha256: Hash
    size: Integer
    name: Sealable | None = None
    files: Integer | None = None
    total: Integer | None = None

    def __post_init__(self) -> None:
        if (self.files is None) != (self.total is None):
            raise ValueError("a folder's digests have both files and total")

    def same_bytes(self, other: "Digests") -> bool:
        """Whether both are digests of the same bytes; names do not count."""
        return (self.sha256, self.blake3, self.size) == (other.sha256, other.blake3, other.size)


class Document(Value):
    """A warrant, letter, photo or translation that an event cites; it lies beside the ledger, not in it."""

    blake3: Hash
    kind: Word
    sha256: Hash
    size: Integer
    title: Sealable | None = None


class Place(Value):
    """Where: ISO 3166-1 alpha-2 country, and a name that may be sealed."""

    country: Country
    name: Sealable | None = None


class ContentHashes(Value):
    """What an acquisition tool says it read: hashes of the decoded content, not of the image file."""

    blake3: Hash | None = None
    md5: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")] | None = None
    sha1: Annotated[str, Meta(pattern=r"\A[0-9a-f]{40}\Z")] | None = None
    sha256: Hash | None = None

    def __post_init__(self) -> None:
        if (self.blake3, self.md5, self.sha1, self.sha256) == (None, None, None, None):
            raise ValueError("content hashes have at least one")


class Acquisition(Value):
    """How digital evidence was taken (ISO/IEC 27037 §7.1.3): tool, version, write-blocker, the tool's hashes."""

    tool: Text
    content: ContentHashes | None = None
    format: Literal["raw", "e01", "aff4", "logical", "other"] | None = None
    version: Text | None = None
    write_blocker: Text | None = None


Seals = Annotated[tuple[SealNumber, ...], Meta(min_length=1, max_length=32)]
SealReadings = Annotated[tuple[SealReading, ...], Meta(min_length=1, max_length=32)]
DigestList = Annotated[tuple[Digests, ...], Meta(min_length=1, max_length=128)]
