"""An audit from a checkpoint on: what is new is searched, what is old is not, and the two are of one history."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from custody.ledger.audit import AuditReport, audit
from custody.ledger.audit_since import audit_since
from custody.ledger.outside import Claim
from custody.ledger.store.database import Row
from custody.ledger.store.postgres.database import PostgresDatabase
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import LoggedEntry
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.note import parse_note
from tests.ledger.administrator import Administrator, Change, put, tamper
from tests.ledger.agency import Agency


@pytest.fixture
def lived(agency: Agency) -> Agency:
    """History before the checkpoint, and acts on the same items after it."""
    for number in range(3):
        item = agency.seize(f"JM/{number}")
        agency.release(item, "jm", "ana")
    agency.note = agency.ledger.checkpoint(agency.ledger_key)  # type: ignore[attr-defined]
    agency.receive(item, "ana")
    agency.seize("JM/new", by="jm")
    agency.do(agency.enrolment("late", "custodian"))
    agency.release(agency.ledger.find_item("JM/new"), "jm", "ana")
    agency.ledger.checkpoint(agency.ledger_key)
    return agency


def since(agency: Agency, note: bytes | None = None) -> AuditReport:
    note = note or agency.note  # type: ignore[attr-defined]
    return audit_since(agency.ledger, Claim(Path("note"), parse_checkpoint(parse_note(note).text)), note)


def test_what_is_new_is_sound(lived: Agency) -> None:
    report = since(lived)
    assert report.problems == []
    assert (report.since, report.entries) == (13, lived.ledger.size)
    assert (report.items, report.checkpoints) == (2, 1)


def _flip(index: int, column: str = "body") -> Change:
    def change(database: Administrator) -> None:
        ((found,),) = database.rows(f'SELECT {column} FROM entry WHERE "index"=?', index)
        changed = bytes([*found[:-3], found[-3] ^ 1, *found[-2:]])
        database.run(f'UPDATE entry SET {column}=? WHERE "index"=?', changed, index)

    return change


def test_a_fault_before_it_is_not_searched(lived: Agency) -> None:
    tamper(lived, _flip(7))  # of JM/0, on which nothing happened since
    assert since(lived).problems == []
    assert min(one.entry for one in audit(lived.ledger).problems if one.entry is not None) == 7


def test_a_fault_in_what_the_new_is_judged_by_is_met(lived: Agency) -> None:
    tamper(lived, _flip(11))  # the seizure of the item received since
    (problem, *_) = since(lived).problems
    assert problem.entry == 13
    assert "entry 11 was altered" in problem.message


@pytest.mark.parametrize("column", ["body", "hash", "nodes"])
@pytest.mark.parametrize("index", range(13, 17))
def test_a_fault_after_it_is_found(lived: Agency, index: int, column: str) -> None:
    tamper(lived, _flip(index, column))
    assert index in {one.entry for one in since(lived).problems}


def test_only_what_is_new_is_read(lived: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []
    plain = SqlStore.entries

    def counting(self: SqlStore, start: int, stop: int) -> Iterator[LoggedEntry]:
        for entry in plain(self, start, stop):
            checked.append(entry.index)
            yield entry

    monkeypatch.setattr("custody.ledger.store.sql.SqlStore.entries", counting)
    since(lived)
    assert min(checked) == 12


def test_another_history_is_the_one_problem(lived: Agency) -> None:
    note = lived.note  # type: ignore[attr-defined]
    text = parse_note(note).text
    forged = note.replace(text.split(b"\n")[2], b"A" * 43 + b"=")
    for bad, said in ((forged, "another history"), (note.replace(b"\n13\n", b"\n99\n"), "acknowledged are missing")):
        (problem,) = since(lived, bad).problems
        assert said in problem.message


def test_a_checkpoint_that_the_ledger_did_not_sign(lived: Agency) -> None:
    note = lived.note  # type: ignore[attr-defined]
    line = note.splitlines()[-1]
    (problem,) = since(lived, note.replace(line, line[:-8] + b"AAAAAAA=")).problems
    assert problem.entry is None


@pytest.mark.parametrize("index", [-1, -(2**63), 10**9, 2**63 - 1])
def test_rows_that_are_not_the_ledgers_are_met(lived: Agency, index: int) -> None:
    tamper(lived, put(index))
    report = since(lived)
    assert report.problems[0].entry == index
    assert "this row is not the ledger's" in report.problems[0].message
    assert (report.since, report.entries) == (13, 17)


def test_triggers_that_are_gone_are_met(lived: Agency) -> None:
    database = sqlite3.connect(lived.path)
    database.execute("DROP TRIGGER entry_no_update")
    database.close()
    assert ["gone or changed" in one.message for one in since(lived).problems] == [True]


@pytest.mark.parametrize("agency", ["postgres"], indirect=True)
def test_a_server_that_does_not_flush_is_met(lived: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PostgresDatabase.rows

    def told(self: PostgresDatabase, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        return [("off",)] if statement == "SHOW fsync" else plain(self, statement, values)

    monkeypatch.setattr(PostgresDatabase, "rows", told)
    assert ["fsync is off" in one.message for one in since(lived).problems] == [True]
