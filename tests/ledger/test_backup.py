"""A ledger in one file, and back: the same bytes, the same proofs; what is damaged, or older than it should be, is
refused, and nothing is left behind."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.ledger.audit import audit
from custody.ledger.backup import opened_backup, write_backup
from custody.ledger.ledger import Ledger
from custody.ledger.opening import open_ledger
from custody.ledger.others.kept import (
    Arrived,
    Cosigned,
    Dispute,
    Joined,
    KeptCheckpoint,
    KeptEntry,
    KeptPart,
    Stamped,
)
from custody.ledger.restoring import read_seen, restore_backup
from custody.ledger.store.guards import guards
from custody.ledger.store.sqlite.database import SqliteDatabase
from custody.ledger.store.store import Store
from custody.ledger.store.tables import APPEND_ONLY
from tests.ledger.administrator import tamper
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH

KINDS: list[type[Any]] = [KeptCheckpoint, Cosigned, Stamped, Joined, KeptPart, KeptEntry, Dispute, Arrived]


@pytest.fixture
def lived(agency: Agency) -> Agency:
    """Some history, with checkpoints in it and entries after the last."""
    for number in range(3):
        item = agency.seize(f"JM/{number}")
        agency.release(item, "jm", "ana")
        agency.ledger.checkpoint(agency.ledger_key)
    agency.receive(item, "ana")
    return agency


def kept(store: Store) -> dict[str, list[Any]]:
    return {kind.__name__: list(store.kept.every(kind)) for kind in KINDS}


def everything(ledger: Ledger) -> dict[str, Any]:
    store, size = ledger.store, ledger.size
    return {
        "entries": list(store.entries(0, size)),
        "checkpoints": store.checkpoints(),
        "sealed": list(store.every_sealed()),
        "items": list(store.items()),
        "kept": kept(store),
        "inclusion": [ledger.inclusion(index, size) for index in range(size)],
        "consistency": [ledger.consistency(old, size) for old in range(1, size + 1)],
        "root": ledger.root(size),
    }


def restored(backup: Path, database: Path) -> Ledger:
    database.parent.mkdir(exist_ok=True)
    with opened_backup(backup, database.parent) as ledger:
        restore_backup(ledger, database, database.parent, seen=[])
    return open_ledger(database, now=lambda: 0)


def fill_kept(agency: Agency) -> None:
    """A row of everything that is kept of others; what it says is not looked at here."""
    store = agency.ledger.store
    entry = KeptEntry("b.example/c", 9, 3, "ab" * 32, "item:x", b"p" * 32, 2, b"body")
    with store.transaction(store.head()) as writing:
        writing.keep_checkpoints([KeptCheckpoint("b.example/c", size, b"note") for size in (5, 9)])
        writing.keep_cosigned([Cosigned("b.example/c", 9, b"w" * 32, b"line")])
        writing.keep_stamped([Stamped("b.example/c", 9, b"d" * 32, b"token")])
        writing.keep_joined([Joined("b.example/c", 5, 9, b"proof")])
        writing.keep_parts([KeptPart("b.example/c", 9, b"{}")])
        writing.keep_entries([entry])
        writing.keep_entries([KeptEntry("b.example/c", 5, 3, "ab" * 32, "item:x", b"q" * 32, 4, b"body")])
        writing.keep_dispute(Dispute("b.example/c", "L03", 7, b"both"))
        for number in range(3):
            writing.keep_arrival(f"{3 - number}0" * 32, number, "b.example/c", number)


def test_what_is_restored_is_the_same(lived: Agency, tmp_path: Path) -> None:
    before = everything(lived.ledger)
    held = write_backup(lived.ledger, tmp_path / "b")
    assert (held.origin, held.size, held.root) == (lived.ledger.origin, lived.ledger.size, before["root"])
    assert held.checkpoint == held.size - 1
    ledger = restored(tmp_path / "b", tmp_path / "new" / "ledger.db")
    assert everything(ledger) == before
    assert audit(ledger).problems == []
    ledger.close()


def test_all_that_is_kept_of_others_is_copied(lived: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its order, and an entry under each checkpoint that it was shown under."""
    fill_kept(lived)
    monkeypatch.setattr("custody.ledger.backup.audit", lambda *_: audit_of_nothing())
    monkeypatch.setattr("custody.ledger.backup.rebuild", lambda *_: 0)
    before = kept(lived.ledger.store)
    assert all(before.values())
    assert [(one.size, one.own) for one in before["KeptEntry"]] == [(9, 2), (5, 4)]
    write_backup(lived.ledger, tmp_path / "b")
    ledger = restored(tmp_path / "b", tmp_path / "new" / "ledger.db")
    assert kept(ledger.store) == before
    assert ledger.store.head() == lived.ledger.store.head()
    ledger.close()


