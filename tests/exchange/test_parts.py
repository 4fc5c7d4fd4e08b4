"""The parts of bundles on long ways: what the game found, each on its own."""

from pathlib import Path

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.ledger import people
from custody.ledger.acts import beginnings, compose, handovers
from custody.ledger.audit import audit
from custody.ledger.draft import Occasion
from custody.ledger.others.joins import join
from custody.ledger.rebuild import rebuild
from custody.protocol.events.handling import ItemSealed, ItemStored, OpenedSealsDetails, SealedDetails, StoredDetails
from custody.protocol.events.handovers import Basis, ReceivedDetails, ReleasedDetails
from custody.protocol.events.items import CourtPresented, DerivedDetails, PresentedDetails
from custody.protocol.events.people import Role, RoleTerm
from custody.protocol.names import name_of
from tests.exchange.member import Member, federation, key_of, seals_of
from tests.exchange.test_crossing import sent, verdict


def enrol(member: Member, person: str, role: Role) -> None:
    key = member.signers[member.ref(person)] = key_of(f"{person} {member.origin}")
    proof = people.prove_possession(person, member.origin, key)
    roles = [RoleTerm(role=role)]
    by = member.by(member.origin)
    member.do(people.enrol(by, person, key=key.public_key, proof=proof, roles=roles, name=person))


def sample(member: Member, item: str, label: str = "S/1") -> str:
    """A sample of an item: its UUID."""
    by: Occasion = member.by("officer", "chief")
    read = seals_of(member.ledger.item(item))
    opened = OpenedSealsDetails(seals=read, why="to take a sample") if read else None
    details = DerivedDetails(kind="physical", label=label, method="sample", parents=(), seals=(f"D-{label}",))
    done = member.do(beginnings.derive(by, [beginnings.Source(item=item, opened=opened)], details))
    return name_of(next(one for one in done.entries if one.event.type == "item.derived").event.subject)


