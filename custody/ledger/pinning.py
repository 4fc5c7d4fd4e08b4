"""What a partner shows must extend what it showed before (L03), and continue each item once (C02).

A checkpoint is believed beside the pin, the largest seen of its ledger, when

    it is the pin, or one seen before                                   equal size, equal root
    it is larger, and a consistency proof leads from the pin to it      among those that came with it
    it is smaller, and a proof kept leads from it to one seen before    a package that was late

A checkpoint of this ledger itself is compared with its own tree. What contradicts is kept as a dispute, in the same
transaction in which it was compared: two signed statements, for anybody to check.
"""

from collections.abc import Callable, Iterable

from custody.errors import CustodyError, RuleRefusedError
from custody.ledger.arrival import Arrival, ArrivedPart
from custody.ledger.disputes import Conflict, fork, two_heads
from custody.ledger.kept import Kept, KeptCheckpoint, KeptEntry
from custody.protocol.bundle import split_proof
from custody.protocol.checkpoint import Checkpoint, parse_checkpoint
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.note import parse_note
from custody.protocol.proofs import check_consistency


class NotJoinedError(CustodyError):
    """Nothing shows that a checkpoint and the pin are of one history. Exit 5: it may be a late package."""

    exit_code = 5


def check_pins(
    arrival: Arrival, kept: Kept, own: str, own_size: int, own_root: Callable[[int], bytes]
) -> Conflict | None:
    """The contradiction with what was seen before, if there is one.

    Raises NotJoinedError where that can't be told, RuleRefusedError (L03) where this ledger is behind its own
    checkpoint.
    """
    proven: dict[tuple[str, int], bytes] = {}
    late: list[ArrivedPart] = []
    for part in sorted(arrival.parts, key=lambda one: one.checkpoint.size):
        head = part.checkpoint
        if head.origin == own:
            _check_own(head, own_size, own_root)
            continue
        seen = kept.checkpoint(head.origin, head.size)
        if seen is not None and read(seen).root != head.root:
            return two_heads(seen.note, part.note, head)
        pin = kept.pin(head.origin)
        if seen is None and pin is not None:
            conflict = _join(part, arrival.cutter, pin, kept, proven)
            if conflict is not None:
                return conflict
            if (head.origin, head.size) not in proven:
                late.append(part)
                continue
        proven[head.origin, head.size] = head.root
    for part in late:
        _join_to_later(part, arrival, kept, proven)
    return None


def _check_own(head: Checkpoint, own_size: int, own_root: Callable[[int], bytes]) -> None:
    if head.size > own_size:
        raise RuleRefusedError(
            "L03",
            f"this package shows a checkpoint of this ledger at {head.size} entries, and the database has {own_size}: "
            "it was restored from a backup, or another copy of it is in use",
            hint="put the newest database back; if it is lost, `custody init --continues`",
        )
    if own_root(head.size) != head.root:
        raise RuleRefusedError(
            "L03",
            f"this package shows another history of this ledger, signed by its key, at {head.size} entries",
            hint="another copy of this ledger was in use, or its key was: find out before anything else is recorded",
        )


def _join(
    part: ArrivedPart,
    cutter: str,
    note: KeptCheckpoint,
    kept: Kept,
    proven: dict[tuple[str, int], bytes],
) -> Conflict | None:
    """Proves a part larger than the pin, or smaller and joined by a proof kept; or finds the contradiction."""
    head, pin = part.checkpoint, read(note)
    if head.size > pin.size:
        known = {pin.size: pin.root} | {size: root for (origin, size), root in proven.items() if origin == head.origin}
        for join in part.joined:
            if join.old in known:
                if check_consistency(join.old, known[join.old], head.size, head.root, split_proof(join.proof)):
                    proven[head.origin, head.size] = head.root
                elif join.old == pin.size and head.origin == cutter:  # a third ledger's word for it proves nothing
                    return two_heads(note.note, part.note, head)
        return None
    for join in kept.joins_from(head.origin, head.size):
        later = kept.checkpoint(head.origin, join.size)
        if later is not None:
            root = read(later).root
            if check_consistency(head.size, head.root, join.size, root, split_proof(join.proof)):
                proven[head.origin, head.size] = head.root
    return None


def _join_to_later(part: ArrivedPart, arrival: Arrival, kept: Kept, proven: dict[tuple[str, int], bytes]) -> None:
    """A late part may be joined by what came with a larger one of the same package. Raises NotJoinedError."""
    head = part.checkpoint
    for later in arrival.parts:
        for join in later.joined:
            joins = join.old == head.size and proven.get((head.origin, join.size)) == later.checkpoint.root
            if joins and check_consistency(
                head.size, head.root, join.size, later.checkpoint.root, split_proof(join.proof)
            ):
                return
    pin = kept.pin(head.origin)
    size = pin.size if pin is not None else 0
    hint = f"ask them for the proof, and import it first: `custody checkpoint --since {size} -o FILE`"
    if head.size < size:
        hint = f"ask {head.origin} for a newer bundle, which joins all that it gave out before, and import it first"
    raise NotJoinedError(
        f"nothing joins the checkpoint of {head.origin} at {head.size} entries to the one seen at {size}", hint=hint
    )


def check_branches(arrival: Arrival, kept: Kept, own: Iterable[KeptEntry]) -> Conflict | None:
    """Two entries that continue one entry of an item or request; `own` are this ledger's about what arrived."""
    notes = {(part.checkpoint.origin, part.checkpoint.size): part.note for part in arrival.parts}
    branches: dict[tuple[str, str | None], KeptEntry] = {}
    arrived = [one for part in arrival.parts for one in part.entries if one.subject.startswith(("item:", "request:"))]
    known = [one for subject in dict.fromkeys(one.subject for one in arrived) for one in kept.entries(subject)]
    for entry in (*known, *own, *arrived):
        event = event_of(parse_entry(entry.body).envelope)
        previous = event.previous.entry if event.previous is not None else None
        other = branches.setdefault((entry.subject, previous), entry)
        if other.hash != entry.hash:
            return fork(other, entry, lambda one: notes.get(one) or _note(kept, *one))
    return None


def _note(kept: Kept, ledger: str, size: int) -> bytes | None:
    found = kept.checkpoint(ledger, size)
    return found.note if found is not None else None


def read(kept: KeptCheckpoint) -> Checkpoint:
    """The checkpoint in a note that was kept."""
    return parse_checkpoint(parse_note(kept.note).text)