def audit_of_nothing() -> Any:
    from custody.ledger.audit import AuditReport

    return AuditReport(0, 0, 0, [])


def test_a_backup_is_one_file_that_only_its_owner_reads(lived: Agency, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    write_backup(lived.ledger, folder / "b")
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert (folder / "b").stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(f"file:{folder / 'b'}?mode=ro&immutable=1", uri=True)
    assert database.execute("SELECT count(*) FROM entry").fetchone() == (lived.ledger.size,)
    database.close()


@BOTH
def test_others_write_meanwhile(lived: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is appended while the backup is read is not in it, and nothing of it is half in it."""
    size = lived.ledger.size
    other = lived.opened()
    mine = lived.ledger
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        if not told:
            lived.ledger = other
            lived.seize("JM/meanwhile")
            lived.ledger = mine
        told.append((done, total))

    held = write_backup(lived.ledger, tmp_path / "b", progress=meanwhile)
    assert (held.size, other.size) == (size, size + 1)
    assert told[0] == (size, size)
    other.close()


@BOTH
def test_nobody_is_kept_from_writing(lived: Agency, tmp_path: Path) -> None:
    stop, failed = threading.Event(), []

    def appending() -> None:
        agency = lived.twin()
        try:
            for number in range(1000):
                agency.seize(f"T/{number}")
                if stop.is_set():
                    break
        except CustodyError as error:
            failed.append(error)
        agency.ledger.close()

    thread = threading.Thread(target=appending)
    thread.start()
    sizes = [write_backup(lived.ledger, tmp_path / f"b{number}").size for number in range(4)]
    stop.set()
    thread.join()
    assert not failed
    assert sizes == sorted(sizes)
    for number, size in enumerate(sizes):
        with opened_backup(tmp_path / f"b{number}", tmp_path) as ledger:
            assert ledger.size == size


def test_an_existing_file_is_not_overwritten(lived: Agency, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"last week's")
    with pytest.raises(UsageError, match="exists"):
        write_backup(lived.ledger, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"last week's"
    assert write_backup(lived.ledger, tmp_path / "b", overwrite=True).size == lived.ledger.size


@pytest.mark.parametrize("step", ["copy_all", "rebuild", "audit"])
def test_a_failure_leaves_no_half_file(
    lived: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "b").write_bytes(b"last week's")

    def full(*_: object) -> None:
        raise CustodyError("the disk is full")

    monkeypatch.setattr(f"custody.ledger.backup.{step}", full)
    with pytest.raises(CustodyError, match="disk is full"):
        write_backup(lived.ledger, folder / "b", overwrite=True)
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert (folder / "b").read_bytes() == b"last week's"


def test_a_disk_that_fills_up(lived: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own limit on pages stands for the disk."""
    plain = SqliteDatabase.leave_one_file

    def small(database: SqliteDatabase) -> None:
        plain(database)
        database.rows("PRAGMA max_page_count=40")

    folder = tmp_path / "media"
    folder.mkdir()
    for number in range(40):
        lived.seize(f"T/{number}")
    monkeypatch.setattr(SqliteDatabase, "leave_one_file", small)
    with pytest.raises(CustodyError, match="disk is full"):
        write_backup(lived.ledger, folder / "b")
    assert not list(folder.iterdir())


@BOTH
def test_a_ledger_that_is_not_sound_has_no_backup(lived: Agency, tmp_path: Path) -> None:
    tamper(lived, lambda database: database.run("UPDATE entry SET kind='item.seized' WHERE \"index\"=3"))
    with pytest.raises(CustodyError, match="entry 3") as failed:
        write_backup(lived.ledger, tmp_path / "b")
    assert "custody audit" in (failed.value.hint or "")
    assert not (tmp_path / "b").exists()


@BOTH
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("sealed", "INSERT INTO sealed VALUES ('x', NULL, 'court', 'x', 'x')"),
        ("seen", "INSERT INTO seen VALUES ('p.example/p', 9, 'x', 'x')"),
        ("meta", "UPDATE meta SET value='9'"),
    ],
)
def test_no_backup_makes_an_altered_row_look_sound(lived: Agency, tmp_path: Path, table: str, change: str) -> None:
    tamper(lived, lambda database: database.run(change))
    with pytest.raises(CustodyError, match=f"a row that is kept was altered, in {table}: "):
        write_backup(lived.ledger, tmp_path / "b")
    assert not (tmp_path / "b").exists()


