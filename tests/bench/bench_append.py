"""Durable appends, one by one, through the whole library ÷ a hand-written sqlite3 + hash chain + Ed25519 loop.

What that ratio is depends on what a flush costs, which both wait for once an append: a bare flush stands beside them.

Both keep WAL and `synchronous=FULL`, sign each statement with Ed25519 and store about the same bytes; the library also
judges the rules, checks the signature it made, grows the Merkle tree, keeps the list of items and the copy outside.
"""

import json
import os
import sqlite3
import tempfile
import uuid
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import nacl.bindings as sodium
from blake3 import blake3

from custody.ledger.acts.compose import state
from custody.protocol.events.handling import ItemStored, StoredDetails
from tests.bench.harness import Row, interleaved, row
from tests.ledger.agency import Agency

APPENDS = 400
DETAILS = StoredDetails(facility="Evidence room 2, Iași", shelf="B-14", container="crate 7")
RECORDED = "2026-05-03T09:20:00Z"


class HandWritten:
    """What somebody would write in an afternoon, to keep the same statements: signed, chained, durable."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, hash TEXT, subject TEXT, body BLOB)")
        _, self.key = sodium.crypto_sign_keypair()
        self.previous = "0" * 64
        self.size = 0

    def append(self, event: dict[str, Any]) -> None:
        statement = json.dumps(event | {"id": str(uuid.uuid4())}, sort_keys=True).encode()
        signature = sodium.crypto_sign(statement, self.key)[:64]
        envelope = {"payload": b64encode(statement).decode(), "sig": b64encode(signature).decode()}
        entry = {"envelope": envelope, "index": self.size, "previous": self.previous, "recorded_at": RECORDED}
        body = json.dumps(entry, sort_keys=True).encode()
        self.previous = blake3(body).hexdigest()
        self.database.execute("BEGIN IMMEDIATE")
        row = (self.size, self.previous, event["subject"], body)
        self.database.execute("INSERT INTO log VALUES (?, ?, ?, ?)", row)
        self.database.execute("COMMIT")
        self.size += 1


def measure() -> Iterator[Row]:
    """One row: our rate beside the loop's."""
    with tempfile.TemporaryDirectory() as folder:
        agency = Agency(Path(folder)).staffed()
        items = [agency.seize(f"JM/{number}") for number in range(20)]
        acts = [state(ItemStored, agency.by("jm"), item, DETAILS) for item in items]
        event = msgspec.to_builtins(agency.do(acts[0]).entries[0].event)
        hand = HandWritten(Path(folder) / "hand.db")

        def library() -> None:
            for number in range(APPENDS):
                agency.ledger.append(acts[number % len(acts)], agency.signers)

        def loop() -> None:
            for _ in range(APPENDS):
                hand.append(event)

        def flush() -> None:
            for _ in range(APPENDS):
                os.pwrite(descriptor, bytes(4096), 0)
                os.fsync(descriptor)

        descriptor = os.open(Path(folder) / "flushed", os.O_RDWR | os.O_CREAT)
        timings = interleaved(9, library=library, loop=loop, flush=flush)
        os.close(descriptor)
        print({name: f"{timings.seconds(name).median / APPENDS * 1e6:.0f} µs" for name in timings.rounds})
        yield row("durable append ÷ sqlite3 + chain + Ed25519 loop", timings.speed("library", "loop"), at_least=0.6)
        yield row("durable append ÷ a bare flush (pwrite, fsync)", timings.speed("library", "flush"))
