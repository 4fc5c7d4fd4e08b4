"""Inclusion and consistency proofs over the tree: RFC 6962 §2.1.1 and §2.1.2, checked as RFC 9162 §2.1.3 and §2.1.4.

An inclusion proof lists the siblings from the leaf to the root; a consistency proof, the nodes that rebuild both the
old root and the new one. Each is a list of 32-byte hashes, at most 64.
"""

from collections.abc import Sequence

from custody.protocol.tree import Coordinates, NodeReader, fold, node_hash, perfect_subtrees

MAX_HASHES = 64
"""More than any tree of fewer than 2^63 leaves needs."""


def prove_inclusion(index: int, size: int, read: NodeReader) -> list[bytes]:
    """That leaf `index` stands in the tree of `size` leaves."""
    return _read_ranges(_inclusion_ranges(index, 0, size), read)


def prove_consistency(old: int, new: int, read: NodeReader) -> list[bytes]:
    """That the tree of `old` leaves (at least 1) is the beginning of the tree of `new` leaves."""
    if not 0 < old <= new:
        raise ValueError("a consistency proof joins a tree of at least one leaf to one not smaller")
    return _read_ranges(_consistency_ranges(old, 0, new, whole=True), read)


def _inclusion_ranges(index: int, start: int, stop: int) -> list[tuple[int, int]]:
    # PATH(m, D[n]) = PATH(m, left) : MTH(right)  or  PATH(m - k, right) : MTH(left)     RFC 6962 §2.1.1
    if stop - start == 1:
        return []
    split = start + _largest_power_below(stop - start)
    if index < split:
        return [*_inclusion_ranges(index, start, split), (split, stop)]
    return [*_inclusion_ranges(index, split, stop), (start, split)]


def _consistency_ranges(old: int, start: int, stop: int, *, whole: bool) -> list[tuple[int, int]]:
    # SUBPROOF(m, D[n], b)     RFC 6962 §2.1.2; `whole`: the old tree is this very range, so its root is known
    if old == stop:
        return [] if whole else [(start, stop)]
    split = start + _largest_power_below(stop - start)
    if old <= split:
        return [*_consistency_ranges(old, start, split, whole=whole), (split, stop)]
    return [*_consistency_ranges(old, split, stop, whole=False), (start, split)]


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _read_ranges(ranges: Sequence[tuple[int, int]], read: NodeReader) -> list[bytes]:
    """The hash of each range, all their perfect subtrees read at once."""
    parts: list[list[Coordinates]] = [perfect_subtrees(start, stop) for start, stop in ranges]
    wanted = [place for part in parts for place in part]
    hashes = iter(read(wanted) if wanted else [])
    return [fold([next(hashes) for _ in part]) for part in parts]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that `proof` leads to; None when its length does not fit the place (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or len(proof) > MAX_HASHES:
        return None
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return result if sn == 0 else None


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows the old tree to be the beginning of the new one (RFC 9162 §2.1.4.2).

    A tree of no leaves is the beginning of every other, which proves nothing: refused.
    """
    if not 0 < old <= new or len(proof) > MAX_HASHES:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