# -- restoring


def test_a_longer_ledger_is_known_of(lived: Agency, tmp_path: Path) -> None:
    write_backup(lived.ledger, tmp_path / "b")
    size = lived.ledger.size
    lived.seize("JM/after")
    lived.ledger.close()
    lived.path.unlink()
    with opened_backup(tmp_path / "b", tmp_path) as ledger, pytest.raises(RuleRefusedError) as refused:
        restore_backup(ledger, lived.path, lived.path.parent, seen=[])
    assert (refused.value.code, refused.value.exit_code) == ("L03", 3)
    assert f"has {size} entries" in refused.value.message
    assert f"knows of {size + 1}: 1 entries" in refused.value.message
    assert "--continues" in (refused.value.hint or "")
    assert str(lived.folder / "checkpoint") in (refused.value.hint or "")
    assert not lived.path.exists()


def test_a_checkpoint_that_a_partner_has(lived: Agency, tmp_path: Path) -> None:
    write_backup(lived.ledger, tmp_path / "b")
    lived.seize("JM/after")
    note = lived.ledger.checkpoint(lived.ledger_key)
    target = tmp_path / "new" / "ledger.db"
    with opened_backup(tmp_path / "b", tmp_path) as ledger:
        claim = read_seen(tmp_path / "note", note, ledger)
        with pytest.raises(RuleRefusedError, match="would be lost"):
            restore_backup(ledger, target, target.parent, seen=[claim])
        with pytest.raises(CustodyError, match="note: the signature of"):
            read_seen(tmp_path / "note", note.replace(b"\n1", b"\n2", 1), ledger)
        other = note.replace(ledger.origin.encode(), b"de.example/custody")
        with pytest.raises(UsageError, match=f"note is of de.example/custody, and the backup is of {ledger.origin}"):
            read_seen(tmp_path / "note", other, ledger)
    assert not target.exists()


def test_messages_name_the_file_that_was_named(lived: Agency, tmp_path: Path) -> None:
    path = tmp_path / "b"
    write_backup(lived.ledger, path)
    os.truncate(path, 20_000)
    with pytest.raises(MalformedError, match=f"the database {path} is cut off"), opened_backup(path, tmp_path):
        pass
    with pytest.raises(CustodyError, match=f"the database {tmp_path}/none/b can't be opened"):
        write_backup(lived.ledger, tmp_path / "none" / "b")


def test_another_history_is_not_restored(lived: Agency, tmp_path: Path) -> None:
    """A folder that was copied and used twice: the same size, another past."""
    shutil.copytree(lived.folder, tmp_path / "copy")
    write_backup(lived.ledger, tmp_path / "before")
    lived.seize("JM/here")
    write_backup(lived.ledger, tmp_path / "b")
    copy = Agency(tmp_path / "copy")
    copy.clock = lived.clock
    copy.ledger = open_ledger(copy.path, now=copy.now)
    copy.seize("JM/there")
    copy.ledger.close()
    copy.path.unlink()
    with opened_backup(tmp_path / "b", tmp_path) as ledger, pytest.raises(RuleRefusedError, match="another history"):
        restore_backup(ledger, copy.path, copy.path.parent, seen=[])


