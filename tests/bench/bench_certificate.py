"""A certificate of an item with 50 events, from command to file: cut, verified twice, set, recorded, written."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Row, interleaved, row

EVENTS = 50
SECONDS = 1.5
COMMAND = Path(sys.executable).with_name("custody")


class Office:
    """An agency with the item, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        home = {"CUSTODY_HOME": str(folder / "agency"), "HOME": str(folder), "CUSTODY_AS": "jm"}
        self.environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | home
        self.folder = folder
        self.custody("init", "iasi.example/custody", "--agency", "Poliția", "--jurisdiction", "RO", "--no-passphrase")
        for person, role in (("jm", "investigator"), ("px", "prosecutor")):
            self.custody("key", "new", person, "--no-passphrase")
            self.custody("person", "enrol", person, "--name", person.upper(), "--role", role)
        self.custody("case", "open", "OP-17", "--title", "Lantern", "--offence", "trafficking", "--lead", "jm")
        what = ("--label", "JM/1", "--category", "phone", "--description", "a phone", "--seal", "A-1")
        how = ("--source", "kitchen", "--condition", "good", "--authority", "warrant 12/2026")
        self.custody("seize", "--case", "OP-17", *what, *how)
        for number in range(EVENTS - 1):
            self.custody("inspect", "JM/1", "--condition", f"good, seen {number} times", "--seal", "A-1:intact")

    def custody(self, *words: str) -> None:
        command = [str(COMMAND), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=self.environ)

    def certify(self) -> None:
        self.custody("certificate", "JM/1", "--court", "Tribunalul", "--as", "px", "-o", "JM-1.pdf", "--force")

    def imports(self) -> None:
        words = [sys.executable, "-c", "import click, nacl.bindings, sqlmodel, typst, babel, pypdf"]
        subprocess.run(words, check=True, env=self.environ)


def measure() -> Iterator[Row]:
    """Seconds, and beside the imports of the libraries it can't do without."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        timings = interleaved(certificate=office.certify, imports=office.imports)
        size = (Path(folder) / "JM-1.pdf").stat().st_size
    print(f"a certificate of {EVENTS} events: {size} bytes")
    yield row(f"custody certificate, {EVENTS} events", timings.seconds("certificate"), at_most=SECONDS, unit="s")
    yield row("custody certificate ÷ import of its libraries", timings.cost("certificate", "imports"))
