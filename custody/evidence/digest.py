"""Digests of a file: BLAKE3 and SHA-256 in one read, in constant memory, on two cores where there are two.

Both hashes release the GIL while they work. A reader fills a few buffers in turn; each buffer goes to two threads, and
is filled again when both are done with it.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, NamedTuple

from blake3 import blake3

from custody.errors import CustodyError, UsageError

BUFFER = 1 << 20
"""Bytes a read: both halves of the work on it fit a second-level cache."""
BUFFERS = 4

Progress = Callable[[int], object]
"""Called with the number of bytes read since the last call."""


class Measured(NamedTuple):
    """What was read: digests in hex, sizes in bytes. `files` and `total` are a folder's."""

    name: str
    size: int
    blake3: str
    sha256: str
    files: int | None = None
    total: int | None = None


def measure_file(path: Path, progress: Progress | None = None) -> Measured:
    """The digests of one file or block device. A file that changes while it is read is an error (exit 1)."""
    try:
        with _open(path) as stream:
            before = os.fstat(stream.fileno())
            size, blake, sha = _read(stream, progress or (lambda _: None))
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror or error}") from error
    if _identity(before) != _identity(after) or (stat.S_ISREG(before.st_mode) and size != before.st_size):
        raise CustodyError(f"{path} changed while it was read", hint="stop what writes to it, then measure again")
    return Measured(path.name, size, blake, sha)


def _open(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        if path.is_symlink():
            raise UsageError(f"{path} is a symbolic link", hint="name the file it points to") from error
        raise
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        os.close(descriptor)
        raise UsageError(f"{path} is neither a file nor a disk")
    return os.fdopen(descriptor, "rb", buffering=0)


def _read(stream: BinaryIO, progress: Progress) -> tuple[int, str, str]:
    sha, blake = hashlib.sha256(), blake3()
    buffers = [bytearray(BUFFER) for _ in range(BUFFERS)]
    busy: list[tuple[Future[object], ...]] = [() for _ in buffers]
    size = turn = 0
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        while True:
            for future in busy[turn]:
                future.result()
            count = stream.readinto(buffers[turn])  # type: ignore[attr-defined]
            if not count:
                break
            view = memoryview(buffers[turn])[:count]
            busy[turn] = (first.submit(sha.update, view), second.submit(blake.update, view))
            size, turn = size + count, (turn + 1) % BUFFERS
            progress(count)
    return size, blake.hexdigest(), sha.hexdigest()


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
