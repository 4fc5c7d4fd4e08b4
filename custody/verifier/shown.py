"""Where the entries shown about each subject stand in its ledger: some dozens of bytes an entry, whatever it says.

Of items and requests the rules keep the chain; this is for what never leaves its ledger.
"""

from array import array
from bisect import bisect_left

from custody.protocol.rules.fact import Recorded

_HASH = 32


class ShownEntries:
    """Of all parts, taken in the order of the file; asked when that has ended."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], tuple[array[int], bytearray]] = {}
        self._sorted: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        """Indices ascending, and where the hash of each stands."""

    def take(self, fact: Recorded) -> None:
        """Notes an entry."""
        indices, hashes = self._places.setdefault((fact.origin, fact.event.subject), (array("q"), bytearray()))
        indices.append(fact.index)
        hashes += bytes.fromhex(fact.hash)

    def last_below(self, origin: str, subject: str, size: int) -> str | None:
        """Hash of the last entry about a subject that stands in its ledger below index `size`."""
        place = (origin, subject)
        if place not in self._places:
            return None
        indices, hashes = self._places[place]
        if place not in self._sorted:
            order = sorted(range(len(indices)), key=indices.__getitem__)
            self._sorted[place] = [indices[one] for one in order], order
        ascending, order = self._sorted[place]
        at = bisect_left(ascending, size) - 1
        return hashes[order[at] * _HASH : (order[at] + 1) * _HASH].hex() if at >= 0 else None
