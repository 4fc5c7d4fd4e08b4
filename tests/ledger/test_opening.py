"""A ledger's first entry, and what is left when it can't be made."""

from pathlib import Path

import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.ledger.audit import audit
from custody.ledger.opening import create_ledger, open_ledger
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.entry import NO_PREVIOUS, parse_entry
from custody.protocol.note import parse_note
from tests.ledger.agency import ORIGIN, Agency, key_of


def test_the_first_entry_opens_the_ledger(tmp_path: Path) -> None:
    agency = Agency(tmp_path).found()
    entry = parse_entry(agency.ledger.entry(0))
    assert (entry.index, entry.previous) == (0, NO_PREVIOUS)
    fact = agency.ledger.fact(0)
    assert (fact.event.type, fact.event.actor, fact.event.previous) == ("ledger.opened", ORIGIN, None)
    note = parse_note((tmp_path / "checkpoint").read_bytes())
    assert parse_checkpoint(note.text).size == 1
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("ledger.db-")) == [
        "checkpoint", "head", "ledger.db",
    ]  # fmt: skip
    assert audit(agency.ledger).problems == []
    agency.ledger.close()


def test_a_second_ledger_in_the_same_place(agency: Agency) -> None:
    size = agency.ledger.size
    with pytest.raises(UsageError, match="there is a ledger at"):
        Agency(agency.folder).found()
    assert agency.ledger.size == size


def test_nothing_is_left_of_a_ledger_that_could_not_be_opened(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    agency.found()
    details = agency.ledger.fact(0).event.details  # type: ignore[attr-defined]
    agency.ledger.close()
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(RuleRefusedError, match="not the one on record"):
        create_ledger(agency.path, agency.by(ORIGIN), details, key_of("another"), now=agency.now)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(MalformedError, match="is not an origin"):
        create_ledger(agency.path, agency.by("https://ocrteh"), details, agency.ledger_key, now=agency.now)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="can't be opened") as caught:
        Agency(tmp_path / "nowhere").found()
    assert caught.value.exit_code == 1


def test_a_ledger_opened_again_goes_on(agency: Agency) -> None:
    item = agency.seize("JM/1")
    agency.reopen()
    assert agency.ledger.origin == ORIGIN
    agency.release(item, "jm", "ana")
    again = open_ledger(agency.path, now=agency.now)
    assert again.item(item).addressees == (agency.ref("ana"),)
    assert again.state.agency == "Organised Crime Unit"
    again.close()
