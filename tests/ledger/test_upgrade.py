"""A database of an earlier schema is upgraded, and says the same as before; created and upgraded, tables are equal."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from custody.ledger.audit import audit
from custody.ledger.opening import migrate_ledger, open_ledger
from custody.ledger.store.declared import upgrading
from custody.ledger.store.declared.upgrading import upgrade
from custody.ledger.store.guards import guards
from custody.ledger.store.sqlite.database import SqliteDatabase
from custody.ledger.store.sums import SUMMED, summed
from custody.ledger.store.tables import SCHEMA
from tests.ledger.agency import Agency

LEDGERS = Path(__file__).parents[2] / "fixtures" / "ledgers"

ADDED = {2: ("seen", "cosigned", "joined", "part", "shown", "arrival", "dispute"), 3: ("stamped",)}
OLDER = range(1, SCHEMA)


def added_after(schema: int) -> set[str]:
    """The tables that a schema did not have yet."""
    return {table for later, tables in ADDED.items() if later > schema for table in tables}


def downgrade(path: Path, schema: int) -> None:
    """The same ledger as an earlier schema had it: 1 without what is kept of others, 2 without time-stamps, 3 without
    sums, 4 without cases in the list of items, 5 without an index over what came when."""
    database = sqlite3.connect(path, isolation_level=None)
    for table in added_after(schema):
        database.execute(f"DROP TABLE {table}")
    database.execute("DROP INDEX IF EXISTS shown_own")
    if schema < 5:
        database.execute("DROP INDEX ix_item_case")
        database.execute('ALTER TABLE item DROP COLUMN "case"')
    database.execute("DROP TRIGGER meta_no_update")
    meta = summed("meta", {"name": "schema", "value": str(schema)})
    database.execute("UPDATE meta SET value=:value, sum=:sum", meta)
    for table in set(SUMMED) - added_after(schema) if schema < 4 else ():
        database.execute(f"ALTER TABLE {table} DROP COLUMN sum")
    database.execute(guards("sqlite", ("meta",))[0])
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


def written(database: sqlite3.Connection) -> set[str]:
    """Everything's definition, spaces aside; of tables their columns, which may be written in another order."""
    found = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type != 'table'")
    others = {" ".join(str(row[0]).split()) for row in found}
    names = [str(row[0]) for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return others | {f"{name} {row[1:]}" for name in names for row in database.execute(f"PRAGMA table_info({name})")}


def test_all_revisions_make_what_a_new_ledger_has(tmp_path: Path) -> None:
    new = SqliteDatabase.create(tmp_path / "new.db")
    with create_engine("sqlite://").connect() as connection:
        upgrade(connection, 0)
        upgraded = connection.connection.driver_connection
        assert isinstance(upgraded, sqlite3.Connection)
        assert written(upgraded) == written(new.connection)
    new.close()


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_the_ledger_that_a_program_of_each_schema_left_opens(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "ledger.db"
    database = sqlite3.connect(path)
    database.executescript((LEDGERS / f"schema-{schema}.sql").read_text())
    database.close()
    assert migrate_ledger(path) == (schema, SCHEMA)
    ledger = open_ledger(path, now=lambda: 0)
    assert audit(ledger).problems == []
    assert [(item.label, item.custodian) for item in ledger.items()] == [("JM/1", f"lab@{ledger.origin}")]
    ledger.close()


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

    def fail(*what: object) -> None:
        upgrade(*what)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(upgrading, "upgrade", fail)
        agency.reopen()
    assert version(agency.path) == schema
    assert not tables(agency.path) & added_after(schema)
    agency.reopen()
    assert not audit(agency.ledger).problems
