"""Files are there whole or not at all, whatever fails."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.durable import filling, write_file, writing
from custody.errors import CustodyError, UsageError


def test_writes_privately_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_file(tmp_path / "one", b"data")
    assert (tmp_path / "one").read_bytes() == b"data"
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_does_not_overwrite_unless_told(tmp_path: Path) -> None:
    write_file(tmp_path / "one", b"old")
    with pytest.raises(UsageError, match="exists"):
        write_file(tmp_path / "one", b"new")
    assert (tmp_path / "one").read_bytes() == b"old"
    write_file(tmp_path / "one", b"new", overwrite=True)
    assert (tmp_path / "one").read_bytes() == b"new"


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir], ids=["pipe", "folder"])
def test_only_files_are_overwritten(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "one")
    kind = (tmp_path / "one").stat().st_mode
    with pytest.raises(UsageError, match="one is a "):
        write_file(tmp_path / "one", b"new", overwrite=True)
    assert (tmp_path / "one").stat().st_mode == kind
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exists"), writing(tmp_path / "one") as stream:
        stream.write(b"mine")
        (tmp_path / "one").write_bytes(b"theirs")
    assert (tmp_path / "one").read_bytes() == b"theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="link to nothing"):
        write_file(tmp_path / "one", b"data")


@pytest.mark.parametrize("call", ["fsync", "link"])
@pytest.mark.parametrize("existing", [False, True])
def test_a_failing_disk_leaves_the_old_file(
    call: str, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        write_file(tmp_path / "one", b"old")

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if existing:
        monkeypatch.setattr(Path, "replace", fail) if call == "link" else monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(os, call, fail)
        monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(CustodyError, match="No space left"):
        write_file(tmp_path / "one", b"new", overwrite=existing)
    assert [one.name for one in tmp_path.iterdir()] == (["one"] if existing else [])
    if existing:
        assert (tmp_path / "one").read_bytes() == b"old"


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "one") as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="was not written"):
        write_file(tmp_path / "none" / "one", b"data")


def failing(number: int, after: Callable[..., object] | None = None) -> Callable[..., None]:
    """What stands in for a call the disk refuses; `after`: the call is made first."""

    def fail(*arguments: Any, **options: Any) -> None:
        if after is not None:
            after(*arguments, **options)
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_full_disk_while_writing(overwrite: bool, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"old") if overwrite else None
    with pytest.raises(CustodyError, match="No space left"), writing(tmp_path / "one", overwrite=overwrite) as stream:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == ({"one": b"old"} if overwrite else {})


@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
def test_an_interrupt_at_any_step_leaves_nothing(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path if call == "replace" else os, call, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "one", b"new", overwrite=call == "replace")
    assert not list(tmp_path.iterdir())


def sync_of_folders(fails: Callable[..., None]) -> Callable[[int], None]:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        (fails if stat.S_ISDIR(os.fstat(descriptor).st_mode) else real)(descriptor)

    return fsync


def test_a_folder_that_is_not_confirmed_is_not_called_unwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", sync_of_folders(failing(errno.EIO)))
    with pytest.raises(CustodyError, match="was written, but the disk did not confirm it"):
        write_file(tmp_path / "one", b"whole")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"one": b"whole"}


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF])
def test_file_systems_that_know_no_fsync_of_folders(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", sync_of_folders(failing(number)))
    write_file(tmp_path / "one", b"whole")
    assert (tmp_path / "one").read_bytes() == b"whole"


def test_file_systems_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    write_file(tmp_path / "one", b"whole")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"one": b"whole"}
    with pytest.raises(UsageError, match="exists"), writing(tmp_path / "two") as stream:
        stream.write(b"mine")
        (tmp_path / "two").write_bytes(b"theirs")
    assert (tmp_path / "two").read_bytes() == b"theirs"


def test_the_mode_asked_for(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_file(tmp_path / "one", b"x", mode=0o666)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o644


def test_a_folder_is_there_whole(tmp_path: Path) -> None:
    with filling(tmp_path / "one") as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_bytes(b"x")
        assert not (tmp_path / "one").exists()
    assert (tmp_path / "one" / "sub" / "file").read_bytes() == b"x"
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, "full"), CustodyError("no")])
def test_a_folder_is_not_there_after_an_error(error: Any, tmp_path: Path) -> None:
    kind = CustodyError if isinstance(error, OSError) else type(error) if isinstance(error, Exception) else error
    with pytest.raises(kind), filling(tmp_path / "one") as folder:
        (folder / "file").write_bytes(b"x")
        raise error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("existing", ["file", "folder", "link"])
def test_what_exists_is_not_replaced_by_a_folder(existing: str, tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.mkdir() if existing == "folder" else path.symlink_to("none") if existing == "link" else path.touch()
    with pytest.raises(UsageError, match="one exists"), filling(path):
        raise AssertionError("it was entered")
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_a_folder_that_is_filled_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="one was not written"), filling(tmp_path / "one") as folder:
        (folder / "mine").touch()
        (tmp_path / "one").mkdir()
        (tmp_path / "one" / "theirs").touch()
    assert [one.name for one in (tmp_path / "one").iterdir()] == ["theirs"]
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_a_folder_whose_renaming_the_disk_does_not_confirm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CustodyError, match="did not confirm"), filling(tmp_path / "one"):
        monkeypatch.setattr("custody.durable.sync_folder", _unless_inside(tmp_path))
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def _unless_inside(root: Path) -> Callable[[Path], None]:
    def sync(folder: Path) -> None:
        if folder == root:
            raise OSError(errno.EIO, "failing")

    return sync
