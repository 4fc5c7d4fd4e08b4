"""Durable appends, one by one, through the whole library ÷ a hand-written sqlite3 + hash chain + Ed25519 loop.

What that ratio is depends on what a flush costs, which both wait for once an append: a bare flush stands beside them,
and all three are measured again where it takes a millisecond longer (slow_flush.c, where there is a C compiler).

Both keep WAL and `synchronous=FULL`, sign each statement with Ed25519 and store about the same bytes; the library also
judges the rules, checks the signature it made, grows the Merkle tree, keeps the list of items and the copy outside.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
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
from tests.bench.harness import Row, Timings, interleaved, row
from tests.ledger.agency import Agency

ROOT = Path(__file__).resolve().parents[2]
SLOW_FLUSH = Path(__file__).with_name("slow_flush.c")
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


def measure_here() -> Timings:
    """The library, the loop and a bare flush, in turns."""
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
    return timings


def measure_slowed(microseconds: int) -> Timings | None:
    """The same where each flush takes so much longer; None where no C compiler makes it so."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "slow_flush.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SLOW_FLUSH], check=True)
        slowed = {"LD_PRELOAD": str(library), "FLUSH_MICROSECONDS": str(microseconds)}
        command = [sys.executable, "-m", "tests.bench.bench_append"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | slowed, cwd=ROOT)
    return Timings(json.loads(done.stdout))


def measure() -> Iterator[Row]:
    """Our rate beside the loop's and a flush's, on this disk and on a slower one."""
    for name, timings in (("this disk", measure_here()), ("a flush 1 ms slower", measure_slowed(1000))):
        if timings is None:
            print("skipped: no C compiler (cc) to make a flush slower with")
            continue
        took = {one: f"{timings.seconds(one).median / APPENDS * 1e6:.0f} µs" for one in timings.rounds}
        print(f"{name}: {took}")
        speed = timings.speed("library", "loop")
        yield row(f"durable append ÷ sqlite3 + chain + Ed25519 loop, {name}", speed, at_least=0.6)
        yield row(f"durable append ÷ a bare flush (pwrite, fsync), {name}", timings.speed("library", "flush"))


if __name__ == "__main__":
    print(json.dumps(measure_here().rounds))
