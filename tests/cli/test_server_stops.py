"""The server stops while a command is at work: it says what happened, and can be given again."""

import re
import signal
from collections.abc import Iterator

import psycopg
import pytest

from custody.ledger.ledger import Ledger
from custody.ledger.store.postgres import session
from custody.ledger.store.postgres.session import Session
from tests.cli.station import SEIZE, Done, Station
from tests.postgres import OwnServer

END = "SELECT pg_terminate_backend(pg_backend_pid())"
"""The server ends the session, as it does when it stops."""

PHONE = ("seize", *SEIZE, "--label", "JM/1", "--category", "phone", "--description", "phone")
HANDOVER = ("handover", "JM/1", "--to", "ak", "--reason", "storage", "--condition", "good")


def lost(station: Station, moment: str, *words: str) -> Done:
    """A command whose session ends at a moment: before its turn, its COMMIT or its flush."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, moment, END)
        done = station(*words)
    assert (done.code, done.out) == (1, ""), done
    assert len(done.err.splitlines()) == 2, done.err
    assert "no longer answers (" in done.err
    return done


def entry_to_ask_for(done: Done) -> str:
    assert "; whether it was recorded is not known\n" in done.err
    named = re.search(r"hint: `custody show ([0-9a-f]{16})` tells; where it finds no such entry, run the", done.err)
    assert named is not None, done.err
    return named[1]


def test_before_its_turn_nothing_was_recorded(on_server: Station) -> None:
    station, size = on_server, on_server.size()
    done = lost(station, "_BEGIN", *PHONE)
    assert "; nothing of this act was recorded\nhint: try again when the server runs" in done.err
    assert station.must(*PHONE, "--json").json["entries"][0]["index"] == size


def test_before_it_is_signed_nothing_was_recorded(on_server: Station) -> None:
    station, size = on_server, on_server.size()
    plain = Ledger._catch_up

    def ended(ledger: Ledger, **how: bool) -> None:
        ledger.store.database.execute(END)  # type: ignore[attr-defined]
        plain(ledger, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "_catch_up", ended)
        done = station(*PHONE)
    assert (done.code, "; nothing of this act was recorded\nhint: try again when" in done.err) == (1, True), done
    assert station.must(*PHONE, "--json").json["entries"][0]["index"] == size


def test_before_its_commit_the_hint_tells_that_it_was_not_recorded(on_server: Station) -> None:
    station, size = on_server, on_server.size()
    entry = entry_to_ask_for(lost(station, "_EARLY", *PHONE))
    shown = station("show", entry)
    assert (shown.code, f"there is no entry {entry}" in shown.err) == (2, True), shown
    assert station.must(*PHONE, "--json").json["entries"][0]["index"] == size
    assert "nothing is wrong" in station.must("audit").out


def test_before_its_flush_the_hint_tells_that_it_was_recorded(on_server: Station) -> None:
    station = on_server
    entry = entry_to_ask_for(lost(station, "_FLUSH", *PHONE))
    assert "item.seized" in station.must("show", entry).out
    again = station(*PHONE)
    assert (again.code, "has an item JM/1 already" in again.err) == (2, True), again
    entry = entry_to_ask_for(lost(station, "_FLUSH", *HANDOVER))
    assert "handover.received" in station.must("show", entry).out
    again = station(*HANDOVER)
    assert (again.code, "refused (C03)" in again.err) == (3, True), again
    assert len(station("items", "--json").json["items"]) == 1
    assert "nothing is wrong" in station.must("audit").out


def test_a_checkpoint_is_signed_again(on_server: Station) -> None:
    station = on_server
    station.must(*PHONE)
    plain = Session._pipe

    def answerless(session: Session) -> None:
        plain(session)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_pipe", answerless)
        done = station("checkpoint", "-o", "today")
    assert (done.code, "hint: run the command again: what was kept is not kept twice" in done.err) == (1, True), done
    assert not (station.folder / "today").exists()
    station.must("checkpoint", "-o", "today")
    assert "nothing is wrong" in station.must("audit").out


@pytest.fixture
def server() -> Iterator[OwnServer]:
    server = OwnServer()
    yield server
    server.remove()


def test_a_server_that_is_not_there(server: OwnServer, empty_station: Station) -> None:
    station = empty_station
    station.begin(server.create())
    server.end(signal.SIGQUIT)
    for command in (PHONE, ("items",), ("audit",), ("checkpoint",)):
        done = station(*command, "--json")
        assert (done.code, done.json["error"]["exit"]) == (1, 1), done
        assert "can't be reached" in done.json["error"]["message"]
        assert done.json["error"]["hint"].startswith("check the network, the server and the URL")
    server.wait()
    station.must(*PHONE)
    assert "nothing is wrong" in station.must("audit").out
