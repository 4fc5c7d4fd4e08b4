"""SQLite: how a ledger's file is made, recognised and kept append-only.

`synchronous=FULL` in WAL mode: a commit that returned survives a power cut. A writer holds the lock until its commit is
durable, and others wait: SQLite has one file and one machine.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from custody.errors import CustodyError, UsageError
from custody.ledger.store.database import Row, not_taken
from custody.ledger.store.guards import guards
from custody.ledger.store.sqlite.file import check_file, is_closed, remove_beside, stamp, unwritable
from custody.ledger.store.sqlite.marks import APPLICATION, RESTORE, check_marks
from custody.ledger.store.store import UnsureError
from custody.ledger.store.sums import summed
from custody.ledger.store.tables import SCHEMA, Kind

BUSY_MS = 10_000

_SAID = {
    sqlite3.SQLITE_ERROR: ("has other tables than its schema says", RESTORE),
    sqlite3.SQLITE_BUSY: ("is locked by another program", "wait until it is done, and try again"),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "wait until it is done, and try again"),
    sqlite3.SQLITE_READONLY: ("can't be written", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_PERM: ("can't be opened", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_CANTOPEN: ("can't be opened", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_FULL: ("can't grow: the disk is full", "free some space; nothing of this act was recorded"),
    sqlite3.SQLITE_IOERR: ("can't be read or written: the disk reports an error", "check the disk"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", RESTORE),
    sqlite3.SQLITE_NOTADB: ("is not a custody ledger", "check --home; the ledger's file is called ledger.db"),
    sqlite3.SQLITE_CONSTRAINT: ("refuses what contradicts its log", "run `custody audit`"),
}

_OF_THE_DISK = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
"""What SQLite says where the disk is full or can't be written, too: it needs a file beside its own even to read."""

_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What the driver raises. The second: SQLite's own words quote a damaged schema, and are no text then."""


