"""A backup put back into a database: where nothing shows that the ledger was longer, or another.

What can show it: the files outside the database, checkpoints that others kept, a database that is still there. Not
caught: a backup that is older than the ledger was, where none of these says so.
"""

from collections.abc import Sequence
from pathlib import Path

from custody.errors import CustodyError, RuleRefusedError, UsageError
from custody.ledger.audit_log import Progress
from custody.ledger.backup import Held, held_in
from custody.ledger.copying import copy_all
from custody.ledger.ledger import Ledger
from custody.ledger.opening import create_store, understood
from custody.ledger.outside import Claim, known_in, way_on
from custody.ledger.store.sql import Where
from custody.ledger.store.store import EMPTY
from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.vkey import parse_vkey


def restore_backup(
    backup: Ledger,
    database: Where,
    beside: Path,
    *,
    seen: Sequence[Claim],
    progress: Progress | None = None,
    dry_run: bool = False,
) -> Held:
    """Puts a backup into the empty or new database at a destination: all of it, or nothing.

    `backup`: as `opened_backup` gives it. `beside`: where the files stand that say how long the ledger was. `seen`:
    what else is known of it: checkpoints that others have, what stands in other folders. Raises RuleRefusedError (L03)
    where the ledger is known to have been longer, or another; UsageError where there is a ledger already, CustodyError
    where a file that could know is damaged.
    """
    for claim in (*seen, *known_in(beside)):
        _check_not_behind(claim, backup)
    held = held_in(backup)
    if dry_run:
        return held
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = create_store(database)
    try:
        with store.transaction(EMPTY) as writing:
            copy_all(backup.store, writing, progress)
            writing.put_items(backup.store.items())
    finally:
        store.close()
    return held


def check_left(left: Ledger, backup: Ledger) -> None:
    """A database that is still there has nothing that the backup lacks. Raises RuleRefusedError (L03)."""
    name = left.store.name
    try:
        with understood(left.store):
            size = left.size
            root = left.root(size) if size <= backup.size else None
    except CustodyError:
        return  # damaged, as one that can't be opened at all: for that there are backups
    if root is None:
        raise RuleRefusedError(
            "L03",
            f"the backup has {backup.size} entries, and {name}, which is still there, has {size}: "
            f"{size - backup.size} entries that were acknowledged would be lost",
            hint="let nobody record any more, take a backup of it as it is then, and restore that one; where none can "
            "be taken, `custody audit` says why",
        )
    if root != backup.root(size):
        raise RuleRefusedError(
            "L03",
            f"the backup is another history of the ledger than {name}: at {size} entries their contents differ",
            hint=_ANOTHER_HISTORY,
        )


_ANOTHER_HISTORY = "another copy of this ledger was in use, or its key was: find out before anything else is recorded"


def read_seen(path: Path, note: bytes, backup: Ledger) -> Claim:
    """A checkpoint of the ledger that somebody else has kept. Raises CustodyError where no key of the ledger signed."""
    origin = parse_checkpoint(parse_note(note).text).origin
    if origin != backup.origin:
        hint = f"--seen takes a checkpoint of {backup.origin}"
        raise UsageError(f"{path} is of {origin}, and the backup is of {backup.origin}", hint=hint)
    keys = [parse_vkey(text) for _, text in backup.state.keys]
    try:
        return Claim(path, open_checkpoint(note, keys).checkpoint)
    except CustodyError as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint) from error


def _check_not_behind(claim: Claim, backup: Ledger) -> None:
    path, known, size = claim.path, claim.checkpoint, backup.size
    if known.origin != backup.origin:
        hint = "each ledger has its own folder; --home names another"
        raise UsageError(f"{path} is of {known.origin}, and the backup is of {backup.origin}", hint=hint)
    if known.size > size:
        raise RuleRefusedError(
            "L03",
            f"the backup has {size} entries, and {path} knows of {known.size}: {known.size - size} entries that were "
            "acknowledged would be lost, and going on would look like a fork",
            hint=f"restore a newer backup; if there is none, {way_on(path)}",
        )
    if backup.root(known.size) != known.root:
        raise RuleRefusedError(
            "L03",
            f"the backup is another history of the ledger than {path}: at {known.size} entries their contents differ",
            hint=_ANOTHER_HISTORY,
        )
