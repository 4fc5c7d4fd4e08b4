"""Files that are there whole or not at all.

    temporary file in the same folder -> write -> fsync -> rename (or link, where nothing may be overwritten)
    -> fsync of the folder

After a failure at any of these steps the old file, or none, is there, and no temporary one.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from custody.errors import CustodyError, UsageError


@contextlib.contextmanager
def writing(path: Path, *, overwrite: bool = False, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A binary file that appears at `path` when the block ends without an error.

    Raises UsageError when `path` exists and `overwrite` is false, CustodyError when the disk refuses.
    """
    if not overwrite and os.path.lexists(path):
        raise UsageError(f"{path} exists", hint="--force overwrites it")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temporary, flags, mode), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _publish(temporary, path, overwrite=overwrite)
        _sync_folder(path.parent)
    except OSError as error:
        raise CustodyError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_file(path: Path, data: bytes, *, overwrite: bool = False, mode: int = 0o600) -> None:
    """`data` at `path`, durably. See `writing`."""
    with writing(path, overwrite=overwrite, mode=mode) as stream:
        stream.write(data)


def _publish(temporary: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # unlike rename, refuses a file that appeared meanwhile
    except FileExistsError:
        raise UsageError(f"{path} exists", hint="--force overwrites it") from None
    except OSError:
        if os.path.lexists(path):
            raise
        temporary.rename(path)  # file systems without hard links


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder can't be opened for fsync there; NTFS journals the rename
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
