"""Beside git, which people use for logs that should not change: the same events, signed one by one, as durable.

git signs each commit with an SSH key (Ed25519) and syncs objects and references (`core.fsync=all`); a commit is two
processes at least. Ours are appends of one process that stays, and whole `custody` processes, one an append.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from custody.ledger.acts.compose import state
from custody.protocol.events.handling import ItemStored, StoredDetails
from tests.bench.harness import Row, interleaved, row
from tests.bench.office import Office
from tests.ledger.agency import Agency

APPENDS = 20
DETAILS = StoredDetails(facility="Evidence room 2, Iași", shelf="B-14", container="crate 7")


class Git:
    """A repository with one log file, each event a signed commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        settings = {"gpg.format": "ssh", "user.signingkey": str(key), "commit.gpgsign": "true"}
        settings |= {"user.name": "jm", "user.email": "jm@example", "core.fsync": "all", "gc.auto": "0"}
        self.run("init", "-q")
        for name, value in settings.items():
            self.run("config", name, value)
        self.count = 0

    def run(self, *words: str) -> None:
        environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", *words], cwd=self.folder, env=environ, check=True, stdout=subprocess.DEVNULL)

    def append(self) -> None:
        self.count += 1
        event = {"facility": DETAILS.facility, "shelf": DETAILS.shelf, "number": self.count}
        with (self.folder / "log.jsonl").open("a") as stream:
            stream.write(json.dumps(event) + "\n")
        self.run("add", "log.jsonl")
        self.run("commit", "-q", "-m", f"stored {self.count}")


def measure() -> Iterator[Row]:
    """Rates beside git's."""
    if shutil.which("git") is None or shutil.which("ssh-keygen") is None:
        print("not compared with git: `git` or `ssh-keygen` is not installed")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one in ("library", "office"):
            (folder / one).mkdir()
        agency = Agency(folder / "library").staffed()
        act = state(ItemStored, agency.by("jm"), agency.seize("JM/1"), DETAILS)
        git, office = Git(folder), Office(folder / "office")

        def times(append: Callable[[], object]) -> Callable[[], object]:
            def many() -> None:
                for _ in range(APPENDS):
                    append()

            return many

        timings = interleaved(
            7,
            git=times(git.append),
            library=times(lambda: agency.ledger.append(act, agency.signers)),
            commands=times(lambda: office.run("store", "JM/1", "--facility", str(DETAILS.facility))),
        )
        print({one: f"{timings.seconds(one).median / APPENDS * 1e3:.2f} ms" for one in timings.rounds})
    yield row("durable append, one process ÷ git, signed commits", timings.speed("library", "git"))
    yield row("durable append, a command each ÷ git, signed commits", timings.speed("commands", "git"))
