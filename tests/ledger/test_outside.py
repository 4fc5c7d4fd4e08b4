"""Restored backups and copied folders: the ledger is behind, or beside, what is kept outside its database."""

import shutil
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.ledger.audit import audit
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import encode_base64
from tests.ledger.administrator import tamper
from tests.ledger.agency import ORIGIN, Agency
from tests.ledger.conftest import BOTH
from tests.postgres import Server

pytestmark = BOTH


class Copies:
    """A ledger's database as it was, to be put back."""

    def __init__(self, agency: Agency, folder: Path, server: Server | None) -> None:
        self._agency = agency
        self._server = server
        self._file = folder / "backup"
        self._url = ""

    def keep(self) -> None:
        """Copies it, whole."""
        self._agency.reopen()
        if self._server is None:
            self._agency.ledger.store.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
            shutil.copy(self._agency.path, self._file)
        else:
            self._agency.ledger.close()
            self._url = self._server.create(str(self._agency.where))
            self._agency.ledger = self._agency.opened()

    def put_back(self) -> None:
        """What the administrator of a machine does after a failure."""
        self._agency.ledger.close()
        if self._server is None:
            for suffix in ("-wal", "-shm"):
                self._agency.path.with_name(self._agency.path.name + suffix).unlink(missing_ok=True)
            shutil.copy(self._file, self._agency.path)
        else:
            self._server.replace(str(self._agency.where), self._url)
        self._agency.ledger = self._agency.opened()


@pytest.fixture
def copies(agency: Agency, tmp_path: Path, request: pytest.FixtureRequest) -> Copies:
    server = request.getfixturevalue("postgres") if isinstance(agency.where, str) else None
    return Copies(agency, tmp_path, server)


def head(agency: Agency) -> int:
    return parse_checkpoint((agency.folder / "head").read_bytes()).size


