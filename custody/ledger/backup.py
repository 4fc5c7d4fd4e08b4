"""A ledger in one file: a backup, written and read; custody.ledger.restoring puts it back.

A backup is itself an SQLite ledger, with the tables and triggers of one (custody.ledger.store.declared), whatever
database the ledger is in: any copy of `sqlite3` reads it. It holds what is in the database, as at one moment, and no
key.

    write   read in a snapshot -> temporary file -> derive the items -> audit -> rename
    read    private copy -> audit

The private copy is what is checked and what is read: the file may lie where others can write.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from custody.durable import placing
from custody.errors import CustodyError, MalformedError, UsageError
from custody.ledger.audit import AuditReport, audit
from custody.ledger.audit_log import Progress
from custody.ledger.copying import copy_all
from custody.ledger.ledger import Ledger
from custody.ledger.opening import MISREAD, origin_of
from custody.ledger.outside import NothingOutside
from custody.ledger.rebuild import rebuild
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.sqlite.file import BEGINNING, is_closed, remove_beside
from custody.ledger.store.store import EMPTY

_SAID = 5
"""Problems of a damaged file that are told."""


class Held(NamedTuple):
    """What a backup holds."""

    origin: str
    size: int
    root: bytes
    checkpoint: int
    """Entries under its newest signed checkpoint; 0 for none."""


def write_backup(ledger: Ledger, path: Path, *, overwrite: bool = False, progress: Progress | None = None) -> Held:
    """Writes a backup of a ledger as it is now, audited; others may append meanwhile.

    `progress`: counts the entries three times: written, listed, checked. Raises UsageError where `path` exists and
    `overwrite` is false, CustodyError when the disk refuses or the ledger is not sound; there is no file then.
    """
    ledger.check_outside()
    with placing(path, overwrite=overwrite) as temporary, _called(temporary, path):
        try:
            _fill(ledger, temporary, progress)
            with _reading(temporary, ledger.origin) as copy:
                rebuild(copy, progress)
                report = audit(copy, progress)
                if report.problems:
                    raise CustodyError(f"no backup was written: {_said(report)[0]}", hint=_NOT_SOUND)
                held = held_in(copy)
        finally:
            remove_beside(temporary)
    return held


def _fill(ledger: Ledger, temporary: Path, progress: Progress | None) -> None:
    store = SqlStore.create_single(temporary)
    try:
        with ledger.store.snapshot(), store.transaction(EMPTY) as writing:
            _refuse_altered(ledger)
            copy_all(ledger.store, writing, progress)
    finally:
        store.close()


def _refuse_altered(ledger: Ledger) -> None:
    """What is kept beside the log is guarded by sums, which the copy makes anew: there nobody would see it any more."""
    for table, key in ledger.store.altered():
        if table != "item":  # that list is derived anew
            said = f"no backup was written: a row that is kept was altered, in {table}: {key}"
            raise CustodyError(said, hint=_NOT_SOUND)


_NOT_SOUND = "`custody audit` names all of it; until it is mended keep a copy of the whole folder"


def begins_backup(path: Path) -> bool:
    """Whether a file begins as a backup does; False where it can't be read, which the next reader will say."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(BEGINNING)) == BEGINNING
    except OSError:
        return False


@contextmanager
def opened_backup(path: Path, beside: Path, progress: Progress | None = None) -> Iterator[Ledger]:
    """The ledger in a backup, audited, from a private copy in the folder `beside`, which is removed afterwards.

    Raises CustodyError where it can't be read or copied, MalformedError for what is no backup, or a damaged one.
    """
    with _private_copy(path, beside) as private:
        origin, report = _audited(path, private, progress)
        if report.problems:
            hint = "nothing was changed; take another backup, and keep this one for comparison"
            raise MalformedError(f"{path} is damaged: {'; '.join(_said(report))}", hint=hint)
        with _reading(private, origin) as ledger:
            yield ledger


def audit_backup(path: Path, beside: Path, progress: Progress | None = None) -> tuple[str, AuditReport]:
    """The ledger's name, and what an audit says of a backup. Raises as `opened_backup`, but for a damaged one."""
    with _private_copy(path, beside) as private:
        return _audited(path, private, progress)


def _audited(path: Path, private: Path, progress: Progress | None) -> tuple[str, AuditReport]:
    with _understood(path), _reading(private, None) as ledger:
        return ledger.origin, audit(ledger, progress)


@contextmanager
def _private_copy(path: Path, beside: Path) -> Iterator[Path]:
    private = beside / f".backup.{os.urandom(6).hex()}"
    try:
        _copy_file(path, private)
        with _called(private, path):
            yield private
    finally:
        private.unlink(missing_ok=True)
        remove_beside(private)


@contextmanager
def _called(private: Path, path: Path) -> Iterator[None]:
    """Messages name the file that somebody knows of."""
    try:
        yield
    except CustodyError as error:
        error.message = error.message.replace(str(private), str(path))
        error.args = (error.message,)
        raise


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Whatever is wrong with the private copy is wrong with the file it was made of."""
    try:
        yield
    except CustodyError as error:
        raise MalformedError(f"{path} is no backup that can be used: {error.message}", hint=_ANOTHER) from error
    except MISREAD as error:
        message = f"{path} is no backup that can be used: it holds values of another kind ({error})"
        raise MalformedError(message, hint=_ANOTHER) from error


_ANOTHER = "`custody backup -o FILE` writes one; take another that it wrote"


def _copy_file(path: Path, private: Path) -> None:
    if not is_closed(path):
        said = f"{path} is a database in use, or was left by a crash: {path.name}-wal has what is not in it yet"
        raise UsageError(said, hint="`custody backup -o FILE` writes all of it to one file")
    try:
        descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as written, path.open("rb") as read:
            shutil.copyfileobj(read, written, 1 << 20)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", hint="name the file that `custody backup` wrote") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read, or copied to {private.parent}: {error.strerror}") from error


@contextmanager
def _reading(path: Path, origin: str | None) -> Iterator[Ledger]:
    """The ledger in a file that nobody else has."""
    store = SqlStore.open(path)
    try:
        if (wrong := store.integrity()) and origin is None:
            raise MalformedError(wrong[0])
        found = origin or origin_of(store)
        if found is None:
            raise MalformedError("it holds no entry")
        yield Ledger(store, found, now=lambda: 0, outside=NothingOutside())
    finally:
        store.close()


def _said(report: AuditReport) -> list[str]:
    said = [one.message for one in report.problems[:_SAID]]
    more = len(report.problems) - len(said)
    return [*said, f"and {more} more"] if more else said


def held_in(ledger: Ledger) -> Held:
    """What a ledger holds, as a backup of it does."""
    last, size = ledger.store.last_checkpoint(), ledger.size
    return Held(ledger.origin, size, ledger.root(size), last.size if last is not None else 0)
