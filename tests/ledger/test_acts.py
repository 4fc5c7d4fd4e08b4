"""Acts: what they record, all or nothing, and what the ledger knows afterwards."""

from typing import Any

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger import people
from custody.ledger.acts import beginnings, cases, compose, handling, handovers, notes
from custody.ledger.signing import NEW_LEDGER_KEY
from custody.protocol.events.cases import CaseAmendedDetails, CaseClosedDetails
from custody.protocol.events.handling import (
    ExaminedDetails,
    InspectedDetails,
    ItemInspected,
    ItemLent,
    ItemRecovered,
    ItemSealed,
    ItemStored,
    LentDetails,
    OpenedSealsDetails,
    RecoveredDetails,
    SealedDetails,
    StoredDetails,
)
from custody.protocol.events.handovers import HandoverWithdrawn, ReceivedDetails, ReleasedDetails, WithdrawnDetails
from custody.protocol.events.items import DerivedDetails, ItemVoided, VoidedDetails
from custody.protocol.events.ledger import Profile
from custody.protocol.events.notes import LateDetails, ReportLate
from custody.protocol.names import name_of
from custody.protocol.values import Amount, Digests, Reference, SealReading
from custody.protocol.vkey import ED25519, format_vkey, make_vkey
from tests.ledger.agency import ORIGIN, STAFF, Agency, key_of, local

STORED = StoredDetails(facility="Room 2")
DIGESTS = (Digests(blake3="ab" * 32, sha256="cd" * 32, size=5),)


def kinds(agency: Agency, item: str) -> list[str]:
    return [fact.event.type for fact in agency.ledger.history(f"item:{item}")]


def test_the_first_entries_make_a_ledger(agency: Agency) -> None:
    opened, *rest = agency.ledger.facts()
    assert opened.event.type == "ledger.opened"
    assert [fact.event.type for fact in rest] == ["person.enrolled"] * len(STAFF) + ["case.opened"]
    assert agency.ledger.state.jurisdiction == "RO"
    assert [person.reference for person in agency.ledger.persons()] == sorted(agency.ref(name) for name in STAFF)
    assert [(case.reference, case.closed) for case in agency.ledger.cases()] == [("OP-17", False)]


def test_a_seized_item_is_held_by_whoever_took_it(agency: Agency) -> None:
    item = agency.seize("JM/1", seals=("A-1",))
    (line,) = agency.ledger.items()
    assert (line.uuid, line.label, line.status, line.custodian, line.seals) == (
        item, "JM/1", "held", agency.ref("jm"), {"A-1": "intact"},
    )  # fmt: skip


def test_thirty_items_are_one_act(agency: Agency) -> None:
    size = agency.ledger.size
    done = agency.do(beginnings.seize(agency.by("jm"), [agency.seizure("JM/+") for _ in range(30)]))
    assert [line.label for line in agency.ledger.items()] == [f"JM/{number}" for number in range(1, 31)]
    assert {fact.recorded for fact in done.entries} == {agency.clock}
    assert agency.ledger.size == size + 30


def test_of_thirty_items_one_bad_keeps_all_out(agency: Agency) -> None:
    size = agency.ledger.size
    bad = [agency.seizure(f"JM/{number}") for number in (1, 2, 3, 2)]
    with pytest.raises(UsageError, match="has an item JM/2 already"):
        agency.do(beginnings.seize(agency.by("jm"), bad))
    assert agency.ledger.size == size
    assert list(agency.ledger.items()) == []
    agency.seize("JM/1")


def test_the_next_label_goes_on_after_the_largest(agency: Agency) -> None:
    agency.seize("JM/9")
    agency.seize("JM/x")
    agency.seize("JM/12")
    agency.seize("JM/+")
    assert agency.ledger.find_item("JM/13")


