"""An administrator with the database: every tamper is found, and the entry named."""

import re
from pathlib import Path

import msgspec
import pytest

from custody.errors import CustodyError
from custody.ledger.acts import beginnings
from custody.ledger.audit import audit
from custody.ledger.backup import write_backup
from custody.ledger.rebuild import rebuild
from custody.protocol.entry import format_entry, hash_entry, parse_entry
from custody.protocol.tree import leaf_hash
from tests.ledger.administrator import Administrator, Change, put, tamper
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH

pytestmark = BOTH

TARGET = 9


@pytest.fixture
def lived(agency: Agency) -> Agency:
    """An agency with some history, entry 9 in the middle of it."""
    for number in range(4):
        item = agency.seize(f"JM/{number}")
        agency.release(item, "jm", "ana")
        agency.receive(item, "ana")
    agency.ledger.checkpoint(agency.ledger_key)
    agency.seize("JM/last")
    return agency


def body(database: Administrator, index: int) -> bytes:
    return bytes(database.rows('SELECT body FROM entry WHERE "index"=?', index)[0][0])


def _set_body(database: Administrator, index: int, data: bytes, *, hashes: bool = False) -> None:
    database.run('UPDATE entry SET body=? WHERE "index"=?', data, index)
    if hashes:
        digest = bytes.fromhex(hash_entry(data))
        nodes = bytes(database.rows('SELECT nodes FROM entry WHERE "index"=?', index)[0][0])
        nodes = leaf_hash(data) + nodes[32:]
        database.run('UPDATE entry SET hash=?, nodes=? WHERE "index"=?', digest, nodes, index)


def _edit(database: Administrator) -> None:
    data = body(database, TARGET)
    place = data.index(b'"recorded_at":"2026') + len(b'"recorded_at":"2026')
    _set_body(database, TARGET, data[: place - 1] + b"5" + data[place:])


def _edit_with_hash(database: Administrator) -> None:
    data = body(database, TARGET)
    place = data.index(b'"recorded_at":"2026') + len(b'"recorded_at":"2026')
    _set_body(database, TARGET, data[: place - 1] + b"5" + data[place:], hashes=True)


def _forge_signature(database: Administrator) -> None:
    data = body(database, TARGET)
    place = data.index(b'"sig":"') + len(b'"sig":"')
    _set_body(database, TARGET, data[:place] + b"AAAAAAAA" + data[place + 8 :], hashes=True)


def _other_base64(database: Administrator) -> None:
    """One bit of a person's proof of possession that base64 leaves unused."""
    entry = parse_entry(body(database, 1))
    payload = re.sub(rb'(?<="proof":")([^"]+).(?===")', rb"\1B", entry.envelope.payload)
    envelope = msgspec.structs.replace(entry.envelope, payload=payload)
    _set_body(database, 1, format_entry(msgspec.structs.replace(entry, envelope=envelope)))


def _garbage(database: Administrator) -> None:
    _set_body(database, TARGET, b"{}")


def _delete(database: Administrator) -> None:
    database.run('DELETE FROM entry WHERE "index"=?', TARGET)


def _close_the_gap(database: Administrator) -> None:
    _delete(database)
    for (index,) in database.rows('SELECT "index" FROM entry WHERE "index">? ORDER BY 1', TARGET):
        database.run('UPDATE entry SET "index"=? WHERE "index"=?', index - 1, index)


def _swap(database: Administrator) -> None:
    for old, new in ((TARGET, -1), (TARGET + 1, TARGET), (-1, TARGET + 1)):
        database.run('UPDATE entry SET "index"=? WHERE "index"=?', new, old)


def _insert(database: Administrator) -> None:
    last = database.rows('SELECT max("index") FROM entry')[0][0]
    for index in range(last, TARGET - 1, -1):
        database.run('UPDATE entry SET "index"=? WHERE "index"=?', index + 1, index)
    database.run(
        f'INSERT INTO entry SELECT {TARGET}, ?, nodes, subject, kind, "case", recorded, body '
        'FROM entry WHERE "index"=?',
        bytes(32),
        TARGET + 1,
    )


def _other_subject(database: Administrator) -> None:
    database.run("UPDATE entry SET subject='item:x' WHERE \"index\"=?", TARGET)


def _other_node(database: Administrator) -> None:
    ((nodes,),) = database.rows('SELECT nodes FROM entry WHERE "index"=?', TARGET)
    database.run('UPDATE entry SET nodes=? WHERE "index"=?', bytes(len(nodes)), TARGET)


