"""An agency's folder that is not in order: damaged, locked, foreign, restored. None of that reads as "tampered"."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.station import ORIGIN, Station


def put_another_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE t (x)")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (lambda path: path.unlink(), "is gone"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-4096]), "is cut off"),
    "another file": (lambda path: path.write_bytes(b"a letter to the court\n" * 99), "is not a custody ledger"),
    "another database": (put_another_database, "is a database of another program"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_database_that_is_not_in_order(name: str, station: Station) -> None:
    damage, message = DAMAGE[name]
    damage(station.folder / "agency" / "ledger.db")
    done = station("report", "JM/1", "--text", "t")
    assert (done.code, message in done.err, "internal" in done.err) == (1, True, False), done.err


def test_a_locked_database(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.ledger.store.sqlite.database.BUSY_MS", 50)
    with contextlib.closing(sqlite3.connect(station.folder / "agency" / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = station("report", "JM/1", "--text", "t")
    assert (done.code, "is locked by another program" in done.err) == (1, True), done.err


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="the superuser writes everywhere")
def test_a_read_only_database(station: Station) -> None:
    for path in (station.folder / "agency" / "ledger.db", station.folder / "agency"):
        path.chmod(0o500)
    done = station("report", "JM/1", "--text", "t")
    assert (done.code, "can't be" in done.err) == (1, True), done.err


def test_the_ledger_of_another_agency_in_this_folder(station: Station) -> None:
    config = station.folder / "agency" / "config.toml"
    config.write_text(config.read_text().replace(ORIGIN, "other.example/custody"))
    done = station("items")
    assert (done.code, "is the ledger of ocrteh" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("origin = ", "is not TOML"),
        ("", "does not name the ledger's origin"),
        ('origin = "x y"\n', "is not an origin"),
        ('origin = "a.example"\ncolour = "red"\n', "colour is not a setting"),
        ('origin = "a.example"\ncountry = 4\n', "country is not a setting"),
        ('origin = "a.example"\ndatabase = "postgresql://x"\n', "is not a database"),
    ],
)
def test_a_configuration_that_is_not_in_order(text: str, message: str, station: Station) -> None:
    (station.folder / "agency" / "config.toml").write_text(text)
    done = station("items")
    assert done.code in (2, 4)
    assert message in done.err


def test_a_restored_backup_takes_nothing_new(station: Station) -> None:
    database = station.folder / "agency" / "ledger.db"
    backup = database.read_bytes()
    station.must("report", "JM/1", "--text", "t")
    database.write_bytes(backup)
    done = station("report", "JM/1", "--text", "again")
    assert (done.code, "restored from a backup" in done.err) == (1, True)


FIRST, LAST = '"index" = 0', '"index" = (SELECT max("index") FROM entry)'


@pytest.mark.parametrize(
    ("column", "value", "where"),
    [
        ("hash", "'x'", LAST),
        ("recorded", "'soon'", LAST),
        ("subject", "x'f9'", LAST),
        ("body", "'x'", FIRST),
        ("hash", "'x'", FIRST),
    ],
)
def test_a_value_of_another_type_is_damage(station: Station, column: str, value: str, where: str) -> None:
    path = station.folder / "agency" / "ledger.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        guard = "SELECT sql FROM sqlite_master WHERE name = 'entry_no_update'"
        ((made,),) = database.execute(guard).fetchall()
        database.execute("DROP TRIGGER entry_no_update")
        database.execute(f"UPDATE entry SET {column} = {value} WHERE {where}")
        database.execute(made)
    for words in (("audit",), ("items",), ("report", "JM/1", "--text", "t"), ("checkpoint",), ("backup", "-o", "b")):
        done = station(*words)
        assert "internal" not in done.err, (words, done.err)
    found = station("audit")
    assert found.code in (1, 3), found
    assert f"entry.{column} holds what is no" in found.err + found.out


def test_a_last_entry_whose_time_was_altered_is_no_clock_that_was_ahead(station: Station) -> None:
    with contextlib.closing(sqlite3.connect(station.home / "ledger.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute(f"UPDATE entry SET recorded = recorded + 100000000 WHERE {LAST}")
    for words in ((), ("-n",)):
        done = station("report", "JM/1", "--text", "t", *words)
        assert (done.code, "or was altered" in done.err, "clock" in done.err) == (1, True, False), done.err


def test_a_first_entry_that_was_altered_is_named(station: Station) -> None:
    path = station.folder / "agency" / "ledger.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("""UPDATE entry SET body = x'00' WHERE "index" = 0""")
    done = station("items")
    assert (done.code, "entry 0 of agency/ledger.db was altered" in done.err) == (1, True), done.err


@pytest.mark.parametrize("name", ["head", "checkpoint"])
def test_what_can_not_be_read_beside_a_ledger_hinders_nobody_who_looks(station: Station, name: str) -> None:
    (station.folder / "agency" / name).unlink()
    (station.folder / "agency" / name).mkdir()
    done = station("items")
    assert (done.code, f"warning: agency/{name} can't be read" in done.err) == (0, True), done.err
    assert f"{name} can't be read" in station("audit").out
    done = station("report", "JM/1", "--text", "t")
    assert (done.code, f"error: agency/{name} can't be read" in done.err) == (1, True), done.err
