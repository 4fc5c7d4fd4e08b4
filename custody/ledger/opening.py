"""A ledger's beginning, and opening it again."""

from collections.abc import Callable
from pathlib import Path

from custody.errors import CustodyError, UsageError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Ledger
from custody.ledger.outside import OutsideCopies
from custody.ledger.recorder import Recorder
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import EMPTY, Store
from custody.protocol.ed25519 import Signer
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.events.ledger import LedgerOpened, OpenedDetails
from custody.protocol.names import check_origin


def create_ledger(
    path: Path, occasion: Occasion, details: OpenedDetails, signer: Signer, *, now: Callable[[], int]
) -> Ledger:
    """A new ledger in the file `path`: its first entry signed by the ledger key, and a checkpoint over it.

    `occasion.actor` is the origin. Raises UsageError where there is a ledger already, MalformedError for a bad
    origin, CustodyError when the disk refuses; no file is left behind then.
    """
    origin = check_origin(occasion.actor)
    store = create_store(path)
    ledger = Ledger(store, origin, now=now, outside=OutsideCopies(path.parent))

    def open_it(recorder: Recorder) -> None:
        recorder.record(Draft(kind=LedgerOpened, subject="ledger", details=details, occasion=occasion))

    try:
        ledger.append(open_it, {origin: signer}, certified_by=signer)
    except BaseException:
        begun = store.head() != EMPTY
        ledger.close()
        if not begun:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        raise
    return ledger


def create_store(path: Path) -> Store:
    """An empty store at a destination; one without entries, which an interrupted creation left, is taken over.

    Raises UsageError where there is a ledger already, CustodyError where something else is, or the disk refuses.
    """
    return SqlStore.create(path)


def refuse_filled(path: Path) -> None:
    """Raises UsageError where there is a ledger already, CustodyError where something else is; changes nothing."""
    if not path.exists() or not path.stat().st_size:
        return
    store = SqlStore.open(path)
    filled = store.head() != EMPTY
    store.close()
    if filled:
        hint = "move it away first, and keep it; `custody audit` says whether it is whole"
        raise UsageError(f"there is a ledger at {path} already", hint=hint)


def origin_of(store: Store) -> str | None:
    """The ledger that is in a store, by its first entry; None where nothing is. Raises MalformedError."""
    first = next(store.entries(0, 1), None)
    return event_of(parse_entry(first.body).envelope).ledger if first is not None else None


def open_ledger(path: Path, *, now: Callable[[], int], origin: str | None = None) -> Ledger:
    """The ledger in the file `path`. `origin`: its name, where its first entry is not to be asked; for an audit.

    Raises CustodyError when it is missing, damaged, or not a ledger.
    """
    store = SqlStore.open(path)
    try:
        origin = origin or origin_of(store)
        if origin is None:
            hint = "`custody init` or `custody restore`, whichever it was, takes the file over"
            raise CustodyError(f"{path} holds no ledger: its creation was interrupted", hint=hint)
    except BaseException:
        store.close()
        raise
    return Ledger(store, origin, now=now, outside=OutsideCopies(path.parent))