def test_a_ledger_that_is_there_stays(lived: Agency, tmp_path: Path) -> None:
    write_backup(lived.ledger, tmp_path / "b")
    with opened_backup(tmp_path / "b", tmp_path) as ledger, pytest.raises(UsageError, match="already"):
        restore_backup(ledger, lived.path, lived.path.parent, seen=[])


def test_an_interrupted_restore_is_begun_again(lived: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(lived.ledger)
    write_backup(lived.ledger, tmp_path / "b")
    (tmp_path / "new").mkdir()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("custody.ledger.store.writing.SqlWriting.put_items", killed)
        with opened_backup(tmp_path / "b", tmp_path) as ledger, pytest.raises(KeyboardInterrupt):
            restore_backup(ledger, tmp_path / "new" / "ledger.db", tmp_path / "new", seen=[])
    with pytest.raises(CustodyError, match="interrupted"):
        open_ledger(tmp_path / "new" / "ledger.db", now=lived.now)
    ledger = restored(tmp_path / "b", tmp_path / "new" / "ledger.db")
    assert everything(ledger) == before
    ledger.close()


# -- files that are no backup


def _truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _cut_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("a letter\n")


def _sql(statement: str, *, quietly: bool = False) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        database = sqlite3.connect(path, isolation_level=None)
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for one in statement.split(";"):
            database.execute(one)
        if quietly:
            for trigger in guards("sqlite", APPEND_ONLY):
                database.execute(trigger)
        database.close()

    return change


HOSTILE: dict[str, Callable[[Path], None]] = {
    "cut off": _truncate,
    "empty": _cut_to_nothing,
    "a text": _text,
    "of another program": _sql("PRAGMA application_id=1", quietly=True),
    "of a newer version": _sql("PRAGMA user_version=99", quietly=True),
    "without its triggers": _sql("SELECT 1"),
    "an entry edited": _sql("UPDATE entry SET body=body||x'20' WHERE \"index\"=3", quietly=True),
    "the last entry gone": _sql('DELETE FROM entry WHERE "index"=(SELECT max("index") FROM entry)', quietly=True),
    "no entry": _sql("DELETE FROM entry", quietly=True),
    "a checkpoint edited": _sql("UPDATE checkpoint SET note=note||x'20'", quietly=True),
    "a note that is a text": _sql("UPDATE checkpoint SET note='text'", quietly=True),
    "a hash that is a number": _sql('UPDATE entry SET hash=7 WHERE "index"=2', quietly=True),
    "a body that is a text": _sql("UPDATE entry SET body='x' WHERE \"index\"=0", quietly=True),
    "a time that is a text": _sql("UPDATE entry SET recorded='now' WHERE \"index\"=2", quietly=True),
    "an item that is no JSON": _sql("UPDATE item SET summary=x'7b'", quietly=True),
    "a sealed value without a case": _sql("INSERT INTO sealed VALUES (x'00', NULL, 7, 8, NULL)", quietly=True),
    "a table that is a view": _sql(
        "CREATE TABLE other AS SELECT * FROM entry;DROP TABLE entry;CREATE VIEW entry AS SELECT * FROM other"
    ),
    "a table too many": _sql("CREATE TABLE more (x)", quietly=True),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_no_backup_is_refused(lived: Agency, tmp_path: Path, how: str) -> None:
    write_backup(lived.ledger, tmp_path / "b")
    HOSTILE[how](tmp_path / "b")
    before, folder = (tmp_path / "b").read_bytes(), tmp_path / "new"
    folder.mkdir()
    with pytest.raises(MalformedError) as refused, opened_backup(tmp_path / "b", folder):
        pass
    assert str(tmp_path / "b") in refused.value.message
    assert not list(folder.iterdir())
    assert (tmp_path / "b").read_bytes() == before
