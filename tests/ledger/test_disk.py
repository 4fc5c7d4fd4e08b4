"""A disk that is full, or can't be written: what was acknowledged is there, reading goes on, and each error says so.

On a small file system in memory, where whoever runs the tests may mount one.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.ledger.audit import audit
from tests.ledger.agency import Agency
from tests.postgres import OwnServer

SIZE = 2 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", SIZE) as folder:
        yield folder


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes."""
    folder.mkdir()
    if shutil.which("mount") is None or _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip("no full or read-only disk was tried: who runs the tests may not mount one")
    yield folder
    _run("umount", str(folder))


def _run(*words: str) -> int:
    return subprocess.run(words, capture_output=True, check=False).returncode


@pytest.fixture
def there(agency: Agency, disk: Path) -> Iterator[Agency]:
    """The agency, its folder on that disk."""
    agency.ledger.close()
    shutil.copytree(agency.folder, disk / "home")
    moved = Agency(disk / "home", None)
    moved.clock = agency.clock
    moved.ledger = moved.opened()
    yield moved
    moved.ledger.close()


def fill(disk: Path) -> Path:
    """Takes what is left of it."""
    path = disk / "filling"
    with path.open("wb", buffering=0) as stream, pytest.raises(OSError, match="space"):
        while True:
            stream.write(bytes(4096))
    return path


def test_appending_until_it_is_full(there: Agency, disk: Path) -> None:
    acknowledged = 0
    with pytest.raises(CustodyError, match="disk is full") as failed:
        while True:
            there.seize(f"T/{acknowledged}", description="x" * 9000)
            acknowledged += 1
    assert "nothing of this act was recorded" in (failed.value.hint or "")
    assert acknowledged > 5
    there.ledger.close()
    (disk / "home" / "more").mkdir()
    _run("mount", "-o", f"remount,size={2 * SIZE}", str(disk))
    there.ledger = there.opened()
    labels = {one.label for one in there.ledger.items()}
    assert {f"T/{number}" for number in range(acknowledged)} <= labels
    assert audit(there.ledger).problems == []
    there.seize("AFTER/1")


def test_reading_goes_on_when_it_is_full(there: Agency, disk: Path) -> None:
    item = there.seize("JM/1")
    there.ledger.close()
    filling = fill(disk)
    there.ledger = there.opened()
    assert [one.uuid for one in there.ledger.items()] == [item]
    with pytest.raises(CustodyError, match="disk is full"):
        there.seize("JM/2")
    there.ledger.close()
    filling.unlink()
    there.ledger = there.opened()
    there.seize("JM/2")
    assert audit(there.ledger).problems == []


def test_reading_what_can_not_be_written(there: Agency, disk: Path) -> None:
    item = there.seize("JM/1")
    there.ledger.close()
    assert _run("mount", "-o", "remount,ro", str(disk)) == 0
    there.ledger = there.opened()
    assert [one.uuid for one in there.ledger.items()] == [item]
    assert len(there.ledger.history(f"item:{item}")) == 1
    with pytest.raises(CustodyError, match="file system is read-only") as failed:
        there.seize("JM/2")
    assert "copy the agency's folder" in (failed.value.hint or "")


@pytest.fixture
def reader(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agency]:
    """The agency with one item, seen by somebody who may only read; also where the tests are run as root."""
    agency.seize("JM/1")
    agency.ledger.close()
    database = agency.folder / "ledger.db"
    for path, mode in ((database, 0o444), (agency.folder, 0o555)):
        path.chmod(mode)
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    yield agency
    agency.folder.chmod(0o755)


def test_reading_what_this_user_may_not_write(reader: Agency) -> None:
    before = sorted(reader.folder.iterdir())
    reader.ledger = reader.opened()
    assert audit(reader.ledger).problems == []
    assert sorted(reader.folder.iterdir()) == before
    with pytest.raises(CustodyError, match="can't be written by this user") as failed:
        reader.seize("JM/2")
    assert "to look only, copy the folder" in (failed.value.hint or "")
    reader.ledger.close()


def test_what_was_written_to_meanwhile_is_not_believed(reader: Agency) -> None:
    reader.ledger = reader.opened()
    os.utime(reader.folder / "ledger.db", ns=(1, 1))
    with pytest.raises(CustodyError, match=r"ledger\.db was written to while it was read"):
        reader.ledger.close()


@pytest.fixture
def server_disk() -> Iterator[Path]:
    """Outside pytest's folders, which another account may not enter: as root, the server runs under one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with mounted(Path(folder) / "disk", 160 * 1024 * 1024) as disk:
            yield disk


def test_a_server_until_its_disk_is_full(server_disk: Path, tmp_path: Path) -> None:
    server = OwnServer(server_disk)
    agency = Agency(tmp_path, server.create()).staffed()
    filling, acknowledged = fill(server_disk), 0
    os.truncate(filling, filling.stat().st_size - SIZE)
    with pytest.raises(CustodyError) as failed:
        while True:
            agency.seize(f"T/{acknowledged}", description="x" * 9000)
            acknowledged += 1
    assert acknowledged > 5
    assert "the disk is full" in failed.value.message or "can't be reached" in failed.value.message
    agency.ledger.close()
    filling.unlink()
    server.wait()
    agency.ledger = agency.opened()
    assert {one.label for one in agency.ledger.items()} == {f"T/{number}" for number in range(acknowledged)}
    agency.seize("AFTER/1")
    assert audit(agency.ledger).problems == []
    agency.ledger.close()
    server.remove()
