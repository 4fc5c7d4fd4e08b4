"""The stored tree followed through gaps and faults: who is at fault, and no other."""

import hashlib

import pytest

from custody.ledger.edge import Edge
from custody.ledger.trail import Trail
from custody.protocol.tree import leaf_hash

SIZE = 70


def stored(bodies: list[bytes]) -> list[bytes]:
    edge = Edge(0, lambda places: [])
    return [edge.grow(leaf_hash(one)) for one in bodies]


BODIES = [hashlib.sha256(b"%d" % number).digest() for number in range(SIZE)]
NODES = stored(BODIES)


def followed(bodies: list[bytes | None], nodes: list[bytes]) -> tuple[list[int], Trail]:
    """Which entries are at fault; None is one that is missing."""
    trail, faults = Trail(0, lambda places: []), []
    for index, body in enumerate(bodies):
        if body is None:
            continue
        if index > trail.size:
            trail.skip(index)
        if not trail.take(leaf_hash(body), nodes[index]):
            faults.append(index)
    return faults, trail


def test_of_a_whole_log_nothing_is_at_fault() -> None:
    faults, trail = followed([*BODIES], NODES)
    edge = Edge(0, lambda places: [])
    for one in BODIES:
        edge.grow(leaf_hash(one))
    assert (faults, set(trail.roots())) == ([], {edge.root()})


@pytest.mark.parametrize("first", range(SIZE - 1))
@pytest.mark.parametrize("count", [1, 2, 9, 40])
def test_after_a_gap_it_goes_on_and_knows_the_root_again(first: int, count: int) -> None:
    missing = range(first, min(first + count, SIZE - 1))
    bodies = [None if index in missing else body for index, body in enumerate(BODIES)]
    faults, trail = followed(bodies, NODES)
    whole = followed([*BODIES], NODES)[1].roots()
    assert faults == []
    assert trail.roots().computed in (whole.computed, None)


@pytest.mark.parametrize("first", [0, 9, 31, 62])
def test_a_fault_after_a_gap_is_found(first: int) -> None:
    bodies = [None if index == first else body for index, body in enumerate(BODIES)]
    for index in range(first + 1, SIZE):
        altered = [*bodies[:index], b"another", *bodies[index + 1 :]]
        assert followed(altered, NODES)[0] == [index]


@pytest.mark.parametrize("index", range(SIZE))
def test_one_altered_entry_or_node_is_one_fault(index: int) -> None:
    assert followed([*BODIES[:index], b"another", *BODIES[index + 1 :]], NODES)[0] == [index]
    for bad in (b"", bytes(len(NODES[index])), NODES[index] + bytes(32), NODES[index][:-1]):
        assert followed([*BODIES], [*NODES[:index], bad, *NODES[index + 1 :]])[0] == [index]
