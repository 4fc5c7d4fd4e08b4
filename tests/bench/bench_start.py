"""The expert's wait: `custody verify` of a one-item bundle, whole process, beside the imports it can't do without."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Row, interleaved, row

BUNDLE = Path(__file__).resolve().parents[2] / "fixtures" / "valid" / "phone-to-court"
COMMAND = Path(sys.executable).with_name("custody")


def measure() -> Iterator[Row]:
    """Whole processes, their compiled modules written before."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)

    def verify() -> None:
        run(str(COMMAND), "verify", str(BUNDLE / "bundle.custody"), "--policy", str(BUNDLE / "policy"))

    def imports() -> None:
        run(sys.executable, "-c", "import click, nacl.bindings, blake3")

    verify()
    timings = interleaved(15, verify=verify, imports=imports)
    yield row("custody verify, one item ÷ import of its libraries", timings.cost("verify", "imports"), at_most=1.5)
