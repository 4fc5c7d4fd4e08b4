"""An item's chain by `previous`: nothing missing, nothing repeated, no second branch (L02, C02)."""

from array import array

from custody.protocol.events.handling import ItemAssumed, ItemRecovered
from custody.protocol.events.handovers import HandoverReceived, HandoverWithdrawn
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.values import Reference

TAKES_CUSTODY = frozenset({ItemSeized, ItemDerived, HandoverReceived, HandoverWithdrawn, ItemAssumed, ItemRecovered})

_HASH = 32


class Chain:
    """The hashes of an item's entries in order: 41 bytes an entry, whatever the entry says."""

    __slots__ = ("_hashes", "_indices", "_origins", "_takes", "elsewhere", "head")

    def __init__(self) -> None:
        self.head: Reference | None = None
        self.elsewhere: str | None = None
        """A ledger in which entries stand that the chain goes on from, and that were not shown."""
        self._hashes = bytearray()
        self._indices = array("q")
        self._takes = bytearray()
        self._origins: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._indices)

    def take(self, fact: Recorded, docket: Docket) -> bool:
        """Extends the chain. False: the entry is a second branch, is reported, and takes no effect."""
        previous = fact.event.previous
        if previous != self.head:
            place = self.find(previous.entry) if previous else -1
            if self.head is not None and place is not None:
                self._report_branch(fact, place, docket)
                return False
            after = self.name(len(self) - 1) if len(self) else "the start"
            docket.add("L02", fact, subject=fact.event.subject, entry=after)
            if previous is not None and previous.ledger != fact.origin:
                self.elsewhere = previous.ledger
        self._extend(fact)
        return True

    def _report_branch(self, fact: Recorded, place: int, docket: Docket) -> None:
        point = self.name(place) if place >= 0 else "the start"
        both = type(fact.event) in TAKES_CUSTODY and any(self._takes[place + 1 :])
        if both:
            docket.add("C02", fact, entry=point)
        else:
            docket.add("L02", fact, subject=fact.event.subject, entry=point)

    def _extend(self, fact: Recorded) -> None:
        if not self._origins or self._origins[-1][1] != fact.origin:
            self._origins.append((len(self), fact.origin))
        self._hashes += bytes.fromhex(fact.hash)
        self._indices.append(fact.index)
        self._takes.append(type(fact.event) in TAKES_CUSTODY)
        self.head = Reference(entry=fact.hash, ledger=fact.origin)

    def find(self, entry: str) -> int | None:
        """The position of the entry with this hash."""
        wanted = bytes.fromhex(entry)
        place = self._hashes.find(wanted)
        while place >= 0 and place % _HASH:
            place = self._hashes.find(wanted, place + 1)
        return place // _HASH if place >= 0 else None

    def index(self, position: int) -> int:
        """The ledger index of the entry at a position."""
        return self._indices[position]

    def origin(self, position: int) -> str:
        """The ledger of the entry at a position."""
        return next(origin for start, origin in reversed(self._origins) if start <= position)

    def name(self, position: int) -> str:
        """`ORIGIN#index` of the entry at a position."""
        return f"{self.origin(position)}#{self.index(position)}"

    def last_below(self, origin: str, size: int) -> str | None:
        """Hash of the last entry that stands in this ledger below index `size`."""
        for number in range(len(self._origins) - 1, -1, -1):
            start, ledger = self._origins[number]
            if ledger != origin:
                continue
            end = self._origins[number + 1][0] if number + 1 < len(self._origins) else len(self)
            for place in range(end - 1, start - 1, -1):
                if self._indices[place] < size:
                    return self._hashes[place * _HASH : (place + 1) * _HASH].hex()
        return None

    def last_in(self, origin: str) -> str | None:
        """Hash of the last entry that stands in this ledger."""
        for place in range(len(self._origins) - 1, -1, -1):
            if self._origins[place][1] == origin:
                end = self._origins[place + 1][0] if place + 1 < len(self._origins) else len(self)
                return self._hashes[(end - 1) * _HASH : end * _HASH].hex()
        return None
