"""Verifying a whole ledger: speed beside a bare loop of libsodium over the same signatures, and memory.

    python -m tests.bench.bench_verify [EVENTS [ITEMS]]      the memory of another ledger than 1,000,000 on 10,000

The ledger is written entry by entry, so that a large one needs no memory here: seizures, then rounds of storage,
inspection, release and receipt. Each measurement runs in a process of its own, kept to its processors.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from nacl import bindings

from custody.protocol import bundle
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.entry import hash_entry
from custody.protocol.policy import trust
from custody.protocol.tree import Frontier, leaf_hash
from custody.verifier import signatures
from custody.verifier.verify import Request, verify
from fixtures.forge import Forge, fixed_uuid, seed
from tests.bench.harness import Row, cores, figure, interleaved, row

ROOT = Path(__file__).resolve().parents[2]
EVENTS, SMALL, FEWER = 1_000_000, 100_000, 20_000
ORIGIN = "ocrteh.police.example/custody"
ROUNDS = 7


class Writer(Forge):
    """A forge that forgets its entries as soon as they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(ORIGIN)
        self.file = file
        self.frontier = Frontier()

    def _store(self, data: bytes) -> None:
        self.frontier.append(leaf_hash(data))
        self.file.write(bundle.format_entry_line(data, None) + b"\n")
        self.hashes[:] = [hash_entry(data)]

    @property
    def size(self) -> int:
        """Entries written."""
        return self.frontier.size


