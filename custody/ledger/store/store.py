"""What the ledger asks of a store, and the values that cross that border. No row ever does.

A store keeps an append-only log of entries with the hashes of their tree, signed checkpoints, the sealed values as
they are locked, and one disposable table: the items as they stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import msgspec

from custody.errors import CustodyError
from custody.ledger.listing import ItemSummary
from custody.ledger.others.kept import Keeping, Kept
from custody.ledger.sealing import LockedValue
from custody.protocol.entry import NO_PREVIOUS
from custody.protocol.tree import Coordinate


class HeadMovedError(CustodyError):
    """Another process appended since the head was read. The caller builds anew on the new head."""


class LostError(CustodyError):
    """The database stopped answering, before a COMMIT was sent to it: nothing of the transaction is kept."""


class UnsureError(CustodyError):
    """The database did not say whether it kept what it was given: to do it again could be to do it twice."""


class Head(NamedTuple):
    """Where the log ends."""

    size: int
    hash: str
    """Hash of the last entry, hex; 64 zeros when there is none."""
    recorded: int
    """The last entry's `recorded_at`, in seconds since 1970."""
    arrivals: int = 0
    """How many bundles of others were taken in: what is known of an item changes with them, too."""


EMPTY = Head(0, NO_PREVIOUS, 0)

EVERYWHERE = (-(2**63), 2**63)
"""From where to where a database can number a row: more than a ledger does, for whoever looks for what is not its."""


class LoggedEntry(msgspec.Struct, frozen=True):
    """An entry as stored: its bytes, and what is looked up by. Only the bytes are evidence."""

    index: int
    hash: str
    """BLAKE3-256 of `body`, hex."""
    nodes: bytes
    """Hashes of the perfect subtrees it completes, its own RFC 6962 leaf hash first (custody.ledger.edge)."""
    subject: str
    kind: str
    """The event's type."""
    case: str | None
    recorded: int
    body: bytes


class StoredCheckpoint(NamedTuple):
    """A signed note, and the size it speaks of."""

    size: int
    note: bytes


class Altered(NamedTuple):
    """A row whose sum is not its own: something in it changed where it is kept."""

    table: str
    key: str
    """What names the row: a digest, a ledger and a size."""


class Writing(Keeping, Protocol):
    """What can be written inside a transaction: all of it, or none."""

    def add_entries(self, entries: Sequence[LoggedEntry]) -> None:
        """Extends the log."""

    def add_sealed(self, values: Sequence[LockedValue]) -> None:
        """Keeps sealed values."""

    def drop_sealed(self, digests: Sequence[str]) -> None:
        """Forgets what was disclosed of entries that were dropped."""

    def put_items(self, items: Iterable[ItemSummary]) -> None:
        """Replaces these items' lines."""

    def remove_items(self, uuids: Sequence[str]) -> None:
        """Forgets these items' lines: nothing is known of them any more."""

    def clear_items(self) -> None:
        """Forgets all items' lines, to be written anew."""

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keeps a signed checkpoint."""


class Store(Protocol):
    """Reads see every committed entry; all methods raise CustodyError when the database fails."""

    @property
    def name(self) -> str:
        """The database, as an error message should name it."""

    @property
    def kept(self) -> Kept:
        """What is kept of other ledgers."""

    def clock(self, *, anew: bool = False) -> int | None:
        """What the computer that keeps it says the time is, in seconds since 1970; None where that is this one.

        `anew`: asked now, and not estimated.
        """

    def head(self) -> Head:
        """Where the log ends now."""

    def entries(self, start: int, stop: int) -> Iterator[LoggedEntry]:
        """The entries at `start` to `stop - 1`, in order, streamed; what is missing there costs nothing."""

    def entries_of(self, subjects: Sequence[str]) -> list[LoggedEntry]:
        """All entries about any of these subjects, by index."""

    def subjects(self, kind: str) -> list[str]:
        """Every subject of a kind (`person`, `case` …), by name."""

    def find_entries(self, prefix: str) -> list[int]:
        """Indices of the entries whose hash begins with these hexadecimal digits."""

    def nodes(self, places: Sequence[Coordinate]) -> list[bytes]:
        """The hashes of perfect subtrees, in the order asked for."""

    def items(self, *, newest: bool = False) -> Iterator[ItemSummary]:
        """Every item as it stands, in the order in which they began, streamed; `newest`: the last first."""

    def items_in(self, case: str) -> list[ItemSummary]:
        """The items of a case, in the order in which they began."""

    def items_labelled(self, label: str, case: str | None = None) -> list[ItemSummary]:
        """The items that bear a label, in one case or in any."""

    def items_beginning(self, prefix: str) -> list[ItemSummary]:
        """The items whose UUID begins so."""

    def labels(self, prefix: str, case: str) -> list[str]:
        """The labels in a case that begin with `prefix`."""

    def sealed_values(self, digests: Sequence[str]) -> list[LockedValue]:
        """The sealed values with these digests, those that are kept, in the digests' order."""

    def every_sealed(self) -> Iterator[LockedValue]:
        """All sealed values, by digest, streamed."""

    def checkpoints(self, since: int = 0) -> list[StoredCheckpoint]:
        """The signed checkpoints larger than `since`, smallest first."""

    def checkpoint_at(self, size: int) -> StoredCheckpoint | None:
        """The signed checkpoint of this size."""

    def signed(self) -> Iterator[int]:
        """The sizes of all signed checkpoints, largest first, streamed."""

    def last_checkpoint(self) -> StoredCheckpoint | None:
        """The largest signed checkpoint."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside is of one moment, whatever others append meanwhile. Nothing is written inside."""

    def turn(self) -> AbstractContextManager[None]:
        """Nobody else appends until the next transaction ends, or this block does: for those who were too slow."""

    def transaction(self, seen: Head) -> AbstractContextManager[Writing]:
        """All or nothing, if the log still ends at `seen`; HeadMovedError otherwise."""

    def altered(self) -> Iterator[Altered]:
        """The rows that changed since they were written, of those that only a sum guards."""

    def integrity(self, *, hurried: bool = False) -> list[str]:
        """What the database says is wrong with itself; empty when it is whole. `hurried`: without reading its rows."""

    def close(self) -> None:
        """Lets go of the database."""
