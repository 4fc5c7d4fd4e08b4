"""The Merkle tree over entries: RFC 6962 with SHA-256, so that any standard witness and verifier can check it.

    leaf = SHA-256(00 || entry)          node = SHA-256(01 || left || right)          RFC 6962 §2.1

A stored tree keeps the hash of every *perfect* subtree, addressed (level, position): level 0 holds the leaves, and
(l, p) covers leaves p * 2^l to (p + 1) * 2^l - 1. Any root or proof is computed from O(log n) of them.

    size 3:   (1,0) = node(leaf 0, leaf 1)      root = node((1,0), leaf 2)
"""

import hashlib
from collections.abc import Callable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

Coordinates = tuple[int, int]
NodeReader = Callable[[Sequence[Coordinates]], list[bytes]]
"""Reads the hashes of perfect subtrees, in the order asked for."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_subtrees(start: int, stop: int) -> list[Coordinates]:
    """The perfect subtrees that cover leaves `start` to `stop - 1`, left to right, each as large as alignment lets."""
    found = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a range from those of its perfect subtrees, left to right, sizes falling."""
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def new_nodes(size: int, leaf: bytes, read: NodeReader) -> list[tuple[int, int, bytes]]:
    """`(level, position, hash)` of each perfect subtree that a leaf appended at index `size` completes, leaf first."""
    found = [(0, size, leaf)]
    level, position = 0, size
    lefts = []
    while position & 1:
        lefts.append((level, position - 1))
        level, position = level + 1, position >> 1
    position, current = size, leaf
    for height, left in enumerate(read(lefts) if lefts else []):
        position, current = position >> 1, node_hash(left, current)
        found.append((height + 1, position, current))
    return found


def root(size: int, read: NodeReader) -> bytes:
    """The root of the first `size` leaves."""
    return fold(read(perfect_subtrees(0, size))) if size else EMPTY_ROOT


class Frontier:
    """The right edge of a growing tree: appends leaves and knows the root, in 32 * log2(n) bytes."""

    __slots__ = ("_stack", "size")

    def __init__(self) -> None:
        self.size = 0
        self._stack: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Takes the next leaf hash."""
        stack, size = self._stack, self.size
        while size & 1:
            leaf = node_hash(stack.pop(), leaf)
            size >>= 1
        stack.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the leaves so far."""
        return fold(self._stack) if self._stack else EMPTY_ROOT
