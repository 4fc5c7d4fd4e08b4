"""A certificate of an item with 50 events, from command to file: cut, verified twice, set, recorded, written."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Row, interleaved, row
from tests.bench.office import Office

EVENTS = 50
SECONDS = 1.5


def measure() -> Iterator[Row]:
    """Seconds, and beside the imports of the libraries it can't do without."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for number in range(EVENTS - 1):
            office.run("inspect", "JM/1", "--condition", f"good, seen {number} times", "--seal", "A-1:intact")

        def certify() -> None:
            office.run("certificate", "JM/1", "--court", "Tribunalul", "--as", "px", "-o", "JM-1.pdf", "--force")

        def imports() -> None:
            words = [sys.executable, "-c", "import click, nacl.bindings, sqlmodel, typst, babel, pypdf"]
            subprocess.run(words, check=True, env=office.environ)

        timings = interleaved(certificate=certify, imports=imports)
        size = (Path(folder) / "JM-1.pdf").stat().st_size
    print(f"a certificate of {EVENTS} events: {size} bytes")
    yield row(f"custody certificate, {EVENTS} events", timings.seconds("certificate"), at_most=SECONDS, unit="s")
    yield row("custody certificate ÷ import of its libraries", timings.cost("certificate", "imports"))
