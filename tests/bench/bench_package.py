"""Packing ÷ age: checking, archiving and encrypting a file beside what `age -r` takes to encrypt it.

The baseline is age's own program, in turns with ours; all files lie in memory where /dev/shm is there. Memory is that
of a process of its own that packs, then unpacks, a file larger than what it may take. Where age is missing, memory
alone is measured. CUSTODY_BENCH_MIB is the size of the file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from custody.durable import writing
from custody.evidence.digest import Measured
from custody.evidence.measure import measure as measure_evidence
from custody.evidence.package import Payload
from custody.evidence.packing import pack
from custody.evidence.unpacking import unpack
from custody.keys.identity import new_identity
from custody.verifier.signatures import available_cores
from tests.bench.harness import Row, cores, figure, interleaved, row

MIB = 1 << 20
SIZE = int(os.environ.get("CUSTODY_BENCH_MIB", "1024")) * MIB
CORES = min(2, available_cores())
TARGET = 0.6 if CORES == 2 else None
"""The least speed beside age. On one processor the digests come on top of the encryption: no target."""
MEMORY_SIZE = 300 * MIB
MEMORY = 100
"""MiB at most, Python itself included."""

PEAK = """
import resource, sys
from tests.bench.bench_package import pack_and_unpack
pack_and_unpack(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure() -> Iterator[Row]:
    """Speed on two cores where there are two, beside age where that is; memory."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / "disk.img"
        _fill(path, SIZE)
        if shutil.which("age") is None:
            print("packing is not compared with age: `age` is not installed")
        else:
            with cores(CORES):
                yield from _speed(path)
        _fill(path, MEMORY_SIZE)
        command = [sys.executable, "-c", PEAK, str(path)]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        mib = int(peak) / (MIB if sys.platform == "darwin" else 1024)
        yield row(f"memory, {MEMORY_SIZE // MIB} MiB packed and unpacked", figure([mib]), at_most=MEMORY, unit="MiB")


def pack_and_unpack(file: str) -> None:
    """A package beside the file, and a folder beside the package."""
    identity, recipient = new_identity()
    path = Path(file)
    expected = measure_evidence([path]).measured
    _pack(path, recipient, expected[0])
    received = path.with_name("received")
    unpack(path.with_name("p.age"), identity=identity, folder=received, check_bundle=lambda _: expected)


def _speed(path: Path) -> Iterator[Row]:
    identity, recipient = new_identity()
    expected = measure_evidence([path]).measured
    key, ours, theirs, received = (path.with_name(name) for name in ("key", "p.age", "q.age", "received"))
    key.write_text(f"{identity}\n")

    def unpacked() -> None:
        shutil.rmtree(received, ignore_errors=True)
        unpack(ours, identity=identity, folder=received, check_bundle=lambda _: expected)

    _pack(path, recipient, expected[0])  # a round may begin with opening
    _age("-r", recipient, "-o", theirs, path)
    timings = interleaved(
        5,
        pack=lambda: _pack(path, recipient, expected[0]),
        age=lambda: _age("-r", recipient, "-o", theirs, path),
        unpack=unpacked,
        age_d=lambda: _age("-d", "-i", key, "-o", path.with_name("q"), theirs),
    )
    on = f"{path.stat().st_size // MIB} MiB, {CORES} core{'s'[: CORES - 1]}"
    print({name: f"{timings.seconds(name).median:.2f} s" for name in timings.rounds})
    yield row(f"pack ÷ age -r, {on}", timings.speed("pack", "age"), at_least=TARGET)
    yield row(f"unpack ÷ age -d, {on}", timings.speed("unpack", "age_d"))
    shutil.rmtree(received)
    for one in (ours, theirs, path.with_name("q")):
        one.unlink()


def _pack(path: Path, recipient: str, expected: Measured) -> None:
    """As `custody release` does, which has measured the file before anything was signed."""
    with writing(path.with_name("p.age"), overwrite=True) as stream:
        pack(stream, name="OP-17", recipient=recipient, bundle=b"{}\n", payload=[Payload(path, expected)])


def _age(*arguments: str | Path) -> None:
    subprocess.run(["age", *arguments], check=True)


def _fill(path: Path, size: int) -> None:
    with path.open("wb") as stream:
        for _ in range(size // MIB):
            stream.write(os.urandom(MIB))