def test_an_item_entered_in_error_gives_its_label_back(agency: Agency) -> None:
    wrong = agency.seize("JM/1")
    agency.do(compose.state(ItemVoided, agency.by("jm", "ana"), wrong, VoidedDetails(reason="typed twice")))
    right = agency.seize("JM/1")
    assert agency.ledger.find_item("JM/1") == right


def test_a_crate_is_handed_over_at_one_table(agency: Agency) -> None:
    items = [agency.seize(f"JM/{number}") for number in range(25)]
    release = ReleasedDetails(addressees=(agency.ref("ana"),), condition="good", reason="store")
    receipt = ReceivedDetails(condition="good")
    passings = [handovers.Passing(item, release, receipt) for item in items]
    done = agency.do(handovers.hand_over(agency.by("jm", "chief"), agency.by("ana"), passings))
    assert len(done.entries) == 50
    assert {line.custodian for line in agency.ledger.items()} == {agency.ref("ana")}


def test_an_item_travels_until_it_is_received(agency: Agency) -> None:
    item = agency.seize()
    agency.release(item, "jm", "ana", "lab")
    (line,) = agency.ledger.items(in_transit=True)
    assert line.addressees == (agency.ref("ana"), agency.ref("lab"))
    agency.receive(item, "lab")
    assert list(agency.ledger.items(in_transit=True)) == []
    assert [line.uuid for line in agency.ledger.items(holder=agency.ref("lab"))] == [item]


def test_a_refusal_closes_the_release_until_it_is_withdrawn(agency: Agency) -> None:
    item = agency.seize()
    agency.release(item, "jm", "ana")
    agency.do(handovers.refuse(agency.by("ana"), [item], outcome="refused", reason="wrong item"))
    agency.reopen()
    with pytest.raises(RuleRefusedError) as caught:
        agency.receive(item, "ana")
    assert caught.value.code == "C04"
    details = WithdrawnDetails(condition="good", reason="refused")
    agency.do(compose.state(HandoverWithdrawn, agency.by("jm"), item, details))
    assert agency.ledger.item(item).status == "held"
    with pytest.raises(RuleRefusedError, match="not on its way"):
        agency.do(handovers.refuse(agency.by("ana"), [item], outcome="missing", reason="?"))


def test_a_child_is_made_and_its_parent_says_so(agency: Agency) -> None:
    parent = agency.seize("JM/1", seals=("A-1",), quantity=Amount(amount="10", unit="g"))
    agency.release(parent, "jm", "lab", seals=(SealReading(seal="A-1", state="intact"),))
    agency.receive(parent, "lab", seals=(SealReading(seal="A-1", state="intact"),))
    opened = OpenedSealsDetails(seals=(SealReading(seal="A-1", state="intact"),), why="sampling")
    taken, left = Amount(amount="2", unit="g"), Amount(amount="8", unit="g")
    source = beginnings.Source(item=parent, taken=taken, left=left, opened=opened)
    details = DerivedDetails(kind="physical", label="JM/+", method="sample", parents=())
    done = agency.do(beginnings.derive(agency.by("lab", "ana"), [source], details))
    assert [fact.event.type for fact in done.entries] == ["item.opened", "item.derived", "item.yielded"]
    _, derived, yielded = done.entries
    assert yielded.event.details.entry == derived.hash
    assert yielded.event.details.child == name_of(derived.event.subject)
    assert derived.event.details.parents[0].head == Reference(entry=done.entries[0].hash, ledger=ORIGIN)
    child = agency.ledger.item(agency.ledger.find_item("JM/2"))
    assert (child.custodian, child.parents, child.case) == (agency.ref("lab"), (parent,), "OP-17")
    assert all(finding.code != "D02" for finding in done.findings)


