"""A server or a disk that does not answer: nothing was recorded, or nobody knows, and it is said how to find out."""

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest

from custody.errors import CustodyError, UsageError
from custody.ledger.audit import audit
from custody.ledger.store.postgres import session
from custody.ledger.store.postgres.database import PostgresDatabase
from custody.ledger.store.postgres.failures import describe
from custody.ledger.store.store import LostError, UnsureError
from tests.ledger.agency import Agency

ON_POSTGRES = pytest.mark.parametrize("agency", ["postgres"], indirect=True)


@ON_POSTGRES
@pytest.mark.parametrize("crowded", [False, True], ids=["first try", "in a turn"])
def test_of_an_act_that_did_not_get_its_turn_nothing_was_recorded(
    agency: Agency, monkeypatch: pytest.MonkeyPatch, *, crowded: bool
) -> None:
    size = agency.ledger.size
    monkeypatch.setattr(session, "_BEGIN", "SELECT pg_terminate_backend(pg_backend_pid())")
    agency.ledger._crowded = crowded
    with pytest.raises(LostError, match=r"no longer answers .*administrator.*; nothing of this act was recorded"):
        agency.seize()
    assert agency.reopen().size == size


@ON_POSTGRES
def test_an_act_whose_answer_was_lost_is_not_made_twice(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    size = agency.ledger.size
    monkeypatch.setattr(session, "_FLUSH", "SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(UnsureError, match="whether it was recorded is not known") as caught:
        agency.seize()
    assert agency.reopen().size == size + 1
    assert f"`custody show {agency.ledger.fact(size).hash[:16]}`" in (caught.value.hint or "")
    assert audit(agency.ledger).problems == []


def test_a_beginning_whose_answer_was_lost(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PostgresDatabase._pipe

    def answerless(database: PostgresDatabase) -> None:
        signed = any(b"checkpoint" in statement for statement, _ in database._pending)
        plain(database)
        if signed:
            database.connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch, pytest.raises(UnsureError, match="not known") as caught:
        patch.setattr(PostgresDatabase, "_pipe", answerless)
        Agency(tmp_path, empty).found()
    assert "where it has a ledger then, make the database anew" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="there is a ledger in"):
        Agency(tmp_path, empty).found()


@pytest.mark.parametrize("word", ["starting up", "in recovery mode", "shutting down", "not yet accepting connections"])
def test_a_server_that_is_starting_or_stopping_is_named(word: str) -> None:
    refused = psycopg.OperationalError(
        f'connection to server on socket "x" failed: FATAL:  the database system is {word}'
    )
    error = describe("x", refused, connecting=True)
    assert "is starting or stopping" in error.message
    assert error.hint == "try again in a minute"


class Faulty:
    """A cursor whose COMMIT fails, as SQLite says that it failed."""

    def __init__(self, cursor: sqlite3.Cursor, code: int) -> None:
        self._cursor, self._code = cursor, code
        self.rowcount = 1

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement != "COMMIT":
            return self._cursor.execute(statement, *values)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = self._code
        raise error


@pytest.mark.parametrize(("code", "unsure"), [(sqlite3.SQLITE_IOERR_FSYNC, True), (sqlite3.SQLITE_FULL, False)])
def test_a_commit_that_the_disk_did_not_take(
    agency: Agency, monkeypatch: pytest.MonkeyPatch, code: int, *, unsure: bool
) -> None:
    """Flushed or not, what was written to the file may be found there; where it was not written, it is not."""
    database, size = agency.ledger.store.database, agency.ledger.size  # type: ignore[attr-defined]
    with monkeypatch.context() as patch, pytest.raises(CustodyError) as caught:
        patch.setattr(database, "_cursor", Faulty(database._cursor, code))
        agency.seize()
    assert isinstance(caught.value, UnsureError) == unsure
    assert ("`custody show " in (caught.value.hint or "")) == unsure
    assert agency.ledger.size == size
    agency.seize()
    assert audit(agency.ledger).problems == []
