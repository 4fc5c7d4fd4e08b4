"""Time-stamps that a ledger keeps: which of them a bundle carries, and over which checkpoint one is.

Nobody here looks into a token further than for the digest that it has to hold: whether it proves anything is for its
reader, who trusts its authority or does not (custody.verifier.timestamps).
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from custody.ledger.others.kept import Stamped
from custody.protocol.bundle import MAX_TIMESTAMPS
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.names import kind_of


def worth_stamping(subject: str) -> bool:
    """Whether readers ask when something about this subject was recorded."""
    return kind_of(subject) in ("item", "notes", "request")


def stamp_of(text: bytes, token: bytes) -> Stamped | None:
    """A token over a checkpoint's text, ready to be kept; None where it does not hold the text's SHA-256."""
    if hashlib.sha256(text).digest() not in token:
        return None
    head = parse_checkpoint(text)
    return Stamped(head.origin, head.size, hashlib.sha256(token).digest(), token)


def choose(stamped: Sequence[Stamped], indices: Iterable[int], size: int) -> list[Stamped]:
    """Of a ledger's time-stamps up to `size`, those that a part showing these entries carries.

    For each entry the first that covers it, which says most of when it was recorded, and the newest, which covers most.
    Where they are too many, the earliest and the newest.
    """
    fitting = [one for one in stamped if one.size <= size]
    sizes = sorted({one.size for one in fitting})
    if not sizes:
        return []
    places = {bisect_right(sizes, index) for index in indices} - {len(sizes)}
    wanted = [sizes[place] for place in sorted(places | {len(sizes) - 1})]
    if len(wanted) > MAX_TIMESTAMPS:
        wanted = [*wanted[: MAX_TIMESTAMPS - 1], wanted[-1]]
    by_size = [[one for one in fitting if one.size == size] for size in wanted]
    first = [same[0] for same in by_size]
    chosen = [*first, *(one for same in by_size for one in same[1:])][:MAX_TIMESTAMPS]
    return sorted(chosen, key=lambda one: (one.size, one.digest))
