"""Cost against size: what a command asks of a ledger of 10^4, 10^5 and 10^6 entries, each opened anew.

Nine in ten entries are of others' business, ten an item, a hundred items a case, written straight into the store.
CUSTODY_BENCH_ENTRIES is the largest size.
"""

import itertools
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from custody.ledger.acts.compose import state
from custody.ledger.audit_since import audit_since
from custody.ledger.outside import Claim
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.note import parse_note
from tests.bench.filling import others
from tests.bench.harness import Row, Timings, interleaved, row
from tests.exchange.member import Clock, Member

SIZES = [size for size in (10_000, 100_000, 1_000_000) if size <= int(os.environ.get("CUSTODY_BENCH_ENTRIES", 10**6))]
EVENTS, BATCH, PER_ITEM, PER_CASE = 50, 20_000, 10, 1_000
ACTS = ("append", "proof", "items of a case", "history", "bundle", "audit of what is new")
FLAT = 3
"""Times that the largest may take of the smallest: a hundred times the entries have half again as many levels."""


def _item(index: int) -> str:
    """The UUID of the item that the entry at an index is about."""
    return str(uuid.UUID(int=index // PER_ITEM + (4 << 76) + (2 << 62)))


class Grown:
    """A ledger of some size, with one item of 50 events in its middle."""

    def __init__(self, folder: Path, size: int) -> None:
        self.member = Member(folder, "RO", Clock())
        self.item = self.member.seize("JM/1")
        for number in range(EVENTS - 2):
            details = StoredDetails(facility=f"room {number}")
            self.member.do(state(ItemStored, self.member.by("officer"), self.item, details))
            if number == EVENTS // 2:
                self._fill(size - EVENTS)
        self.size = self.member.ledger.size
        self.note = self.member.ledger.checkpoint(self.member.keys["ledger"])

    def _fill(self, size: int) -> None:
        store = self.member.ledger.store
        line, made = next(store.items()), others(self.member, size, lambda index: f"item:{_item(index)}")
        while batch := [entry for entry, _ in itertools.islice(made, BATCH)]:
            lines = [
                msgspec.structs.replace(
                    line,
                    uuid=_item(one.index),
                    label=f"X/{one.index}",
                    case=f"RO-{one.index // PER_CASE + 2}",
                    begun=one.index,
                )
                for one in batch
                if one.index % PER_ITEM == 0
            ]
            with store.transaction(store.head()) as writing:
                writing.add_entries(batch)
                writing.put_items(lines)
        self.member.reopen()

    def append(self) -> None:
        self.member.reopen()
        self.member.do(state(ItemStored, self.member.by("officer"), self.item, StoredDetails(facility="room")))

    def proof(self) -> None:
        self.member.reopen()
        for index in range(self.size // 3, self.size // 3 + 20):
            self.member.ledger.inclusion(index, self.size)

    def items(self) -> None:
        self.member.reopen()
        list(self.member.ledger.items(case="RO-5"))

    def history(self) -> None:
        self.member.reopen()
        self.member.ledger.history(f"item:{self.item}")

    def bundle(self) -> None:
        self.member.reopen()
        self.member.package([self.item], audience="court")

    def audit(self) -> None:
        """Since a checkpoint, with what the other acts recorded meanwhile: at every size as much."""
        self.member.reopen()
        claim = Claim(Path("checkpoint"), parse_checkpoint(parse_note(self.note).text))
        report = audit_since(self.member.ledger, claim, self.note)
        if report.problems:
            raise RuntimeError(report.problems)


def compare() -> Iterator[tuple[str, Timings]]:
    """Of each act, the timings at every size, the sizes in words as names."""
    with tempfile.TemporaryDirectory() as folder:
        grown = {f"{size:,}": Grown(Path(folder) / str(size), size) for size in SIZES}
        for name in ACTS:
            method = name.partition(" ")[0]
            workloads: dict[str, Callable[[], object]] = {at: getattr(one, method) for at, one in grown.items()}
            yield name, interleaved(7, **workloads)


def measure() -> Iterator[Row]:
    """The largest beside the smallest."""
    small, large = f"{SIZES[0]:,}", f"{SIZES[-1]:,}"
    for name, timings in compare():
        print(name, {at: f"{timings.seconds(at).median * 1e3:.1f} ms" for at in timings.rounds})
        yield row(f"{name}, {large} ÷ {small} entries", timings.cost(large, small), at_most=FLAT)
