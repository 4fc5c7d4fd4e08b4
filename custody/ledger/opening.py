"""A ledger's beginning, and opening it again."""

from collections.abc import Callable
from pathlib import Path

from custody.errors import CustodyError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Ledger
from custody.ledger.outside import OutsideCopies
from custody.ledger.recorder import Recorder
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import EMPTY
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
    store = SqlStore.create(path)
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


def open_ledger(path: Path, *, now: Callable[[], int]) -> Ledger:
    """The ledger in the file `path`. Raises CustodyError when it is missing, damaged, or not a ledger."""
    store = SqlStore.open(path)
    try:
        first = next(store.entries(0, 1), None)
        if first is None:
            hint = "`custody init` takes the file over"
            raise CustodyError(f"{path} holds no ledger: its creation was interrupted", hint=hint)
        origin = event_of(parse_entry(first.body).envelope).ledger
    except BaseException:
        store.close()
        raise
    return Ledger(store, origin, now=now, outside=OutsideCopies(path.parent))
