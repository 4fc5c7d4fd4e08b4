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
