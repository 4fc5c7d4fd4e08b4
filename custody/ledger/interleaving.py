"""The whole log read from its beginning, with what partners showed in its place between the ledger's own entries.

`audit` and `rebuild` go through the log once. Before each entry they take what had come when it was recorded, so that
an act is judged by what was known then: the request that allowed a release, the State where an item was taken.
"""

from collections.abc import Iterator

from custody.errors import CustodyError
from custody.ledger.causal import in_causal_order
from custody.ledger.others.kept import KeptEntry
from custody.ledger.store.store import Store
from custody.ledger.view import read_kept
from custody.protocol.rules.fact import Recorded


class Interleaving:
    """Where the entries of others belong."""

    def __init__(self, store: Store, origin: str, since: int = 0) -> None:
        """`since`: without what came when the ledger had fewer entries."""
        self._kept, self._origin = store.kept, origin
        self._waiting = [one for one in store.kept.came(since) if one[0] != origin]
        self._next = 0

    def before(self, index: int) -> Iterator[Recorded]:
        """What came before the entry at `index` was recorded and was not taken yet, in causal order."""
        start = self._next
        while self._next < len(self._waiting) and self._waiting[self._next][2] <= index:
            self._next += 1
        came = [self._entry(ledger, place) for ledger, place, _ in self._waiting[start : self._next]]
        yield from in_causal_order(map(read_kept, came), self._origin)

    def rest(self) -> Iterator[Recorded]:
        """What came after the log's last entry."""
        last = self._waiting[-1][2] if self._waiting else 0
        yield from self.before(last)

    def _entry(self, ledger: str, index: int) -> KeptEntry:
        found = self._kept.entry(ledger, index)
        if found is None:
            raise CustodyError(f"what is kept of {ledger}#{index} is gone", hint="run `custody audit`")
        return found
