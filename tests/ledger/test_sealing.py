"""Members taken out of events before anything is judged, and kept locked beside the log."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.errors import CustodyError, MalformedError, UsageError
from custody.keys.identity import new_identity
from custody.keys.vault import Vault
from custody.ledger.acts import cases, compose, notes
from custody.ledger.audit import audit
from custody.ledger.sealing import FILE_NAMES, LockedValue, field_name, read_locked, seal_members, sealable_names
from custody.protocol import canonical
from custody.protocol.audiences import DEFAULTS
from custody.protocol.disclosure import digest_disclosure, parse_disclosure
from custody.protocol.events.cases import CaseErasedDetails
from custody.protocol.events.codec import EVENT_TYPES, format_event, parse_event
from custody.protocol.events.notes import LateDetails, ReportLate
from custody.protocol.events.validity import sealable_pointers
from custody.protocol.values import MAX_TEXT, Document
from tests.ledger.administrator import tamper
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH
from tests.property.test_malleability import EVENTS

IDENTITY, RECIPIENT = new_identity()
NAME = "Ana Popescu, born 1999-05-03"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "cases", RECIPIENT)


def seal(agency: Agency, vault: Vault, act: Any) -> Any:
    agency.clock += 1
    return agency.ledger.append(act, agency.signers, lock=vault.lock)


def late(agency: Agency, item: str, text: str = NAME, *readers: str, name: str = "text") -> Any:
    occasion = agency.by("jm").sealed({name: readers or ("court",)})
    return compose.state(ReportLate, occasion, item, LateDetails(text=text))


def open_value(vault: Vault, value: LockedValue) -> str:
    plain = vault.open(value.case, value.body, IDENTITY)
    assert plain is not None
    return parse_disclosure(read_locked(value, plain)).value


def test_a_sealed_member_leaves_its_digest_and_comes_back_from_the_vault(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    fact = seal(agency, vault, late(agency, item)).entries[0]
    assert fact.event.details.text is None
    (value,) = agency.ledger.sealed_values(list(fact.event.sealed.values()))
    assert (value.case, value.audiences) == ("OP-17", ("court",))
    assert open_value(vault, value) == NAME
    assert audit(agency.ledger).problems == []


def test_every_sealable_member_has_a_name_and_default_readers() -> None:
    assert set(sealable_names(EVENT_TYPES.values())) == set(DEFAULTS)
    assert all("court" in audiences for audiences in DEFAULTS.values())
    assert field_name("/details/receipt/name") == field_name("/documents/*/title") == FILE_NAMES


def put(value: Any, path: list[str]) -> bool:
    """Fills a member of an event in clear; what holds it must be there."""
    for name in path[:-1]:
        value = value[0] if name == "*" and value else value.get(name) if isinstance(value, dict) else None
        if not value:
            return False
    value[path[-1]] = "Ana"
    return True


def test_every_sealable_member_of_every_event_can_be_sealed() -> None:
    """In all events of the fixtures: the member is gone, its digest is there, and the disclosure says what it was."""
    seen = set()
    for data in EVENTS:
        event = parse_event(data)
        for pattern in sealable_pointers(type(event)) if not event.sealed else ():
            stated = msgspec.to_builtins(event)
            if not put(stated, pattern.split("/")[1:]):
                continue
            name = field_name(pattern)
            left, taken = seal_members(parse_event(canonical.encode(stated)), {name: ("court",)})
            values = {parse_disclosure(one.disclosure).path: one for _, one in taken}
            assert left.sealed == {path: digest_disclosure(one.disclosure) for path, one in values.items()}
            assert parse_event(format_event(left)) == left
            assert "Ana" in [parse_disclosure(one.disclosure).value for one in values.values()]
            if name != FILE_NAMES:
                assert b'"Ana"' not in format_event(left)
            seen.add(name)
    assert seen == set(DEFAULTS)


def test_one_value_sealed_twice_has_two_digests(agency: Agency, vault: Vault) -> None:
    """Equal names can't be told from equal digests."""
    item = agency.seize()
    seal(agency, vault, compose.together(late(agency, item), late(agency, item)))
    one, other = list(agency.ledger.store.every_sealed())
    assert one.digest != other.digest
    assert open_value(vault, one) == open_value(vault, other)


