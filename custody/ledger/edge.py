"""The right edge of the stored tree, kept in memory: an append reads no node, and knows the new root.

Each leaf is stored with the hashes of the perfect subtrees it completes, from itself upwards:

    nodes of entry i = hash at level 0, 1, … k     where 2^k divides i + 1
    (level, position) stands in entry (position + 1) * 2^level - 1, at byte 32 * level
"""

from collections.abc import Sequence

from custody.protocol.tree import HASH_BYTES, Coordinate, NodeReader, cover, fold, new_nodes


def place_of(level: int, position: int) -> tuple[int, int]:
    """The entry that holds the hash of a perfect subtree, and the byte at which it begins there."""
    return ((position + 1) << level) - 1, HASH_BYTES * level


class Edge:
    """The perfect subtrees that cover the first `size` leaves."""

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int, read: NodeReader) -> None:
        places = cover(0, size) if size else []
        self.size = size
        self._hashes: dict[Coordinate, bytes] = dict(zip(places, read(places), strict=True))

    def grow(self, leaf: bytes) -> bytes:
        """Takes the next leaf hash; returns what is stored with the leaf, see above."""
        found = new_nodes(self.size, leaf, self._read)
        self.size += 1
        known = self._hashes
        for level, position, _ in found[:-1]:
            known.pop((level, position ^ 1), None)  # the left half of what is complete now
        level, position, top = found[-1]
        known[level, position] = top
        return b"".join([hash_ for _, _, hash_ in found])

    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the perfect subtrees, largest first: folded, they are the root."""
        return tuple(self._hashes.values())  # left to right: each new subtree stands right of all others

    def root(self) -> bytes:
        """The root of what it covers."""
        return fold(self.peaks())

    def _read(self, places: Sequence[Coordinate]) -> list[bytes]:
        hashes = self._hashes
        return [hashes[place] for place in places]