def test_the_head_follows_every_append(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.ledger.outside._PAUSE", 0)
    for number in range(12):
        agency.seize(f"JM/{number}")
        claimed = parse_checkpoint((agency.folder / "head").read_bytes())
        assert (claimed.origin, claimed.size) == (ORIGIN, agency.ledger.size)
        assert claimed.root == agency.ledger.root(claimed.size)


def test_of_many_appends_the_last_is_noted_in_the_end(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.ledger.outside._PAUSE", 3600)
    agency.seize("JM/1")
    first = agency.ledger.size
    agency.seize("JM/2")
    assert head(agency) == first
    agency.reopen()
    assert head(agency) == first + 1


def test_a_late_note_does_not_undo_another_process_s(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.ledger.outside._PAUSE", 3600)
    agency.seize("JM/1")
    agency.seize("JM/2")
    mine, agency.ledger = agency.ledger, agency.opened()
    agency.seize("JM/3")
    mine.close()
    assert head(agency) == agency.ledger.size


def test_the_last_checkpoint_is_beside_the_database(agency: Agency) -> None:
    agency.seize()
    note = agency.ledger.checkpoint(agency.ledger_key)
    assert (agency.folder / "checkpoint").read_bytes() == note


def test_a_restored_backup_is_refused(agency: Agency, copies: Copies) -> None:
    agency.seize("JM/1")
    copies.keep()
    agency.seize("JM/2")
    agency.seize("JM/3")
    copies.put_back()
    with pytest.raises(CustodyError, match="2 entries that were acknowledged are missing") as caught:
        agency.seize("JM/2")
    assert (caught.value.exit_code, bool(caught.value.hint)) == (1, True)
    with pytest.raises(CustodyError, match="restored from a backup"):
        agency.ledger.checkpoint(agency.ledger_key)
    with pytest.raises(CustodyError, match="restored from a backup"):
        agency.ledger.check_outside()


def test_the_signed_checkpoint_alone_shows_it_too(agency: Agency, copies: Copies) -> None:
    copies.keep()
    agency.seize("JM/2")
    agency.ledger.checkpoint(agency.ledger_key)
    copies.put_back()
    (agency.folder / "head").unlink()
    with pytest.raises(CustodyError, match="1 entries that were acknowledged are missing"):
        agency.seize("JM/2")


def test_a_copied_folder_that_went_its_own_way(agency: Agency, copies: Copies) -> None:
    copies.keep()
    agency.seize("JM/2")
    outside = (agency.folder / "head").read_bytes()
    copies.put_back()
    (agency.folder / "head").unlink()
    agency.seize("JM/3")
    agency.seize("JM/4")
    (agency.folder / "head").write_bytes(outside)
    with pytest.raises(CustodyError, match="another history of this ledger"):
        agency.seize("JM/5")


def test_the_files_of_another_ledger(agency: Agency, tmp_path: Path) -> None:
    (agency.folder / "head").write_text("elsewhere.example/custody\n1\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n")
    with pytest.raises(CustodyError, match="is of another ledger"):
        agency.seize()


@pytest.mark.parametrize("left", [b"", b"\0" * 96, b"ocrteh", None])
def test_a_head_lost_in_a_power_cut_is_made_anew(agency: Agency, left: bytes | None) -> None:
    if left is None:
        (agency.folder / "head").unlink()
    else:
        (agency.folder / "head").write_bytes(left)
    agency.seize()
    assert head(agency) == agency.ledger.size
    agency.reopen()
    agency.seize("JM/2")


def test_a_head_that_lags_is_caught_up(agency: Agency) -> None:
    old = (agency.folder / "head").read_bytes()
    agency.seize("JM/1")
    (agency.folder / "head").write_bytes(old)
    agency.reopen()
    agency.seize("JM/2")
    assert head(agency) == agency.ledger.size


def test_a_longer_head_leaves_no_rest(agency: Agency) -> None:
    path = agency.folder / "head"
    path.write_bytes(path.read_bytes() + b"\n\n\n")
    agency.seize()
    assert head(agency) == agency.ledger.size


def test_a_lost_checkpoint_is_written_again(agency: Agency) -> None:
    note = (agency.folder / "checkpoint").read_bytes()
    (agency.folder / "checkpoint").unlink()
    agency.reopen()
    agency.seize()
    assert (agency.folder / "checkpoint").read_bytes() == note


def test_a_damaged_checkpoint_is_refused(agency: Agency) -> None:
    (agency.folder / "checkpoint").write_bytes(b"\0" * 200)
    agency.reopen()
    with pytest.raises(CustodyError, match="checkpoint is damaged"):
        agency.seize()


def test_two_programs_on_one_ledger_do_not_alarm_each_other(agency: Agency) -> None:
    other = agency.opened()
    first = agency.ledger
    for number in range(20):
        agency.ledger = (first, other)[number % 2]
        agency.seize(f"JM/{number}")
    agency.ledger = first
    other.close()
    assert len(list(agency.ledger.items())) == 20


@pytest.mark.parametrize("note", [b"junk", b"of another size", b"of another root", b"of another ledger"])
def test_a_checkpoint_that_somebody_put_into_the_database_is_not_kept_outside(agency: Agency, note: bytes) -> None:
    size, root = agency.ledger.size, encode_base64(bytes(32))
    forged = {
        b"of another size": f"{ORIGIN}\n1000\n{root}\n",
        b"of another root": f"{ORIGIN}\n{size}\n{root}\n",
        b"of another ledger": f"other.example/x\n{size}\n{encode_base64(agency.ledger.root(size))}\n",
    }
    text = forged[note].encode() + b"\n\xe2\x80\x94 x AAAAAAA=\n" if note in forged else note
    tamper(agency, lambda database: database.run("INSERT INTO checkpoint (size, note) VALUES (?, ?)", 1000, text))
    (agency.folder / "checkpoint").unlink()
    agency.seize("JM/1")
    tamper(agency, lambda database: database.run("DELETE FROM checkpoint WHERE size = ?", 1000))
    agency.seize("JM/2")
    assert audit(agency.ledger).problems == []
    assert (agency.folder / "checkpoint").exists()