class Numbered(list):  # type: ignore[type-arg]
    """Stands where the forge keeps its entries: only their number is asked for."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self.writer = writer

    def __len__(self) -> int:
        return self.writer.size


def write(path: Path, events: int, items: int) -> None:
    """A whole ledger of so many events."""
    with tempfile.TemporaryFile() as body:
        writer = Writer(body)
        writer.entries = Numbered(writer)
        writer.events = Forgetful()
        _live(writer, events, items)
        root = writer.frontier.root()
        stated = Checkpoint(origin=ORIGIN, size=writer.size, root=root)
        note = sign_checkpoint(stated, writer.vkey, seed(writer.key_name).sign).decode()
        body.seek(0)
        with path.open("wb") as file:
            header = bundle.Line(header=bundle.Header(items=(), ledger=ORIGIN, version=1))
            part = bundle.Line(part=bundle.Part(checkpoint=note, ledger=ORIGIN, whole=True))
            file.write(bundle.format_line(header) + b"\n" + bundle.format_line(part) + b"\n")
            while block := body.read(1 << 20):
                file.write(block)


class Forgetful(list):  # type: ignore[type-arg]
    """Stands where the forge keeps its events."""

    def append(self, _: Any) -> None:
        """Keeps none."""


def _live(writer: Writer, events: int, items: int) -> None:
    writer.open()
    for name, role in (("jm", "investigator"), ("lab", "examiner"), ("px", "prosecutor")):
        writer.enrol(name, role)
    writer.open_case()
    intact = [{"seal": "A-1", "state": "intact"}]
    subjects = [f"item:{fixed_uuid(f'item {number}')}" for number in range(items)]
    holders = ["jm"] * items
    for number, subject in enumerate(subjects):
        stated = {
            "authority": "warrant 12/2026",
            "condition": "good",
            "description": "a phone",
            "kind": "physical",
            "label": f"JM/{number}",
            "manner": "seized",
            "seals": ["A-1"],
            "source": "Strada Lunga 4",
        }
        writer.add("item.seized", subject, stated, writer.ref("jm"), advance=1)
    turn = 0
    while writer.size < events:
        number, step = turn % items, turn // items % 4
        holder = holders[number]
        other = "lab" if holder == "jm" else "jm"
        read = {"condition": "good", "seals": intact}
        kind, details, actor = (
            ("item.stored", {"facility": "Evidence room", "shelf": "A 12"}, holder),
            ("item.inspected", {"outcome": "as-expected", "seals": intact}, "px"),
            ("handover.released", read | {"addressees": [writer.ref(other)], "reason": "imaging"}, holder),
            ("handover.received", read, other),
        )[step]
        writer.add(kind, subjects[number], details, writer.ref(actor), advance=1)
        if step == 3:
            holders[number] = other
        turn += 1


def judge(path: Path, count: int) -> Any:
    """Verifies the file, which must be sound."""
    with path.open("rb") as file:
        policy = trust([Forge(ORIGIN).vkey])
        verified = verify(file, Request(policy=policy, cores=count))
    found = {one.key for item in verified.world.items.values() for one in item.docket.found if one.severity != "R"}
    assert not found, found
    return verified


def signed(path: Path) -> list[tuple[bytes, bytes]]:
    """Every signature with its message, and its key."""
    jobs: list[tuple[bytes, bytes]] = []
    real = signatures.verify

    def remember(key: bytes, message: bytes, signature: bytes) -> bool:
        jobs.append((signature + message, key))
        return True

    signatures.verify = remember
    try:
        judge(path, 1)
    finally:
        signatures.verify = real
    return jobs


def measure_speed(path: Path, count: int) -> list[list[float]]:
    """Seconds of verify and of the bare loop, round by round, on so many processors."""
    jobs = signed(path)

    def loop() -> None:
        for message, key in jobs:
            bindings.crypto_sign_open(message, key)

    timings = interleaved(ROUNDS, ours=lambda: judge(path, count), libsodium=loop)
    return [timings.rounds["libsodium"], timings.rounds["ours"]]


def measure_items(path: Path, other: Path) -> list[list[float]]:
    """Seconds of verifying one ledger and another of as many entries, round by round."""
    timings = interleaved(ROUNDS, one=lambda: judge(path, 1), other=lambda: judge(other, 1))
    return [timings.rounds["one"], timings.rounds["other"]]


def measure_memory(path: Path) -> float:
    """Megabytes at the most, of a process that verifies the file and does nothing else."""
    judge(path, len(os.sched_getaffinity(0)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(events: int = EVENTS, items: int | None = None) -> Iterator[Row]:
    """The rows of `make bench`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.custody"
        write(path, SMALL, SMALL // 100)
        for count, least in ((1, 0.6), (2, 1.2)):
            with contextlib.suppress(RuntimeError), cores(count):
                base, ours = (json.loads(line) for line in _child("speed", path, str(count)))
                ratio = figure([one / other for one, other in zip(base, ours, strict=True)])
                yield row(f"verify ÷ libsodium, {count} core{'s' * (count > 1)}", ratio, at_least=least)
        few, many = Path(folder) / "few.custody", Path(folder) / "many.custody"
        write(few, FEWER, FEWER // 100)
        write(many, FEWER, FEWER * 4 // 5)
        base, ours = (json.loads(line) for line in _child("items", few, str(many)))
        ratio = figure([other / one for one, other in zip(base, ours, strict=True)])
        name = f"verify, {FEWER:,} entries of {FEWER * 4 // 5:,} items ÷ of {FEWER // 100:,}"
        yield row(name, ratio, at_most=2)
        large = Path(folder) / "large.custody"
        write(large, events, items or max(1, events // 100))
        used = float(_child("memory", large, "")[0])
        yield row(f"verify, memory, {events:,} events", figure([used]), at_most=200, unit="MB")


def _child(what: str, path: Path, more: str) -> list[str]:
    command = [sys.executable, "-m", "tests.bench.bench_verify", f"--{what}", str(path), more]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout.splitlines()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--speed"]:
        for seconds in measure_speed(Path(sys.argv[2]), int(sys.argv[3])):
            print(json.dumps(seconds))
    elif sys.argv[1:2] == ["--items"]:
        for seconds in measure_items(Path(sys.argv[2]), Path(sys.argv[3])):
            print(json.dumps(seconds))
    elif sys.argv[1:2] == ["--memory"]:
        print(measure_memory(Path(sys.argv[2])))
    else:
        for one in measure(*(int(word) for word in sys.argv[1:3])):
            print(one)
