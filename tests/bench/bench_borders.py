"""A package for an item with 50 events, out of a large ledger into a partner's: seconds, and that they grow with log n.

Each is done by a ledger opened anew, as a command does it. The ledger has given out many checkpoints, as an old one
has: the package proves that it extends each of them.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from custody.ledger.acts import compose
from custody.ledger.edge import Edge
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.ed25519 import Signer
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.vkey import Vkey, parse_vkey
from tests.bench.filling import others
from tests.bench.harness import Row, interleaved, row
from tests.exchange.member import Clock, Member, federation

SMALL, LARGE = 1_000, 100_000
EVENTS = 50
GIVEN_OUT = 500
BATCH = 10_000
ROUNDS = 7


def fill(member: Member, size: int) -> None:
    """Entries of others' business, straight into the store, and checkpoints all along."""
    store, step = member.ledger.store, max(1, size // GIVEN_OUT)
    vkey, key = parse_vkey(member.ledger.state.key or ""), member.keys["ledger"]
    made = others(member, size, "item:{}".format)
    while batch := list(itertools.islice(_certified(made, member.origin, step, vkey, key), BATCH)):
        with store.transaction(store.head()) as writing:
            writing.add_entries([entry for entry, _ in batch])
            for _, note in batch:
                if note is not None:
                    writing.add_checkpoint(note)
    member.reopen()


def _certified(
    made: Iterator[tuple[LoggedEntry, Edge]], origin: str, step: int, vkey: Vkey, key: Signer
) -> Iterator[tuple[LoggedEntry, StoredCheckpoint | None]]:
    """The entries, and a checkpoint after every `step`-th."""
    for entry, edge in made:
        note = None
        if edge.size % step == 0:
            head = Checkpoint(origin=origin, size=edge.size, root=edge.root())
            note = StoredCheckpoint(edge.size, sign_checkpoint(head, vkey, key.sign))
        yield entry, note


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
