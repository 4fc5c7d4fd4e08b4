"""Proofs about the Merkle tree: that an entry is in it, and that an older tree is its beginning.

An inclusion proof of leaf `index` in a tree of `size` leaves lists the siblings on the way from the leaf to the root,
lowest first (RFC 6962 §2.1.1). A consistency proof from `old` to `new` leaves lists the subtrees from which both
roots can be computed (RFC 6962 §2.1.2). For the tree of five entries a…e drawn in tree.py:

    inclusion of c (index 2) in 5      d, (1,0), e
    consistency from 3 to 5            c, d, (1,0), e
    consistency from 4 to 5            e                    (4 is a power of two: the old root itself is the start)

Proving reads stored nodes in one batch: coordinates first, then hashes. Checking needs no tree; it is RFC 9162
§2.1.3.2 and §2.1.4.2, step for step. A proof that fails is a finding, not malformed bytes, so checking raises
nothing. A proof *from the empty tree* is refused: every tree begins with it, so it would prove nothing
(transparency-dev/merkle refuses it likewise).
"""

from collections.abc import Sequence

from custody.protocol.tree import HASH_BYTES, Coordinate, NodeReader, cover, fold, node_hash

MAX_PROOF = 64
"""Hashes in a proof: the height of a tree of 2^63 leaves, and the one more a consistency proof may have."""


def prove_inclusion(index: int, size: int, read: NodeReader) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` leaves. ValueError outside that range."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    # PATH(m, D[n])     RFC 6962 §2.1.1, from the root down
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(cover(middle, end))
            end = middle
        else:
            path.append(cover(start, middle))
            start = middle
    path.reverse()
    return _read_path(path, read)


def prove_consistency(old: int, new: int, read: NodeReader) -> list[bytes]:
    """The proof that the tree of `old` leaves begins the one of `new`; empty if equal. ValueError if old is 0."""
    return _read_path(plan_consistency(old, new), read)


def plan_consistency(old: int, new: int) -> list[list[Coordinate]]:
    """What each hash of a consistency proof is made of, in the proof's order: perfect subtrees, to be folded.

    Empty if equal. ValueError if old is 0.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    # SUBPROOF(m, D[n], true)     RFC 6962 §2.1.2, from the root down
    start, end, path = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(cover(middle, end))
            end = middle
        else:
            path.append(cover(start, middle))
            start = middle
    if start:  # the old tree is not itself one of the new tree's subtrees: its last part must be told
        path.append(cover(start, end))
    path.reverse()
    return path


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that `proof` leads to from leaf hash `leaf`; None where no proof of this shape can exist.

    RFC 9162 §2.1.3.2. The caller compares with the signed root.
    """
    if not 0 <= index < size or not _well_shaped(proof) or len(leaf) != HASH_BYTES:  # step 1
        return None
    fn, sn, r = index, size - 1, leaf  # steps 2, 3
    for p in proof:  # step 4
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None  # step 5


def roots_from_consistency(old: int, old_root: bytes, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots `(old, new)` that `proof` leads to; None where no proof of this shape can exist.

    RFC 9162 §2.1.4.2. `old_root` is where the climb begins when `old` is a power of two or equals `new`; the caller
    compares both results with the signed roots.
    """
    if not 0 < old <= new or not _well_shaped(proof):
        return None
    if old == new:
        return None if proof else (old_root, old_root)
    if not proof:  # step 1
        return None
    hashes = list(proof)
    if old & (old - 1) == 0:  # step 2
        hashes.insert(0, old_root)
    fn, sn = old - 1, new - 1  # step 3
    while fn & 1:  # step 4
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]  # step 5
    for c in hashes[1:]:  # step 6
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr) if sn == 0 else None  # step 7


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `old` leaves with `old_root` begins the one of `new` with `new_root`."""
    return roots_from_consistency(old, old_root, new, proof) == (old_root, new_root)


def _split(size: int) -> int:
    """k, the largest power of two smaller than `size` (RFC 6962 §2.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _read_path(path: list[list[Coordinate]], read: NodeReader) -> list[bytes]:
    """The hashes of a path, lowest first; one batch of reads."""
    wanted = [coordinate for group in path for coordinate in group]
    hashes = iter(read(wanted)) if wanted else iter(())
    return [fold([next(hashes) for _ in group]) for group in path]


def _well_shaped(proof: Sequence[bytes]) -> bool:
    return len(proof) <= MAX_PROOF and all(len(item) == HASH_BYTES for item in proof)
