"""SQLite's file: what is refused when it is opened, and what an administrator's mistake meets."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from custody.errors import CustodyError, UsageError
from custody.ledger.acts import beginnings
from custody.ledger.audit import audit
from custody.ledger.backup import audit_backup, write_backup
from custody.ledger.opening import open_ledger
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.sqlite.database import SqliteDatabase
from custody.ledger.store.tables import APPEND_ONLY
from tests.ledger.administrator import put, tamper
from tests.ledger.agency import Agency


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("item,label\n" * 500)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE entry (id INTEGER)")
    database.close()


def _after(*statements: str) -> Callable[[Path], None]:
    """A defect that these statements make."""

    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database, database:
            for one in statements:
                database.execute(one)

    return damage


def _scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def _no_text_in_the_schema(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"BEFORE DELETE ON entry", b"BEFORE DELET\xc5 ON entry"))


DEFECTS = {
    "missing": (_missing, "there is no ledger at"),
    "empty": (_empty, "is empty"),
    "not a database": (_text, "is not a custody ledger"),
    "cut off": (_cut_off, "is cut off"),
    "another program's": (_foreign, "is a database of another program"),
    "newer": (_after("CREATE TABLE invented (id INTEGER)", "PRAGMA user_version=99"), "was written by a newer version"),
    "of no schema": (_after("DROP TABLE arrival", "PRAGMA user_version=0"), "does not say which schema it has"),
    "of another schema": (
        _after("DROP TABLE arrival", "PRAGMA user_version=2"),
        "has other tables than its schema says",
    ),
    "scrambled": (_scrambled, "is damaged"),
    "no text in the schema": (_no_text_in_the_schema, "is damaged"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_file_that_is_no_ledger_is_refused_with_a_hint(agency: Agency, defect: str) -> None:
    damage, said = DEFECTS[defect]
    agency.ledger.close()
    damage(agency.path)
    with pytest.raises(CustodyError, match=said) as caught:
        agency.reopen()
    assert caught.value.exit_code == 1
    assert caught.value.hint


@pytest.mark.parametrize(
    ("mark", "flipped"),
    [("user_version", one) for one in (7, 4, 2, 22, -(2**31) + 6)] + [("application_id", 0x43555355)],
)
def test_a_bit_that_flips_in_a_mark_is_named_and_flipped_back(agency: Agency, mark: str, flipped: int) -> None:
    agency.ledger.close()
    with closing(sqlite3.connect(agency.path)) as database:
        database.execute(f"PRAGMA {mark}={flipped}")
    with pytest.raises(CustodyError, match=f"is damaged: its {mark} is {flipped}, not ") as refused:
        agency.reopen()
    (written,) = re.findall(r"'(PRAGMA .*)'", refused.value.hint or "")
    with closing(sqlite3.connect(agency.path)) as database:
        database.execute(written)
    assert audit(agency.reopen()).problems == []


def connection_of(agency: Agency) -> sqlite3.Connection:
    """The ledger's own, to make it fail."""
    assert isinstance(agency.ledger.store, SqlStore)
    assert isinstance(agency.ledger.store.database, SqliteDatabase)
    return agency.ledger.store.database.connection


FILLED = {
    "sealed": "VALUES (x'00', 'OP-17', 'court', x'00', NULL)",
    "seen": "VALUES ('a/b', 1, x'00', NULL)",
    "cosigned": "VALUES ('a/b', 1, x'00', x'00', NULL)",
    "stamped": "VALUES ('a/b', 1, x'00', x'00', NULL)",
    "joined": "VALUES ('a/b', 2, 1, x'00', NULL)",
    "part": "VALUES ('a/b', 1, x'00', NULL)",
    "shown": "VALUES ('a/b', 0, 1, x'00', 'ledger', x'00', 1, x'00', NULL)",
    "arrival": "VALUES (1, x'00', 1, 'a/b', 0, NULL)",
    "dispute": "VALUES (1, 'a/b', 'L03', 0, x'00', NULL)",
}
"""A row for each table that is empty in a young ledger: a trigger fires for rows alone."""


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_log_can_not_be_changed(agency: Agency, table: str, statement: str) -> None:
    database = sqlite3.connect(agency.path)
    if table in FILLED:
        database.execute(f"INSERT INTO {table} {FILLED[table]}")
    column = [row[1] for row in database.execute(f"PRAGMA table_info({table})")][-1]
    assert database.execute(f"SELECT count(*) FROM {table}").fetchone() > (0,)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(statement.format(table, column, column))
    database.close()


