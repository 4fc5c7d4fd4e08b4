"""Digests of a file: BLAKE3 and SHA-256 in one read, in constant memory, on two cores where there are two.

Both hashes release the GIL while they work. A reader fills a few buffers in turn; each buffer goes to two threads, and
is filled again when both are done with it. A small file is hashed where it is read: threads would cost more than they
save.

Not guaranteed: that a change is seen which leaves size, time of modification and inode as they were.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from blake3 import blake3

from custody.errors import CustodyError, UsageError

BUFFER = 1 << 20
"""Bytes a read: both halves of the work on it fit a second-level cache."""
BUFFERS = 4
SMALL = 4 << 20
"""Bytes up to which threads do not pay: starting them costs about what they save."""

Progress = Callable[[int], object]
"""Called with the number of bytes read since the last call."""

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
}


class Measured(NamedTuple):
    """What was read: digests in hex, sizes in bytes. `files` and `total` are a folder's."""

    name: str
    size: int
    blake3: str
    sha256: str
    files: int | None = None
    total: int | None = None


Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of modification: what must stay as it is while evidence is read."""


def measure_file(path: Path, progress: Progress | None = None) -> Measured:
    """The digests of one file or block device.

    Raises UsageError for what is neither (a link is not followed), CustodyError for a file that can't be read, or
    that changes or is replaced while it is read.
    """
    try:
        with _open(path) as stream:
            before = os.fstat(stream.fileno())
            size, blake, sha = _Reading(path, stream, progress).digest(before)
            after = os.fstat(stream.fileno())
        named = os.lstat(path)
    except FileNotFoundError:
        raise changed(path) from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror or error}") from error
    if not stamp(before) == stamp(after) == stamp(named) or (stat.S_ISREG(before.st_mode) and size != before.st_size):
        raise changed(path)
    return Measured(path.name, size, blake, sha)


def stamp(status: os.stat_result) -> Stamp:
    """The part of a file's status by which a change is noticed."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def changed(path: Path) -> CustodyError:
    """The error for evidence that did not hold still."""
    return CustodyError(f"{path} changed while it was read", hint="stop what writes to it, then measure again")


def _open(path: Path) -> FileIO:
    try:
        _check_kind(path, os.lstat(path).st_mode)  # before opening: that alone moves a tape, or waits for a writer
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    stream = FileIO(os.open(path, flags), "rb")
    try:
        _check_kind(path, os.fstat(stream.fileno()).st_mode)  # another file may have taken its place
    except UsageError:
        stream.close()
        raise
    return stream


def _check_kind(path: Path, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise UsageError(f"{path} is a symbolic link", hint="name the file it points to")
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        raise UsageError(f"{path} is {_KINDS.get(stat.S_IFMT(mode), 'something else')}, neither a file nor a disk")


class _Reading:
    """One pass over an open file."""

    def __init__(self, path: Path, stream: FileIO, progress: Progress | None) -> None:
        self._path, self._stream, self._progress = path, stream, progress
        self._sha, self._blake = hashlib.sha256(), blake3()
        self._offset = 0

    def digest(self, status: os.stat_result) -> tuple[int, str, str]:
        """`(size, BLAKE3, SHA-256)` of all there is to read."""
        if stat.S_ISREG(status.st_mode) and status.st_size <= SMALL:
            self._here(bytearray(min(status.st_size + 1, BUFFER)))  # one over: the end is then seen in one read
        else:
            self._in_threads()
        return self._offset, self._blake.hexdigest(), self._sha.hexdigest()

    def _here(self, buffer: bytearray) -> None:
        while count := self._fill(buffer):
            view = memoryview(buffer)[:count]
            self._sha.update(view)
            self._blake.update(view)

    def _in_threads(self) -> None:
        buffers: list[bytearray] = []  # made when first needed: a new one is zeroed, which costs as much as reading
        busy: list[tuple[Future[object], ...]] = [()] * BUFFERS
        turn = 0
        with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
            while True:
                _wait(busy[turn])
                if turn == len(buffers):
                    buffers.append(bytearray(BUFFER))
                count = self._fill(buffers[turn])
                if not count:
                    break
                view = memoryview(buffers[turn])[:count]
                busy[turn] = (first.submit(self._sha.update, view), second.submit(self._blake.update, view))
                turn = (turn + 1) % BUFFERS
            for one in busy:  # a piece that failed to be hashed must not pass as hashed
                _wait(one)

    def _fill(self, buffer: bytearray) -> int:
        try:
            count = self._stream.readinto(buffer)
        except OSError as error:
            message = f"{self._path} can't be read at byte {self._offset}: {error.strerror or error}"
            raise CustodyError(message, hint="nothing was recorded; a failing disk is imaged first") from error
        self._offset += count
        if count and self._progress is not None:
            self._progress(count)
        return count


def _wait(futures: tuple[Future[object], ...]) -> None:
    for future in futures:
        future.result()
