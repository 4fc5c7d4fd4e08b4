"""The wait before a command answers, whole process: beside the imports that it can't do without, or was allowed.

The expert's `custody verify` of a one-item bundle; an officer's list of items and a signed event, a ledger in a file.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Row, interleaved, row
from tests.bench.office import Office

BUNDLE = Path(__file__).resolve().parents[2] / "fixtures" / "valid" / "phone-to-court"


def measure() -> Iterator[Row]:
    """Whole processes, their compiled modules written before."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))

        def imports(libraries: str) -> None:
            subprocess.run((sys.executable, "-c", f"import {libraries}"), check=True, env=office.environ)

        timings = interleaved(
            15,
            verify=lambda: office.run("verify", str(BUNDLE / "bundle.custody"), "--policy", str(BUNDLE / "policy")),
            items=lambda: office.run("items"),
            store=lambda: office.run("store", "JM/1", "--facility", "room 2"),
            few=lambda: imports("click, nacl.bindings, blake3"),
            all=lambda: imports("click, nacl.bindings, sqlmodel"),
        )
    print({name: f"{timings.seconds(name).median * 1000:.0f} ms" for name in timings.rounds})
    yield row("custody verify, one item ÷ import of its libraries", timings.cost("verify", "few"), at_most=1.5)
    yield row("custody items ÷ import of click, nacl, sqlmodel", timings.cost("items", "all"), at_most=1.25)
    yield row("custody store, signed ÷ import of click, nacl, sqlmodel", timings.cost("store", "all"), at_most=1.25)
