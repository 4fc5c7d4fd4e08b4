"""Acts against the rules: refused with the rule's code, what would be needed, and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger import people
from custody.ledger.acts import beginnings, compose
from custody.ledger.acts.compose import state
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.events.items import ItemReturned, ReturnedDetails
from custody.protocol.events.people import RoleTerm
from tests.ledger.agency import ORIGIN, Agency, key_of, local

STORED = StoredDetails(facility="Room 2")


def _store(agency: Agency, by: str, *witnesses: str, at: int | None = None) -> Any:
    return state(ItemStored, agency.by(by, *witnesses, at=at), agency.ledger.find_item("JM/1"), STORED)


def _revoked(agency: Agency) -> Any:
    act = people.revoke(agency.by(ORIGIN), "jm", reason="key lost", effective_from=local(agency.clock))
    agency.do(act)
    return _store(agency, "jm")


def _after_the_end(agency: Agency) -> Any:
    item = agency.ledger.find_item("JM/1")
    agency.release(item, "jm", "chief")
    agency.receive(item, "chief")
    agency.do(compose.state(ItemReturned, agency.by("chief"), item, ReturnedDetails(authority="order", to="owner")))
    return _store(agency, "chief")


def _in_transit(agency: Agency) -> Any:
    agency.release(agency.ledger.find_item("JM/1"), "jm", "ana")
    return _store(agency, "jm")


def _not_addressed(agency: Agency) -> Any:
    item = agency.ledger.find_item("JM/1")
    agency.release(item, "jm", "ana")
    receipt = compose.state
    from custody.protocol.events.handovers import HandoverReceived, ReceivedDetails

    return receipt(HandoverReceived, agency.by("lab"), item, ReceivedDetails(condition="good"))


def _enrol_with_key_of_another(agency: Agency) -> Any:
    return agency.enrolment("twin", "investigator", key_of("jm"))


def _enrol_without_the_key(agency: Agency) -> Any:
    stolen = people.prove_possession("thief", ORIGIN, key_of("thief"))
    return people.enrol(
        agency.by(ORIGIN),
        "thief",
        key=key_of("other").public_key,
        proof=stolen,
        roles=[RoleTerm(role="investigator")],
        name="T",
    )


REFUSALS: dict[str, tuple[str, Callable[[Agency], Any]]] = {
    "not the holder": ("C03", lambda a: _store(a, "ana")),
    "in transit": ("C03", _in_transit),
    "not addressed": ("C04", _not_addressed),
    "after the end": ("C06", _after_the_end),
    "a role that may not": ("A05", lambda a: beginnings.seize(a.by("pros"), [a.seizure("JM/2")])),
    "revoked": ("S03", _revoked),
    "actor as witness": ("S02", lambda a: _store(a, "jm", "jm")),
    "in the future": ("T01", lambda a: _store(a, "jm", at=a.clock + 3600)),
    "a case in the future": ("T01", lambda a: _case_tomorrow(a)),
    "one key, two persons": ("S02", _enrol_with_key_of_another),
    "no proof of possession": ("S01", _enrol_without_the_key),
}


def _case_tomorrow(agency: Agency) -> Any:
    from custody.ledger.acts.cases import open_case
    from custody.protocol.events.cases import CaseOpenedDetails

    details = CaseOpenedDetails(lead=agency.ref("jm"), offence="theft", title="T")
    return open_case(agency.by("jm", at=agency.clock + 86_400), "OP-18", details)


@pytest.mark.parametrize("why", REFUSALS)
def test_refused_with_a_code_a_hint_and_nothing_written(agency: Agency, why: str) -> None:
    code, make = REFUSALS[why]
    agency.seize("JM/1")
    act = make(agency)
    size, items = agency.ledger.size, list(agency.ledger.items())
    with pytest.raises(RuleRefusedError) as caught:
        agency.do(act)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert caught.value.hint
    assert "#" not in caught.value.message, "it speaks of an entry that was not made"
    assert (agency.ledger.size, list(agency.ledger.items())) == (size, items)
    with pytest.raises(RuleRefusedError):
        agency.ledger.rehearse(act)
    agency.reopen()
    with pytest.raises(RuleRefusedError):
        agency.do(act)


def test_a_key_that_is_not_the_enrolled_one(agency: Agency) -> None:
    agency.seize("JM/1")
    agency.signers[agency.ref("jm")] = key_of("somebody else")
    with pytest.raises(RuleRefusedError, match="is not the one on record") as caught:
        agency.do(_store(agency, "jm"))
    assert caught.value.code == "S01"


def test_a_signer_whose_signatures_are_bad(agency: Agency) -> None:
    class Faulty:
        public_key = key_of("jm").public_key

        def sign(self, message: bytes) -> bytes:
            return bytes(64)

    agency.seize("JM/1")
    agency.signers[agency.ref("jm")] = Faulty()
    with pytest.raises(RuleRefusedError) as caught:
        agency.do(_store(agency, "jm"))
    assert caught.value.code == "S01"


def test_a_signer_who_is_not_at_hand(agency: Agency) -> None:
    agency.seize("JM/1")
    del agency.signers[agency.ref("jm")]
    with pytest.raises(UsageError, match=r"jm@.* has to sign"):
        agency.do(_store(agency, "jm"))


def test_a_ledger_key_is_nobody_s_own(agency: Agency) -> None:
    for name in ("ledger", "witness"):
        with pytest.raises(UsageError, match="a key of the ledger itself"):
            agency.do(agency.enrolment("new", "investigator", key_of(name)))


def test_a_person_enrolled_anew_acts_again(agency: Agency) -> None:
    agency.seize("JM/1")
    agency.do(people.revoke(agency.by(ORIGIN), "jm", reason="key lost", effective_from=local(agency.clock)))
    agency.do(agency.enrolment("jm", "investigator", key_of("jm 2")))
    agency.signers[agency.ref("jm")] = key_of("jm 2")
    agency.do(_store(agency, "jm"))
    agency.reopen()
    agency.do(_store(agency, "jm"))


MALFORMED = {
    "a label with a space": {"label": "JM 1"},
    "an empty condition": {"condition": ""},
    "a digital item without digests": {"kind": "digital"},
    "an unknown manner": {"manner": "borrowed"},
    "a text too long": {"description": "x" * 20_001},
}


@pytest.mark.parametrize("defect", MALFORMED)
def test_what_the_format_can_not_hold_is_a_usage_error(agency: Agency, defect: str) -> None:
    with pytest.raises(UsageError, match="can't be recorded"):
        agency.seize(**({"label": "JM/1"} | MALFORMED[defect]))


def test_an_entry_too_large_for_a_tile(agency: Agency) -> None:
    long = "\U0001f4f1" * 15_000
    with pytest.raises(UsageError, match="an entry holds 65535 bytes"):
        agency.seize(description=long)


def test_a_time_without_offset_is_a_usage_error(agency: Agency) -> None:
    agency.seize("JM/1")
    import msgspec

    occasion = msgspec.structs.replace(agency.by("jm"), occurred_at="2026-05-03T10:20:00")
    with pytest.raises(UsageError, match="can't be recorded"):
        agency.do(state(ItemStored, occasion, agency.ledger.find_item("JM/1"), STORED))
