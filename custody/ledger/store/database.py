"""What the store asks of a kind of database. `sqlite` and `postgres` answer it, each with its driver and its own words.

One connection, outside transactions unless `begin` was called. Every method raises CustodyError when the database
fails: no driver's error gets past.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol

from custody.errors import CustodyError
from custody.ledger.store.tables import Kind

Row = tuple[Any, ...]


def not_taken(name: str) -> CustodyError:
    """The error of `Database.add`, for the database `name`."""
    hint = "a trigger or a rule that is not the ledger's swallows it: `custody audit` names it"
    return CustodyError(f"the database {name} did not take what was to be recorded; nothing was recorded", hint=hint)


class Database(Protocol):
    """A connection to one ledger's database."""

    @property
    def name(self) -> str:
        """The database, as an error message should name it: never with a password."""

    kind: ClassVar[Kind]

    def clock(self, *, anew: bool) -> int | None:
        """What the database's own computer says the time is, in seconds since 1970; None where that is this one.

        `anew`: asked now; else as it was when the connection began, and what this computer has measured since.
        """

    def rows(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """What a query finds."""

    def stream(self, statement: str) -> Iterator[Row]:
        """The same, a little at a time; other queries may run meanwhile."""

    def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of these rows of values."""

    def add(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement that adds a row, for each of these. Raises CustodyError where one was not taken, before the
        transaction ends: what is swallowed must not be told as recorded."""

    def begin(self) -> None:
        """Begins a transaction that holds the write lock: no other can be begun until it ends."""

    def begin_reading(self) -> None:
        """Begins a transaction in which everything read is of one moment, that of its first query."""

    def commit(self, *, early: bool) -> None:
        """Ends it; what it wrote is durable when this returns. Raises UnsureError where that can't be told.

        `early`: the next writer may go on from it before it is durable, where the database can do that.
        """

    def roll_back(self) -> None:
        """Ends it as if it had never been."""

    def deleting(self, tables: Sequence[str]) -> AbstractContextManager[None]:
        """Inside a transaction: what forbids deletions from these append-only tables makes way."""

    def integrity(self, *, hurried: bool) -> list[str]:
        """What is wrong with the database as such; empty when it is whole. `hurried`: without reading its rows."""

    def discard(self) -> None:
        """Removes what the creation of a ledger left, and lets go of the database."""

    def close(self) -> None:
        """Lets go of the database."""
