"""How people name items and entries."""

import pytest

from custody.errors import UsageError
from custody.ledger.acts import beginnings, cases
from custody.protocol.events.cases import CaseOpenedDetails
from tests.ledger.agency import ORIGIN, Agency
from tests.ledger.conftest import BOTH

pytestmark = BOTH


@pytest.fixture
def two_cases(agency: Agency) -> Agency:
    """JM/1 in two cases, JM/2 in one."""
    details = CaseOpenedDetails(lead=agency.ref("jm"), offence="theft", title="T")
    agency.do(cases.open_case(agency.by("jm"), "OP-18", details))
    agency.seize("JM/1")
    agency.seize("JM/2")
    other = agency.seizure("JM/1")
    agency.do(
        beginnings.seize(
            agency.by("jm"), [beginnings.Seizure(case="OP-18", details=other.details)]
        )
    )  # fmt: skip
    return agency


def test_an_item_is_found_by_what_people_call_it(two_cases: Agency) -> None:
    ledger = two_cases.ledger
    first, second, third = (item.uuid for item in ledger.items())
    assert ledger.find_item("JM/2") == second
    assert (ledger.find_item("OP-17:JM/1"), ledger.find_item("OP-18:JM/1")) == (first, third)
    assert [ledger.find_item(uuid) for uuid in (first, second)] == [first, second]
    assert ledger.find_item(third[:8]) == third
    assert ledger.find_item(third[:12]) == third


def test_a_label_is_found_in_either_spelling_and_a_uuid_in_capitals(agency: Agency) -> None:
    composed, decomposed = agency.seize("\u0218/1"), agency.seize("S\u0327/2")
    assert agency.ledger.find_item("\u015e/2") == decomposed
    assert agency.ledger.find_item("S\u0326/1") == agency.ledger.find_item("\u0218/1") == composed
    assert agency.ledger.find_item("S\u0327/2") == decomposed
    assert agency.ledger.find_item(composed.upper()) == composed
    assert agency.ledger.find_item(composed[:8].upper()) == composed


def test_labels_that_look_the_same_do_not_stand_in_one_case(agency: Agency) -> None:
    agency.seize("S\u0327/2")
    for same in ("S\u0327/2", "\u015e/2"):
        with pytest.raises(UsageError, match="already"):
            agency.seize(same)
    assert agency.ledger.item(agency.seize("\u015e/+")).label == "\u015e/3"


ITEMS = {
    "JM/1": r"names 2 items: OP-17:JM/1 \([0-9a-f]{8}\), OP-18:JM/1",
    "JM/3": "there is no item JM/3",
    "caf\udce9": "it is not text in UTF-8",
    "OP-18:JM/2": "there is no item OP-18:JM/2",
    "0": "there is no item 0",
    "00000000": "there is no item 00000000",
    "": "there is no item",
}


@pytest.mark.parametrize("text", ITEMS)
def test_an_item_that_can_not_be_told(two_cases: Agency, text: str) -> None:
    with pytest.raises(UsageError, match=ITEMS[text]):
        two_cases.ledger.find_item(text)


def test_a_short_prefix_names_nothing(two_cases: Agency) -> None:
    uuid = two_cases.ledger.find_item("JM/2")
    with pytest.raises(UsageError, match="there is no item"):
        two_cases.ledger.find_item(uuid[:7])


def test_an_entry_is_found_by_index_origin_and_hash(agency: Agency) -> None:
    fact = agency.ledger.fact(3)
    for text in ("3", f"{ORIGIN}#3", fact.hash, fact.hash[:8], fact.hash[:9]):
        assert agency.ledger.find_entry(text) == 3


ENTRIES = {
    "99": "there is no entry 99: the last is 6",
    f"{ORIGIN}#99": "there is no entry 99",
    "police.example/other#1": "police.example/other is another ledger",
    "00000000": "there is no entry 00000000",
    "abc": "there is no entry abc",
    "-1": "there is no entry -1",
    "01": "there is no entry 01",
    "": "there is no entry",
}


@pytest.mark.parametrize("text", ENTRIES)
def test_an_entry_that_can_not_be_told(agency: Agency, text: str) -> None:
    with pytest.raises(UsageError, match=ENTRIES[text]):
        agency.ledger.find_entry(text)


def test_what_is_not_there(agency: Agency) -> None:
    with pytest.raises(UsageError, match="there is no entry 99"):
        agency.ledger.entry(99)
    with pytest.raises(UsageError, match="there is no item"):
        agency.ledger.item("0" * 8)
    with pytest.raises(UsageError, match="is not enrolled"):
        agency.ledger.person(agency.ref("nobody"))
    with pytest.raises(UsageError, match="is not enrolled"):
        agency.ledger.person("jm@elsewhere.example/custody")
