"""The store in SQL. Statements are Core expressions, compiled beforehand (texts.py) and run on the driver's own cursor:
a session would halve the rate of durable appends, and even SQLAlchemy's thin path costs a tenth of it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.errors import CustodyError
from custody.ledger.edge import place_of
from custody.ledger.listing import ItemSummary
from custody.ledger.sealing import LockedValue
from custody.ledger.store.database import Database
from custody.ledger.store.others import KeptOthers
from custody.ledger.store.several import BATCH, rows_about
from custody.ledger.store.sqlite.database import SqliteDatabase
from custody.ledger.store.store import (
    EMPTY,
    Altered,
    Head,
    HeadMovedError,
    LoggedEntry,
    StoredCheckpoint,
    UnsureError,
    Writing,
)
from custody.ledger.store.sums import sum_of
from custody.ledger.store.texts import read_texts
from custody.ledger.store.translate import checkpoint_of, entry_of, item_of, sealed_of
from custody.ledger.store.writing import SqlWriting
from custody.protocol.tree import HASH_BYTES, Coordinate

if TYPE_CHECKING:
    from custody.ledger.store.postgres.database import PostgresDatabase

_NAMING = ("uuid", "label", "name", "cutter", "ledger", "index", "size", "digest")
"""Columns that tell which row it is."""

_TELLING = 16
"""Digits of its hash by which an entry is told apart."""

Where = Path | str
"""An SQLite file, or the URL of a PostgreSQL database."""


class SqlStore:
    """A store in a database. Not for several threads at once; several processes are fine."""

    def __init__(self, database: Database) -> None:
        """Use `open` or `create`."""
        self.database = database
        self._texts = read_texts(database.kind)
        self._sql = self._texts.own
        self._in_turn = False
        self._head: Head | None = None
        """As it was read in this turn: nobody else can move it."""

    @classmethod
    def open(cls, where: Where) -> "SqlStore":
        """The store in an existing database. Raises CustodyError when it is missing, damaged, or not ours."""
        return cls(SqliteDatabase.open(where) if isinstance(where, Path) else _postgres().open(where))

    @classmethod
    def create(cls, where: Where) -> "SqlStore":
        """A new store. A database without entries, which an interrupted creation left, is taken over.

        Raises UsageError when there is anything else at `where`.
        """
        return cls(SqliteDatabase.create(where) if isinstance(where, Path) else _postgres().create(where))

    @classmethod
    def create_single(cls, path: Path) -> "SqlStore":
        """A new store that is never more than one file once it is closed, nor while it is read: a backup."""
        database = SqliteDatabase.create(path)
        database.leave_one_file()
        return cls(database)

    @property
    def name(self) -> str:
        """The file's path, or the URL without its password."""
        return self.database.name

    @cached_property
    def kept(self) -> KeptOthers:
        """What is kept of other ledgers."""
        return KeptOthers(self._texts.others, self._texts.by_table, self.database)

    def _rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        return self.database.rows(statement, values)

    def clock(self, *, anew: bool = False) -> int | None:
        """What the database's own computer says the time is."""
        return self.database.clock(anew=anew)

    def head(self) -> Head:
        """Where the log ends now."""
        if self._head is not None:
            return self._head
        rows = self._rows(self._sql.head)
        head = Head(rows[0][0] + 1, rows[0][1].hex(), rows[0][2], rows[0][3]) if rows else EMPTY
        if self._in_turn:
            self._head = head
        return head

    def entries(self, start: int, stop: int) -> Iterator[LoggedEntry]:
        """The entries at `start` to `stop - 1`, in order, read some at a time: what it takes is a matter of the rows,
        not of the numbers."""
        while start < stop:
            rows = self._rows(self._sql.entries, start=start, last=stop - 1)
            yield from map(entry_of, rows)
            if len(rows) < BATCH:
                return
            start = rows[-1][0] + 1

    def entries_of(self, subjects: Sequence[str]) -> list[LoggedEntry]:
        """All entries about any of these subjects, by index."""
        found = rows_about(self.database, subjects, self._sql.entries_of, self._sql.entries_of_several)
        return sorted(map(entry_of, found), key=lambda entry: entry.index)

    def subjects(self, kind: str) -> list[str]:
        """Every subject of a kind; `;` follows `:` in every encoding we meet."""
        return [row[0] for row in self._rows(self._sql.subjects, start=f"{kind}:", stop=f"{kind};")]

    def find_entries(self, prefix: str) -> list[int]:
        """Indices of the entries whose hash begins with these hexadecimal digits."""
        low, high = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        return [row[0] for row in self._rows(self._sql.find_entries, low=low, high=high)]

    def nodes(self, places: Sequence[Coordinate]) -> list[bytes]:
        """The hashes of perfect subtrees. Raises CustodyError when one is not there."""
        return [self._node(level, position) for level, position in places]

    def _node(self, level: int, position: int) -> bytes:
        index, offset = place_of(level, position)
        rows = self._rows(self._sql.node, position=index, offset=offset + 1)
        if not rows or len(rows[0][0] or b"") != HASH_BYTES:
            hint = "run `custody audit`"
            raise CustodyError(f"the database {self.name} lacks tree node {level}/{position}", hint=hint)
        return bytes(rows[0][0])

    def items(self, *, newest: bool = False) -> Iterator[ItemSummary]:
        """Every item as it stands, in the order in which they began; `newest`: the last first."""
        return map(item_of, self.database.stream(self._sql.items_newest if newest else self._sql.items))

    def items_in(self, case: str) -> list[ItemSummary]:
        """The items of a case, in the order in which they began."""
        return list(map(item_of, self._rows(self._sql.items_in, case=case)))

    def items_labelled(self, label: str, case: str | None = None) -> list[ItemSummary]:
        """The items that bear a label, in one case or in any."""
        found = map(item_of, self._rows(self._sql.items_labelled, label=label))
        return [item for item in found if case is None or item.case == case]

    def items_beginning(self, prefix: str) -> list[ItemSummary]:
        """The items whose UUID begins so; `g` follows every hexadecimal digit."""
        return list(map(item_of, self._rows(self._sql.items_beginning, start=prefix, stop=prefix + "g")))

    def labels(self, prefix: str, case: str) -> list[str]:
        """The labels in a case that begin with `prefix`."""
        between = {"start": prefix, "stop": prefix + chr(sys.maxunicode)}
        return [row[0] for row in self._rows(self._sql.labels, case=case, **between)]

    def sealed_values(self, digests: Sequence[str]) -> list[LockedValue]:
        """The sealed values with these digests, those that are kept."""
        wanted = (bytes.fromhex(one) for one in digests)
        return [sealed_of(row) for one in wanted for row in self._rows(self._sql.sealed, digest=one)]

    def every_sealed(self) -> Iterator[LockedValue]:
        """All sealed values, by digest."""
        return map(sealed_of, self.database.stream(self._sql.all_sealed))

    def checkpoints(self, since: int = 0) -> list[StoredCheckpoint]:
        """The signed checkpoints larger than `since`, smallest first."""
        return list(map(checkpoint_of, self._rows(self._sql.checkpoints, since=since)))

    def checkpoint_at(self, size: int) -> StoredCheckpoint | None:
        """The signed checkpoint of this size."""
        rows = self._rows(self._sql.checkpoint_at, size=size)
        return checkpoint_of(rows[0]) if rows else None

    def signed(self) -> Iterator[int]:
        """The sizes of all signed checkpoints, largest first."""
        return (row[0] for row in self.database.stream(self._sql.signed))

    def last_checkpoint(self) -> StoredCheckpoint | None:
        """The largest signed checkpoint."""
        rows = self._rows(self._sql.last_checkpoint)
        return checkpoint_of(rows[0]) if rows else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        self.database.begin_reading()
        try:
            self.head()  # SQLite takes the moment of the first read
            yield
        finally:
            self.database.roll_back()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else appends until the next transaction ends, or this block does."""
        self.database.begin()
        self._in_turn = True
        try:
            yield
        finally:
            self._head = None
            if self._in_turn:
                self._in_turn = False
                self.database.roll_back()

    @contextmanager
    def transaction(self, seen: Head) -> Iterator[Writing]:
        """All or nothing, if the log still ends at `seen`; HeadMovedError otherwise. It holds the write lock."""
        self._take_turn()
        writing = SqlWriting(self._sql, lambda: self.kept, self.database)
        try:
            if self.head() != seen:
                raise HeadMovedError("another process appended meanwhile", hint="try again")
            self._head = None
            yield writing
        except BaseException:
            self._head = None
            self.database.roll_back()
            raise
        try:
            # A checkpoint may be given out by whoever reads it: nobody sees one that a power cut could take back.
            self.database.commit(early=not writing.signed)
        except UnsureError as unsure:
            if writing.last is None:
                raise
            hint = (
                f"`custody show {writing.last[:_TELLING]}` tells; where it finds no such entry, run the command again"
            )
            raise UnsureError(unsure.message, hint=hint) from unsure

    def _take_turn(self) -> None:
        """The write lock, unless this store has it."""
        if not self._in_turn:
            self.database.begin()
        self._in_turn = False

    def altered(self) -> Iterator[Altered]:
        """The rows that changed since they were written."""
        for table, whole in self._texts.whole.items():
            for values in self.database.stream(whole.text):
                row = dict(zip(whole.columns, values, strict=True))
                if row["sum"] != sum_of(table, row):
                    named = (row[name] for name in whole.columns if name in _NAMING)
                    yield Altered(table, " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in named))

    def integrity(self, *, hurried: bool = False) -> list[str]:
        """What the database finds wrong with itself, and which triggers are not as they should be."""
        return self.database.integrity(hurried=hurried)

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()


def is_empty(where: Where) -> bool:
    """Whether nothing is there at all: no file, or no table. Changes nothing."""
    if isinstance(where, Path):
        return SqliteDatabase.is_bare(where)
    return _postgres().is_empty(where)


def migrate(where: Where) -> tuple[int, int]:
    """Brings a database to the newest schema, all the way or not at all; which it had, and which it has."""
    return SqliteDatabase.migrate(where) if isinstance(where, Path) else _postgres().migrate(where)


def _postgres() -> type["PostgresDatabase"]:
    """Loaded for those who use it: its driver takes as long to load as a command."""
    from custody.ledger.store.postgres.database import PostgresDatabase

    return PostgresDatabase
