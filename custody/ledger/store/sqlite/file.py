"""An SQLite file, looked at before SQLite opens it: SQLite would make a new one, or say less."""

import os
from pathlib import Path

from custody.errors import CustodyError

BEGINNING = b"SQLite format 3\0"
_HEADER = 100
_LEAST = 128 * 1024
"""Bytes that SQLite needs beside its file before it does anything: the index of its write-ahead log."""


def check_file(path: Path) -> None:
    """Refuses, before anything is opened, a file that is missing, empty or cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
    except FileNotFoundError:
        hint = "`custody init` makes one; --home names its folder"
        raise CustodyError(f"there is no ledger at {path}", hint=hint) from None
    except OSError as error:
        raise CustodyError(f"the database {path} can't be read: {error.strerror}") from error
    if size == 0:
        raise CustodyError(f"the database {path} is empty", hint="restore a backup; `custody init` begins a new ledger")
    if not header.startswith(BEGINNING):
        raise CustodyError(f"{path} is not a custody ledger", hint="check --home; the ledger's file is ledger.db")
    # While a write-ahead log is there, the file itself may lag behind its own header.
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        return
    page = int.from_bytes(header[16:18], "big") or 1
    wanted = (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if size < wanted:
        hint = "restore the newest backup, and keep this file for comparison"
        raise CustodyError(f"the database {path} is cut off: {size} bytes of {wanted}", hint=hint)


def is_closed(path: Path) -> bool:
    """Whether the file alone is the whole database: nobody has it open, and whoever had it closed it."""
    log = Path(f"{path}-wal")
    return not log.exists() or log.stat().st_size == 0


def remove_beside(path: Path) -> None:
    """Removes what SQLite put beside a file, or left there when it was killed."""
    for suffix in ("-journal", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes when somebody writes to the file itself."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def unwritable(path: Path) -> tuple[str, str] | None:
    """What is wrong, and what to do, where the disk is full, or can't be written, or not by this user; else None."""
    if not hasattr(os, "statvfs"):
        return None
    try:
        disk = os.statvfs(path if path.exists() else path.parent)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return (
            "can't be written: its file system is read-only",
            "copy the agency's folder to a disk that can be written",
        )
    if not all(os.access(one, os.W_OK) for one in (path.parent, path) if one.exists()):
        return (
            "can't be written by this user",
            "check the permissions of the file and of its folder; to look only, copy the folder to where you may write",
        )
    if disk.f_bavail * disk.f_frsize < _LEAST:
        return "can't grow: the disk is full", "free some space; nothing of this act was recorded"
    return None
