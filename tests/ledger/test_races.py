"""Several writers, and writers that are killed: what was acknowledged is there, nothing is there by half."""

import multiprocessing
import random
import threading
import time
from typing import Any

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger.acts import beginnings, compose
from custody.ledger.audit import audit
from custody.ledger.recorder import Recorder
from custody.ledger.store.store import StoredCheckpoint
from custody.protocol.events.handovers import HandoverReceived, ReceivedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH
from tests.ledger.writers import AT_ONCE, Writer, check_acknowledged

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


def test_two_who_sign_the_same_head(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    other = agency.twin()
    agency.seize("JM/1")
    looked = agency.ledger.store.last_checkpoint
    notes: list[bytes] = []

    def slowly() -> StoredCheckpoint | None:
        found = looked()
        if not notes:
            notes.append(other.ledger.checkpoint(other.ledger_key))
        return found

    monkeypatch.setattr(agency.ledger.store, "last_checkpoint", slowly)
    assert agency.ledger.checkpoint(agency.ledger_key) == notes[0]
    assert audit(agency.ledger).problems == []
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


def _note_many(here: Agency, item: str, count: int, told: Any) -> None:
    agency, found, longest = here.twin(), [], 0.0
    act = compose.state(ReportLate, agency.by("ana"), item, LateDetails(text="t"))
    for _ in range(count):
        begun = time.monotonic()
        found += [(fact.index, fact.hash) for fact in agency.ledger.append(act, agency.signers).entries]
        longest = max(longest, time.monotonic() - begun)
    agency.ledger.close()
    told.put((found, longest))


@pytest.mark.soak
def test_ten_thousand_appends_by_two_processes(agency: Agency) -> None:
    items = [agency.seize(f"JM/{number}") for number in range(2)]
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    told: Any = context.Queue()
    racers = [context.Process(target=_note_many, args=(agency, item, 5_000, told)) for item in items]
    for one in racers:
        one.start()
    answers = [told.get(timeout=600) for _ in racers]
    for one in racers:
        one.join()
    ledger = agency.reopen()
    acknowledged = sorted(fact for found, _ in answers for fact in found)
    assert [index for index, _ in acknowledged] == list(range(size, size + 10_000)) and ledger.size == size + 10_000
    assert [entry.hash for entry in ledger.store.entries(size, ledger.size)] == [one for _, one in acknowledged]
    assert audit(ledger).problems == []
    longest = max(waited for _, waited in answers)
    print(f"the longest wait: {longest:.3f} s")
    assert longest < 10, "one of them was kept waiting"


def _kill_while_appending(agency: Agency, after: int) -> int:
    """Kills a writer after so many acknowledged entries; returns how many were acknowledged."""
    writer = Writer(agency, "K")
    writer.wait_for(after)
    writer.kill()
    ledger = agency.opened()
    acknowledged = check_acknowledged(ledger, [writer])
    unacknowledged = ledger.size - 1 - writer.acknowledged[-1][0]
    assert 0 <= unacknowledged <= AT_ONCE, "at most one act was under way"
    ledger.close()
    return acknowledged


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


def _kill_some_of_many(agency: Agency, kills: int) -> None:
    """Writers that are killed at any instant, and replaced, while others go on."""
    chance = random.Random(23)
    agency.ledger.close()
    writers = [Writer(agency, name) for name in ("A", "A", "B")]
    for one in writers:
        one.wait_for(1)
    at_work = writers[:]
    for _ in range(kills):
        time.sleep(chance.random() / 20)
        at_work.pop(chance.randrange(len(at_work))).kill()
        for one in at_work:
            one.wait_for(4)
        at_work.append(Writer(agency, chance.choice("AB")))
        writers.append(at_work[-1])
    for one in at_work:
        one.wait_for(1)
        one.kill()
    ledger = agency.reopen()
    check_acknowledged(ledger, writers)


def test_a_killed_writer_holds_nobody_up(agency: Agency) -> None:
    _kill_some_of_many(agency, 3)


@pytest.mark.soak
def test_a_hundred_killed_writers_hold_nobody_up(agency: Agency) -> None:
    _kill_some_of_many(agency, 100)
