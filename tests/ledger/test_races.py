"""Several writers, and writers that are killed: what was acknowledged is there, nothing is there by half."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger.acts import beginnings, compose
from custody.ledger.audit import audit
from custody.ledger.recorder import Recorder
from custody.protocol.events.handovers import HandoverReceived, ReceivedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH

ROOT = Path(__file__).resolve().parents[2]

pytestmark = BOTH


def test_an_act_is_made_again_on_the_new_head(agency: Agency) -> None:
    other = agency.twin()
    made: list[int] = []

    def slow(recorder: Recorder) -> None:
        made.append(recorder.item(item).chain.index(-1))
        if len(made) == 1:
            other.seize("JM/2")
        compose.state(ReportLate, agency.by("ana"), item, LateDetails(text="t"))(recorder)

    item = agency.seize("JM/1")
    done = agency.do(slow)
    assert len(made) == 2
    assert [fact.index for fact in done.entries] == [agency.ledger.size - 1]
    assert audit(agency.ledger).problems == []
    other.ledger.close()


def test_what_another_process_did_is_known_before_refusing(agency: Agency) -> None:
    other = agency.twin()
    item = agency.seize("JM/1")
    with pytest.raises(RuleRefusedError):
        agency.release(item, "ana", "lab")
    other.release(item, "jm", "ana")
    other.receive(item, "ana")
    agency.clock = other.clock
    agency.release(item, "ana", "lab")
    with pytest.raises(UsageError, match="has an item JM/1 already"):
        other.seize("JM/1")
    other.ledger.close()


def test_one_of_two_receipts_wins(agency: Agency) -> None:
    item = agency.seize()
    agency.release(item, "jm", "ana", "lab")
    outcomes: list[str] = []

    def receive(name: str) -> None:
        own = agency.opened()
        act = compose.state(HandoverReceived, agency.by(name), item, ReceivedDetails(condition="good"))
        try:
            own.append(act, agency.signers)
            outcomes.append("received")
        except RuleRefusedError as error:
            outcomes.append(error.code)
        own.close()

    racers = [threading.Thread(target=receive, args=(name,)) for name in ("ana", "lab")]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(outcomes) == ["C03", "received"]
    assert audit(agency.ledger).problems == []


def _seize_many(here: Agency, name: str, count: int) -> None:
    agency = here.twin()
    agency.clock += 100
    for _ in range(count):
        agency.ledger.append(beginnings.seize(agency.by("jm"), [agency.seizure(f"{name}/+")]), agency.signers)
    agency.ledger.close()


def test_processes_take_turns_and_the_ledger_is_one(agency: Agency) -> None:
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    racers = [context.Process(target=_seize_many, args=(agency, name, 15)) for name in ("A", "A", "B")]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
        assert one.exitcode == 0
    ledger = agency.reopen()
    assert ledger.size == size + 45
    labels = sorted(item.label for item in ledger.items())
    assert labels == sorted([f"A/{number}" for number in range(1, 31)] + [f"B/{number}" for number in range(1, 16)])
    assert audit(ledger).problems == []


def _hand_over_many(here: Agency, number: int, count: int) -> None:
    agency = here.twin()
    agency.clock += 100
    for one in range(count):
        item = agency.seize(f"H/{number}-{one}")
        agency.release(item, "jm", "ana")
        agency.receive(item, "ana")
    agency.ledger.close()


def _all_at_once(agency: Agency, processes: int, count: int) -> None:
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    racers = [context.Process(target=_hand_over_many, args=(agency, one, count)) for one in range(processes)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert [one.exitcode for one in racers] == [0] * processes
    ledger = agency.reopen()
    assert ledger.size == size + 3 * processes * count
    wanted = sorted(f"H/{number}-{one}" for number in range(processes) for one in range(count))
    assert sorted(item.label for item in ledger.items() if item.custodian == agency.ref("ana")) == wanted
    assert audit(ledger).problems == []


def test_twenty_officers_hand_over_at_once_and_nothing_is_lost_or_doubled(agency: Agency) -> None:
    _all_at_once(agency, 20, 10 if isinstance(agency.where, str) else 2)


@pytest.mark.soak
def test_twenty_officers_hand_over_a_thousand_items(agency: Agency) -> None:
    _all_at_once(agency, 20, 50)


WRITER = """
import sys
from pathlib import Path
from custody.ledger.acts import beginnings
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH
agency = Agency(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
agency.clock += 100
agency.ledger = agency.opened()
while True:
    for crate in (1, 3):
        seizures = [agency.seizure("K/+") for _ in range(crate)]
        done = agency.ledger.append(beginnings.seize(agency.by("jm"), seizures), agency.signers)
        for fact in done.entries:
            sys.stdout.write(f"{fact.index} {fact.hash}\\n")
        sys.stdout.flush()
    agency.ledger.checkpoint(agency.ledger_key)
"""


def _kill_while_appending(agency: Agency, after: int) -> int:
    """Starts a writer, kills it after so many acknowledged lines; returns how many were acknowledged."""
    command = [
        sys.executable,
        "-c",
        WRITER,
        str(agency.folder),
        *([agency.where] if isinstance(agency.where, str) else []),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(after)]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.stdout.readlines()
    acknowledged = [line.split() for line in lines if line.endswith("\n")]
    ledger = agency.opened()
    for index, entry_hash in acknowledged:
        assert ledger.fact(int(index)).hash == entry_hash
    last = int(acknowledged[-1][0])
    unacknowledged = ledger.size - 1 - last
    assert 0 <= unacknowledged <= 4, "at most one act was under way"
    report = audit(ledger)
    assert report.problems == []
    ledger.close()
    return len(acknowledged)


@pytest.mark.parametrize("after", [1, 7, 40])
def test_killed_while_appending(agency: Agency, after: int) -> None:
    agency.ledger.close()
    assert _kill_while_appending(agency, after) >= after
    agency.reopen()
    agency.clock += 200
    agency.seize("JM/after")


@pytest.mark.soak
def test_killed_again_and_again(agency: Agency) -> None:
    agency.ledger.close()
    chance = random.Random(17)
    for _ in range(100):
        _kill_while_appending(agency, chance.randint(1, 60))
