"""A ledger's beginning, and opening it again.

Where a ledger is: an SQLite file, or the URL of a PostgreSQL database (custody.ledger.store). What is kept outside the
database stands in the folder `beside`: each machine its own, of what it has seen. Of a file that is the file's folder.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.errors import CustodyError, MalformedError, UsageError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Ledger
from custody.ledger.outside import OutsideCopies
from custody.ledger.recorder import Recorder
from custody.ledger.store.sql import SqlStore, Where, is_empty, migrate
from custody.ledger.store.store import EMPTY, LostError, Store, UnsureError
from custody.protocol.ed25519 import Signer
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.events.ledger import LedgerOpened, OpenedDetails
from custody.protocol.names import check_origin

MISREAD = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, sqlite3.Error)
"""What reading values of other types than we write ends in: SQLite lets them stand in our columns."""

_PUT_BACK = "`custody restore` puts the newest backup into another database"


def create_ledger(
    where: Where,
    occasion: Occasion,
    details: OpenedDetails,
    signer: Signer,
    *,
    now: Callable[[], int],
    beside: Path | None = None,
) -> Ledger:
    """A new ledger: its first entry signed by the ledger key, and a checkpoint over it.

    `occasion.actor` is the origin. Raises UsageError where there is a ledger already, MalformedError for a bad
    origin, CustodyError when the database refuses; nothing is left behind then.
    """
    origin = check_origin(occasion.actor)
    store = create_store(where)
    ledger = Ledger(store, origin, now=now, outside=_outside(where, beside))

    def open_it(recorder: Recorder) -> None:
        recorder.record(Draft(kind=LedgerOpened, subject="ledger", details=details, occasion=occasion))

    try:
        ledger.append(open_it, {origin: signer}, certified_by=signer)
    except (LostError, UnsureError) as error:
        ledger.close()
        hint = "once it answers, begin again; where it has a ledger then, make the database anew: nobody has seen it"
        raise type(error)(error.message, hint=hint) from error
    except BaseException:
        begun = store.head() != EMPTY
        ledger.close()
        if not begun:
            discard_ledger(where)
        raise
    return ledger


def create_store(where: Where) -> SqlStore:
    """An empty store at a destination; one without entries, which an interrupted creation left, is taken over.

    Raises UsageError where there is a ledger already, CustodyError where something else is, or the database refuses.
    """
    return SqlStore.create(where)


def refuse_filled(where: Where) -> None:
    """Raises UsageError where there is a ledger already, CustodyError where something else is; changes nothing."""
    if is_empty(where):
        return
    store = SqlStore.open(where)
    filled = store.head() != EMPTY or bool(store.checkpoints())
    store.close()
    if filled:
        hint = "move it away first, and keep it; `custody audit` says whether it is whole"
        raise UsageError(f"there is a ledger at {store.name} already", hint=hint)


@contextmanager
def understood(store: Store) -> Iterator[None]:
    """What a damaged value ends in is told as that. Raises CustodyError; what has another cause as it is."""
    try:
        yield
    except MISREAD as error:
        wrong = store.integrity()
        if not wrong:
            raise
        hint = "keep a copy of the folder; docs/national.md says how a row that is not the ledger's is removed, "
        raise CustodyError(f"{store.name} is damaged: {wrong[0]}", hint=f"{hint}{_PUT_BACK}") from error


def origin_of(store: Store) -> str | None:
    """The ledger that is in a store, by its first entry; None where nothing is. Raises CustodyError."""
    first = next(store.entries(0, 1), None)
    try:
        return event_of(parse_entry(first.body).envelope).ledger if first is not None else None
    except MalformedError as error:
        hint = "run `custody audit`; compare with a backup"
        raise CustodyError(f"entry 0 of {store.name} was altered: {error.message}", hint=hint) from error


def open_ledger(
    where: Where, *, now: Callable[[], int], beside: Path | None = None, origin: str | None = None
) -> Ledger:
    """The ledger at `where`. `origin`: its name, where its first entry is not to be asked; for an audit.

    Raises CustodyError when it is missing, damaged, or not a ledger.
    """
    store, outside = SqlStore.open(where), _outside(where, beside)
    try:
        with understood(store):
            origin = origin or origin_of(store)
        if origin is None:
            raise _nothing_in(store, outside)
    except BaseException:
        store.close()
        raise
    return Ledger(store, origin, now=now, outside=outside)


def _nothing_in(store: Store, outside: OutsideCopies) -> CustodyError:
    """A creation that was interrupted left nothing outside; one that was emptied, or is hidden, did."""
    known = [claim.path for claim in outside.claims()]
    if known or store.checkpoints():
        hint = f"keep it as it is, and find out who did it; {_PUT_BACK}"
        witness = known[0] if known else "its own checkpoint"
        return CustodyError(f"{store.name} shows no entry, and {witness} knows of some: emptied, or hidden", hint=hint)
    hint = "`custody init` or `custody restore`, whichever it was, takes it over"
    return CustodyError(f"{store.name} holds no ledger: its creation was interrupted", hint=hint)


def migrate_ledger(where: Where) -> tuple[int, int]:
    """Brings a database to the newest schema; which it had, and which it has. Raises CustodyError, nothing changed."""
    return migrate(where)


def discard_ledger(where: Where) -> None:
    """Removes what the creation of a ledger left at `where`."""
    SqlStore.open(where).database.discard()


def _outside(where: Where, beside: Path | None) -> OutsideCopies:
    folder = beside or (where.parent if isinstance(where, Path) else None)
    if folder is None:
        raise TypeError("of a database on a server, the folder for its outside copies has to be named")
    return OutsideCopies(folder)