def test_who_signed_nothing_but_the_disclosure_is_shown(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    for member in (a, b):
        enrol(member, "clerk", "central-authority")
        member.discloser = "clerk"
    item = a.seize("JM/1")
    a.take(b.receive(sent(a, b, item)))
    c.take(b.package([item]))
    c.take(a.package([item]))
    for member in (a, b, c):
        assert verdict(member, item)[0] == "UNBROKEN"


def test_a_child_shown_after_its_parent_went_on(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = a.seize("JM/1")
    child = sample(a, item)
    a.do(compose.state(ItemSealed, a.by("officer"), item, SealedDetails(seal="N-1")))
    a.take(b.receive(sent(a, b, item)))
    c.take(a.package([item, child]))
    b.take(c.package([item, child]))
    for member in (a, b, c):
        assert verdict(member, child)[0] == verdict(member, item, child)[0] == "UNBROKEN", member.name


def test_an_ancestor_alone_is_not_an_item_to_speak_of(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = a.seize("JM/1")
    child = sample(a, item)
    a.do(compose.state(ItemStored, a.by("officer"), item, StoredDetails(facility="room 2")))
    b.receive(sent(a, b, child))
    with pytest.raises(UsageError, match="has not shown the whole history") as refused:
        b.package([item])
    assert a.origin in str(refused.value.hint)
    b.take(a.package([item]))
    c.take(b.package([item, child]))
    for member in (b, c):
        assert verdict(member, item)[0] == verdict(member, item, child)[0] == "UNBROKEN", member.name


def test_what_a_partner_saw_as_an_ancestor_is_shown_whole_by_its_own_ledger(tmp_path: Path) -> None:
    """The partner never saw who received the ancestor after the child was made."""
    a, b = federation(tmp_path, "RO", "DE")
    enrol(a, "expert", "examiner")
    item = a.seize("JM/1")
    child = sample(a, item)
    hand_over(a, item, "officer", "expert")
    a.take(b.receive(sent(a, b, child)))
    for member in (a, b):
        assert verdict(member, child)[0] == "UNBROKEN"
    assert verdict(a, item, child)[0] == "UNBROKEN"


def hand_over(member: Member, item: str, giver: str, receiver: str) -> None:
    read = seals_of(member.ledger.item(item))
    given = ReleasedDetails(addressees=(member.ref(receiver),), condition="good", reason="analysis", seals=read)
    passing = handovers.Passing(item, given, ReceivedDetails(condition="good", seals=read))
    member.do(handovers.hand_over(member.by(giver), member.by(receiver), [passing]))


def test_parts_that_came_on_different_ways_are_joined(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    one, two, three = (a.seize(f"JM/{number}") for number in (1, 2, 3))
    c.take(a.package([one]))
    b.take(a.package([two]))
    b.take(a.package([three]))
    c.take(a.package([three]))
    c.take(b.package([two, three]))  # where the part about two is joined to nothing before it
    sizes = sorted({entry.size for entry in c.ledger.store.kept.all_entries() if entry.ledger == a.origin})
    assert verdict(c, one, two)[0] == verdict(c, one, two, three)[0] == "UNBROKEN"
    assert join(c.ledger.store.kept, a.origin, sizes[0], sizes[1])


def test_what_is_made_abroad_goes_home(tmp_path: Path) -> None:
    """The State where its parent was taken is known when the audit comes to the release."""
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = sample(a, a.seize("JM/1"))
    b.receive(sent(a, b, item))
    a.receive(b.release([item], a, Basis(return_=True)))
    assert not audit(b.ledger).problems
    consent, package = b.request(a, purpose="onward", onward_to="FR")
    a.take_request(package)
    b.take(a.accept(consent))
    b.receive(sent(a, b, item))
    c.receive(b.release([item], c, Basis(request=consent, purpose="onward")))
    assert not audit(b.ledger).problems


def test_an_item_keeps_its_place_when_a_late_package_shows_it_again(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    early = a.package([item])
    a.seize("JM/2")
    b.take(a.package([item]))
    b.seize("DE/1")
    before = list(b.ledger.items())
    b.take(early)
    assert list(b.ledger.items()) == before
    rebuild(b.ledger)
    assert list(b.ledger.items()) == before


def test_an_item_whose_later_head_was_stated_is_not_cut_as_it_was(tmp_path: Path) -> None:
    """Shown whole once; since then only as an ancestor, and its head, stated beside, is another."""
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    child = sample(a, item)
    b.take(a.package([item]))
    assert b.package([item])
    a.do(compose.state(ItemStored, a.by("officer"), item, StoredDetails(facility="room 2")))
    b.receive(sent(a, b, child))
    with pytest.raises(UsageError, match="has not shown the whole history"):
        b.package([item])
    assert verdict(b, child)[0] == "UNBROKEN"
    b.take(a.package([item]))
    assert verdict(b, item)[0] == "UNBROKEN"


def test_what_is_made_of_it_is_bound_as_it_is_in_another_process(tmp_path: Path) -> None:
    """A sample of what came for one trial is not presented in another (A03), whoever looks first."""
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    b.receive(sent(a, b, item))
    child = sample(b, item)
    b.reopen()
    details = PresentedDetails(court="Landgericht", exhibit="K 1", hearing="2026-05-04")
    with pytest.raises(RuleRefusedError) as refused:
        b.do(compose.state(CourtPresented, b.by("chief"), child, details))
    assert refused.value.code == "A03"


def test_a_statement_that_came_with_less_than_it_names(tmp_path: Path) -> None:
    """One partner was shown an item and a request, and told the next of the request alone: what the statement says of
    the item's signers is shown later, by another of its parts."""
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = a.seize("JM/1")
    request, asked = b.request(a)
    a.take_request(asked)
    c.take(a.package([item], requests=[request]))
    b.take(c.package((), requests=[request]))
    b.take(a.accept(request))
    b.take(a.package([item]))
    a.take(b.receive(a.release([item], b, Basis(request=request, purpose="prosecution"))))
    for member in (a, b):
        assert verdict(member, item)[0] == "UNBROKEN", member.name
