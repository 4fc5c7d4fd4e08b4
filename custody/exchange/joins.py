"""Consistency proofs from sizes of which nothing is known yet: each has to lead to the checkpoint that it came with.

No signature covers a proof. One that was changed on its way would be kept, carried on, and one day make its ledger
look like one that rewrote its history. So the climb to the newer root is checked here (RFC 9162 §2.1.4.2); the older
root is compared later, where it is known (custody.ledger.others.pinning).

From a power of two the climb begins at the older root itself, which an entry's inclusion proof passes on its way:

    root of the first 2^k entries = where the first k hashes of the proof of an entry below 2^k lead

Where no such entry is shown, nothing can be said.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from custody.errors import MalformedError
from custody.ledger.others.arrival import ArrivedPart
from custody.ledger.others.kept import KeptEntry
from custody.protocol.bundle import split_proof
from custody.protocol.proofs import root_from_inclusion, roots_from_consistency
from custody.protocol.tree import HASH_BYTES, leaf_hash


def check_joins(parts: Sequence[ArrivedPart]) -> None:
    """Raises MalformedError for a proof that leads nowhere."""
    entries: dict[str, list[KeptEntry]] = {}
    for part in parts:
        entries.setdefault(part.checkpoint.origin, []).extend(part.entries)
    root_at = cache(lambda origin, size: _root_at(size, entries[origin]))
    for part in parts:
        head = part.checkpoint
        for join in part.joined:
            if not 0 < join.old < head.size:
                raise MalformedError(f"{join.old} entries do not begin a ledger of {head.size}")
            start = bytes(HASH_BYTES) if join.old & (join.old - 1) else root_at(head.origin, join.old)
            if start is None:
                continue
            roots = roots_from_consistency(join.old, start, head.size, split_proof(join.proof))
            if roots is None or roots[1] != head.root:
                raise MalformedError(
                    f"the proof from {join.old} entries does not lead to the checkpoint of {head.origin} at {head.size}"
                )


def _root_at(size: int, entries: Iterable[KeptEntry]) -> bytes | None:
    """The root at a power of two, by the proof of an entry below it."""
    levels = size.bit_length() - 1
    for one in entries:
        if one.index < size <= one.size:
            return root_from_inclusion(leaf_hash(one.body), one.index, size, split_proof(one.proof)[:levels])
    return None
