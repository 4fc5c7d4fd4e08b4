"""A database of an earlier schema is upgraded when it is opened, and says the same as before."""

import sqlite3
from pathlib import Path

import pytest

from custody.ledger.audit import audit
from custody.ledger.store import sqlite
from custody.ledger.store.rows import SCHEMA
from tests.ledger.agency import Agency


def downgrade(path: Path) -> None:
    """The same ledger as schema 1 had it: without what is kept of others."""
    database = sqlite3.connect(path, isolation_level=None)
    for table in sqlite.KEPT:
        database.execute(f"DROP TABLE {table}")
    database.execute("DROP TRIGGER meta_no_update")
    database.execute("UPDATE meta SET value='1'")
    for trigger in sqlite._triggers(("meta",))[:1]:
        database.execute(trigger)
    database.execute("PRAGMA user_version=1")
    database.close()


def tables(path: Path) -> set[str]:
    database = sqlite3.connect(path)
    found = {str(row[0]) for row in database.execute("SELECT name FROM sqlite_master")}
    database.close()
    return found


def version(path: Path) -> int:
    database = sqlite3.connect(path)
    (found,) = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return int(found)


def test_a_ledger_of_schema_1_is_upgraded_on_opening(agency: Agency) -> None:
    item = agency.seize()
    agency.ledger.close()
    before = tables(agency.path)
    downgrade(agency.path)
    assert version(agency.path) == 1
    assert not tables(agency.path) & set(sqlite.KEPT)
    agency.reopen()
    assert version(agency.path) == SCHEMA
    assert tables(agency.path) == before
    assert not audit(agency.ledger).problems
    agency.release(item, "jm", "ana")
    assert agency.reopen().item(item).status == "transit"


def test_an_interrupted_upgrade_leaves_the_old_schema(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    agency.seize()
    agency.ledger.close()
    downgrade(agency.path)

    def fail(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sqlite, "_triggers", fail)
        agency.reopen()
    assert version(agency.path) == 1
    assert not tables(agency.path) & set(sqlite.KEPT)
    agency.reopen()
    assert not audit(agency.ledger).problems
