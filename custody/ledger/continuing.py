"""What a ledger that was lost knew, taken over by the one that continues it (`continues` in its opening).

    a backup of the lost ledger -> the parts that prove its entries, and what it kept of others -> Ledger.admit

Its entries come under the newest checkpoint in the backup: what it recorded after that nobody signed for, and is left
out. No statement of heads comes with them, for the lost ledger can make none any more; the verifier says so of every
item carried on (L06), because what was recorded after the backup is lost and may have been about it.

Sealed values are not taken over: they are locked for cases of the lost ledger, and stay in the backup.
"""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from custody.errors import CustodyError, RuleRefusedError, UsageError
from custody.ledger.others.arrival import Arrival, ArrivedPart
from custody.ledger.others.kept import Cosigned, Joined, KeptCheckpoint, KeptEntry, Stamped
from custody.ledger.reading import Reading
from custody.ledger.store.store import StoredCheckpoint
from custody.protocol.bundle import join_proof
from custody.protocol.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.vkey import parse_vkey

_Placed = TypeVar("_Placed", Cosigned, Joined, KeptEntry, Stamped)


def take_over(lost: Reading, ledger: Reading) -> Arrival:
    """What a backup of the lost ledger has for the one that continues it. `lost`: audited.

    Raises UsageError where `ledger` continues another, or nothing; RuleRefusedError (L03, L04) where the checkpoint
    that it names is not of this history.
    """
    _check_continued(lost, ledger)
    last = lost.store.last_checkpoint()
    if last is None:
        raise UsageError("no checkpoint is in this backup: nothing in it is signed by the ledger")
    parts = [_own_part(lost, last, ledger), *_kept_parts(lost, ledger)]
    digest = hashlib.sha256(last.note).hexdigest()
    arrival = Arrival(digest, lost.origin, (), (), tuple(parts))
    return arrival._replace(items=tuple(arrival.shown_items))


def _check_continued(lost: Reading, ledger: Reading) -> None:
    opened = ledger.state.opened
    continued = opened.details.continues if opened is not None else None
    if continued is None or continued.origin != lost.origin:
        hint = f"`custody init NEW-ORIGIN --continues CHECKPOINT` begins a ledger that continues {lost.origin}"
        raise UsageError(f"{ledger.origin} does not continue {lost.origin}", hint=hint)
    keys = [parse_vkey(text) for _, text in lost.state.keys]
    try:
        known = open_checkpoint(continued.checkpoint.encode(), keys).checkpoint
    except CustodyError as error:
        hint = "the backup is of another ledger with this name, or older than a change of its key"
        raise RuleRefusedError("L04", f"the checkpoint that is continued: {error.message}", hint=hint) from error
    if known.size <= lost.size and lost.root(known.size) != known.root:
        raise RuleRefusedError("L03", f"this backup is of another history than the checkpoint at {known.size} entries")


def _own_part(lost: Reading, last: StoredCheckpoint, ledger: Reading) -> ArrivedPart:
    size, origin, kept = last.size, lost.origin, lost.store.kept
    prover = lost.prover(size)
    entries = tuple(
        KeptEntry(
            ledger=origin,
            size=size,
            index=one.index,
            hash=one.hash,
            subject=one.subject,
            proof=join_proof(prover.inclusion(one.index)),
            own=0,
            body=one.body,
        )
        for one in lost.store.entries(0, size)
    )
    cosigned = tuple(one for one in kept.cosigned(origin) if one.size == size)
    stamped = tuple(one for one in kept.stamped(origin) if one.size == size)
    return ArrivedPart(_head(last.note), last.note, b"", cosigned, _joined(lost, size, ledger), entries, stamped)


def _joined(lost: Reading, size: int, ledger: Reading) -> tuple[Joined, ...]:
    """The proofs from what was taken over of it before."""
    olds = [one.size for one in ledger.store.kept.checkpoints(lost.origin) if one.size < size]
    prover = lost.prover(size)
    return tuple(Joined(lost.origin, old, size, join_proof(prover.consistency(old))) for old in olds)


def _kept_parts(lost: Reading, ledger: Reading) -> list[ArrivedPart]:
    """What partners had shown it, of themselves and of itself. What they showed of this one, they show again."""
    kept = lost.store.kept
    entries, cosigned = _by_place(kept.all_entries()), _by_place(kept.every(Cosigned))
    stamped, joined = _by_place(kept.every(Stamped)), _by_place(kept.every(Joined))
    found = []
    for seen in sorted(kept.every(KeptCheckpoint), key=lambda one: (one.ledger, one.size)):
        if seen.ledger == ledger.origin:
            continue
        place = (seen.ledger, seen.size)
        stated = kept.part(*place)
        found.append(
            ArrivedPart(
                _head(seen.note),
                seen.note,
                stated.heads if stated is not None else b"",
                tuple(cosigned.get(place, ())),
                _joined(lost, seen.size, ledger) if seen.ledger == lost.origin else tuple(joined.get(place, ())),
                tuple(entries.get(place, ())),
                tuple(stamped.get(place, ())),
            )
        )
    return found


def _by_place(rows: Iterable[_Placed]) -> dict[tuple[str, int], list[_Placed]]:
    """By ledger and size of the checkpoint they stand under."""
    found: dict[tuple[str, int], list[_Placed]] = {}
    for one in rows:
        found.setdefault((one.ledger, one.size), []).append(one)
    return found


def _head(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)
