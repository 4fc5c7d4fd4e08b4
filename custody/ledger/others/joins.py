"""A consistency proof that nobody sent, made of those that were.

A ledger proves each checkpoint from all that it gave out before; a partner who passes an earlier part on gives the one
proof that its reader needs. So two parts that came on different ways may each be joined to a later checkpoint, and not
to each other. Their proofs are nodes of one tree, and those suffice for the proof between them: the way from the
smaller is in its own proof, and where the larger ends is in the other.
"""

from collections.abc import Sequence

from custody.errors import CustodyError
from custody.ledger.others.kept import Joined, Kept, KeptCheckpoint
from custody.protocol.bundle import split_proof
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.proofs import check_consistency, plan_consistency, prove_consistency
from custody.protocol.tree import Coordinate, node_hash


def join(kept: Kept, ledger: str, old: int, new: int) -> list[bytes] | None:
    """The proof that a ledger at `old` begins the one at `new`, both seen; None where nothing kept shows it."""
    before, after = kept.checkpoint(ledger, old), kept.checkpoint(ledger, new)
    if before is None or after is None:
        return None
    sent = (split_proof(one.proof) for one in kept.joins_to(ledger, new) if one.old == old)
    for proof in (*sent, _made(kept, ledger, old, new)):
        if proof is not None and check_consistency(old, _root(before), new, _root(after), proof):
            return proof
    return None


def _made(kept: Kept, ledger: str, old: int, new: int) -> list[bytes] | None:
    nodes = _Nodes()
    pin = kept.pin(ledger)
    joins = [*kept.joins_from(ledger, old), *kept.joins_from(ledger, new), *kept.joins_to(ledger, new)]
    for one in [*joins, *(kept.joins_to(ledger, pin.size) if pin is not None else ())]:
        nodes.take(one, kept.checkpoint(ledger, one.old))
    try:
        return prove_consistency(old, new, nodes.read)
    except CustodyError:
        return None


class _Nodes:
    """Perfect subtrees of a ledger's tree, as far as proofs show them."""

    def __init__(self) -> None:
        self._known: dict[Coordinate, bytes] = {}

    def take(self, one: Joined, old: KeptCheckpoint | None) -> None:
        """What a proof shows; and the old tree itself, where that is one perfect subtree."""
        for tiles, shown in zip(plan_consistency(one.old, one.size), split_proof(one.proof), strict=False):
            if len(tiles) == 1:
                self._known[tiles[0]] = shown
        if old is not None and one.old.bit_count() == 1:
            self._known[one.old.bit_length() - 1, 0] = _root(old)

    def read(self, places: Sequence[Coordinate]) -> list[bytes]:
        """Their hashes. Raises CustodyError for one that is neither shown nor made of two that are."""
        return [self._node(level, position) for level, position in places]

    def _node(self, level: int, position: int) -> bytes:
        known = self._known.get((level, position))
        if known is None:
            if level == 0:
                raise CustodyError("no proof shows this")
            known = node_hash(self._node(level - 1, 2 * position), self._node(level - 1, 2 * position + 1))
            self._known[level, position] = known
        return known


def _root(kept: KeptCheckpoint) -> bytes:
    return parse_checkpoint(parse_note(kept.note).text).root
