"""A ledger copied from one store into another, in one transaction: every entry's bytes, every checkpoint, what is
sealed and what is kept of others.

The list of items is not among it: it is derived (custody.ledger.rebuild).
"""

from collections.abc import Callable, Collection
from typing import Any

from custody.ledger.audit_log import Progress
from custody.ledger.others.kept import (
    Arrived,
    Cosigned,
    Dispute,
    Joined,
    Kept,
    KeptCheckpoint,
    KeptEntry,
    KeptPart,
    Stamped,
)
from custody.ledger.store.several import batches
from custody.ledger.store.store import EVERYWHERE, Store, Writing


def copy_all(source: Store, writing: Writing, progress: Progress | None = None) -> None:
    """Everything but the list of items. `source` is read in a snapshot by the caller, or belongs to nobody else."""
    size = source.head().size
    # Whatever is there: a row that is not the ledger's has to be met by the audit of the copy, not left out of it.
    for entries in batches(source.entries(*EVERYWHERE)):
        writing.add_entries(entries)
        if progress is not None:
            progress(entries[-1].index + 1, size)
    for checkpoint in source.checkpoints(EVERYWHERE[0]):
        writing.add_checkpoint(checkpoint)
    for values in batches(source.every_sealed()):
        writing.add_sealed(values)
    _copy_kept(source.kept, writing)


def _copy_kept(kept: Kept, writing: Writing) -> None:
    keep: dict[type[Any], Callable[[Collection[Any]], None]] = {
        KeptCheckpoint: writing.keep_checkpoints,
        Cosigned: writing.keep_cosigned,
        Stamped: writing.keep_stamped,
        Joined: writing.keep_joined,
        KeptPart: writing.keep_parts,
    }
    for kind, write in keep.items():
        for rows in batches(kept.every(kind)):
            write(rows)
    for shown in kept.every(KeptEntry):  # one by one: of those under several checkpoints the largest is written first
        writing.keep_entries([shown])
    for dispute in kept.every(Dispute):
        writing.keep_dispute(dispute)
    for arrived in kept.every(Arrived):
        writing.keep_arrival(*arrived)
