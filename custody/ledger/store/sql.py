"""The store in SQL. Statements are Core expressions, compiled once for the engine's dialect and run on the driver's own
cursor: a session would halve the rate of durable appends, and even SQLAlchemy's thin path costs a tenth of it."""

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import SQLModel

from custody.errors import CustodyError, UsageError
from custody.ledger.edge import place_of
from custody.ledger.listing import ItemSummary
from custody.ledger.sealing import LockedValue
from custody.ledger.store import sqlite
from custody.ledger.store.failures import describe_failure, failures_named
from custody.ledger.store.others import KeepOthers, KeptOthers, OthersStatements
from custody.ledger.store.statements import Statements
from custody.ledger.store.store import EMPTY, Altered, Head, HeadMovedError, LoggedEntry, StoredCheckpoint, Writing
from custody.ledger.store.sums import SUMMED, sum_of
from custody.ledger.store.translate import entry_of, item_of, row_of_entry, row_of_item, row_of_sealed, sealed_of
from custody.protocol.tree import HASH_BYTES, Coordinate

_NAMING = ("uuid", "label", "name", "cutter", "ledger", "index", "size", "digest")
"""Columns that tell which row it is."""

_CHUNK = 500
"""Rows read at once: half a megabyte of entries."""


class SqlStore:
    """A store in an SQLite file. Not for several threads at once; several processes are fine."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Use `open` or `create`."""
        self._name = str(path)
        self._engine = engine
        self._connection = engine.connect()
        self._cursor = self._driver.cursor()
        self._sql = Statements(engine.dialect)

    @classmethod
    def open(cls, path: Path) -> "SqlStore":
        """The store in an existing file. Raises CustodyError when it is missing, cut off, or not ours."""
        sqlite.check_file(path)
        with failures_named(str(path)):
            engine = sqlite.open_engine(path)
            store = cls(path, engine)
            try:
                sqlite.check_ours(store._driver, path)
                sqlite.prepare(store._driver)
                sqlite.upgrade(store._driver, engine)
            except BaseException:
                store.close()
                raise
            return store

    @classmethod
    def create(cls, path: Path) -> "SqlStore":
        """A new store. A file without entries, which an interrupted creation left, is taken over.

        Raises UsageError when there is anything else at `path`.
        """
        if path.exists() and path.stat().st_size:
            store = cls.open(path)
            if store.head() != EMPTY:
                store.close()
                raise UsageError(f"there is a ledger at {path} already", hint="--home names another folder")
            return store
        with failures_named(str(path)):
            engine = sqlite.open_engine(path)
            store = cls(path, engine)
            path.chmod(0o600)
            sqlite.prepare(store._driver)
            sqlite.create_schema(store._driver, engine)
            return store

    @classmethod
    def create_single(cls, path: Path) -> "SqlStore":
        """A new store that is never more than one file once it is closed, nor while it is read: a backup."""
        store = cls.create(path)
        with failures_named(str(path)):
            sqlite.leave_one_file(store._driver)
        return store

    @property
    def name(self) -> str:
        """The file's path."""
        return self._name

    @cached_property
    def kept(self) -> KeptOthers:
        """What is kept of other ledgers."""
        return KeptOthers(OthersStatements(self._engine.dialect), self._rows, self._driver.cursor)

    @property
    def _driver(self) -> sqlite3.Connection:
        driver = self._connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("the driver is not SQLite's")
        return driver

    def _rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        try:
            self._cursor.execute(statement, values)
            return self._cursor.fetchall()
        except sqlite3.Error as error:
            raise describe_failure(self.name, error) from error

    def head(self) -> Head:
        """Where the log ends now."""
        rows = self._rows(self._sql.head)
        return Head(rows[0][0] + 1, rows[0][1].hex(), rows[0][2], rows[0][3]) if rows else EMPTY

    def entries(self, start: int, stop: int) -> Iterator[LoggedEntry]:
        """The entries at `start` to `stop - 1`, in order, read in chunks."""
        while start < stop:
            upto = min(stop, start + _CHUNK)
            yield from map(entry_of, self._rows(self._sql.entries, start=start, stop=upto))
            start = upto

    def entries_of(self, subjects: Sequence[str]) -> list[LoggedEntry]:
        """All entries about any of these subjects, by index."""
        found = [entry_of(row) for one in subjects for row in self._rows(self._sql.entries_of, subject=one)]
        return sorted(found, key=lambda entry: entry.index)

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
        if not rows or len(rows[0][0]) != HASH_BYTES:
            hint = "run `custody audit`"
            raise CustodyError(f"the database {self.name} lacks tree node {level}/{position}", hint=hint)
        return bytes(rows[0][0])

    def items(self) -> Iterator[ItemSummary]:
        """Every item as it stands, in the order in which they began."""
        with failures_named(self.name):
            yield from map(item_of, self._driver.cursor().execute(self._sql.items))

    def items_labelled(self, label: str, case: str | None = None) -> list[ItemSummary]:
        """The items that bear a label, in one case or in any."""
        found = map(item_of, self._rows(self._sql.items_labelled, label=label))
        return [item for item in found if case is None or item.case == case]

    def items_beginning(self, prefix: str) -> list[ItemSummary]:
        """The items whose UUID begins so; `g` follows every hexadecimal digit."""
        return list(map(item_of, self._rows(self._sql.items_beginning, start=prefix, stop=prefix + "g")))

    def labels(self, prefix: str, case: str) -> list[str]:
        """The labels in a case that begin with `prefix`."""
        found = map(item_of, self._rows(self._sql.labels, start=prefix, stop=prefix + chr(sys.maxunicode)))
        return [item.label for item in found if item.case == case]

    def sealed_values(self, digests: Sequence[str] | None = None) -> list[LockedValue]:
        """The sealed values with these digests, those that are kept; all of them for None."""
        if digests is None:
            return [sealed_of(row) for row in self._rows(self._sql.all_sealed)]
        wanted = (bytes.fromhex(one) for one in digests)
        return [sealed_of(row) for one in wanted for row in self._rows(self._sql.sealed, digest=one)]

    def checkpoints(self) -> list[StoredCheckpoint]:
        """All signed checkpoints, smallest first."""
        return [StoredCheckpoint(row[0], bytes(row[1])) for row in self._rows(self._sql.checkpoints)]

    def last_checkpoint(self) -> StoredCheckpoint | None:
        """The largest signed checkpoint."""
        rows = self._rows(self._sql.last_checkpoint)
        return StoredCheckpoint(rows[0][0], bytes(rows[0][1])) if rows else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        with failures_named(self.name):
            self._cursor.execute("BEGIN")
            try:
                self.head()  # SQLite takes the moment of the first read
                yield
            finally:
                self._cursor.execute("ROLLBACK")

    def transaction(self, seen: Head) -> AbstractContextManager[Writing]:
        """All or nothing, if the log still ends at `seen`; HeadMovedError otherwise."""
        return _Transaction(self, seen)

    def altered(self) -> Iterator[Altered]:
        """The rows that changed since they were written."""
        with failures_named(self.name):
            for table in SUMMED:
                columns = [column.name for column in SQLModel.metadata.tables[table].c]
                for values in self._driver.cursor().execute(self._sql.whole[table]):
                    row = dict(zip(columns, values, strict=True))
                    if row["sum"] != sum_of(table, row):
                        named = (row[name] for name in columns if name in _NAMING)
                        yield Altered(table, " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in named))

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with its file, and which of our triggers are gone."""
        with failures_named(self.name):
            return sqlite.integrity(self._driver)

    def close(self) -> None:
        """Lets go of the database."""
        self._connection.close()
        self._engine.dispose()


class _Transaction(KeepOthers):
    """A transaction that holds the write lock from its beginning; left by an error, it never was."""

    def __init__(self, store: SqlStore, seen: Head) -> None:
        self._store, self._seen = store, seen
        self._cursor, self._sql = store._cursor, store._sql
        super().__init__(lambda: store.kept, self._put, lambda *what: sqlite.drop_kept(self._cursor, *what))

    def __enter__(self) -> "_Transaction":
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise describe_failure(self._store.name, error) from error
        try:
            if self._store.head() != self._seen:
                raise HeadMovedError("another process appended meanwhile", hint="try again")
        except BaseException:
            self._roll_back()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            try:
                self._cursor.execute("COMMIT")
            except sqlite3.Error as failure:
                self._roll_back()
                raise describe_failure(self._store.name, failure) from failure
            return
        self._roll_back()
        if isinstance(error, sqlite3.Error):
            raise describe_failure(self._store.name, error) from error

    def _roll_back(self) -> None:
        # SQLite has already rolled back after some failures; then this one says so, and no more.
        with suppress(sqlite3.Error):
            self._cursor.execute("ROLLBACK")

    def add_entries(self, entries: Sequence[LoggedEntry]) -> None:
        self._put(self._sql.add_entry, [row_of_entry(entry) for entry in entries])

    def add_sealed(self, values: Sequence[LockedValue]) -> None:
        self._put(self._sql.add_sealed, [row_of_sealed(value) for value in values])

    def drop_sealed(self, digests: Sequence[str]) -> None:
        sqlite.drop_sealed(self._cursor, digests)

    def put_items(self, items: Sequence[ItemSummary]) -> None:
        self._put(self._sql.put_item, [row_of_item(item) for item in items])

    def remove_items(self, uuids: Sequence[str]) -> None:
        self._put(self._sql.remove_item, [{"uuid": one} for one in uuids])

    def _put(self, statement: str, rows: Sequence[dict[str, Any]]) -> None:
        if len(rows) == 1:
            self._cursor.execute(statement, rows[0])
        elif rows:
            self._cursor.executemany(statement, rows)

    def clear_items(self) -> None:
        self._cursor.execute(self._sql.clear_items)

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._cursor.execute(self._sql.add_checkpoint, {"size": checkpoint.size, "note": checkpoint.note})
