"""The server stops in the middle, as in a power cut: what was acknowledged is there, and writers say what happened.

An `immediate` stop loses the part of the log (WAL) that is still in the server's memory. A writer that let go of the
lock early and acknowledged before the flush would lose entries here.
"""

import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.ledger.ledger import Ledger
from tests.ledger.agency import Agency
from tests.ledger.writers import check_acknowledged, crew
from tests.postgres import OwnServer

STOPS: dict[str, Callable[[OwnServer], None]] = {
    "immediate": lambda server: server.end(signal.SIGQUIT),
    "killed": lambda server: server.end(signal.SIGKILL),
    "a session killed": lambda server: server.kill_session(),
}


@pytest.fixture
def server() -> Iterator[OwnServer]:
    server = OwnServer()
    yield server
    server.remove()


def stopped_while_writing(server: OwnServer, agency: Agency, how: str, after: int, delay: float) -> None:
    """Stops the server some time after each of three writers acknowledged `after` entries."""
    with crew(agency) as start:
        writers = [start(name) for name in "ABC"]
        for one in writers:
            one.wait_for(after)
        time.sleep(delay)
        STOPS[how](server)
        said = [one.last_words() for one in writers]
    server.wait()
    ledger = agency.opened()
    check_acknowledged(ledger, writers)
    for one in said:
        check_understood(one, ledger)
    ledger.close()


def check_understood(said: str, ledger: Ledger) -> None:
    """A writer that failed told what happened and what to do; where it can't know, how to find out."""
    doing, kind, message, hint = said.split("\n")
    assert "no longer answers" in message, said
    if kind == "LostError":
        assert message.endswith("; nothing of this act was recorded") == (doing == "appending"), said
        assert "try again when the server runs" in hint, said
    else:
        assert (kind, "whether it was recorded is not known" in message) == ("UnsureError", True), said
        assert (hint == "run the command again: what was kept is not kept twice") == (doing == "signing"), said
        if doing == "appending":
            ask(ledger, hint)


def ask(ledger: Ledger, hint: str) -> bool:
    """What `custody show` tells about the entry that the hint names: there, or not."""
    named = re.search(r"`custody show ([0-9a-f]{16})`", hint)
    assert named is not None
    try:
        return ledger.find_entry(named[1]) < ledger.size
    except CustodyError as error:
        assert "no entry" in error.message
        return False


@pytest.mark.parametrize("how", STOPS)
def test_what_was_acknowledged_is_there(server: OwnServer, tmp_path: Path, how: str) -> None:
    agency = Agency(tmp_path, server.create()).staffed()
    agency.ledger.close()
    stopped_while_writing(server, agency, how, 5, 0.05)
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
        stopped_while_writing(server, agency, chance.choice([*STOPS]), chance.randint(1, 30), chance.random() / 10)
