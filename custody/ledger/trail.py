"""The stored tree, followed through a log that may have gaps and altered rows (custody.ledger.audit).

Two edges are kept: what follows from the entries' bytes, and what follows from the tree as it is stored. An altered
entry changes the first in all entries after it that complete a subtree over it, a false node the second; an entry whose
nodes are those of neither is one at fault itself. What a gap leaves unknown is taken as it is stored.
"""

from collections.abc import Sequence
from typing import NamedTuple

from custody.protocol.tree import HASH_BYTES, Coordinate, NodeReader, cover, fold, node_hash

_Edge = dict[Coordinate, bytes]


class Roots(NamedTuple):
    """The root of the first entries; None where a gap leaves it unknown."""

    computed: bytes | None
    """From the entries' bytes."""
    stored: bytes | None
    """From the tree that is stored with them."""


UNKNOWN = Roots(None, None)


class Trail:
    """Follows the first `size` entries."""

    def __init__(self, size: int, read: NodeReader) -> None:
        places = cover(0, size) if size else []
        self.size = size
        self._computed: _Edge = dict(zip(places, read(places), strict=True))
        self._stored = self._computed
        """The same one, until the two differ."""

    def skip(self, index: int) -> None:
        """Goes on at an entry further on: those between are missing."""
        places = cover(0, index)
        self._computed, self._stored = (
            {place: edge[place] for place in places if place in edge} for edge in (self._computed, self._stored)
        )
        self.size = index

    def take(self, leaf: bytes, nodes: bytes) -> bool:
        """Takes the next leaf hash, and what is stored with the leaf; whether that is as it should be."""
        index, stored = self.size, [nodes[at : at + HASH_BYTES] for at in range(0, len(nodes), HASH_BYTES)]
        found = _climb(self._computed, index, leaf, stored)
        sound = found == stored
        if self._stored is self._computed and sound:
            _put(self._computed, index, found)
        else:
            other = _climb(self._stored, index, leaf, stored)
            if self._stored is self._computed:
                self._stored = dict(self._computed)
            _put(self._computed, index, found)
            _put(self._stored, index, stored if len(stored) == len(other) else other)
            sound = sound or other == stored
        self.size += 1
        return sound

    def roots(self) -> Roots:
        """The roots of what it has followed."""
        places = cover(0, self.size)
        return Roots(_root(self._computed, places), _root(self._stored, places))


def _climb(edge: _Edge, index: int, leaf: bytes, stored: Sequence[bytes]) -> list[bytes]:
    """The hashes of the perfect subtrees that a leaf completes, from itself upwards (custody.ledger.edge)."""
    found = [leaf]
    level, position = 0, index
    while position & 1:
        left = edge.get((level, position - 1))
        level, position = level + 1, position >> 1
        if left is not None:
            found.append(node_hash(left, found[-1]))
        else:
            found.append(stored[level] if level < len(stored) else b"")
    return found


def _put(edge: _Edge, index: int, hashes: Sequence[bytes]) -> None:
    """The last of the hashes is of a subtree that the edge begins with from now on; its left halves are not needed."""
    for level in range(len(hashes) - 1):
        edge.pop((level, (index >> level) - 1), None)
    edge[len(hashes) - 1, index >> (len(hashes) - 1)] = hashes[-1]


def _root(edge: _Edge, places: Sequence[Coordinate]) -> bytes | None:
    hashes = [edge[place] for place in places if place in edge]
    return fold(hashes) if len(hashes) == len(places) else None
