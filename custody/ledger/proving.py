"""Proofs that lead to one size of a ledger. What they share, which is most of them, is read once."""

from collections.abc import Sequence

from custody.protocol.proofs import prove_consistency, prove_inclusion
from custody.protocol.tree import Coordinate, NodeReader


class Prover:
    """Of one size. Remembers each node it has read."""

    def __init__(self, size: int, read: NodeReader) -> None:
        self.size = size
        self._read = read
        self._known: dict[Coordinate, bytes] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that entry `index` stands in the tree."""
        return prove_inclusion(index, self.size, self._nodes)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the first `old` entries begin the tree."""
        return prove_consistency(old, self.size, self._nodes)

    def _nodes(self, places: Sequence[Coordinate]) -> list[bytes]:
        missing = [place for place in places if place not in self._known]
        self._known.update(zip(missing, self._read(missing), strict=True))
        return [self._known[place] for place in places]
