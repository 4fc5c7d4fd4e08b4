"""What a ledger keeps of others: checkpoints believed, who cosigned them, and the entries shown under them.

    seen       the signed checkpoints of a partner; the largest is the pin, which nothing may contradict
    cosigned   a witness's line on one of them, or on one of our own
    stamped    a time-stamp over one of them, or over one of our own
    joined     a consistency proof from an earlier size to one of them
    part       a checkpoint under which entries were shown, with its statement of heads
    shown      an entry, under the smallest checkpoint that it was ever shown under, with its proof
    dispute    what two signed statements prove against whoever signed both

Nothing is kept that was not verified, but for time-stamps, which prove something to whoever trusts their authority and
harm nobody else; and nothing kept is changed. What turns out to be nobody's word is dropped
(custody.ledger.others.vouching). A part is kept of this ledger, too, when a partner shows it: only with its own
disclosure can an entry of ours be shown before one of theirs that follows it.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec


class KeptCheckpoint(NamedTuple):
    """A signed note of a ledger, with its own signature alone."""

    ledger: str
    size: int
    note: bytes


class Cosigned(NamedTuple):
    """A witness's signature line, LF included, on the checkpoint of `size`."""

    ledger: str
    size: int
    witness: bytes
    """The witness's public key."""
    line: bytes


class Stamped(NamedTuple):
    """An RFC 3161 token over the text of the checkpoint of `size`, DER."""

    ledger: str
    size: int
    digest: bytes
    """SHA-256 of the token."""
    token: bytes


class Joined(NamedTuple):
    """That the ledger at `old` begins the ledger at `size`: the hashes of the proof, one after another."""

    ledger: str
    old: int
    size: int
    proof: bytes


class KeptPart(NamedTuple):
    """A checkpoint under which entries were shown, and its heads line without LF."""

    ledger: str
    size: int
    heads: bytes


class KeptEntry(msgspec.Struct, frozen=True):
    """An entry of another ledger, or of our own as a partner showed it."""

    ledger: str
    size: int
    """Of the checkpoint that its proof leads to."""
    index: int
    hash: str
    """BLAKE3-256 of `body`, hex."""
    subject: str
    proof: bytes
    """The hashes of the inclusion proof, one after another."""
    own: int
    """How many entries this ledger had when it first came."""
    body: bytes


class Dispute(NamedTuple):
    """Signed statements that contradict each other: for anybody to check (custody.ledger.others.disputes)."""

    ledger: str
    code: str
    when: int
    """Seconds since 1970."""
    proof: bytes


class Arrived(NamedTuple):
    """A bundle that was taken in when this ledger had `own` entries; `cutter` knows our checkpoint at `knows`."""

    digest: str
    """SHA-256 of the file, hex."""
    own: int
    cutter: str
    knows: int


Row = TypeVar("Row", KeptCheckpoint, Cosigned, Stamped, Joined, KeptPart, KeptEntry, Dispute, Arrived)


class Kept(Protocol):
    """Reading it. All methods raise CustodyError when the database fails."""

    def pin(self, ledger: str) -> KeptCheckpoint | None:
        """The largest checkpoint seen of a ledger."""

    def checkpoint(self, ledger: str, size: int) -> KeptCheckpoint | None:
        """The checkpoint of this size."""

    def checkpoints(self, ledger: str) -> list[KeptCheckpoint]:
        """All checkpoints of a ledger, smallest first."""

    def ledgers(self) -> list[str]:
        """Every ledger of which a checkpoint was seen."""

    def cosigned(self, ledger: str) -> list[Cosigned]:
        """All lines on a ledger's checkpoints, smallest size first."""

    def stamped(self, ledger: str) -> list[Stamped]:
        """All time-stamps over a ledger's checkpoints, smallest size first."""

    def joins_to(self, ledger: str, size: int) -> list[Joined]:
        """The proofs that lead to a size."""

    def joins_from(self, ledger: str, old: int) -> list[Joined]:
        """The proofs that begin at a size."""

    def part(self, ledger: str, size: int) -> KeptPart | None:
        """The part of this size."""

    def parts(self, ledger: str) -> list[KeptPart]:
        """All parts of a ledger, smallest first."""

    def entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        """What was shown about a subject, of one ledger or of all, by ledger and index."""

    def entries_of(self, subjects: Sequence[str]) -> list[KeptEntry]:
        """What was shown about any of these subjects, of all ledgers, by ledger and index."""

    def entry(self, ledger: str, index: int) -> KeptEntry | None:
        """One entry of a ledger."""

    def all_entries(self) -> Iterator[KeptEntry]:
        """Everything shown, by ledger and index."""

    def every(self, kind: type[Row]) -> Iterator[Row]:
        """All of one kind, streamed, in an order in which it can be kept again elsewhere: an entry that was shown under
        several checkpoints comes with each, the largest first."""

    def came(self, since: int = 0) -> list[tuple[str, int, int]]:
        """`(ledger, index, own)` of everything shown, in the order in which it first came.

        `since`: without what first came when this ledger had fewer entries.
        """

    def subjects(self, kind: str) -> list[str]:
        """Every subject of a kind (`item`, `request`) that was shown."""

    def disputes(self) -> list[Dispute]:
        """All of them, oldest first."""

    def known(self) -> dict[str, int]:
        """By partner: the largest size of this ledger that it has shown to know, where it has."""

    def arrived(self, digest: str) -> bool:
        """Whether the bundle with this SHA-256 was taken in before."""


class Keeping(Protocol):
    """Writing it, inside a transaction. What is kept already is passed over."""

    def keep_checkpoints(self, rows: Collection[KeptCheckpoint]) -> None:
        """Pins."""

    def keep_cosigned(self, rows: Collection[Cosigned]) -> None:
        """Cosignatures."""

    def keep_stamped(self, rows: Collection[Stamped]) -> None:
        """Time-stamps."""

    def keep_joined(self, rows: Collection[Joined]) -> None:
        """Consistency proofs."""

    def keep_parts(self, rows: Collection[KeptPart]) -> None:
        """Parts."""

    def keep_entries(self, rows: Collection[KeptEntry]) -> None:
        """Entries; one that stands under a smaller checkpoint already is passed over."""

    def keep_dispute(self, dispute: Dispute) -> None:
        """A contradiction."""

    def drop(self, ledger: str, sizes: Collection[int]) -> list[str]:
        """Forgets what was kept of a ledger under these checkpoints; returns the subjects of the entries forgotten."""

    def keep_arrival(self, digest: str, own: int, cutter: str, knows: int) -> None:
        """That a bundle was taken in when this ledger had `own` entries; its cutter knows our checkpoint at `knows`."""