def test_the_audit_misses_a_trigger(agency: Agency) -> None:
    agency.ledger.close()
    database = sqlite3.connect(agency.path)
    database.execute("DROP TRIGGER entry_no_update")
    database.close()
    (problem,) = audit(agency.reopen()).problems
    assert "append-only are gone" in problem.message


def test_a_row_is_removed_as_the_docs_say(agency: Agency) -> None:
    tamper(agency, put(-1))
    (problem,) = audit(agency.ledger).problems
    assert problem.entry == -1
    agency.ledger.close()
    database = sqlite3.connect(agency.path, isolation_level=None)
    database.executescript(
        """BEGIN;
        DROP TRIGGER entry_no_delete;
        DELETE FROM entry WHERE "index" = -1;
        CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
        COMMIT;"""
    )
    database.close()
    assert audit(agency.reopen()).problems == []


SWALLOWING = "CREATE TRIGGER {0} BEFORE INSERT ON {0} BEGIN SELECT RAISE(IGNORE); END"


@pytest.mark.parametrize("table", ["entry", "sealed", "checkpoint", "item"])
def test_the_audit_names_a_trigger_that_is_not_ours(agency: Agency, tmp_path: Path, table: str) -> None:
    """In a backup, too."""
    write_backup(agency.ledger, tmp_path / "b")
    for path in (agency.path, tmp_path / "b"):
        database = sqlite3.connect(path)
        database.execute(SWALLOWING.format(table))
        database.close()
    (problem,) = audit(agency.reopen()).problems
    assert f"the trigger {table} on {table} is not the ledger's" in problem.message
    with pytest.raises(CustodyError, match=f"the trigger {table} on {table} is not the ledger's"):
        audit_backup(tmp_path / "b", tmp_path)


def test_nothing_is_told_as_recorded_that_was_swallowed(agency: Agency) -> None:
    size = agency.ledger.size
    database = sqlite3.connect(agency.path)
    database.execute(SWALLOWING.format("entry"))
    database.close()
    with pytest.raises(CustodyError, match="did not take what was to be recorded; nothing was recorded") as caught:
        agency.do(beginnings.seize(agency.by("jm"), [agency.seizure("JM/+") for _ in range(3)]))
    assert (caught.value.exit_code, "custody audit" in (caught.value.hint or "")) == (1, True)
    assert agency.ledger.size == size
    assert list(agency.ledger.items()) == []


def test_every_commit_reaches_the_disk(agency: Agency) -> None:
    connection = connection_of(agency)
    settings = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_the_file_is_for_its_owner_alone(agency: Agency) -> None:
    assert agency.path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_nothing_half_written(agency: Agency) -> None:
    connection = connection_of(agency)
    size = agency.ledger.size
    connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(CustodyError, match="the disk is full"):
        for number in range(200):
            agency.seize(f"X/{number}", description="long " * 500)
            size += 1
    connection.execute("PRAGMA max_page_count=1000000")
    assert agency.ledger.size == size
    agency.seize("X/after")
    assert agency.reopen().size == size + 1


def test_a_database_that_can_not_be_written_is_named(agency: Agency) -> None:
    connection = connection_of(agency)
    connection.execute("PRAGMA query_only=ON")
    with pytest.raises(CustodyError, match="can't be written"):
        agency.seize()
    connection.execute("PRAGMA query_only=OFF")
    agency.seize()


def test_a_locked_database_is_named(agency: Agency) -> None:
    connection = connection_of(agency)
    connection.execute("PRAGMA busy_timeout=10")
    other = sqlite3.connect(agency.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CustodyError, match="is locked by another program"):
        agency.seize()
    other.execute("ROLLBACK")
    other.close()
    agency.seize()


def test_a_ledger_is_not_created_over_another(agency: Agency) -> None:
    with pytest.raises(UsageError, match="there is a ledger at"):
        SqlStore.create(agency.path)


def test_an_interrupted_creation_is_taken_over(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    SqlStore.create(agency.path).close()
    with pytest.raises(CustodyError, match="its creation was interrupted"):
        open_ledger(agency.path, now=agency.now)
    agency.found()
    assert agency.ledger.size == 1
    agency.ledger.close()
