"""The wait before a command answers, whole process: beside the imports that it can't do without, or was allowed.

The expert's `custody verify` of a one-item bundle; an officer's list of items and a signed event, a ledger in a file.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Row, interleaved, row
from tests.cli.station import ORIGIN, SEIZE

BUNDLE = Path(__file__).resolve().parents[2] / "fixtures" / "valid" / "phone-to-court"
COMMAND = Path(sys.executable).with_name("custody")


def measure() -> Iterator[Row]:
    """Whole processes, their compiled modules written before."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        environ |= {"CUSTODY_HOME": f"{folder}/agency", "CUSTODY_KEYS": f"{folder}/people", "CUSTODY_AS": "jm"}

        def custody(*words: str) -> None:
            subprocess.run((str(COMMAND), *words), check=True, capture_output=True, env=environ)

        def imports(libraries: str) -> None:
            subprocess.run((sys.executable, "-c", f"import {libraries}"), check=True, env=environ)

        custody("init", ORIGIN, "--agency", "A", "--jurisdiction", "RO", "--no-passphrase")
        custody("key", "new", "jm", "--no-passphrase")
        custody("person", "enrol", "jm", "--name", "J", "--role", "investigator")
        custody("case", "open", "OP-17", "--title", "T", "--offence", "trafficking in persons", "--lead", "jm")
        custody("seize", *SEIZE, "--label", "JM/1", "--description", "a phone")
        timings = interleaved(
            15,
            verify=lambda: custody("verify", str(BUNDLE / "bundle.custody"), "--policy", str(BUNDLE / "policy")),
            items=lambda: custody("items"),
            store=lambda: custody("store", "JM/1", "--facility", "room 2"),
            few=lambda: imports("click, nacl.bindings, blake3"),
            all=lambda: imports("click, nacl.bindings, sqlmodel"),
        )
    print({name: f"{timings.seconds(name).median * 1000:.0f} ms" for name in timings.rounds})
    yield row("custody verify, one item ÷ import of its libraries", timings.cost("verify", "few"), at_most=1.5)
    yield row("custody items ÷ import of click, nacl, sqlmodel", timings.cost("items", "all"), at_most=1.25)
    yield row("custody store, signed ÷ import of click, nacl, sqlmodel", timings.cost("store", "all"), at_most=1.25)