def test_a_sealed_item_is_opened_before_it_is_examined(agency: Agency) -> None:
    item = agency.seize(seals=("A-1",))
    details = ExaminedDetails(purpose="fingerprints")
    with pytest.raises(RuleRefusedError) as caught:
        agency.do(handling.examine(agency.by("jm"), item, details))
    assert caught.value.code == "P01"
    assert "open" in (caught.value.hint or "")
    opened = OpenedSealsDetails(seals=(SealReading(seal="A-1", state="intact"),), why="to look")
    done = agency.do(handling.examine(agency.by("jm", "ana"), item, details, opened=opened))
    assert [fact.event.type for fact in done.entries] == ["item.opened", "item.examined"]


def test_facts_are_recorded_as_found_and_said(agency: Agency) -> None:
    item = agency.seize(seals=("A-1",))
    agency.release(item, "jm", "ana", seals=(SealReading(seal="A-1", state="intact"),))
    done = agency.receive(item, "ana", seals=(SealReading(seal="A-2", state="broken"),))
    assert {finding.code for finding in done.findings} >= {"P01", "P02"}
    assert next(agency.ledger.items()).seals == {"A-2": "broken"}


def test_a_loan_and_its_end(agency: Agency) -> None:
    item = agency.seize()
    lent = LentDetails(condition="good", organisation="County hospital", reason="X-ray", receipt=DIGESTS[0])
    agency.do(compose.state(ItemLent, agency.by("jm"), item, lent))
    assert next(agency.ledger.items()).holder == "County hospital"
    with pytest.raises(RuleRefusedError, match="lent"):
        agency.release(item, "jm", "ana")
    agency.do(compose.state(ItemRecovered, agency.by("jm"), item, RecoveredDetails(condition="good")))
    assert next(agency.ledger.items()).holder == agency.ref("jm")


def test_a_supervisor_assumes_from_whoever_answers(agency: Agency) -> None:
    item = agency.seize()
    taking: dict[str, Any] = {"authority": "order 3", "why": "illness", "condition": "good"}
    with pytest.raises(RuleRefusedError, match="needs 1 witnesses"):
        agency.do(handling.assume(agency.by("chief"), item, **taking))
    agency.do(handling.assume(agency.by("chief", "ana"), item, **taking))
    assert agency.ledger.item(item).custodian == agency.ref("chief")
    assert agency.ledger.history(f"item:{item}")[-1].event.details.from_ == agency.ref("jm")


def test_corrections_stand_beside_the_entry(agency: Agency) -> None:
    item = agency.seize(serial="S-1")
    seized = agency.ledger.history(f"item:{item}")[0]
    agency.do(notes.correct(agency.by("jm", "ana"), seized, field="serial", value="S-7", why="misread"))
    correction = agency.ledger.history(f"item:{item}")[-1]
    assert correction.event.subject == f"notes:{item}"
    assert (correction.event.details.field, correction.event.details.value) == ("/details/serial", "S-7")
    assert agency.ledger.fact(seized.index) == seized


CORRECTIONS = {
    "a digest": ("digests", "x", "can't be corrected"),
    "the actor": ("actor", "ana@x.example", "can't be corrected"),
    "a member that is not there": ("serial", "S-7", "has no serial"),
    "a pointer that is not there": ("/details/serial", "S-7", "has no /details/serial"),
    "a value that could not stand there": ("label", "two words", "can't be 'two words'"),
    "a time without offset": ("occurred_at", "2026-05-03T10:20:00", "can't be"),
}


@pytest.mark.parametrize("wrong", CORRECTIONS)
def test_what_can_not_be_corrected(agency: Agency, wrong: str) -> None:
    field, value, said = CORRECTIONS[wrong]
    seized = agency.ledger.history(f"item:{agency.seize(kind='digital', digests=DIGESTS)}")[0]
    with pytest.raises(UsageError, match=said):
        agency.do(notes.correct(agency.by("jm"), seized, field=field, value=value, why="?"))


def test_an_entry_about_a_case_takes_no_notes(agency: Agency) -> None:
    opened = agency.ledger.history("case:OP-17")[0]
    with pytest.raises(UsageError, match="only entries about items take notes"):
        agency.do(notes.confirm(agency.by("jm"), opened, why="?"))