class SqliteDatabase:
    """One ledger's file, opened. Not for several threads at once; several processes are fine."""

    kind: ClassVar[Kind] = "sqlite"

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        """Use `open` or `create`. `only_read`: nobody writes, and no other file beside it is needed."""
        self.path = path
        self.name = str(path)
        self._still = stamp(path) if only_read else None
        with self._named():
            # The store says itself when a transaction begins.
            where = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if only_read else path
            self.connection = sqlite3.connect(where, isolation_level=None, check_same_thread=False, uri=only_read)
        self._cursor = self.connection.cursor()

    @classmethod
    def open(cls, path: Path) -> "SqliteDatabase":
        """The ledger in an existing file, its schema brought to the newest.

        Raises CustodyError when it is missing, cut off, not ours, or a newer program's.
        """
        return cls._open(path)[0]

    @classmethod
    def migrate(cls, path: Path) -> tuple[int, int]:
        """Opens it, which brings an older schema to the newest; the two schemas."""
        database, had = cls._open(path)
        database.close()
        return had, SCHEMA

    @classmethod
    def _open(cls, path: Path) -> tuple["SqliteDatabase", int]:
        """The ledger, and the schema that it had."""
        check_file(path)
        database = cls(path, only_read=unwritable(path) is not None and is_closed(path))
        try:
            check_marks(database)
            database._prepare()
            had = database.schema
            if had < SCHEMA:
                database._upgrade()
        except BaseException:
            database.close()
            raise
        return database, had

    @classmethod
    def create(cls, path: Path) -> "SqliteDatabase":
        """A new file, or one without entries, which an interrupted creation left.

        Raises UsageError when there is anything else at `path`.
        """
        if not cls.is_bare(path):
            database = cls.open(path)
            if database.rows("SELECT 1 FROM entry LIMIT 1"):
                database.close()
                raise UsageError(f"there is a ledger at {path} already", hint="--home names another folder")
            return database
        database = cls(path)
        with database._named():
            path.chmod(0o600)
            database._prepare()
            database._create()
        return database

    @classmethod
    def is_bare(cls, path: Path) -> bool:
        """Whether there is no file, or one without a table: what is left of a creation that was interrupted."""
        if not path.exists() or not path.stat().st_size:
            return True
        with closing(cls(path)) as database, suppress(CustodyError):
            return not database.rows("SELECT 1 FROM sqlite_master LIMIT 1")
        return False

    @property
    def schema(self) -> int:
        """The schema that the file says it has."""
        return int(self.rows("PRAGMA user_version")[0][0])

    def clock(self, *, anew: bool) -> None:
        """The file is this computer's."""

    def rows(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """What a query finds."""
        try:
            return self._cursor.execute(statement, values or {}).fetchall()
        except _ERRORS as error:
            raise self._failure(error) from error

    def stream(self, statement: str) -> Iterator[Row]:
        """The same, a little at a time."""
        with self._named():
            for row in self.connection.cursor().execute(statement):  # noqa: UP028 - left early, it would be closed twice
                yield row

    def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of these rows of values."""
        try:
            if len(rows) == 1:
                self._cursor.execute(statement, rows[0])
            elif rows:
                self._cursor.executemany(statement, rows)
        except _ERRORS as error:
            raise self._failure(error) from error

    def add(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same of statements that add a row: it counts those that were taken."""
        self.run(statement, rows)
        if rows and self._cursor.rowcount != len(rows):
            raise not_taken(self.name)

    def begin(self) -> None:
        """Takes the write lock at once, not with the first write."""
        self.rows("BEGIN IMMEDIATE")

    def begin_reading(self) -> None:
        """SQLite takes the moment of the first read."""
        self.rows("BEGIN")

    def commit(self, *, early: bool) -> None:
        """The lock is kept until what was written is durable: `early` changes nothing."""
        del early
        try:
            self._cursor.execute("COMMIT")
        except sqlite3.Error as error:
            failure = self._failure(error)
            self.roll_back()
            if _code(error) != sqlite3.SQLITE_IOERR:
                raise failure from error
            # Written it may be, and not flushed: whoever opens the file next finds it, or not.
            raise UnsureError(f"{failure.message}; whether it was recorded is not known", hint=failure.hint) from error

    def roll_back(self) -> None:
        """SQLite has already rolled back after some failures; then this one says so, and no more."""
        with suppress(sqlite3.Error):
            self._cursor.execute("ROLLBACK")

    @contextmanager
    def deleting(self, tables: Sequence[str]) -> Iterator[None]:
        """The triggers make way, in the caller's transaction: left by an error, it never was."""
        for table in tables:
            self.rows(f"DROP TRIGGER {table}_no_delete")
        yield
        for guard in guards("sqlite", tables):
            if "_no_delete" in guard:
                self.rows(guard)

    def integrity(self, *, hurried: bool) -> list[str]:
        """What SQLite finds wrong with its file, and what in it is not as we made it."""
        from custody.ledger.store.sqlite.integrity import problems

        return problems(self, hurried=hurried)

    def leave_one_file(self) -> None:
        """No write-ahead log beside it: it can be copied, and read where nothing can be written."""
        self.rows("PRAGMA journal_mode=DELETE")

    def discard(self) -> None:
        """Removes the file."""
        self.close()
        self.path.unlink(missing_ok=True)
        remove_beside(self.path)

    def close(self) -> None:
        """Lets go of the file. Raises CustodyError where it was taken to be still, and was not."""
        self.connection.close()
        still, self._still = self._still, None
        if still is not None and still != stamp(self.path):
            raise CustodyError(f"the database {self.name} was written to while it was read", hint="try again")

    def _prepare(self) -> None:
        """What holds for each connection."""
        self.rows(f"PRAGMA busy_timeout={BUSY_MS}")
        self.rows("PRAGMA synchronous=FULL")
        self.rows("PRAGMA foreign_keys=ON")
        self.rows("PRAGMA trusted_schema=OFF")
        # A byte that flipped must not keep an audit from naming its row.
        self.connection.text_factory = lambda data: data.decode(errors="replace")

    def _create(self) -> None:
        """Tables, triggers and marks, in one transaction. An interrupted creation leaves an empty file."""
        from custody.ledger.store.declared.schema import creation

        self.rows("PRAGMA journal_mode=WAL")
        self.begin()
        for statement in creation(self.kind):
            self.rows(statement)
        row = summed("meta", {"name": "schema", "value": str(SCHEMA)})
        self.rows("INSERT INTO meta (name, value, sum) VALUES (:name, :value, :sum)", row)
        self.rows(f"PRAGMA application_id={APPLICATION}")
        self.rows(f"PRAGMA user_version={SCHEMA}")
        self.commit(early=False)

    def _upgrade(self) -> None:
        """Brings a file of an earlier schema to the newest; all the way, or not at all."""
        from custody.ledger.store.declared.upgrading import connected, upgrade

        with self._named(), connected("sqlite://", self.connection) as connection:
            self.begin()
            try:
                had = self.schema  # another process may have been faster
                if had < SCHEMA:
                    upgrade(connection, had)
                    self.rows(f"PRAGMA user_version={SCHEMA}")
                self.commit(early=False)
            except BaseException:
                self.roll_back()
                raise

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What the driver raises, in words that tell an officer what to do. All exit 1: never "tampered"."""
        try:
            yield
        except _ERRORS as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> CustodyError:
        code = _code(error)
        said, hint = _SAID.get(code, (None, None))
        if code in _OF_THE_DISK:
            said, hint = unwritable(self.path) or (said, hint)
        if said is None:
            return CustodyError(f"the database {self.name} failed: {error}")
        return CustodyError(f"the database {self.name} {said} ({error})", hint=hint)


def _code(error: Exception) -> int:
    """What SQLite says went wrong, in general; 0 where it is Python's own word."""
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF if isinstance(code, int) else 0
