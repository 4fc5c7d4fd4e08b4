"""What a partner shows must extend what it showed before (L03).

A checkpoint is believed beside the pin, the largest seen of its ledger, when

    it is the pin, or one seen before                                   equal size, equal root
    it is larger, and a consistency proof leads from the pin to it      among those that came with it
    it is smaller, and a proof kept leads from it to one seen before    a package that was late

A checkpoint of this ledger itself is compared with its own tree. What contradicts is kept as a dispute, in the same
transaction in which it was compared: two signed statements, for anybody to check.
"""

from collections.abc import Callable

from custody.errors import CustodyError, RuleRefusedError
from custody.ledger.others.arrival import Arrival, ArrivedPart
from custody.ledger.others.disputes import Conflict, two_heads
from custody.ledger.others.kept import Kept, KeptCheckpoint
from custody.protocol.bundle import split_proof
from custody.protocol.checkpoint import Checkpoint, parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.proofs import check_consistency, roots_from_consistency


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
    proven: dict[tuple[str, int], ArrivedPart] = {}
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
            conflict = _join(part, pin, kept, proven)
            if conflict is not None:
                return conflict
            if (head.origin, head.size) not in proven:
                late.append(part)
                continue
        proven[head.origin, head.size] = part
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
    part: ArrivedPart, pin: KeptCheckpoint, kept: Kept, proven: dict[tuple[str, int], ArrivedPart]
) -> Conflict | None:
    """Proves a part larger than the pin, or smaller and joined by a proof kept; or finds the contradiction.

    A proof that leads to one root, and from another root than was signed, convicts whoever signed both, whoever sent
    it. One that leads nowhere says nothing: the lines between two checkpoints are nobody's signed word.
    """
    head = part.checkpoint
    if head.size > pin.size:
        for join in part.joined:
            earlier = proven.get((head.origin, join.old))
            note = earlier.note if earlier is not None else _note(kept, head.origin, join.old)
            if note is None:
                continue
            found = roots_from_consistency(join.old, _root(note), head.size, split_proof(join.proof))
            if found == (_root(note), head.root):
                if earlier is not None or join.old == pin.size:
                    proven[head.origin, head.size] = part
            elif found is not None and found[1] == head.root:
                return two_heads(note, part.note, head, join.proof)
        return None
    for join in kept.joins_from(head.origin, head.size):
        note = _note(kept, head.origin, join.size)
        if note is None:
            continue
        found = roots_from_consistency(head.size, head.root, join.size, split_proof(join.proof))
        if found == (head.root, _root(note)):
            proven[head.origin, head.size] = part
        elif found is not None and found[1] == _root(note):
            return two_heads(part.note, note, parse_checkpoint(parse_note(note).text), join.proof)
    return None


def _note(kept: Kept, ledger: str, size: int) -> bytes | None:
    found = kept.checkpoint(ledger, size)
    return found.note if found is not None else None


def _root(note: bytes) -> bytes:
    return parse_checkpoint(parse_note(note).text).root


def _join_to_later(part: ArrivedPart, arrival: Arrival, kept: Kept, proven: dict[tuple[str, int], ArrivedPart]) -> None:
    """A late part may be joined by what came with a larger one of the same package. Raises NotJoinedError."""
    head = part.checkpoint
    for later in arrival.parts:
        for join in later.joined:
            joins = join.old == head.size and proven.get((head.origin, join.size)) is later
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


def read(kept: KeptCheckpoint) -> Checkpoint:
    """The checkpoint in a note that was kept."""
    return parse_checkpoint(parse_note(kept.note).text)
