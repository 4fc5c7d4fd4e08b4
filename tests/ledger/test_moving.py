"""A ledger moved from one kind of database to the other, by its backup: bytes and proofs are the same there."""

from pathlib import Path

import psycopg
import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger.audit import audit
from custody.ledger.backup import opened_backup, write_backup
from custody.ledger.opening import open_ledger, refuse_filled
from custody.ledger.restoring import restore_backup
from custody.ledger.store.sql import Where
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH
from tests.ledger.test_backup import everything, fill_kept
from tests.postgres import Server


@BOTH
def test_there_and_back(agency: Agency, postgres: Server, empty: str, tmp_path: Path) -> None:
    item = agency.seize("JM/1")
    agency.release(item, "jm", "ana")
    before, backup = everything(agency.ledger), tmp_path / "b"
    write_backup(agency.ledger, backup)
    destinations: list[Where] = [empty, tmp_path / "moved" / "ledger.db"]
    for number, where in enumerate(destinations):
        beside = where.parent if isinstance(where, Path) else tmp_path / "home"
        refuse_filled(where)
        with opened_backup(backup, tmp_path) as ledger:
            restore_backup(ledger, where, beside, seen=[])
        moved = open_ledger(where, now=agency.clock, beside=beside)
        assert everything(moved) == before
        assert audit(moved).problems == []
        backup = tmp_path / f"again {number}"
        write_backup(moved, backup)
        moved.close()
        with pytest.raises(UsageError, match="there is a ledger"):
            refuse_filled(where)


def test_an_older_backup_is_not_restored_to_a_server(agency: Agency, empty: str, tmp_path: Path) -> None:
    """The files beside a ledger on a server stand in the agency's folder, and know how long it was."""
    write_backup(agency.ledger, tmp_path / "b")
    agency.seize("JM/1")
    with opened_backup(tmp_path / "b", tmp_path) as ledger, pytest.raises(RuleRefusedError, match="would be lost"):
        restore_backup(ledger, empty, agency.folder, seen=[])
    refuse_filled(empty)


@pytest.mark.parametrize("agency", ["postgres"], indirect=True)
def test_a_byte_that_flips_on_a_server_is_found(agency: Agency) -> None:
    fill_kept(agency)
    agency.seize("JM/1")
    assert list(agency.ledger.store.altered()) == []
    url = str(agency.where).replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE cosigned DISABLE TRIGGER USER")
        connection.execute("UPDATE cosigned SET line = set_byte(line, 0, 1)")
        connection.execute("ALTER TABLE cosigned ENABLE TRIGGER USER")
        connection.execute("UPDATE item SET summary = set_byte(summary, 3, 1)")
    assert {one.table for one in agency.ledger.store.altered()} == {"cosigned", "item"}
