"""PostgreSQL: one ledger in one database, for many writers on many machines.

    BEGIN, advisory lock -> is the head still the same? insert -> COMMIT without waiting, which lets go of the lock
    -> the next writer goes on; this one waits until the disk has what it wrote

The log of PostgreSQL (WAL) is one sequence: once a later commit is on the disk, each earlier one is. So a writer may
go on from entries that are not durable yet; those who wait do so together, and one flush serves them all. Nobody is
told that something was recorded before it is durable. What signs a checkpoint is durable before anybody sees it: no
reader can give out what a power cut takes back.

The lock is an advisory one, which asks for no right on any table: the officers' role may not even lock them.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Dialect, Table, create_engine, make_url
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from custody.errors import CustodyError, UsageError
from custody.ledger.store.database import Row
from custody.ledger.store.guards import BODY, DROPPING, FUNCTION, guard_name
from custody.ledger.store.postgres_failures import describe, unsure
from custody.ledger.store.rows import APPEND_ONLY, SCHEMA, TABLES, VERSIONS
from custody.ledger.store.schema import creation
from custody.ledger.store.store import UnsureError
from custody.ledger.store.sums import summed
from custody.ledger.store.upgrading import upgrade
from custody.ledger.store.url import SCHEME, masked

_LOCK = 0x43555354
"""`CUST`: the key of the advisory lock in this database."""

_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock({_LOCK})"

_EARLY = "SET LOCAL synchronous_commit = off"

_FLUSH = "SELECT pg_logical_emit_message(true, 'custody', '')"
"""An empty message in the WAL: its own commit waits until the WAL before it is on the disk, and on the standbys that
the server waits for."""

_SESSION = (
    "SET synchronous_commit = {synchronous}; SET lock_timeout = '10s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET client_encoding = 'UTF8'"
)
"""A writer whose machine goes to sleep loses the lock after a minute."""

_GUARD = 2 | 8 | 16 | 32
"""In pg_trigger: before DELETE, UPDATE, TRUNCATE, for each statement."""

_TRIGGERS = f"""
SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgtype = {_GUARD} AND t.tgenabled IN ('O', 'A') AND p.proname = '{FUNCTION}' AND p.prosrc = %(body)s
"""  # noqa: S608

_MISSING = "`custody init` begins a ledger; config.toml in the home names the database"


class PostgresDatabase:
    """A connection. Not for several threads at once; several processes and machines are fine."""

    def __init__(self, url: str) -> None:
        """Use `open` or `create`."""
        self.name = masked(url)
        self.dialect: Dialect = PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]
        self._numbers = itertools.count()
        self._begun = False
        self._pending: list[tuple[bytes, Mapping[str, Any]]] = []
        """What a transaction is still to write: it goes with the COMMIT, so that the lock is held the shorter."""
        try:
            _, given = self.dialect.create_connect_args(make_url(url))  # type: ignore[no-untyped-call]
            self.connection = psycopg.connect(**{"connect_timeout": "10", **given}, autocommit=True)
        except psycopg.OperationalError as error:
            raise describe(self.name, error) from error
        except (ArgumentError, psycopg.Error) as error:
            raise UsageError(f"{self.name} is not the URL of a database", hint=f"{SCHEME}USER@HOST/DATABASE") from error
        self._cursor = self.connection.cursor(binary=True)
        off = self.rows("SHOW synchronous_commit") == [("off",)]
        self._simple(_SESSION.format(synchronous="on" if off else "DEFAULT"))

    @classmethod
    def open(cls, url: str) -> "PostgresDatabase":
        """The ledger in an existing database.

        Raises CustodyError when there is none, when it is of another schema, and when the server can't be reached.
        """
        database = cls(url)
        try:
            database._check_ours()
            if database.schema < SCHEMA:
                raise CustodyError(
                    f"the database {database.name} has schema {database.schema}; this program needs {SCHEMA}",
                    hint="`custody migrate`, by the role that owns the tables",
                )
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def create(cls, url: str) -> "PostgresDatabase":
        """The tables in an empty database; those without entries that an interrupted creation left are taken over.

        Raises UsageError when there is anything else in it.
        """
        database = cls(url)
        try:
            if database._relations():
                database._check_ours()
                if database.rows("SELECT 1 FROM entry LIMIT 1"):
                    raise UsageError(
                        f"there is a ledger in {database.name} already", hint="--database names another one"
                    )
            else:
                database._create()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def is_empty(cls, url: str) -> bool:
        """Whether there is no table yet. Raises CustodyError when the server can't be reached."""
        database = cls(url)
        try:
            return not database._relations()
        finally:
            database.close()

    @classmethod
    def migrate(cls, url: str) -> tuple[int, int]:
        """Brings an older schema to the newest, all the way or not at all; the two schemas."""
        database = cls(url)
        try:
            database._check_ours()
            return database._upgrade(), SCHEMA
        finally:
            database.close()

    @property
    def schema(self) -> int:
        """The schema that the database says it has."""
        return int(self.rows(f"SELECT version_num FROM {VERSIONS}")[0][0])  # noqa: S608

    def insert(self, table: Table) -> Any:
        """PostgreSQL's INSERT."""
        return insert(table)

    def rows(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """What a query finds."""
        self._send()
        with self._named():
            return self._cursor.execute(statement.encode(), values).fetchall()

    def stream(self, statement: str) -> Iterator[Row]:
        """The same, a little at a time, from a cursor that the server keeps."""
        self._send()
        with self._named():
            name = f"custody_{next(self._numbers)}"
            with self.connection.cursor(name, binary=True, withhold=True) as cursor:
                yield from cursor.execute(statement.encode())

    def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of these rows of values; in a transaction, with its next query or its COMMIT."""
        self._pending += [(statement.encode(), row) for row in rows]
        if not self._begun:
            self._send()

    def begin(self) -> None:
        """Waits for its turn; PostgreSQL serves those who wait in the order in which they came."""
        try:
            self._simple(_BEGIN)
            self._begun = True
        except CustodyError:
            self.roll_back()
            raise

    def begin_reading(self) -> None:
        """One moment for all that is read."""
        self._simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self, *, early: bool) -> None:
        """Ends the transaction. `early`: lets go of the lock first, and waits then."""
        ending = [_EARLY, "COMMIT", _FLUSH] if early else ["COMMIT"]
        self._pending += [(one.encode(), {}) for one in ending]
        try:
            self._pipe()
            self._begun = False
        except psycopg.Error as error:
            failure = describe(self.name, error)
            self.roll_back()
            if not unsure(error):
                raise failure from error
            hint = "look whether it is there before recording it again: `custody log`"
            raise UnsureError(f"{failure.message}; whether it was recorded is not known", hint=hint) from error

    def roll_back(self) -> None:
        """What the server no longer hears it has rolled back itself."""
        self._begun, self._pending = False, []
        with suppress(psycopg.Error):
            self._cursor.execute("ROLLBACK")

    @contextmanager
    def deleting(self, tables: Sequence[str]) -> Iterator[None]:
        """The triggers of droppable tables make way, for a role that may delete."""
        del tables
        self._simple(f"SET LOCAL {DROPPING} = 'on'")
        yield
        self._simple(f"SET LOCAL {DROPPING} = 'off'")

    def integrity(self) -> list[str]:
        """Settings under which a commit is not durable, and triggers of ours that are gone, changed or disabled."""
        found = [
            f"the server's setting {name} is off: a power cut can damage it"
            for name in ("fsync", "full_page_writes")
            if self.rows(f"SHOW {name}") == [("off",)]
        ]
        present = {(row[0], row[1]) for row in self.rows(_TRIGGERS, {"body": BODY})}
        if not present.issuperset((table, guard_name(table)) for table in APPEND_ONLY):
            found.append("the triggers that keep the log append-only are gone or changed")
        return found

    def discard(self) -> None:
        """Removes the tables, and lets go of the database."""
        try:
            self.begin()
            self._simple(f"DROP TABLE {', '.join((*TABLES, VERSIONS))}; DROP FUNCTION {FUNCTION}")
            self.commit(early=False)
        finally:
            self.close()

    def close(self) -> None:
        """Lets go of the database."""
        self.connection.close()

    def _create(self) -> None:
        """Tables, triggers and marks, in one transaction."""
        if self.rows("SHOW server_encoding") != [("UTF8",)]:
            raise UsageError(f"the database {self.name} is not in UTF-8", hint="CREATE DATABASE … ENCODING 'UTF8'")
        self.begin()
        try:
            if self._relations():
                raise UsageError(f"the database {self.name} is not empty", hint="another process was faster; try again")
            for statement in creation(self.dialect):
                self._simple(statement)
            row = summed("meta", {"name": "schema", "value": str(SCHEMA)})
            self.run("INSERT INTO meta (name, value, sum) VALUES (%(name)s, %(value)s, %(sum)s)", [row])
            self._simple(f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32) PRIMARY KEY)")
            self._mark("INSERT INTO {} VALUES (%(schema)s)")
            self.commit(early=False)
        except BaseException:
            self.roll_back()
            raise

    def _mark(self, statement: str) -> None:
        self.run(statement.format(VERSIONS), [{"schema": str(SCHEMA)}])

    def _relations(self) -> set[str]:
        """The tables in the schema where ours would be made."""
        found = self.rows(
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::text::regnamespace"
        )
        return {str(row[0]) for row in found}

    def _check_ours(self) -> None:
        """Refuses an empty database, another program's, and one that a newer version of this program wrote."""
        there = self._relations()
        if not there:
            raise CustodyError(f"there is no ledger in the database {self.name}", hint=_MISSING)
        if not {"entry", "meta", VERSIONS} <= there:
            raise CustodyError(f"{self.name} is a database of another program", hint=_MISSING)
        if self.schema > SCHEMA:
            raise CustodyError(
                f"the database {self.name} was written by a newer version of custody (schema {self.schema})",
                hint="install the newer version",
            )

    def _upgrade(self) -> int:
        engine = create_engine(
            SCHEME, creator=lambda: self.connection, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            self.begin()
            try:
                had = self.schema
                if had < SCHEMA:
                    with self._named():
                        upgrade(connection, had)
                    self._mark("UPDATE {} SET version_num = %(schema)s")
                self.commit(early=False)
            except BaseException:
                self.roll_back()
                raise
        return had

    def _simple(self, statements: str) -> None:
        """One or more statements without values, in one message."""
        self._send()
        with self._named():
            self.connection.execute(statements.encode())

    def _send(self) -> None:
        """Writes what was put off."""
        if self._pending:
            with self._named():
                self._pipe()

    def _pipe(self) -> None:
        """The same, in one message; what follows a statement that fails is not carried out."""
        pending, self._pending = self._pending, []
        with self.connection.pipeline():
            for statement, row in pending:
                self._cursor.execute(statement, row or None)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What the driver raises, in words that tell an officer what to do. All exit 1: never "tampered"."""
        try:
            yield
        except psycopg.Error as error:
            raise describe(self.name, error) from error
