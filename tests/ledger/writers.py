"""Processes that append without pause, and tell each entry after it was acknowledged: to be killed, or left alone."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from tests.ledger.agency import Agency

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
from pathlib import Path
from custody.errors import CustodyError
from custody.ledger.acts import beginnings
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.note import parse_note
from tests.ledger.agency import Agency
folder, name, *url = sys.argv[1:]
agency = Agency(Path(folder), *url)
agency.clock += 100
doing = "opening"
try:
    agency.ledger = agency.opened()
    while True:
        doing = "appending"
        for crate in (1, 3):
            seizures = [agency.seizure(f"{name}/+") for _ in range(crate)]
            done = agency.ledger.append(beginnings.seize(agency.by("jm"), seizures), agency.signers)
            for fact in done.entries:
                sys.stdout.write(f"recorded {fact.index} {fact.hash}\\n")
            sys.stdout.flush()
        doing = "signing"
        if fact.index % 20 < 4:
            note = parse_checkpoint(parse_note(agency.ledger.checkpoint(agency.ledger_key)).text)
            print("signed", note.size, note.root.hex(), flush=True)
except CustodyError as error:
    sys.exit(f"{doing}\\n{type(error).__name__}\\n{error.message}\\n{error.hint}")
"""

AT_ONCE = 3
"""Entries of its largest act."""


class Writer:
    """A process that appends to a ledger, and what it said."""

    def __init__(self, agency: Agency, name: str) -> None:
        where = [agency.where] if isinstance(agency.where, str) else []
        command = [sys.executable, "-c", PROGRAM, str(agency.folder), name, *where]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
        self.acknowledged: list[tuple[int, str]] = []
        """Index and hash of each entry of which it was told that it is recorded."""
        self.signed: list[tuple[int, str]] = []
        """Size and root of each checkpoint that it was given."""
        self._said: str | None = None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                kind, number, digest = line.split()
                {"recorded": self.acknowledged, "signed": self.signed}[kind].append((int(number), digest))

    def wait_for(self, more: int) -> None:
        """Until it acknowledged so many more."""
        until, wanted = time.monotonic() + 60, len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            assert self._process.poll() is None, self.last_words()
            assert time.monotonic() < until, "it was kept waiting for a minute"
            time.sleep(0.001)

    def kill(self) -> None:
        """At whatever it is doing."""
        self._process.send_signal(signal.SIGKILL)
        self.last_words()

    def last_words(self) -> str:
        """Waits for its end; what it said when it failed."""
        if self._said is None:
            self._said = self._hear()
        return self._said

    def _hear(self) -> str:
        self._process.wait(60)
        self._reader.join(60)
        assert self._process.stdout is not None and self._process.stderr is not None
        self._process.stdout.close()
        with self._process.stderr as stream:
            return stream.read().strip()


@contextmanager
def crew(agency: Agency) -> Iterator[Callable[[str], Writer]]:
    """What starts a writer of a name; none outlives the block."""
    started: list[Writer] = []

    def start(name: str) -> Writer:
        started.append(Writer(agency, name))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            one.kill()


def check_acknowledged(ledger: Ledger, writers: list[Writer]) -> int:
    """Everything that was acknowledged is there, once, as it was; the rest is whole. How many entries that were."""
    told = [fact for one in writers for fact in one.acknowledged]
    assert len({index for index, _ in told}) == len(told)
    for index, entry_hash in told:
        assert ledger.fact(index).hash == entry_hash
    for size, root in (one for writer in writers for one in writer.signed):
        assert ledger.root(size).hex() == root, "a checkpoint was given out that the ledger is behind, or beside"
    assert audit(ledger).problems == []
    return len(told)
