"""An item's chain by `previous`: nothing missing, nothing repeated, no second branch (L02, C02)."""

from functools import lru_cache

from custody.protocol.events.handling import ItemAssumed, ItemRecovered
from custody.protocol.events.handovers import HandoverReceived, HandoverWithdrawn
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.values import Reference

TAKES_CUSTODY = frozenset({ItemSeized, ItemDerived, HandoverReceived, HandoverWithdrawn, ItemAssumed, ItemRecovered})

_HASH, _INDEX = 32, 40
"""Where a record's hash ends, and its index; one byte more tells whether the entry takes custody."""

_RECORD = 41


class Chain:
    """The entries of an item in order: 41 bytes each, whatever they say."""

    __slots__ = ("_origins", "_records", "elsewhere")

    def __init__(self) -> None:
        self.elsewhere: str | None = None
        """A ledger in which entries stand that the chain goes on from, and that were not shown."""
        self._records = bytearray()
        self._origins: tuple[tuple[int, str], ...] = ()
        """From which position on it stands in which ledger."""

    def __len__(self) -> int:
        return len(self._records) // _RECORD

    @property
    def head(self) -> Reference | None:
        """The last entry."""
        return Reference(entry=self._hash(len(self) - 1), ledger=self._origins[-1][1]) if self._origins else None

    @property
    def ledger(self) -> str | None:
        """The ledger in which the last entry stands."""
        return self._origins[-1][1] if self._origins else None

    def take(self, fact: Recorded, docket: Docket) -> bool:
        """Extends the chain. False: the entry is a second branch, is reported, and takes no effect."""
        previous = fact.event.previous
        if not self._goes_on(previous):
            place = self.find(previous.entry) if previous else -1
            if self._origins and place is not None:
                self._report_branch(fact, place, docket)
                return False
            after = self.name(len(self) - 1) if self._origins else "the start"
            docket.add("L02", fact, subject=fact.event.subject, entry=after)
            if previous is not None and previous.ledger != fact.origin:
                self.elsewhere = previous.ledger
        self._extend(fact)
        return True

    def _goes_on(self, previous: Reference | None) -> bool:
        """Whether what follows `previous` follows the last entry; what has none begins the chain."""
        if previous is None or not self._origins:
            return previous is None and not self._origins
        last = self._records[-_RECORD : _HASH - _RECORD]
        return last == bytes.fromhex(previous.entry) and previous.ledger == self._origins[-1][1]

    def _report_branch(self, fact: Recorded, place: int, docket: Docket) -> None:
        point = self.name(place) if place >= 0 else "the start"
        both = type(fact.event) in TAKES_CUSTODY and any(self._records[(place + 1) * _RECORD + _INDEX :: _RECORD])
        if both:
            docket.add("C02", fact, entry=point)
        else:
            docket.add("L02", fact, subject=fact.event.subject, entry=point)

    def _extend(self, fact: Recorded) -> None:
        if not self._origins:
            self._origins = _begun_in(fact.origin)
        elif self._origins[-1][1] != fact.origin:
            self._origins = (*self._origins, (len(self), fact.origin))
        takes = type(fact.event) in TAKES_CUSTODY
        self._records += bytes.fromhex(fact.hash) + (fact.index << 8 | takes).to_bytes(_RECORD - _HASH)

    def _hash(self, position: int) -> str:
        return self._records[position * _RECORD : position * _RECORD + _HASH].hex()

    def find(self, entry: str) -> int | None:
        """The position of the entry with this hash."""
        wanted = bytes.fromhex(entry)
        place = self._records.find(wanted)
        while place >= 0 and place % _RECORD:
            place = self._records.find(wanted, place + 1)
        return place // _RECORD if place >= 0 else None

    def index(self, position: int) -> int:
        """The ledger index of the entry at a position."""
        start = position * _RECORD
        return int.from_bytes(self._records[start + _HASH : start + _INDEX])

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
                if self.index(place) < size:
                    return self._hash(place)
        return None

    def last_in(self, origin: str) -> str | None:
        """Hash of the last entry that stands in this ledger."""
        for place in range(len(self._origins) - 1, -1, -1):
            if self._origins[place][1] == origin:
                end = self._origins[place + 1][0] if place + 1 < len(self._origins) else len(self)
                return self._hash(end - 1)
        return None


@lru_cache(maxsize=256)
def _begun_in(origin: str) -> tuple[tuple[int, str], ...]:
    """Of a chain that stands in one ledger: most do, and share this."""
    return ((0, origin),)
