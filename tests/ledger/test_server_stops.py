"""The server stops in the middle, as in a power cut: what was acknowledged is there, and writers say what happened.

An `immediate` stop loses the part of the log (WAL) that is still in the server's memory. A writer that let go of the
lock early and acknowledged before the flush would lose entries here.
"""

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.agency import Agency
from tests.ledger.writers import Writer, check_acknowledged
from tests.postgres import OwnServer


@pytest.fixture
def server() -> Iterator[OwnServer]:
    server = OwnServer()
    yield server
    server.remove()


def stopped_while_writing(server: OwnServer, agency: Agency, how: int, after: int, delay: float) -> list[str]:
    """Stops the server some time after each of three writers acknowledged `after` entries; what the writers said."""
    writers = [Writer(agency, name) for name in "ABC"]
    for one in writers:
        one.wait_for(after)
    time.sleep(delay)
    server.end(how)
    said = [one.last_words() for one in writers]
    server.start_again()
    ledger = agency.opened()
    check_acknowledged(ledger, writers)
    ledger.close()
    return said


def understood(said: str) -> bool:
    """Whether a writer that failed told what happened and what to do; where it can't know, that it does not."""
    kind, message, hint = said.split("\n")
    unsure = kind == "UnsureError" and "whether it was recorded is not known" in message and "custody log" in hint
    return "can't be reached" in message and (unsure or (kind == "CustodyError" and "check the network" in hint))


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL], ids=["immediate", "killed"])
def test_what_was_acknowledged_is_there(server: OwnServer, tmp_path: Path, how: int) -> None:
    agency = Agency(tmp_path, server.create()).staffed()
    agency.ledger.close()
    said = stopped_while_writing(server, agency, how, 5, 0.05)
    assert all(map(understood, said)), said
    agency.reopen()
    agency.clock += 500
    agency.seize("JM/after")
    agency.ledger.close()


@pytest.mark.soak
def test_again_and_again(server: OwnServer, tmp_path: Path) -> None:
    agency = Agency(tmp_path, server.create()).staffed()
    agency.ledger.close()
    chance = random.Random(29)
    for _ in range(40):
        how = chance.choice([signal.SIGQUIT, signal.SIGKILL])
        said = stopped_while_writing(server, agency, how, chance.randint(1, 30), chance.random() / 10)
        assert all(map(understood, said)), said
