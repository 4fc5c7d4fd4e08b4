"""A package for an item with 50 events, out of a large ledger into a partner's: seconds, and that they grow with log n.

Each is done by a ledger opened anew, as a command does it. The ledger has given out many checkpoints, as an old one
has: the package proves that it extends each of them.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from custody.ledger.acts import compose
from custody.ledger.edge import Edge
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.entry import Entry, format_entry, hash_entry, parse_entry
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.tree import leaf_hash
from custody.protocol.vkey import parse_vkey
from tests.bench.harness import Row, interleaved, row
from tests.exchange.member import Clock, Member, federation

SMALL, LARGE = 1_000, 100_000
EVENTS = 50
GIVEN_OUT = 500
BATCH = 10_000
ROUNDS = 7


def fill(member: Member, size: int) -> None:
    """Entries of others' business, straight into the store, and checkpoints all along."""
    store, edge = member.ledger.store, Edge(member.ledger.size, member.ledger.store.nodes)
    template = parse_entry(member.ledger.entry(member.ledger.size - 1))
    previous, step = store.head().hash, max(1, size // GIVEN_OUT)
    vkey, key = parse_vkey(member.ledger.state.key or ""), member.keys["ledger"]
    while edge.size < size:
        entries, notes = [], []
        for index in range(edge.size, min(size, edge.size + BATCH)):
            stated = Entry(envelope=template.envelope, index=index, previous=previous, recorded_at=template.recorded_at)
            body = format_entry(stated)
            previous, nodes = hash_entry(body), edge.grow(leaf_hash(body))
            entries.append(LoggedEntry(index, previous, nodes, f"item:{index}", "item.stored", None, 0, body))
            if edge.size % step == 0:
                head = Checkpoint(origin=member.origin, size=edge.size, root=edge.root())
                notes.append(StoredCheckpoint(edge.size, sign_checkpoint(head, vkey, key.sign)))
        with store.transaction(store.head()) as writing:
            writing.add_entries(entries)
            for note in notes:
                writing.add_checkpoint(note)
    member.reopen()


class Border:
    """A ledger of some size, and a partner's to which an item goes."""

    def __init__(self, folder: Path, size: int) -> None:
        self.giver, self.taker = federation(folder, "RO", "RO", kind=Named)
        self.item = self.giver.seize("JM/1")
        for number in range(EVENTS - 2):
            details = StoredDetails(facility=f"room {number}")
            self.giver.do(compose.state(ItemStored, self.giver.by("officer"), self.item, details))
            if number == EVENTS // 2:
                fill(self.giver, size - EVENTS)
        self.package = self.giver.release([self.item], self.taker)
        folder.mkdir(exist_ok=True)
        self.taker.ledger.close()
        self.copies = [shutil.copytree(self.taker.folder, folder / f"copy {number}") for number in range(ROUNDS + 1)]
        print(f"{size} entries: a package of {len(self.package)} bytes")

    def cut(self) -> None:
        self.giver.reopen()
        self.giver.package([self.item])

    def receive(self) -> None:
        """Into the partner's ledger as it was before: verified, signed for, and the receipt cut."""
        self.taker.folder = self.copies.pop()
        self.taker.where = self.taker.folder / "ledger.db"
        self.taker.reopen()
        self.taker.receive(self.package)


class Named(Member):
    """Two of one State: a release needs no request."""

    made = 0

    def __init__(self, folder: Path, state: str, clock: Clock, url: str | None = None) -> None:
        Named.made += 1
        name = f"n{Named.made}"
        super().__init__(folder.with_name(name), state, clock, name, url=url)


def measure() -> Iterator[Row]:
    """Cutting and receiving, at 100,000 entries and beside 1,000."""
    large = int(os.environ.get("BORDERS_ENTRIES", LARGE))
    with tempfile.TemporaryDirectory() as folder:
        borders = {size: Border(Path(folder) / str(size), size) for size in (SMALL, large)}
        timings = interleaved(ROUNDS, large=borders[large].cut, small=borders[SMALL].cut)
        yield row(f"a package cut at {large:,} entries", timings.seconds("large"), at_most=0.3, unit="s")
        yield row(f"a package cut, {large:,} ÷ {SMALL:,} entries", timings.cost("large", "small"), at_most=3)
        timings = interleaved(ROUNDS, large=borders[large].receive, small=borders[SMALL].receive)
        yield row(f"a package received from {large:,} entries", timings.seconds("large"), at_most=0.5, unit="s")
        yield row(f"a package received, {large:,} ÷ {SMALL:,} entries", timings.cost("large", "small"), at_most=3)