def test_short_values_are_not_told_apart_by_their_length(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    for text in ("Bo", "Ana-Maria Constantinescu-Ionescu"):
        seal(agency, vault, late(agency, item, text))
    assert {len(vault.open("OP-17", one.body, IDENTITY) or b"") for one in agency.ledger.store.every_sealed()} == {256}


def test_what_is_not_there_or_can_not_be_sealed_is_refused(agency: Agency, vault: Vault) -> None:
    item, size = agency.seize(), agency.ledger.size
    for name in ("label", "condition", "place", "nonsense"):
        with pytest.raises(UsageError, match=f"{name} can't be sealed here") as caught:
            seal(agency, vault, late(agency, item, name=name))
        assert "text" in (caught.value.hint or "")
    assert agency.ledger.size == size
    assert list(agency.ledger.store.every_sealed()) == []


def test_without_a_key_nothing_is_sealed(agency: Agency) -> None:
    item, size = agency.seize(), agency.ledger.size
    with pytest.raises(UsageError, match="no key to lock it"):
        agency.do(late(agency, item))
    assert agency.ledger.size == size


def test_the_longest_text_fits_or_is_refused(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    seal(agency, vault, late(agency, item, "é" * MAX_TEXT))
    with pytest.raises(UsageError, match="too long to be sealed"):
        seal(agency, vault, late(agency, item, "\x01" * MAX_TEXT))


def test_two_values_under_one_path_are_malformed(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    event = seal(agency, vault, late(agency, item)).entries[0].event
    data = format_event(event)
    (digest,) = event.sealed.values()
    member = f'"/details/text":"{digest}"'.encode()
    twice = data.replace(member, member + b',"/details/text":"' + b"0" * 64 + b'"')
    assert twice != data
    with pytest.raises(MalformedError):
        parse_event(twice)
    clear = data.replace(b'"details":{}', b'"details":{"text":"Bo"}')
    assert clear != data
    with pytest.raises(MalformedError, match="both sealed and in clear"):
        parse_event(clear)


def test_the_correction_of_a_sealed_value_is_for_the_same_readers(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    corrected = seal(agency, vault, late(agency, item, NAME, "court", "press")).entries[0]
    act = notes.correct(agency.by("jm", "chief"), corrected, field="text", value="Ana Popa", why="misheard")
    (fact,) = seal(agency, vault, act).entries
    assert fact.event.details.value is None
    (value,) = agency.ledger.sealed_values(list(fact.event.sealed.values()))
    assert value.audiences == ("court", "press")
    assert open_value(vault, value) == "Ana Popa"


def test_an_act_that_fails_keeps_nothing(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    with pytest.raises(UsageError):
        seal(agency, vault, compose.together(late(agency, item), late(agency, "00000000-0000-4000-8000-000000000000")))
    assert list(agency.ledger.store.every_sealed()) == []


def test_in_an_erased_case_values_are_locked_for_the_agency(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    agency.do(cases.erase_case(agency.by("chief"), "OP-17", CaseErasedDetails(authority="order 1")))
    seal(agency, vault, late(agency, item))
    (value,) = list(agency.ledger.store.every_sealed())
    assert value.case is None
    assert open_value(vault, value) == NAME
    with pytest.raises(UsageError, match="erased already"):
        agency.do(cases.erase_case(agency.by("chief"), "OP-17", CaseErasedDetails(authority="order 1")))


def test_more_fields_than_an_event_may_seal(agency: Agency, vault: Vault) -> None:
    documents = tuple(
        Document(blake3="0" * 64, kind="photo", sha256="0" * 64, size=1, title=f"{NAME} {number}")
        for number in range(33)
    )
    occasion = msgspec.structs.replace(agency.by("jm"), documents=documents).sealed({"file-names": ("court",)})
    act = compose.state(ReportLate, occasion, agency.seize(), LateDetails(text="t"))
    with pytest.raises(UsageError, match="can't be recorded") as caught:
        seal(agency, vault, act)
    assert NAME not in str(caught.value)


def test_readers_can_not_be_widened_in_the_database(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    seal(agency, vault, late(agency, item))
    (value,) = list(agency.ledger.store.every_sealed())
    plain = vault.open(value.case, value.body, IDENTITY)
    assert plain is not None
    with pytest.raises(CustodyError, match="was altered"):
        read_locked(value._replace(audiences=("court", "public")), plain)
    with pytest.raises(CustodyError, match="was altered"):
        read_locked(value._replace(digest="0" * 64), plain)
    with pytest.raises(CustodyError, match="was altered"):
        read_locked(value, plain[:-200])


@BOTH
def test_audit_misses_a_value_that_is_gone(agency: Agency, vault: Vault) -> None:
    item = agency.seize()
    index = seal(agency, vault, late(agency, item)).entries[0].index
    tamper(agency, lambda database: database.run("DELETE FROM sealed"))
    found = audit(agency.ledger).problems
    assert (index, True) in [(one.entry, "nothing is kept of what is sealed" in one.message) for one in found]
    stray = "INSERT INTO sealed VALUES (?, 'OP-17', 'court', ?, NULL)"
    tamper(agency, lambda database: database.run(stray, b"\0", b"\0"))
    assert any("stands in no entry" in one.message for one in audit(agency.ledger).problems)