def test_a_case_is_amended_and_closed(agency: Agency) -> None:
    agency.do(cases.amend_case(agency.by("jm"), "OP-17", CaseAmendedDetails(offence="smuggling", why="new facts")))
    item = agency.seize()
    agency.do(cases.close_case(agency.by("chief"), "OP-17", CaseClosedDetails(reason="judgment")))
    (case,) = agency.ledger.cases()
    assert (case.offence, case.closed) == ("smuggling", True)
    with pytest.raises(UsageError, match="is closed"):
        agency.seize("JM/2")
    with pytest.raises(UsageError, match="is closed already"):
        agency.do(cases.close_case(agency.by("chief"), "OP-17", CaseClosedDetails(reason="again")))
    agency.release(item, "jm", "ana")


UNKNOWN = {
    "case": (lambda a: beginnings.seize(a.by("jm"), [_in_case(a, "OP-99")]), "there is no case OP-99"),
    "person": (lambda a: beginnings.seize(a.by("nobody"), [a.seizure()]), "nobody@.* is not enrolled"),
    "witness": (lambda a: beginnings.seize(a.by("jm", "nobody"), [a.seizure()]), "nobody@.* is not enrolled"),
    "item": (lambda a: compose.state(ItemStored, a.by("jm"), "0" * 8, STORED), "there is no item"),
    "lead": (lambda a: _case(a, "nobody"), "nobody@.* is not enrolled"),
    "same case": (lambda a: _case(a, "jm"), "OP-17 is open already"),
    "revoked twice": (lambda a: _revoke(a, "nobody"), "nobody@.* is not enrolled"),
}


def _in_case(agency: Agency, case: str) -> Any:
    import msgspec

    return msgspec.structs.replace(agency.seizure(), case=case)


def _case(agency: Agency, lead: str) -> Any:
    from custody.protocol.events.cases import CaseOpenedDetails

    reference = "OP-17" if lead == "jm" else "OP-18"
    details = CaseOpenedDetails(lead=agency.ref(lead), offence="theft", title="T")
    return cases.open_case(agency.by("jm"), reference, details)


def _revoke(agency: Agency, name: str) -> Any:
    return people.revoke(agency.by(ORIGIN), name, reason="left", effective_from=local(agency.clock))


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_does_not_exist_is_a_usage_error(agency: Agency, what: str) -> None:
    make, said = UNKNOWN[what]
    agency.signers[agency.ref("nobody")] = key_of("nobody")
    size = agency.ledger.size
    with pytest.raises(UsageError, match=said):
        agency.do(make(agency))
    assert agency.ledger.size == size


def test_a_release_to_a_ledger_that_is_no_partner(agency: Agency) -> None:
    item = agency.seize()
    details = ReleasedDetails(addressees=("kl@bka.example/custody",), condition="good", reason="request")
    release = handovers.HandoverReleased
    with pytest.raises(UsageError, match=r"bka\.example/custody is not a partner"):
        agency.do(compose.state(release, agency.by("jm"), item, details))


def test_several_acts_are_one(agency: Agency) -> None:
    items = [agency.seize(f"JM/{number}") for number in (1, 2)]
    agency.do(compose.together(*(compose.state(ItemStored, agency.by("jm"), item, STORED) for item in items)))
    assert {line.stored for line in agency.ledger.items()} == {"Room 2"}
    size = agency.ledger.size
    with pytest.raises(RuleRefusedError):
        agency.do(
            compose.together(
                compose.state(ItemStored, agency.by("jm"), items[0], STORED),
                compose.state(ItemStored, agency.by("ana"), items[1], STORED),
            )
        )
    assert agency.ledger.size == size


def test_an_act_of_nothing_is_a_usage_error(agency: Agency) -> None:
    with pytest.raises(UsageError, match="nothing to record"):
        agency.do(compose.together())


