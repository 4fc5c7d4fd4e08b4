"""What is kept in memory: never more than allowed, never behind, and the same as what a new process would load."""

import pytest

from custody.errors import CustodyError, UsageError
from custody.ledger.acts import compose
from custody.ledger.listing import summarise
from custody.ledger.recorder import Recorder
from custody.protocol.events.notes import LateDetails, ReportLate
from tests.ledger.administrator import tamper
from tests.ledger.agency import ORIGIN, Agency
from tests.ledger.conftest import BOTH

pytestmark = BOTH


def lives(agency: Agency) -> None:
    items = [agency.seize(f"JM/{number}") for number in range(6)]
    for item in items:
        agency.release(item, "jm", "ana")
    for item in items[::2]:
        agency.receive(item, "ana")


def test_lists_agree_with_what_the_rules_know(agency: Agency) -> None:
    lives(agency)
    agency.reopen()
    for line in agency.ledger.items():
        assert summarise(agency.ledger.item(line.uuid), ORIGIN, line.begun) == line


def test_items_read_at_once_are_the_same_and_in_the_order_asked(agency: Agency) -> None:
    lives(agency)
    lines = {line.uuid: line for line in reversed(list(agency.ledger.items()))}
    agency.reopen()
    assert [summarise(one, ORIGIN, lines[one.uuid].begun) for one in agency.ledger.items_of([*lines])] == [
        *lines.values()
    ]
    with pytest.raises(UsageError, match="there is no item x in this ledger"):
        agency.ledger.items_of([*lines, "x"])
    assert agency.ledger.items_of([]) == []


@pytest.mark.parametrize("limit", ["MAX_LOADED", "MAX_CAUGHT_UP"])
def test_a_view_that_starts_over_knows_the_same(agency: Agency, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    other = agency.opened()
    other.items()
    monkeypatch.setattr(f"custody.ledger.view.{limit}", 3)
    lives(agency)
    for line in agency.ledger.items():
        assert summarise(other.item(line.uuid), ORIGIN, line.begun) == line
    item = agency.ledger.find_item("JM/1")
    agency.ledger, first = other, agency.ledger
    agency.receive(item, "ana")
    agency.ledger = first
    assert first.item(item).custodian == agency.ref("ana")
    other.close()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_act_that_breaks_off_leaves_no_trace(agency: Agency, error: type[BaseException]) -> None:
    item = agency.seize()
    size = agency.ledger.size

    def breaks(recorder: Recorder) -> None:
        compose.state(ReportLate, agency.by("ana"), item, LateDetails(text="t"))(recorder)
        raise error("midway")

    with pytest.raises(error):
        agency.do(breaks)
    assert agency.ledger.size == size
    agency.release(item, "jm", "ana")
    assert agency.ledger.history(f"item:{item}")[-1].event.type == "handover.released"


def test_interrupted_while_writing(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    size = agency.ledger.size

    def interrupted(*anything: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("custody.ledger.store.writing.SqlWriting.put_items", interrupted)
        agency.seize("JM/1")
    assert agency.ledger.size == size
    agency.seize("JM/1")
    assert agency.reopen().size == size + 1


def test_a_database_that_shrinks_while_open(agency: Agency) -> None:
    agency.seize()
    other = agency.twin()
    other.ledger.persons()
    tamper(agency, lambda database: database.run('DELETE FROM entry WHERE "index">5'))
    with pytest.raises(CustodyError, match="lost entries while it was open"):
        other.ledger.persons()
    other.ledger.close()
