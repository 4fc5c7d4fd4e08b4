"""Inclusion proofs from stored nodes: how long at 100,000 entries, and that the time grows with log n, not with n."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from custody.ledger.edge import Edge
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import LoggedEntry
from custody.protocol import proofs
from custody.protocol.tree import leaf_hash
from tests.bench.harness import Row, figure, interleaved, row

SMALL, LARGE = 1_000, 100_000
PROOFS = 200
BATCH = 10_000
BODY = b"x" * 1000


def fill(store: SqlStore, size: int) -> None:
    """Entries of about a kilobyte, straight into the store."""
    edge = Edge(0, store.nodes)
    for start in range(0, size, BATCH):
        entries = []
        for index in range(start, min(size, start + BATCH)):
            body = b"%d %b" % (index, BODY)
            digest = hashlib.sha256(body).hexdigest()
            nodes = edge.grow(leaf_hash(body))
            entries.append(LoggedEntry(index, digest, nodes, f"item:{index % 100}", "item.stored", None, 0, body))
        with store.transaction(store.head()) as writing:
            writing.add_entries(entries)


def measure() -> Iterator[Row]:
    """Milliseconds for a proof at 100,000 entries, and its cost beside one at 1,000 (log n: 17 / 10)."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {size: SqlStore.create(Path(folder) / f"{size}.db") for size in (SMALL, LARGE)}
        for size, store in stores.items():
            fill(store, size)

        def prove(size: int) -> None:
            for number in range(PROOFS):
                proofs.prove_inclusion(number * 7919 % size, size, stores[size].nodes)

        timings = interleaved(7, large=lambda: prove(LARGE), small=lambda: prove(SMALL))
        each = figure([seconds / PROOFS * 1000 for seconds in timings.rounds["large"]])
        yield row("inclusion proof at 100,000 entries", each, at_most=2, unit="ms")
        yield row("inclusion proof, 100,000 ÷ 1,000 entries", timings.cost("large", "small"), at_most=3)
        for store in stores.values():
            store.close()
