"""A disk that is full, or can't be written: what was acknowledged is there, reading goes on, and each error says so.

On a small file system in memory, where whoever runs the tests may mount one.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.ledger.audit import audit
from tests.ledger.agency import Agency

SIZE = 2 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)):
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
