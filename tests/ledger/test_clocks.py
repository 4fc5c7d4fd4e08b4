"""Clocks that are wrong: a ledger's times never fall (T01), and one clock that is ahead stops nobody else."""

import time

import pytest

from custody.errors import RuleRefusedError
from custody.ledger.acts.compose import state
from custody.ledger.audit import audit
from custody.ledger.store.sql import SqlStore
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.times import format_utc
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH


def store_away(agency: Agency, item: str) -> int:
    """`recorded_at` of one more entry."""
    act = state(ItemStored, agency.by("jm"), item, StoredDetails(facility="room 2"))
    return agency.ledger.append(act, agency.signers).entries[0].recorded


@BOTH
def test_a_little_behind_is_the_time_of_the_last_entry(agency: Agency) -> None:
    item = agency.seize("JM/1")
    last = agency.clock
    agency.clock -= 600
    assert store_away(agency, item) == last


@BOTH
def test_set_back_an_hour(agency: Agency) -> None:
    item, size = agency.seize("JM/1"), agency.ledger.size
    last = agency.clock
    agency.clock -= 3600
    for _ in range(2):  # by whoever opens it
        with pytest.raises(RuleRefusedError, match="this computer's clock says") as caught:
            store_away(agency, item)
        assert caught.value.code == "T01"
        assert all(format_utc(one) in caught.value.message for one in (agency.clock, last))
        assert "wait until that time" in (caught.value.hint or "")
        agency.reopen()
    assert agency.ledger.size == size
    agency.clock = last
    assert store_away(agency, item) == last
    assert audit(agency.ledger).problems == []


@pytest.mark.parametrize("agency", ["postgres"], indirect=True)
def test_ahead_of_the_server(agency: Agency) -> None:
    """Recorded, it would keep the whole country from recording until then."""
    item, right, size = agency.seize("JM/1"), int(time.time()), agency.ledger.size
    agency.clock = right + 3600
    with pytest.raises(RuleRefusedError, match="the database server's") as caught:
        store_away(agency, item)
    assert (caught.value.code, agency.ledger.size) == ("T01", size)
    agency.clock = right + 600
    assert store_away(agency, item) == agency.clock


@pytest.mark.parametrize("agency", ["postgres"], indirect=True)
def test_a_computer_that_slept_asks_the_server_again(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it measures of time stands still meanwhile; held against it would be its own sleep."""
    item = agency.seize("JM/1")
    store = agency.ledger.store
    agency.clock = int(time.time())
    assert isinstance(store, SqlStore)
    monkeypatch.setattr(store.database, "_asked", time.monotonic() + 3600)
    told = store.clock()
    assert told is not None
    assert agency.clock - told > 3000
    assert store_away(agency, item) == agency.clock