TAMPERS = {
    "an entry edited": (_edit, TARGET, "altered"),
    "an entry edited, its hashes too": (_edit_with_hash, TARGET + 1, "does not follow"),
    "a signature forged, its hashes too": (_forge_signature, TARGET, "S01"),
    "a proof of possession in other base64": (_other_base64, 1, "is not canonical base64"),
    "an entry made unreadable": (_garbage, TARGET, "not an entry"),
    "an entry deleted": (_delete, TARGET, "missing"),
    "an entry deleted, the gap closed": (_close_the_gap, TARGET, "says that it is entry 10"),
    "two entries swapped": (_swap, TARGET, "says that it is entry 10"),
    "an entry inserted": (_insert, TARGET + 1, "says that it is entry 9"),
    "what it is found by": (_other_subject, TARGET, "looked up by"),
    "a node of the tree": (_other_node, TARGET, "tree"),
}


@pytest.mark.parametrize("how", TAMPERS)
def test_the_audit_names_the_entry(lived: Agency, how: str) -> None:
    change, entry, said = TAMPERS[how]
    tamper(lived, change)
    problems = audit(lived.ledger).problems
    assert [problem for problem in problems if problem.entry == entry and said in problem.message], problems
    assert min(problem.entry for problem in problems if problem.entry is not None) <= entry


@pytest.mark.parametrize("index", [-1, -(2**63), 10**9, 2**63 - 1])
def test_a_row_that_is_not_the_ledgers_is_named_and_passed_over(lived: Agency, tmp_path: Path, index: int) -> None:
    """In the time that the rows take; and no backup passes it over."""
    tamper(lived, put(index))
    first, *more = audit(lived.ledger).problems
    assert (first.entry, first.foreign) == (index, True)
    assert first.message == f"entry {index}: this row is not the ledger's: it says that it is entry 0"
    assert len(more) == (index > 0)  # what is outside was not compared
    with pytest.raises(CustodyError) as caught:
        write_backup(lived.ledger, tmp_path / "b")
    assert "custody audit" in (caught.value.hint or "")
    tamper(lived, lambda database: database.run('DELETE FROM entry WHERE "index"=?', index))
    assert audit(lived.ledger).problems == []
    write_backup(lived.ledger, tmp_path / "b")


def test_a_row_of_junk_after_the_last_is_named(lived: Agency) -> None:
    size = lived.ledger.size
    row = "?, 'item:x', 'item.seized', 'OP-17', 0, ?"
    junk = f'INSERT INTO entry ("index", hash, nodes, subject, kind, "case", recorded, body) VALUES ({size}, ?, {row})'
    tamper(lived, lambda database: database.run(junk, bytes(32), b"x", b"x"))
    problem = audit(lived.ledger).problems[0]
    assert (problem.entry, problem.foreign, "bytes are not an entry" in problem.message) == (size, True, True)


def _renumber(first: int, by: int) -> Change:
    """Every entry from `first` on stands further on."""

    def change(database: Administrator) -> None:
        for (index,) in database.rows('SELECT "index" FROM entry WHERE "index">=? ORDER BY 1 DESC', first):
            database.run('UPDATE entry SET "index"=? WHERE "index"=?', index + by, index)

    return change


ONCE: dict[str, tuple[Change, list[str]]] = {
    "an entry deleted": (
        lambda database: database.run('DELETE FROM entry WHERE "index"=16'),
        ["entry 16: entry 16 is missing", "entry 17: L02", "entry 17: C03"],
    ),
    "several deleted": (
        lambda database: database.run('DELETE FROM entry WHERE "index" BETWEEN 13 AND 15'),
        ["entry 13: entries 13 to 15 are missing", "the list of items says else"],
    ),
    "a person deleted": (
        lambda database: database.run('DELETE FROM entry WHERE "index"=1'),
        ["entry 1: entry 1 is missing", "entry 6: S03"],
    ),
    "a gap closed": (
        _close_the_gap,
        ["entry 9: it stands at 9, and says that it is entry 10; the same of", "entry 9: it does not"],
    ),
    "a gap made": (_renumber(9, 5), ["entry 9: it stands at 14; the same of", "what is kept outside"]),
    "an entry altered under many checkpoints": (
        _edit,
        ["entry 9: it was altered", "entry 10: it does not follow", "is not of these entries, but of what they were"],
    ),
}


