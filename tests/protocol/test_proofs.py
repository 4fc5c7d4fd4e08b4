"""proofs.py against RFC 6962's recursive PATH and SUBPROOF, single flipped bits, and transparency-dev's probes."""

import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.protocol import proofs, tree

SIZES = 300
LEAVES = [tree.leaf_hash(b"entry %d" % number) for number in range(SIZES)]
NODES: dict[tuple[int, int], bytes] = {}


def read(wanted: Sequence[tuple[int, int]]) -> list[bytes]:
    return [NODES[coordinate] for coordinate in wanted]


for _size, _leaf in enumerate(LEAVES):
    for _level, _position, _digest in tree.new_nodes(_size, _leaf, read):
        NODES[_level, _position] = _digest


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    n = end - start
    if n < 2:
        return LEAVES[start] if n else sha256(b"").digest()
    k = split(n)
    return sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    """PATH(m, D[start:end]) of RFC 6962 §2.1.1."""
    if end - start == 1:
        return []
    k = split(end - start)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[start:end], b) of RFC 6962 §2.1.2."""
    if m == end - start:
        return [] if whole else [mth(start, end)]
    k = split(end - start)
    if m <= k:
        return [*subproof(m, start, start + k, whole), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, False), mth(start, start + k)]


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


sizes = st.integers(1, SIZES)
bits = st.integers(0, 255)


def test_every_proof_of_every_small_tree_verifies() -> None:
    for size in range(1, 41):
        for other in range(size):
            inclusion = proofs.prove_inclusion(other, size, read)
            assert inclusion == path(other, 0, size)
            assert proofs.root_from_inclusion(LEAVES[other], other, size, inclusion) == mth(0, size)
            consistency = proofs.prove_consistency(other + 1, size, read)
            assert consistency == subproof(other + 1, 0, size, True)
            assert proofs.check_consistency(other + 1, mth(0, other + 1), size, mth(0, size), consistency)


@given(st.data(), sizes, bits)
@settings(deadline=None)
def test_inclusion_proofs_are_rfc_6962_and_break_with_any_bit(data: st.DataObject, size: int, bit: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = proofs.prove_inclusion(index, size, read)
    assert proof == path(index, 0, size)
    root = proofs.root_from_inclusion(LEAVES[index], index, size, proof)
    assert root == mth(0, size)
    assert proofs.root_from_inclusion(flip(LEAVES[index], bit), index, size, proof) != root
    assert proofs.root_from_inclusion(LEAVES[index], index, size, [*proof, LEAVES[0]]) is None
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [flip(item, bit) if number == at else item for number, item in enumerate(proof)]
        assert proofs.root_from_inclusion(LEAVES[index], index, size, bent) != root
        assert proofs.root_from_inclusion(LEAVES[index], index, size, proof[:at] + proof[at + 1 :]) != root
        assert proofs.root_from_inclusion(LEAVES[index], index ^ 1, size, proof) != root


@given(st.data(), sizes, bits)
@settings(deadline=None)
def test_consistency_proofs_are_rfc_6962_and_break_with_any_bit(data: st.DataObject, new: int, bit: int) -> None:
    old = data.draw(st.integers(1, new))
    proof = proofs.prove_consistency(old, new, read)
    assert proof == subproof(old, 0, new, True)
    old_root, new_root = mth(0, old), mth(0, new)
    assert proofs.check_consistency(old, old_root, new, new_root, proof)
    assert not proofs.check_consistency(old, flip(old_root, bit), new, new_root, proof)
    assert not proofs.check_consistency(old, old_root, new, flip(new_root, bit), proof)
    assert not proofs.check_consistency(old, old_root, new, new_root, [*proof, old_root])
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [flip(item, bit) if number == at else item for number, item in enumerate(proof)]
        assert not proofs.check_consistency(old, old_root, new, new_root, bent)
        assert not proofs.check_consistency(old, old_root, new, new_root, proof[:at] + proof[at + 1 :])


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300])
def test_a_proof_reads_once_and_little(size: int) -> None:
    batches: list[int] = []

    def counting(wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        batches.append(len(wanted))
        return read(wanted)

    for other in range(size):
        batches.clear()
        proofs.prove_inclusion(other, size, counting)
        assert len(batches) <= 1
        assert sum(batches) <= 2 * size.bit_length()
        batches.clear()
        proofs.prove_consistency(other + 1, size, counting)
        assert len(batches) <= 1
        assert sum(batches) <= 2 * size.bit_length()


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 3)])
def test_no_inclusion_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError):
        proofs.prove_inclusion(index, size, read)
    assert proofs.root_from_inclusion(LEAVES[0], index, size, []) is None


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (4, 3), (-1, 3)])
def test_no_consistency_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError):
        proofs.prove_consistency(old, new, read)
    assert not proofs.check_consistency(old, tree.EMPTY_ROOT, new, mth(0, new), [])


@pytest.mark.parametrize(
    "proof",
    [[LEAVES[1][:31]], [LEAVES[1] + b"\x00"], [b""], [LEAVES[1]] * 65],
    ids=["short hash", "long hash", "empty hash", "more than 64 hashes"],
)
def test_ill_shaped_proofs_lead_nowhere(proof: list[bytes]) -> None:
    assert proofs.root_from_inclusion(LEAVES[0], 0, 2 ** len(proof), proof) is None
    assert proofs.roots_from_consistency(1, LEAVES[0], 2 ** len(proof), proof) is None


def test_the_longest_proof_is_checked() -> None:
    proof = [LEAVES[1]] * proofs.MAX_PROOF
    assert proofs.root_from_inclusion(LEAVES[0], 0, 2**64, proof) is not None


def probes(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.rglob("*.json"))]


def decode(probe: dict[str, Any], member: str) -> bytes:
    return b64decode(probe[member] or "")


def test_transparency_dev_inclusion_probes(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    run = probes(vectors / "rfc6962-transparency-dev-merkle" / "testdata" / "inclusion")
    for probe in run:
        proof = [b64decode(item) for item in probe["proof"] or ()]
        root = proofs.root_from_inclusion(decode(probe, "leafHash"), probe["leafIdx"], probe["treeSize"], proof)
        assert (root == decode(probe, "root")) is not probe["wantErr"], probe["desc"]
    assert len(run) == 98
    record_property("vectors", len(run))


def test_transparency_dev_consistency_probes(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    run = probes(vectors / "rfc6962-transparency-dev-merkle" / "testdata" / "consistency")
    for probe in run:
        proof = [b64decode(item) for item in probe["proof"] or ()]
        consistent = proofs.check_consistency(
            probe["size1"], decode(probe, "root1"), probe["size2"], decode(probe, "root2"), proof
        )
        assert consistent is not probe["wantErr"], probe["desc"]
    assert len(run) == 98
    record_property("vectors", len(run))
