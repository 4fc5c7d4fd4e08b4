"""Files and folders that are there whole or not at all.

    temporary file in the same folder -> write -> fsync -> link (or rename, where a file may be replaced) -> fsync of
    the folder

After a failure at any step but the last, an interrupt included, the old file, or none, is there, and no temporary
one. At the last step the new file is there, whole, and only the disk's promise to keep it is missing; the error says
so. Not guaranteed: that nothing lies beside it after the process was killed or the power failed (a temporary file,
`.NAME.` and twelve digits, may be left), nor what a disk does that acknowledges an fsync it has not made.

A folder comes about in the same way: what is in it is written to a temporary folder, which is renamed at the end.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from custody.errors import CustodyError, UsageError

_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF}
"""What file systems answer that know no fsync of a folder (some network shares, FUSE)."""


@contextlib.contextmanager
def writing(path: Path, *, overwrite: bool = False, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A binary file that appears at `path`, with `mode` less the umask, when the block ends without an error.

    Raises UsageError when `path` exists and `overwrite` is false, CustodyError when the disk refuses.
    """
    with placing(path, overwrite=overwrite) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temporary, flags, mode), "wb") as stream:
            yield stream


@contextlib.contextmanager
def placing(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """The name of a file that the block makes, and that stands at `path` when the block ends without an error: for
    what only opens files by name. Raises as `writing`.
    """
    refuse_existing(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        _publish(temporary, path, overwrite=overwrite)
    except OSError as error:
        raise CustodyError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    _confirm(path)


def write_file(path: Path, data: bytes, *, overwrite: bool = False, mode: int = 0o600) -> None:
    """`data` at `path`, durably. See `writing`."""
    with writing(path, overwrite=overwrite, mode=mode) as stream:
        stream.write(data)


@contextlib.contextmanager
def filling(path: Path) -> Iterator[Path]:
    """An empty folder that only its owner may enter, which becomes `path` when the block ends without an error.

    Whoever writes a file in it makes the file durable; the folders are made so here. Raises UsageError when `path`
    exists, CustodyError when the disk refuses. Not guaranteed: that an empty folder is refused that another program
    makes at `path` meanwhile.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path} exists", hint="name a folder that is not there yet")
    import shutil  # for this alone; it loads three compressors

    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        temporary.mkdir(mode=0o700)
        yield temporary
        for inside, _, _ in os.walk(temporary):
            sync_folder(Path(inside))
        temporary.rename(path)
    except OSError as error:
        raise CustodyError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _confirm(path)


def _publish(temporary: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # unlike rename, refuses a file that appeared meanwhile
    except FileExistsError:
        raise _exists(path) from None
    except OSError:
        # A file system without hard links (FAT, some shares). Between this look and the rename another program may
        # still put a file there, except on Windows, where rename refuses it.
        if os.path.lexists(path):
            raise _exists(path) from None
        temporary.rename(path)


def _confirm(path: Path) -> None:
    """The last step, after the temporary name is gone, so that its going is kept too."""
    try:
        sync_folder(path.parent)
    except OSError as error:
        message = f"{path} was written, but the disk did not confirm it: {error.strerror or error}"
        raise CustodyError(message, hint=f"check the disk, and {path.name}, before relying on it") from error


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuses to write over a file unless told to, and over a folder, a device or a broken link in any case: who may do
    all would lose it. Raises UsageError.
    """
    if not os.path.lexists(path):
        return
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a device, a pipe or a link to nothing"
        raise UsageError(f"{path} is {what}", hint="name a file")
    if not overwrite:
        raise _exists(path)


def _exists(path: Path) -> UsageError:
    return UsageError(f"{path} exists", hint="--force overwrites it")


def sync_folder(folder: Path) -> None:
    """Makes what was added to a folder, or removed, survive a power cut. Raises OSError."""
    if os.name == "nt":
        return  # a folder can't be opened for fsync there; NTFS journals the rename
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)
