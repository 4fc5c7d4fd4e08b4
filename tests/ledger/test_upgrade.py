"""A database of an earlier schema is upgraded when it is opened, and says the same as before."""

import sqlite3
from pathlib import Path

import pytest

from custody.ledger.audit import audit
from custody.ledger.store import sqlite
from custody.ledger.store.rows import SCHEMA
from custody.ledger.store.sums import SUMMED
from tests.ledger.agency import Agency

OLDER = range(1, SCHEMA)


def added_after(schema: int) -> set[str]:
    """The tables that a schema did not have yet."""
    return {table for later, tables in sqlite.ADDED.items() if later > schema for table in tables}


def downgrade(path: Path, schema: int) -> None:
    """The same ledger as an earlier schema had it: 1 without what is kept of others, 2 without time-stamps, 3 without
    sums."""
    database = sqlite3.connect(path, isolation_level=None)
    for table in added_after(schema):
        database.execute(f"DROP TABLE {table}")
    for table in set(SUMMED) - added_after(schema):
        database.execute(f"ALTER TABLE {table} DROP COLUMN sum")
    database.execute("DROP TRIGGER meta_no_update")
    database.execute("UPDATE meta SET value=?", (str(schema),))
    for trigger in sqlite._triggers(("meta",))[:1]:
        database.execute(trigger)
    database.execute(f"PRAGMA user_version={schema}")
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


def test_every_table_was_added_by_one_schema() -> None:
    assert sorted(sqlite.ADDED) == list(range(2, SCHEMA + 1))


@pytest.mark.parametrize("schema", OLDER)
def test_a_ledger_of_an_older_schema_is_upgraded_on_opening(agency: Agency, schema: int) -> None:
    item = agency.seize()
    agency.ledger.close()
    before = tables(agency.path)
    downgrade(agency.path, schema)
    assert version(agency.path) == schema
    assert not tables(agency.path) & added_after(schema)
    agency.reopen()
    assert version(agency.path) == SCHEMA
    assert tables(agency.path) == before
    assert not audit(agency.ledger).problems
    agency.release(item, "jm", "ana")
    assert agency.reopen().item(item).status == "transit"


@pytest.mark.parametrize("schema", OLDER)
def test_an_interrupted_upgrade_leaves_the_old_schema(
    agency: Agency, monkeypatch: pytest.MonkeyPatch, schema: int
) -> None:
    agency.seize()
    agency.ledger.close()
    downgrade(agency.path, schema)

    def fail(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sqlite, "_triggers", fail)
        agency.reopen()
    assert version(agency.path) == schema
    assert not tables(agency.path) & added_after(schema)
    agency.reopen()
    assert not audit(agency.ledger).problems
