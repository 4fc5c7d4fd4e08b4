"""A connection to PostgreSQL: statements, and transactions that hold the write lock.

    BEGIN, advisory lock -> is the head still the same? insert -> COMMIT without waiting, which lets go of the lock
    -> the next writer goes on; this one waits until the disk has what it wrote

The log of PostgreSQL (WAL) is one sequence: once a later commit is on the disk, each earlier one is. So a writer may
go on from entries that are not durable yet; those who wait do so together, and one flush serves them all. Nobody is
told that something was recorded before it is durable. What signs a checkpoint is durable before anybody sees it: no
reader can give out what a power cut takes back.

The lock is an advisory one, which asks for no right on any table: the officers' role may not even lock them.
"""

import itertools
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from custody.errors import CustodyError, UsageError
from custody.ledger.store.database import Row, not_taken
from custody.ledger.store.postgres.failures import describe, unsure
from custody.ledger.store.postgres.url import SCHEME, ServerUrl, masked, parse_url
from custody.ledger.store.store import UnsureError
from custody.ledger.store.tables import Kind

# What the driver can't do as a connection dies it would write to stderr, before our own word about it.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_LOCK = 0x43555354
"""`CUST`: the key of the advisory lock in this database."""

_ALIVE = (
    "SET LOCAL tcp_keepalives_idle = 2; SET LOCAL tcp_keepalives_interval = 1; SET LOCAL tcp_keepalives_count = 4; "
    "SET LOCAL tcp_user_timeout = '6s'"
)
"""In its turn a computer that lost its power or network is noticed within six seconds: others wait ten. Outside it,
where nobody waits, a network may be gone for longer."""

_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {_ALIVE}; SELECT pg_advisory_xact_lock({_LOCK})"

_FETCHED = 1_000
"""Rows of a stream that the server sends at once: half a megabyte of items."""

_PUT_OFF = 2_000
"""Statements put off until the COMMIT: of an act that has more, most go before, so that they need no memory here."""

_EARLY = "SET LOCAL synchronous_commit = off"

_FLUSH = "SELECT pg_logical_emit_message(true, 'custody', '')"
"""An empty message in the WAL: its own commit waits until the WAL before it is on the disk, and on the standbys that
the server waits for."""

_STATE = "SELECT current_setting('synchronous_commit'), extract(epoch FROM clock_timestamp())::bigint"

_SESSION = (
    "SET synchronous_commit = {synchronous}; SET lock_timeout = '10s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET client_encoding = 'UTF8'"
)
"""A writer whose machine goes to sleep loses the lock after a minute."""


class Session:
    """Not for several threads at once; several processes and machines are fine."""

    kind: ClassVar[Kind] = "postgresql"

    def __init__(self, url: str) -> None:
        """Use `open` or `create`."""
        self.name = masked(url)
        self._numbers = itertools.count()
        self._begun = False
        self._pending: list[tuple[bytes, Mapping[str, Any]]] = []
        """What a transaction is still to write: it goes with the COMMIT, so that the lock is held the shorter."""
        _check_parameters(parse_url(url))
        try:
            given = {"connect_timeout": 10, **conninfo_to_dict(url.replace(SCHEME, "postgresql://", 1))}
            self.connection = psycopg.connect(make_conninfo("", **given), autocommit=True)
        except psycopg.Error as error:
            raise describe(self.name, error, connecting=True) from error
        self._cursor = self.connection.cursor(binary=True)
        committing = self._ask()
        self.execute(_SESSION.format(synchronous="on" if committing == "off" else "DEFAULT"))

    def _ask(self) -> str:
        """Asks what the server's clock says; how it commits."""
        ((committing, clock),) = self.rows(_STATE)
        self._server_clock, self._asked = int(clock), time.monotonic()
        return str(committing)

    def clock(self, *, anew: bool) -> int:
        """The server's clock, as it said last, and what has passed since: without the time this computer slept."""
        if anew:
            self._ask()
        return self._server_clock + int(time.monotonic() - self._asked)

    def rows(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """What a query finds."""
        self._send()
        with self.named():
            return self._cursor.execute(statement.encode(), values).fetchall()

    def stream(self, statement: str) -> Iterator[Row]:
        """The same, a little at a time, from a cursor that the server keeps."""
        self._send()
        with self.named():
            name = f"custody_{next(self._numbers)}"
            with self.connection.cursor(name, binary=True, withhold=True) as cursor:
                cursor.itersize = _FETCHED
                yield from cursor.execute(statement.encode())

    def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of these rows of values; in a transaction, with its next query or its COMMIT."""
        self._pending += [(statement.encode(), row) for row in rows]
        if not self._begun or len(self._pending) > _PUT_OFF:
            self._send()

    def add(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same of statements that add a row, and fail where it is not taken (store.declared.statements)."""
        self.run(statement, rows)

    def begin(self) -> None:
        """Waits for its turn; PostgreSQL serves those who wait in the order in which they came."""
        try:
            self.execute(_BEGIN)
            self._begun = True
        except CustodyError:
            self.roll_back()
            raise

    def begin_reading(self) -> None:
        """One moment for all that is read."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self, *, early: bool) -> None:
        """Ends the transaction. `early`: lets go of the lock first, and waits then."""
        ending = [_EARLY, "COMMIT", _FLUSH] if early else ["COMMIT"]
        self._pending += [(one.encode(), {}) for one in ending]
        try:
            self._pipe()
            self._begun = False
        except psycopg.Error as error:
            failure = self._failure(error)
            self.roll_back()
            if not unsure(error):
                raise failure from error
            hint = "run the command again: what was kept is not kept twice"
            raise UnsureError(f"{failure.message}; whether it was recorded is not known", hint=hint) from error

    def roll_back(self) -> None:
        """What the server no longer hears it has rolled back itself."""
        self._begun, self._pending = False, []
        with suppress(psycopg.Error):
            self._cursor.execute("ROLLBACK")

    def close(self) -> None:
        """Lets go of the database."""
        self.connection.close()

    def execute(self, statements: str) -> None:
        """One or more statements without values, in one message."""
        self._send()
        with self.named():
            self.connection.execute(statements.encode())

    def _send(self) -> None:
        """Writes what was put off."""
        if self._pending:
            with self.named():
                self._pipe()

    def _pipe(self) -> None:
        """The same, in one message; what follows a statement that fails is not carried out."""
        pending, self._pending = self._pending, []
        with self.connection.pipeline():
            for statement, row in pending:
                self._cursor.execute(statement, row or None)

    @contextmanager
    def named(self) -> Iterator[None]:
        """What the driver raises, in words that tell an officer what to do. All exit 1: never "tampered"."""
        try:
            yield
        except psycopg.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: psycopg.Error) -> CustodyError:
        if isinstance(error, psycopg.errors.DivisionByZero):
            return not_taken(self.name)
        return describe(self.name, error)


def _check_parameters(url: ServerUrl) -> None:
    """Raises UsageError for a parameter that libpq does not know: `ssl=true` is how JDBC asks for TLS.

    After a password it is not named: an `&` that was not percent-encoded makes a name of the password's end.
    """
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name, value in url.parameters:
        if name not in known and (name, value) != ("ssl", "true"):
            named = "a parameter" if url.has_secret else f"the parameter {name}"
            raise UsageError(
                f"the URL of the database has {named} that PostgreSQL does not know",
                hint="its client library's names are meant: sslmode, sslrootcert, options, connect_timeout …",
            )
