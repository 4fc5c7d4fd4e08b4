"""Bundles cut by a ledger are what the verifier asks for."""

import io
from collections.abc import Collection
from typing import Any

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger import people
from custody.ledger.acts import beginnings, cases, handovers, notes
from custody.ledger.audit import audit
from custody.ledger.disclosing.cutting import Cut, Disclosure, cut_bundle
from custody.protocol import bundle
from custody.protocol.checkpoint import Checkpoint, parse_checkpoint
from custody.protocol.events.cases import CaseOpenedDetails
from custody.protocol.events.items import DerivedDetails
from custody.protocol.findings import Finding
from custody.protocol.note import parse_note
from custody.protocol.policy import trust
from custody.protocol.vkey import ED25519, make_vkey
from custody.verifier.verify import Request, Verified, verify
from tests.ledger.agency import ORIGIN, Agency, key_of, local


def cut(agency: Agency, *items: str, by: str = "ana", **more: Any) -> Cut:
    agency.clock += 1
    disclosure = Disclosure(agency.by(by), items, "court")
    made = cut_bundle(agency.ledger, disclosure, signers=agency.signers, ledger_key=agency.ledger_key, **more)
    return made._replace(lines=list(made.lines))  # type: ignore[arg-type]


def read(cut: Cut, seen: Collection[Checkpoint] = ()) -> Verified:
    policy = trust([make_vkey(ORIGIN, ED25519, key_of("ledger").public_key)])
    return verify(io.BytesIO(b"".join(cut.lines)), Request(policy=policy, seen=tuple(seen)))


def found(verified: Verified, severities: str = "BN") -> list[Finding]:
    dockets = [verified.world.record, *(item.docket for item in verified.world.items.values())]
    return [one for docket in dockets for one in docket.found if one.severity in severities]


def lines(cut: Cut) -> list[bundle.Line]:
    return [bundle.parse_line(line.removesuffix(b"\n")) for line in cut.lines]


@pytest.fixture
def travelled(agency: Agency) -> tuple[Agency, str]:
    """An item that went from the officer to the lab, among others that did not."""
    for number in range(3):
        agency.seize(f"OTHER/{number}")
    item = agency.seize("JM/1")
    agency.release(item, "jm", "lab")
    agency.seize("OTHER/9")
    agency.receive(item, "lab")
    return agency, item


