"""Measuring evidence ÷ SHA-256 alone: both digests in one read beside what hashlib takes for one of them.

The baseline is hashlib.file_digest, in the same process and in turns; the file lies in memory where /dev/shm is there.
Beside it, a folder of small files and a plain loop that reads and hashes each.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from custody.evidence.digest import measure_file
from custody.evidence.folder import measure_folder
from custody.verifier.signatures import available_cores
from tests.bench.harness import Row, cores, interleaved, row

MIB = 1 << 20
SIZE = 1024 * MIB
TARGETS = {1: 0.7, 2: 0.9}
"""Processors -> the least speed beside SHA-256 alone."""
FILES, FILE_SIZE = 2000, 4096


def measure() -> Iterator[Row]:
    """On one core, and on two where there are two."""
    for count in TARGETS:
        if count <= available_cores():
            with cores(count):
                yield from _measure(SIZE, count)


def _measure(size: int, count: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / "disk.img"
        with path.open("wb") as stream:
            for _ in range(size // MIB):
                stream.write(os.urandom(MIB))
        timings = interleaved(7, both=lambda: measure_file(path), alone=lambda: _alone(path))
        name = f"{size // MIB} MiB, BLAKE3 + SHA-256 ÷ SHA-256 alone, {count} core{'s'[: count - 1]}"
        yield row(name, timings.speed("both", "alone"), at_least=TARGETS[count])
        path.unlink()

        small = Path(folder) / "small"
        small.mkdir()
        for number in range(FILES):
            (small / str(number)).write_bytes(os.urandom(FILE_SIZE))
        timings = interleaved(7, ours=lambda: measure_folder(small), loop=lambda: _loop(small))
        name = f"{FILES} files of {FILE_SIZE} B ÷ plain loop, {count} core{'s'[: count - 1]}"
        yield row(name, timings.speed("ours", "loop"))


def _alone(path: Path) -> None:
    with path.open("rb", buffering=0) as stream:
        hashlib.file_digest(stream, "sha256")


def _loop(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        hashlib.sha256(content).hexdigest()
        blake3(content).hexdigest()
