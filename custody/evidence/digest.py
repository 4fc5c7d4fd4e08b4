"""Digests of a file: BLAKE3 and SHA-256 in one read, in constant memory, on two cores where there are two.

Both hashes release the GIL while they work. A few buffers are filled in turn; each goes to two threads, and is filled
again when both are done with it. A small file is hashed where it is read: threads would cost more than they save.

Not guaranteed: that a change is seen which leaves size, time of modification and inode as they were.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Generator
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from blake3 import blake3

from custody.errors import CustodyError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

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
    """The digests of one file or block device. Raises what `read_file` does."""
    reading = read_file(path, progress)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            measured: Measured = end.value
            return measured


def read_file(
    path: Path, progress: Progress | None = None, *, expected: Measured | None = None
) -> Generator[memoryview, None, Measured]:
    """All bytes of a file or block device, in pieces that hold until the next is asked for; returns its digests.

    `expected`: what was measured a moment ago. BLAKE3 alone then says whether it still is that; SHA-256 is taken over.

    Raises UsageError for what is neither (a link is not followed), CustodyError for a file that can't be read, or
    that changes or is replaced while it is read: the pieces are then not to be used.
    """
    try:
        with _open(path) as stream:
            before = os.fstat(stream.fileno())
            length = before.st_size if stat.S_ISREG(before.st_mode) else None
            with Hashing(length, both=expected is None) as hashing:
                while count := _fill(path, stream, hashing):
                    if progress is not None:
                        progress(count)
                    yield hashing.add(count)
                size, blake, sha = hashing.digests()
            after = os.fstat(stream.fileno())
        named = os.lstat(path)
    except FileNotFoundError:
        raise changed(path) from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror or error}") from error
    if not stamp(before) == stamp(after) == stamp(named) or (stat.S_ISREG(before.st_mode) and size != before.st_size):
        raise changed(path)
    if expected is not None:
        if (size, blake) != (expected.size, expected.blake3):
            raise changed(path)
        sha = expected.sha256
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


def _fill(path: Path, stream: FileIO, hashing: "Hashing") -> int:
    """Reads into the next buffer; the number of bytes read, 0 at the end."""
    buffer = hashing.buffer()
    try:
        return stream.readinto(buffer)
    except OSError as error:
        message = f"{path} can't be read at byte {hashing.size}: {error.strerror or error}"
        raise CustodyError(message, hint="nothing was recorded; a failing disk is imaged first") from error


class Hashing:
    """Both digests of what comes piece by piece: ask for a buffer, fill it from its start, add what is in it."""

    def __init__(self, size: int | None, *, both: bool = True) -> None:
        """`size`: bytes to come, where that is known. Not `both`: BLAKE3 alone. Leaving the block ends the threads."""
        small = size is not None and size <= SMALL
        self.size = 0
        self._sha, self._blake = hashlib.sha256(), blake3()
        self._updates = (self._sha.update, self._blake.update) if both else (self._blake.update,)
        self._threads = () if small else tuple(_thread() for _ in self._updates)
        # One over for a small file: its end is then seen in one read.
        self._length = min(size + 1, BUFFER) if small and size is not None else BUFFER
        self._count = 1 if small else BUFFERS
        self._buffers: list[bytearray] = []  # made when first needed: a new one is zeroed, which costs a read's time
        self._busy: list[tuple[Future[object], ...]] = [()] * self._count
        self._turn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._threads:
            one.shutdown()

    def buffer(self) -> bytearray:
        """A buffer that nothing reads any more; what stood in it is gone."""
        _wait(self._busy[self._turn])
        if self._turn == len(self._buffers):
            self._buffers.append(bytearray(self._length))
        return self._buffers[self._turn]

    def add(self, count: int) -> memoryview:
        """Hashes the first bytes of the buffer given last, and returns them."""
        view = memoryview(self._buffers[self._turn])[:count]
        if self._threads:
            self._busy[self._turn] = tuple(
                one.submit(update, view) for one, update in zip(self._threads, self._updates, strict=True)
            )
        else:
            for update in self._updates:
                update(view)
        self._turn = (self._turn + 1) % self._count
        self.size += count
        return view

    def digests(self) -> tuple[int, str, str]:
        """`(size, BLAKE3, SHA-256)` of all that was added."""
        for one in self._busy:  # a piece that failed to be hashed must not pass as hashed
            _wait(one)
        return self.size, self._blake.hexdigest(), self._sha.hexdigest()


def _thread() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # loads logging: for large files alone

    return ThreadPoolExecutor(1)


def _wait(futures: "tuple[Future[object], ...]") -> None:
    for future in futures:
        future.result()
