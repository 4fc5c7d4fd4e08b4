"""tree.py against the recursive definition of RFC 6962 §2.1, written down a second time as naively as it reads."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

import pytest

from custody.protocol import tree

SIZES = 300
LEAVES = [tree.leaf_hash(b"entry %d" % number) for number in range(SIZES)]


@cache
def naive_root(start: int, end: int) -> bytes:
    """MTH(D[start:end])."""
    n = end - start
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + b"entry %d" % start).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(b"\x01" + naive_root(start, start + k) + naive_root(start + k, end)).digest()


class Store:
    """Nodes in a dict; counts the batches it was asked for."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.batches: list[int] = []

    def read(self, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        self.batches.append(len(wanted))
        return [self.nodes[coordinate] for coordinate in wanted]

    def append(self, size: int, leaf: bytes) -> int:
        nodes = tree.new_nodes(size, leaf, self.read)
        for level, position, digest in nodes:
            assert (level, position) not in self.nodes, "a stored node never changes"
            self.nodes[level, position] = digest
        return len(nodes)


@pytest.fixture(scope="module")
def store() -> Store:
    filled = Store()
    for size, leaf in enumerate(LEAVES):
        filled.append(size, leaf)
    return filled


def test_the_worked_example_is_exact() -> None:
    frontier = tree.Frontier()
    for entry in (b"a", b"b", b"c"):
        frontier.append(tree.leaf_hash(entry))
    assert tree.__doc__ is not None
    assert frontier.root().hex() in tree.__doc__


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.EMPTY_ROOT == sha256(b"").digest() == tree.Frontier().root() == tree.root(0, Store().read)


def test_leaf_and_node_are_kept_apart_by_their_first_byte() -> None:
    left, right = LEAVES[:2]
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


def test_stored_nodes_are_the_perfect_subtrees_and_no_others(store: Store) -> None:
    expected = {
        (level, position): naive_root(position << level, (position + 1) << level)
        for level in range(9)
        for position in range(SIZES >> level)
    }
    assert store.nodes == expected


def test_appending_stores_two_nodes_in_the_long_run_and_reads_once() -> None:
    store = Store()
    stored = sum(store.append(size, leaf) for size, leaf in enumerate(LEAVES[:256]))
    assert stored == 2 * 256 - 1
    assert len(store.batches) == 128, "an even size has nothing waiting: no read at all"


def test_every_root_is_that_of_the_definition(store: Store) -> None:
    frontier = tree.Frontier()
    for size in range(SIZES + 1):
        store.batches.clear()
        assert tree.root(size, store.read) == naive_root(0, size) == frontier.root()
        assert len(store.batches) <= 1
        assert frontier.size == size
        if size < SIZES:
            frontier.append(LEAVES[size])


@pytest.mark.parametrize("size", [0, 1, 7, 8, 200])
def test_a_frontier_goes_on_from_stored_nodes(store: Store, size: int) -> None:
    frontier = tree.Frontier(size, store.read(tree.cover(0, size)))
    for leaf in LEAVES[size:]:
        frontier.append(leaf)
    assert frontier.root() == naive_root(0, SIZES)


def test_a_frontier_of_the_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match="2 perfect subtrees"):
        tree.Frontier(3, [LEAVES[0]])


def test_a_reader_that_returns_too_little_is_noticed() -> None:
    with pytest.raises(ValueError):
        tree.new_nodes(3, LEAVES[3], lambda wanted: [])
