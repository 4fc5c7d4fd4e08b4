"""Somebody with write access to a ledger's database, whichever kind it is, and without keys."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from custody.ledger.store.guards import guards
from custody.ledger.store.tables import APPEND_ONLY
from tests.ledger.agency import Agency
from tests.postgres import connected

Row = tuple[Any, ...]


class Administrator:
    """Statements as SQLite has them: `?` stands for a value."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection = connection
        self._mark = mark

    def run(self, statement: str, *values: Any) -> None:
        """A change."""
        self._connection.execute(statement.replace("?", self._mark), values)

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """What a query finds."""
        found: Sequence[Row] = self._connection.execute(statement.replace("?", self._mark), values).fetchall()
        return list(found)


Change = Callable[[Administrator], object]


def put(index: int) -> Change:
    """A row that the ledger did not write: its first entry again, under another number."""
    copied = f'INSERT INTO entry SELECT {index}, ?, nodes, subject, kind, "case", recorded, body'
    return lambda database: database.run(f'{copied} FROM entry WHERE "index" = 0', bytes(32))


def tamper(agency: Agency, change: Change) -> None:
    """Changes the database as its administrator would: triggers out of the way, then in force again."""
    agency.ledger.close()
    (_on_server if isinstance(agency.where, str) else _in_file)(agency, change)
    agency.reopen()


def _on_server(agency: Agency, change: Change) -> None:
    with connected(str(agency.where)) as connection:
        administrator = Administrator(connection, "%s")
        for table in APPEND_ONLY:
            administrator.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        change(administrator)
        for table in APPEND_ONLY:
            administrator.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _in_file(agency: Agency, change: Change) -> None:
    database = sqlite3.connect(agency.path, isolation_level=None)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    change(Administrator(database, "?"))
    for trigger in guards("sqlite", APPEND_ONLY):
        database.execute(trigger)
    database.close()