def test_a_bundle_is_unbroken(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    made = cut(agency, item)
    verified = read(made)
    assert found(verified) == []
    assert verified.items == (item,)
    assert verified.world.items[item].custodian == agency.ref("lab")
    assert audit(agency.ledger).problems == []


def test_the_disclosure_is_the_last_leaf(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    made = cut(agency, item)
    checkpoint = parse_checkpoint(parse_note(made.checkpoint).text)
    (fact,) = made.appended.entries
    assert checkpoint.size == fact.index + 1 == agency.ledger.size
    assert fact.event.type == "disclosure.made"
    assert agency.ledger.checkpoints()[-1].note == made.checkpoint
    assert (agency.folder / "checkpoint").read_bytes() == made.checkpoint


def test_nothing_but_the_closure_is_shown(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    agency.do(
        cases.open_case(
            agency.by("jm"), "OP-18", CaseOpenedDetails(lead=agency.ref("jm"), offence="theft", title="Another")
        )
    )
    made = lines(cut(agency, item))
    (heads,) = [line.heads for line in made if line.heads is not None]
    assert sorted(heads) == sorted(
        [f"item:{item}", f"notes:{item}", "ledger", "case:OP-17", "person:ana", "person:jm", "person:lab"]
    )
    assert heads[f"notes:{item}"] is None
    shown = [line for line in made if line.entry is not bundle.NO_ENTRY]
    assert len(shown) == 1 + 3 + 1 + 3 + 1  # ledger, persons, case, item, disclosure


def test_a_child_brings_its_parent_as_far_as_the_yield(travelled: tuple[Agency, str]) -> None:
    agency, parent = travelled
    details = DerivedDetails(kind="physical", label="JM/2", method="sample", parents=())
    agency.do(beginnings.derive(agency.by("lab"), [beginnings.Source(item=parent)], details))
    child = agency.ledger.find_item("JM/2")
    agency.release(parent, "lab", "jm")
    agency.receive(parent, "jm")
    made = cut(agency, child)
    verified = read(made)
    assert found(verified) == []
    assert verified.world.items[parent].custodian == agency.ref("lab"), "what came after the yield is not shown"


def test_a_refusal_after_the_yield_is_shown_with_its_release(travelled: tuple[Agency, str]) -> None:
    agency, parent = travelled
    details = DerivedDetails(kind="physical", label="JM/2", method="sample", parents=())
    agency.do(beginnings.derive(agency.by("lab"), [beginnings.Source(item=parent)], details))
    agency.release(parent, "lab", "jm")
    agency.do(handovers.refuse(agency.by("jm"), [parent], outcome="refused", reason="wet"))
    assert found(read(cut(agency, agency.ledger.find_item("JM/2")))) == []


def test_parent_and_child_together_are_shown_whole(travelled: tuple[Agency, str]) -> None:
    agency, parent = travelled
    details = DerivedDetails(kind="physical", label="JM/2", method="sample", parents=())
    agency.do(beginnings.derive(agency.by("lab"), [beginnings.Source(item=parent)], details))
    agency.release(parent, "lab", "jm")
    agency.receive(parent, "jm")
    verified = read(cut(agency, agency.ledger.find_item("JM/2"), parent))
    assert found(verified) == []
    assert verified.world.items[parent].custodian == agency.ref("jm")


def test_notes_revocations_and_new_keys_are_in_it(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    seized = agency.ledger.history(f"item:{item}")[0]
    agency.do(notes.correct(agency.by("jm", "ana"), seized, field="description", value="a phone, blue", why="light"))
    agency.clock += 60
    agency.do(people.revoke(agency.by(ORIGIN), "jm", reason="left", effective_from=local(agency.clock)))
    agency.do(agency.enrolment("jm", "investigator", key_of("jm 2")))
    verified = read(cut(agency, item))
    assert found(verified) == []
    assert "E01" in {one.code for one in found(verified, "R")}


def test_every_earlier_checkpoint_is_joined(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    seen = [parse_checkpoint(parse_note(agency.ledger.checkpoint(agency.ledger_key)).text)]
    agency.seize("JM/7")
    seen.append(Checkpoint(origin=ORIGIN, size=agency.ledger.size, root=agency.ledger.root(agency.ledger.size)))
    agency.seize("JM/8")
    first, second = cut(agency, item), cut(agency, item, since=[seen[1].size])
    assert found(read(first, seen[:1])) == []
    assert {one.key for one in found(read(first, seen))} >= {"L03.unjoined"}
    assert found(read(second, [*seen, parse_checkpoint(parse_note(first.checkpoint).text)])) == []
    with pytest.raises(UsageError, match="a size to prove from"):
        cut(agency, item, since=[agency.ledger.size + 1])


def test_a_whole_ledger(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    agency.clock += 1
    made = cut_bundle(
        agency.ledger, Disclosure(agency.by("ana"), None, "court"), signers=agency.signers, ledger_key=agency.ledger_key
    )
    agency.seize("LATER/1")
    verified = read(made)
    assert found(verified) == []
    assert item in verified.items
    assert "LATER/1" not in {one.label for one in verified.world.items.values()}


def test_a_bundle_stays_what_it_was(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    disclosure = Disclosure(agency.by("ana"), [item], "court")
    made = cut_bundle(agency.ledger, disclosure, signers=agency.signers, ledger_key=agency.ledger_key)
    agency.release(item, "lab", "ana")
    verified = read(made)
    assert found(verified) == []
    assert verified.world.items[item].custodian == agency.ref("lab")


def test_a_new_ledger_key_between_two_bundles(travelled: tuple[Agency, str]) -> None:
    from custody.ledger.signing import NEW_LEDGER_KEY

    agency, item = travelled
    agency.signers[NEW_LEDGER_KEY] = key_of("ledger 2")
    vkey = make_vkey(ORIGIN, ED25519, key_of("ledger 2").public_key)
    agency.do(people.rekey(agency.by(ORIGIN), vkey, reason="old"))
    agency.ledger_key = key_of("ledger 2")
    assert found(read(cut(agency, item))) == []


def test_who_may_not_disclose(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    size = agency.ledger.size
    with pytest.raises(RuleRefusedError) as caught:
        cut(agency, item, by="jm")
    assert caught.value.code == "A05"
    assert agency.ledger.size == size


def test_without_the_ledger_key_nothing_is_recorded(travelled: tuple[Agency, str]) -> None:
    agency, item = travelled
    size = agency.ledger.size
    agency.ledger_key = key_of("not the ledger's")
    with pytest.raises(UsageError, match="not the one that signs"):
        cut(agency, item)
    assert agency.ledger.size == size
    assert len(agency.ledger.checkpoints()) == 1


NOT_ABOUT = {
    "nothing": ((), (), "about items or requests"),
    "one twice": (("a", "a"), (), "about different items"),
    "too many items": (tuple(map(str, range(501))), (), "500 items and 12 requests at most"),
    "too many requests": ((), tuple(map(str, range(13))), "500 items and 12 requests at most"),
    "a request twice": (("a",), ("b", "b"), "about different items"),
}


@pytest.mark.parametrize("defect", NOT_ABOUT)
def test_what_a_bundle_can_not_be_about(agency: Agency, defect: str) -> None:
    items, requests, said = NOT_ABOUT[defect]
    with pytest.raises(UsageError, match=said):
        Disclosure(agency.by("ana"), items, "court", requests=requests)


def test_an_unknown_item(agency: Agency) -> None:
    with pytest.raises(UsageError, match="there is no item"):
        cut(agency, "0" * 8)


def test_many_items(agency: Agency) -> None:
    agency.do(beginnings.seize(agency.by("jm"), [agency.seizure("JM/+") for _ in range(400)]))
    items = [item.uuid for item in agency.ledger.items()]
    assert found(read(cut(agency, *items))) == []
