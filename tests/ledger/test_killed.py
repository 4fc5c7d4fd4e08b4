"""Writers that are killed: what was acknowledged is there, nothing is there by half, and nobody waits for the dead."""

import multiprocessing
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from custody.ledger.audit import audit
from custody.ledger.store.postgres import session
from custody.ledger.store.sql import SqlStore
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH
from tests.ledger.writers import AT_ONCE, check_acknowledged, crew
from tests.postgres import connected


def _kill_while_appending(agency: Agency, after: int) -> int:
    """Kills a writer after so many acknowledged entries; returns how many were acknowledged."""
    with crew(agency) as start:
        writer = start("K")
        writer.wait_for(after)
        writer.kill()
    ledger = agency.opened()
    acknowledged = check_acknowledged(ledger, [writer])
    unacknowledged = ledger.size - 1 - writer.acknowledged[-1][0]
    assert 0 <= unacknowledged <= AT_ONCE, "at most one act was under way"
    ledger.close()
    return acknowledged


@BOTH
@pytest.mark.parametrize("after", [1, 7, 40])
def test_killed_while_appending(agency: Agency, after: int) -> None:
    agency.ledger.close()
    assert _kill_while_appending(agency, after) >= after
    agency.reopen()
    agency.clock += 200
    agency.seize("JM/after")


@BOTH
@pytest.mark.soak
def test_killed_again_and_again(agency: Agency) -> None:
    agency.ledger.close()
    chance = random.Random(17)
    for _ in range(100):
        _kill_while_appending(agency, chance.randint(1, 60))


def _kill_some_of_many(agency: Agency, kills: int) -> None:
    """Writers that are killed at any instant, and replaced, while others go on."""
    chance = random.Random(23)
    agency.ledger.close()
    with crew(agency) as start:
        writers = [start(name) for name in ("A", "A", "B")]
        for one in writers:
            one.wait_for(1)
        at_work = writers[:]
        for _ in range(kills):
            time.sleep(chance.random() / 20)
            at_work.pop(chance.randrange(len(at_work))).kill()
            for one in at_work:
                one.wait_for(4)
            at_work.append(start(chance.choice("AB")))
            writers.append(at_work[-1])
        for one in at_work:
            one.wait_for(1)
            one.kill()
    ledger = agency.reopen()
    print(f"{check_acknowledged(ledger, writers)} entries acknowledged by {len(writers)} writers, each killed")


@BOTH
def test_a_killed_writer_holds_nobody_up(agency: Agency) -> None:
    _kill_some_of_many(agency, 3)


@BOTH
@pytest.mark.soak
def test_a_hundred_killed_writers_hold_nobody_up(agency: Agency) -> None:
    _kill_some_of_many(agency, 100)


def _stays(reached: Any) -> None:
    reached.set()
    time.sleep(600)


def _in_its_turn(agency: Agency, reached: Any) -> None:
    with agency.ledger.store.turn():
        _stays(reached)


def _before_its_commit(agency: Agency, reached: Any) -> None:
    store = agency.ledger.store
    assert isinstance(store, SqlStore)
    database = store.database

    def commit(*, early: bool) -> None:
        database.rows("SELECT 1")  # sends what a server is still to write
        _stays(reached)

    database.commit = commit  # type: ignore[method-assign]
    agency.seize("K/1")


def _after_its_commit(agency: Agency, reached: Any) -> None:
    """On a server: the lock is let go, and the flush not yet asked for."""
    store = agency.ledger.store
    assert isinstance(store, SqlStore)
    database, plain = store.database, store.database.commit

    def commit(*, early: bool) -> None:
        session._FLUSH = "SELECT 1"
        plain(early=early)
        _stays(reached)

    database.commit = commit  # type: ignore[method-assign]
    agency.seize("K/1")


MOMENTS: dict[str, tuple[Callable[[Agency, Any], None], int]] = {
    "in its turn": (_in_its_turn, 0),
    "before its commit": (_before_its_commit, 0),
    "after its commit": (_after_its_commit, 1),
}
"""And how many entries there are of it."""


def _as_another(here: Agency, moment: Callable[[Agency, Any], None], reached: Any) -> None:
    moment(here.twin(), reached)


@BOTH
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_goes_on_at_once(agency: Agency, moment: str) -> None:
    what, kept = MOMENTS[moment]
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    reached = context.Event()
    doomed = context.Process(target=_as_another, args=(agency, what, reached), daemon=True)
    doomed.start()
    assert reached.wait(60)
    doomed.kill()
    doomed.join()
    agency.reopen()
    agency.seize("JM/next")  # a lock that is still held is an error, after ten seconds
    assert agency.ledger.size == size + kept + 1
    assert audit(agency.ledger).problems == []


WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.mark.parametrize("agency", ["postgres"], indirect=True)
def test_who_is_killed_in_the_queue_is_passed_over(agency: Agency) -> None:
    """The server does not hear of it, and gives the dead one its turn."""
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    doomed = context.Process(target=_as_another, args=(agency, _in_its_turn, context.Event()), daemon=True)
    agency.reopen()
    with agency.ledger.store.turn():
        doomed.start()
        with connected(str(agency.where)) as other:
            until = time.monotonic() + 60
            while not other.execute(WAITING).fetchall():
                assert time.monotonic() < until
        doomed.kill()
        doomed.join()
    agency.seize("JM/next")
    assert agency.ledger.size == size + 1
