"""Digests of files: right, in one read, and only of files that hold still."""

import errno
import hashlib
import os
import socket
import stat
import threading
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from custody.errors import CustodyError, UsageError
from custody.evidence import digest
from custody.evidence.digest import measure_file


@pytest.mark.parametrize("size", [0, 1, digest.BUFFER - 1, digest.BUFFER, digest.BUFFER * 5 + 7])
def test_both_digests_and_the_size(size: int, tmp_path: Path) -> None:
    data = os.urandom(min(size, 4096)) * (size // 4096 + 1)
    (tmp_path / "disk.img").write_bytes(data[:size])
    read = []
    one = measure_file(tmp_path / "disk.img", read.append)
    assert one.sha256 == hashlib.sha256(data[:size]).hexdigest()
    assert one.blake3 == blake3(data[:size]).hexdigest()
    assert (one.name, one.size, sum(read)) == ("disk.img", size, size)


def change_content(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(b"y")
    os.utime(path, ns=(1, 1))


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"y" * 10)


def truncate(path: Path) -> None:
    os.truncate(path, 5)


@pytest.mark.parametrize("change", [change_content, append, truncate])
def test_a_file_that_changes_meanwhile_is_an_error(change: object, tmp_path: Path) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(b"x" * (digest.BUFFER * 3))
    done = []

    def meddle(_: int) -> None:
        if not done:
            done.append(True)
            change(path)  # type: ignore[operator]

    with pytest.raises(CustodyError, match="changed while it was read") as caught:
        measure_file(path, meddle)
    assert caught.value.exit_code == 1


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="symbolic link"):
        measure_file(tmp_path / "link")


def test_neither_pipes_nor_devices_nor_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null"), tmp_path):
        with pytest.raises(UsageError, match="neither a file nor a disk"):
            measure_file(path)


def test_a_missing_file_is_a_mistake_of_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        measure_file(tmp_path / "none")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sparse.img"
    with path.open("wb") as stream:
        stream.truncate(64 << 20)
    before = threading.active_count()
    assert measure_file(path).size == 64 << 20
    assert threading.active_count() == before


@pytest.mark.parametrize("size", [digest.SMALL - 1, digest.SMALL, digest.SMALL + 1])
def test_with_and_without_threads_alike(size: int, tmp_path: Path) -> None:
    data = os.urandom(size)
    (tmp_path / "disk.img").write_bytes(data)
    one = measure_file(tmp_path / "disk.img")
    assert (one.size, one.sha256, one.blake3) == (size, hashlib.sha256(data).hexdigest(), blake3(data).hexdigest())


@pytest.mark.parametrize("readable", [0, digest.BUFFER * 2])
@pytest.mark.parametrize("size", [digest.SMALL, digest.SMALL * 2])
def test_a_disk_that_fails_is_named_with_the_place(
    readable: int, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(FileIO):
        def readinto(self, buffer: Any, /) -> int:
            if self.tell() >= readable:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().readinto(buffer)

    monkeypatch.setattr(digest, "FileIO", Failing)
    path = tmp_path / "disk.img"
    path.write_bytes(bytes(size))
    with pytest.raises(CustodyError, match=rf"disk\.img can't be read at byte {readable}: Input/output") as caught:
        measure_file(path)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("hash_name", ["sha256", "blake3"])
def test_a_piece_that_failed_to_be_hashed_is_no_digest(
    hash_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        def update(self, _: object) -> None:
            raise MemoryError

    monkeypatch.setattr(digest.hashlib if hash_name == "sha256" else digest, hash_name, Failing)
    path = tmp_path / "disk.img"
    with path.open("wb") as stream:
        stream.truncate(digest.SMALL + 1)
    with pytest.raises(MemoryError):
        measure_file(path)


@pytest.mark.parametrize("replace", [True, False], ids=["replaced", "removed"])
def test_a_file_whose_name_means_another_afterwards_is_an_error(replace: bool, tmp_path: Path) -> None:
    path, other = tmp_path / "disk.img", tmp_path / "other"
    path.write_bytes(b"x")
    other.write_bytes(b"y")

    def meddle(_: int) -> None:
        other.replace(path) if replace else path.unlink()

    with pytest.raises(CustodyError, match="changed while it was read") as caught:
        measure_file(path, meddle)
    assert caught.value.exit_code == 1


def test_what_it_is_instead_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        kinds = [("pipe", "a pipe"), ("socket", "a socket"), ("", "a folder"), ("/dev/null", "a character device")]
        for name, kind in kinds:
            with pytest.raises(UsageError, match=f"is {kind}, neither a file nor a disk"):
                measure_file(tmp_path / name)


def test_a_block_device_can_be_imaged(tmp_path: Path) -> None:
    digest._check_kind(tmp_path, stat.S_IFBLK | 0o600)  # no test may count on having a disk to read
