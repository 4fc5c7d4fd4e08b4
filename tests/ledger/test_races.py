"""Several writers at once: each entry is there, once, in one order; an act is judged by what others did."""

import json
import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger.acts import beginnings, compose
from custody.ledger.audit import audit
from custody.ledger.recorder import Recorder
from custody.ledger.store.store import StoredCheckpoint
from custody.protocol.ed25519 import Signer
from custody.protocol.events.handovers import HandoverReceived, ReceivedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH

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


def test_a_checkpoint_that_two_sign_at_once_is_one(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer signs, and somebody cuts a bundle: neither moves the head."""
    other, plain = agency.twin(), agency.ledger._certify_head
    agency.seize("JM/1")
    notes: list[bytes] = []

    def slow(signer: Signer) -> StoredCheckpoint:
        notes.append(other.ledger.checkpoint(signer))
        return plain(signer)

    monkeypatch.setattr(agency.ledger, "_certify_head", slow)
    assert [agency.ledger.checkpoint(agency.ledger_key)] == notes
    assert [one.size for one in agency.ledger.checkpoints()] == [1, agency.ledger.size]
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
    racers = [context.Process(target=_seize_many, args=(agency, name, 15), daemon=True) for name in ("A", "A", "B")]
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
    racers = [
        context.Process(target=_hand_over_many, args=(agency, one, count), daemon=True) for one in range(processes)
    ]
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


def _note_many(here: Agency, item: str, count: int, told: Path) -> None:
    agency, found, longest = here.twin(), [], 0.0
    act = compose.state(ReportLate, agency.by("ana"), item, LateDetails(text="t"))
    for _ in range(count):
        begun = time.monotonic()
        found += [(fact.index, fact.hash) for fact in agency.ledger.append(act, agency.signers).entries]
        longest = max(longest, time.monotonic() - begun)
    agency.ledger.close()
    told.write_text(json.dumps([found, longest]))


def _two_append(agency: Agency, count: int) -> None:
    items = [agency.seize(f"JM/{number}") for number in range(2)]
    size = agency.ledger.size
    agency.ledger.close()
    context = multiprocessing.get_context("fork")
    told = [agency.folder / f"told {item}" for item in items]
    racers = [
        context.Process(target=_note_many, args=(agency, item, count, path), daemon=True)
        for item, path in zip(items, told, strict=True)
    ]
    for one in racers:
        one.start()
    for one in racers:
        one.join(600)
    assert [one.exitcode for one in racers] == [0, 0]
    answers = [json.loads(path.read_text()) for path in told]
    ledger = agency.reopen()
    acknowledged = sorted((index, entry_hash) for found, _ in answers for index, entry_hash in found)
    assert [index for index, _ in acknowledged] == list(range(size, size + 2 * count))
    assert ledger.size == size + 2 * count
    assert [entry.hash for entry in ledger.store.entries(size, ledger.size)] == [one for _, one in acknowledged]
    assert audit(ledger).problems == []
    longest = max(waited for _, waited in answers)
    print(f"the longest wait: {longest:.3f} s")
    assert longest < 10, "one of them was kept waiting"


def test_two_processes_and_nobody_is_kept_waiting(agency: Agency) -> None:
    _two_append(agency, 150)


@pytest.mark.soak
def test_ten_thousand_appends_by_two_processes(agency: Agency) -> None:
    _two_append(agency, 5_000)
