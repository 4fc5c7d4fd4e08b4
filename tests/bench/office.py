"""An agency used from the command line, a process for each command, with an exhibit JM/1."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("custody")


class Office:
    """In a folder of its own; `jm` acts unless the words say otherwise, `px` is the prosecutor."""

    def __init__(self, folder: Path) -> None:
        home = {"CUSTODY_HOME": str(folder / "agency"), "HOME": str(folder), "CUSTODY_AS": "jm"}
        self.environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | home
        self.folder = folder
        self.run("init", "iasi.example/custody", "--agency", "Poliția", "--jurisdiction", "RO", "--no-passphrase")
        for person, role in (("jm", "investigator"), ("px", "prosecutor")):
            self.run("key", "new", person, "--no-passphrase")
            self.run("person", "enrol", person, "--name", person.upper(), "--role", role)
        self.run("case", "open", "OP-17", "--title", "Lantern", "--offence", "trafficking", "--lead", "jm")
        what = ("--label", "JM/1", "--category", "phone", "--description", "a phone", "--seal", "A-1")
        how = ("--source", "kitchen", "--condition", "good", "--authority", "warrant 12/2026")
        self.run("seize", "--case", "OP-17", *what, *how)

    def run(self, *words: str) -> None:
        """A command that is expected to succeed; what it says to people is left out."""
        command = [str(COMMAND), *words]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, cwd=self.folder, env=self.environ, **quiet)  # type: ignore[call-overload]