def test_a_rehearsal_shows_and_writes_nothing(agency: Agency) -> None:
    item = agency.seize()
    size, head = agency.ledger.size, (agency.folder / "head").read_bytes()
    act = compose.state(ItemSealed, agency.by("jm"), item, SealedDetails(seal="A-9"))
    shown = agency.ledger.rehearse(act)
    assert [event.type for event in shown.events] == ["item.sealed"]
    assert (agency.ledger.size, (agency.folder / "head").read_bytes()) == (size, head)
    done = agency.do(act)
    assert done.entries[0].event.details == shown.events[0].details
    assert done.entries[0].event.previous == shown.events[0].previous
    with pytest.raises(RuleRefusedError):
        agency.ledger.rehearse(compose.state(ItemSealed, agency.by("ana"), item, SealedDetails(seal="A-8")))


def test_a_note_does_not_extend_the_item(agency: Agency) -> None:
    item = agency.seize()
    head = agency.ledger.item(item).head
    agency.do(compose.state(ReportLate, agency.by("ana"), item, LateDetails(text="seen yesterday")))
    assert agency.ledger.item(item).head == head
    assert kinds(agency, item) == ["item.seized", "report.late"]


def test_an_inspection_by_anyone(agency: Agency) -> None:
    item = agency.seize()
    done = agency.do(compose.state(ItemInspected, agency.by("pros"), item, InspectedDetails(outcome="absent")))
    assert done.entries[0].event.actor == agency.ref("pros")


def test_overdue_items_are_those_past_their_date(agency: Agency) -> None:
    item = agency.seize()
    agency.release(item, "jm", "ana", return_by=local(agency.clock + 3600))
    assert list(agency.ledger.items(late=True)) == []
    agency.clock += 7200
    assert [line.uuid for line in agency.ledger.items(late=True)] == [item]
    other = agency.seize("JM/2")
    agency.release(other, "jm", "ana")
    agency.clock += 31 * 86_400
    assert [line.uuid for line in agency.ledger.items(late=True)] == [item, other]


def test_a_profile_is_adopted(agency: Agency) -> None:
    profile = Profile(name="strict", witnesses={"handover.released": 1})
    agency.do(people.adopt_profile(agency.by(ORIGIN), profile))
    assert agency.ledger.state.profile == profile
    item = agency.seize()
    with pytest.raises(RuleRefusedError, match="needs 1 witnesses"):
        agency.release(item, "jm", "ana")


def test_a_profile_takes_a_role_from_who_had_it(agency: Agency) -> None:
    agency.do(people.adopt_profile(agency.by(ORIGIN), Profile(name="strict", roles={"item.seized": ("custodian",)})))
    with pytest.raises(RuleRefusedError, match=r"the profile leaves item\.seized to custodian") as caught:
        agency.seize()
    assert (caught.value.code, caught.value.hint) == (
        "A05",
        "let a person in one of these roles act; `custody profile show` shows the profile",
    )
    agency.do(people.adopt_profile(agency.by(ORIGIN), Profile(name="looser")))
    agency.seize()


def test_a_new_ledger_key_signs_from_then_on(agency: Agency) -> None:
    new = key_of("ledger 2")
    vkey = make_vkey(ORIGIN, ED25519, new.public_key)
    agency.signers[NEW_LEDGER_KEY] = new
    agency.do(people.rekey(agency.by(ORIGIN), vkey, reason="five years"))
    assert agency.ledger.state.key == format_vkey(vkey)
    with pytest.raises(UsageError, match="not the one that signs"):
        agency.ledger.checkpoint(agency.ledger_key)
    assert agency.ledger.checkpoint(new)
    with pytest.raises(RuleRefusedError) as caught:
        agency.do(agency.enrolment("new", "custodian"))
    assert caught.value.code == "S01"
    agency.signers[ORIGIN] = new
    agency.do(agency.enrolment("new", "custodian"))
