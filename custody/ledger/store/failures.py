"""What databases say when they fail, in words that tell an officer what to do. All exit 1: never "tampered"."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from custody.errors import CustodyError

_DAMAGED = "restore the newest backup beside it, compare with `custody audit`, and keep the damaged file"

_SQLITE = {
    sqlite3.SQLITE_BUSY: ("is locked by another program", "wait until it is done, and try again"),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "wait until it is done, and try again"),
    sqlite3.SQLITE_READONLY: ("can't be written", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_PERM: ("can't be opened", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_CANTOPEN: ("can't be opened", "check the permissions of the file and of its folder"),
    sqlite3.SQLITE_FULL: ("can't grow: the disk is full", "free some space; nothing of this act was recorded"),
    sqlite3.SQLITE_IOERR: ("can't be read or written: the disk reports an error", "check the disk"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("is not a custody ledger", "check --home; the ledger's file is called ledger.db"),
    sqlite3.SQLITE_CONSTRAINT: ("refuses what contradicts its log", "run `custody audit`"),
}


@contextmanager
def failures_named(name: str) -> Iterator[None]:
    """Turns what the database raises into a CustodyError about `name`."""
    try:
        yield
    except DBAPIError as error:
        raise describe_failure(name, error.orig) from error
    except sqlite3.Error as error:
        raise describe_failure(name, error) from error


def describe_failure(name: str, error: BaseException | None) -> CustodyError:
    """The error for what a driver raised."""
    code = getattr(error, "sqlite_errorcode", None)
    said, hint = _SQLITE.get(code & 0xFF, (None, None)) if isinstance(code, int) else (None, None)
    if said is None:
        return CustodyError(f"the database {name} failed: {error}")
    return CustodyError(f"the database {name} {said} ({error})", hint=hint)
