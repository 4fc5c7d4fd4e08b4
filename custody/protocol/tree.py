"""The Merkle tree over a ledger's entries: RFC 6962 §2.1 with SHA-256, as every C2SP tool computes it.

    leaf  = SHA-256(00 || entry)
    node  = SHA-256(01 || left || right)
    root of n > 1 leaves = node(root of the first k, root of the rest), k the largest power of two below n
    root of 0 leaves = SHA-256("")

Stored is the hash of every *perfect* subtree, the one of 2^level leaves that begins at leaf position·2^level, under
`(level, position)`. Such a hash never changes, so storage only grows: 2 hashes an entry, in the long run. The ragged
right edge is folded from perfect subtrees when asked for. Of 5 leaves a…e, stored are the eight marked *:

    level 2           *(2,0)                    root(5) = node((2,0), (0,4))
                     /      \\
    level 1      *(1,0)    *(1,1)
                 /   \\     /   \\
    level 0    *a    *b  *c    *d    *e

With entries "a", "b", "c" the root is 36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1.

The tree is authoritative for a ledger's content; the BLAKE3 chain (entry.py) is a second thread through the same
entries.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32

EMPTY_ROOT = sha256(b"").digest()
"""MTH({}) = SHA-256("")     RFC 6962 §2.1"""

Coordinate = tuple[int, int]
"""`(level, position)` of a perfect subtree."""

NodeReader = Callable[[Sequence[Coordinate]], list[bytes]]
"""Reads stored nodes, all in one go, in the order asked for."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf; `entry` is its exact bytes."""
    # leaf = SHA-256(00 || entry)     RFC 6962 §2.1
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    # node = SHA-256(01 || left || right)     RFC 6962 §2.1
    return sha256(b"\x01" + left + right).digest()


def cover(start: int, end: int) -> list[Coordinate]:
    """The perfect subtrees that tile leaves [start, end), left to right, largest first.

    `start` must be a multiple of the smallest power of two that is at least `end - start`, as it is for every
    subtree of RFC 6962.
    """
    tiles = []
    while start < end:
        level = (end - start).bit_length() - 1
        tiles.append((level, start >> level))
        start += 1 << level
    return tiles


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees that stand side by side, largest first."""
    if not hashes:
        return EMPTY_ROOT
    accumulated = hashes[-1]
    for left in reversed(hashes[:-1]):
        accumulated = node_hash(left, accumulated)
    return accumulated


def new_nodes(size: int, leaf: bytes, read: NodeReader) -> list[tuple[int, int, bytes]]:
    """`(level, position, hash)` of the nodes that leaf hash `leaf`, appended to `size` leaves, completes.

    The leaf itself comes first. Every trailing one-bit of `size` is a perfect subtree that waits for its right
    sibling; their left halves are read in one batch.
    """
    waiting = []
    level, position = 0, size
    while position & 1:
        waiting.append((level, position - 1))
        level, position = level + 1, position >> 1
    nodes = [(0, size, leaf)]
    digest = leaf
    for (level, position), left in zip(waiting, read(waiting) if waiting else [], strict=True):
        digest = node_hash(left, digest)
        nodes.append((level + 1, position >> 1, digest))
    return nodes


def root(size: int, read: NodeReader) -> bytes:
    """The root of the first `size` leaves, of any size up to what is stored."""
    return fold(read(cover(0, size))) if size else EMPTY_ROOT


class Frontier:
    """The right edge of a growing tree: what is needed to append leaves and to know the root, nothing else.

    Holds one hash for each one-bit of `size`. This is how a whole ledger is checked, streaming. It can go on from
    stored nodes: `Frontier(size, read(cover(0, size)))`.
    """

    __slots__ = ("_edge", "_size")

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self._size = size
        self._edge = list(edge)
        if len(self._edge) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees, not {len(self._edge)}")

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add a leaf, given its hash."""
        # Inlined node_hash: a million leaves are a million of these.
        size, edge = self._size, self._edge
        self._size = size + 1
        while size & 1:
            leaf = sha256(b"\x01" + edge.pop() + leaf).digest()
            size >>= 1
        edge.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return fold(self._edge)