@pytest.mark.parametrize("how", ONCE)
def test_what_follows_from_one_fault_is_said_once(lived: Agency, how: str) -> None:
    for number in range(20):
        lived.ledger.checkpoint(lived.ledger_key)
        lived.seize(f"X/{number}")
    change, said = ONCE[how]
    tamper(lived, change)
    told = [one.message for one in audit(lived.ledger).problems]
    for words in said:
        assert [one for one in told if words in one], told
    assert len(told) <= 7, told


def _other_note(database: Administrator) -> None:
    notes = database.rows("SELECT size, note FROM checkpoint ORDER BY size")
    database.run("UPDATE checkpoint SET note=? WHERE size=?", notes[0][1], notes[1][0])


def _forged_note(database: Administrator) -> None:
    size, note = database.rows("SELECT size, note FROM checkpoint ORDER BY size DESC")[0]
    forged = bytes(note).replace(b"\n%d\n" % size, b"\n%d\n" % (size + 1))
    database.run("UPDATE checkpoint SET note=? WHERE size=?", forged, size)


def _stale_items(database: Administrator) -> None:
    database.run("DELETE FROM item WHERE label='JM/2'")


WHOLE = {
    "a checkpoint exchanged": (_other_note, "the checkpoint"),
    "a checkpoint forged": (_forged_note, "the checkpoint"),
    "an item not listed": (_stale_items, "JM/2"),
    "the last entries cut off": (
        lambda database: database.run('DELETE FROM entry WHERE "index">15'),
        "acknowledged are missing",
    ),
}


@pytest.mark.parametrize("how", WHOLE)
def test_the_audit_says_what_is_wrong_with_the_whole(lived: Agency, how: str) -> None:
    change, said = WHOLE[how]
    tamper(lived, change)
    problems = audit(lived.ledger).problems
    assert [problem for problem in problems if problem.entry is None and said in problem.message], problems


def test_a_sound_ledger_has_no_problems(lived: Agency) -> None:
    report = audit(lived.ledger)
    assert report.problems == []
    assert (report.entries, report.items, report.checkpoints) == (lived.ledger.size, 5, 2)


def test_progress_is_told(lived: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("custody.ledger.audit_log._STEP", 5)
    audit(lived.ledger, lambda done, total: told.append((done, total)))
    assert told == [(done, lived.ledger.size) for done in range(5, lived.ledger.size + 1, 5)]


def test_altered_entries_are_not_built_upon(lived: Agency) -> None:
    tamper(lived, _edit)
    with pytest.raises(CustodyError, match="entry 9 was altered in the database"):
        lived.ledger.fact(TARGET)
    with pytest.raises(CustodyError, match="entry 9 was altered in the database"):
        lived.release(lived.ledger.find_item("JM/0"), "ana", "lab")


def test_no_checkpoint_is_signed_over_altered_entries(agency: Agency) -> None:
    for number in range(4):
        agency.seize(f"JM/{number}")
    tamper(agency, _edit)
    with pytest.raises(CustodyError, match="entry 9 was altered in the database after it was recorded"):
        agency.ledger.checkpoint(agency.ledger_key)
    assert len(agency.ledger.checkpoints()) == 1


def test_no_checkpoint_is_signed_beside_an_earlier_one(lived: Agency) -> None:
    tamper(lived, lambda database: database.run('UPDATE entry SET nodes=? WHERE "index"=15', bytes(160)))
    for name in ("head", "checkpoint"):
        (lived.folder / name).unlink()
    with pytest.raises(CustodyError, match="differs from the checkpoint signed at"):
        lived.ledger.checkpoint(lived.ledger_key)


def test_items_are_listed_anew_from_the_log(lived: Agency) -> None:
    before = list(lived.ledger.items())
    tamper(lived, lambda database: database.run("DELETE FROM item"))
    assert list(lived.ledger.items()) == []
    assert rebuild(lived.ledger) == len(before)
    assert list(lived.ledger.items()) == before
    assert audit(lived.ledger).problems == []


def test_rebuilding_refuses_a_damaged_log(lived: Agency) -> None:
    before = list(lived.ledger.items())
    tamper(lived, _edit)
    with pytest.raises(CustodyError, match="entry 9 was altered"):
        rebuild(lived.ledger)
    assert list(lived.ledger.items()) == before


def test_many_signatures_are_checked_in_batches(agency: Agency) -> None:
    agency.do(beginnings.seize(agency.by("jm"), [agency.seizure("JM/+") for _ in range(300)]))
    assert audit(agency.ledger).problems == []
    assert list(agency.ledger.items())[299].label == "JM/300"
