"""Bundles (`*.custody`): a file that proves items' histories, or a whole ledger, on its own.

JSON Lines, each canonical, each ending in one line feed:

    {"bundle":{"items":["6f1c…"],"ledger":"ocrteh.police.example/custody","version":1}}      header
    {"part":{"checkpoint":"signed note","ledger":"ocrteh.police.example/custody","whole":false}}
    {"consistency":{"proof":["base64",…],"size":17}}                                          any number
    {"timestamp":{"size":17,"token":"base64"}}                                                a few
    {"heads":{"item:6f1c…":"entry hash or null",…}}                                           at most one
    {"entry":{…},"proof":["base64",…]}                                                        indices ascending
    {"disclosure":"base64url"}                                                                last

A part is one ledger's checkpoint and what stands under it. Parts come in causal order, and one ledger may have
several; a consistency line joins its checkpoint to an earlier size, with the earlier checkpoint itself where it
carries cosignatures or was time-stamped. A time-stamp is over the text of the part's checkpoint, or of one that stands
beside a consistency proof. In a whole ledger's part every entry is shown, so proofs are left out and the root is
computed.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta, Raw, field

from custody.errors import MalformedError
from custody.protocol import canonical, values
from custody.protocol.encodings import decode_base64, encode_base64
from custody.protocol.events.ledger import CheckpointText
from custody.protocol.proofs import MAX_PROOF
from custody.protocol.tree import HASH_BYTES
from custody.protocol.values import Value

VERSION = 1
MAX_ITEMS = 500
"""Items in one bundle: their heads, with those of notes, signers and cases, fit one line."""
MAX_REQUESTS = 12
"""Requests in one bundle, beside its items: `disclosure.made` names 512 subjects at most."""
MAX_SUBJECTS = 4096
MAX_TOKEN = 16 * 1024
"""Bytes of a time-stamp token. With the authority's certificates they have 2 to 6 kB."""
MAX_TIMESTAMPS = 8
"""In one part: each costs its reader a few signatures."""

Token = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]+={0,2}\Z", max_length=(MAX_TOKEN + 2) // 3 * 4)]
ProofHashes = Annotated[tuple[Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]{43}=\Z")], ...], Meta(max_length=MAX_PROOF)]


class Header(Value):
    """What the bundle is about, and whose ledger cut it. A whole ledger's names neither items nor requests."""

    items: Annotated[tuple[values.Uuid, ...], Meta(max_length=MAX_ITEMS)]
    ledger: values.Origin
    version: Annotated[int, Meta(ge=VERSION, le=VERSION)]
    requests: Annotated[tuple[values.Uuid, ...], Meta(min_length=1, max_length=MAX_REQUESTS)] | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about: `item:UUID` and `request:UUID`; empty for a whole ledger."""
        return (*(f"item:{one}" for one in self.items), *(f"request:{one}" for one in self.requests or ()))


class Part(Value):
    """A ledger's checkpoint, a signed note with cosignatures."""

    checkpoint: CheckpointText
    ledger: values.Origin
    whole: bool


class Consistency(Value):
    """That the ledger at `size` is the beginning of the ledger at the part's checkpoint."""

    proof: ProofHashes
    size: values.Integer
    checkpoint: CheckpointText | None = None


class Timestamp(Value):
    """An RFC 3161 TimeStampToken, DER in base64, over the text of the checkpoint of `size`."""

    size: values.Integer
    token: Token


NO_ENTRY = Raw(b"")


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line: exactly one of the members but `proof`, which stands beside `entry` only."""

    header: Header | None = field(default=None, name="bundle")
    part: Part | None = None
    consistency: Consistency | None = None
    timestamp: Timestamp | None = None
    heads: Annotated[dict[values.Subject, values.Hash | None], Meta(max_length=MAX_SUBJECTS)] | None = None
    entry: Raw = NO_ENTRY
    """The entry's own bytes: canonical JSON nests unchanged."""
    disclosure: Annotated[str, Meta(min_length=1)] | None = None
    proof: ProofHashes | None = None


_decode = canonical.decoder(Line, "line")
_ENTRY = b'{"entry":'


def parse_line(data: bytes) -> Line:
    """One line, without its line feed. Raises MalformedError.

    An entry is left to `parse_entry`, which refuses whatever is not one entry, byte for byte: a line that holds an
    entry alone, as all do in a whole ledger, is not decoded twice.
    """
    if data.startswith(_ENTRY) and data.endswith(b"}}"):
        return Line(entry=Raw(data[len(_ENTRY) : -1]))
    line: Line = _decode(data)
    entry = line.entry if line.entry is not NO_ENTRY else None
    kinds = (line.header, line.part, line.consistency, line.timestamp, line.heads, entry, line.disclosure)
    if kinds.count(None) != len(kinds) - 1 or (line.proof is not None and entry is None):
        raise MalformedError(
            "a line holds exactly one of bundle, part, consistency, timestamp, heads, entry, disclosure"
        )
    return line


def format_line(line: Line) -> bytes:
    """The line, without its line feed."""
    return canonical.encode(line)


def format_entry_line(entry: bytes, proof: list[bytes] | None) -> bytes:
    """An entry's line from its own bytes."""
    return canonical.encode(Line(entry=Raw(entry), proof=None if proof is None else encode_proof(proof)))


def encode_proof(proof: list[bytes]) -> tuple[str, ...]:
    """The hashes of a proof in base64."""
    return tuple(encode_base64(one) for one in proof)


def decode_proof(proof: tuple[str, ...]) -> list[bytes]:
    """The 32-byte hashes of a proof."""
    return [decode_base64(one, "proof hash") for one in proof]


def join_proof(proof: Iterable[bytes]) -> bytes:
    """The hashes of a proof one after another, as they are stored."""
    return b"".join(proof)


def split_proof(stored: bytes) -> list[bytes]:
    """The 32-byte hashes again."""
    return [stored[place : place + HASH_BYTES] for place in range(0, len(stored), HASH_BYTES)]


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a bundle, without line feeds; never holds more than one. Raises MalformedError.

    A line beyond the cap, a last line without line feed (a file cut off) and an empty line are malformed.
    """
    number = 0
    while data := stream.readline(canonical.MAX_LINE + 2):
        number += 1
        if not data.endswith(b"\n"):
            reason = "is cut off" if len(data) <= canonical.MAX_LINE else f"exceeds {canonical.MAX_LINE} bytes"
            raise MalformedError(f"line {number} {reason}")
        yield data[:-1]
