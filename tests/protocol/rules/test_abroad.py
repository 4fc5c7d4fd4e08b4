"""What allows evidence to leave a State: where it goes, and what the request says (A02 to A04)."""

from typing import Any

import pytest

from custody.protocol.times import DAY, HOUR
from fixtures.crossing import answer, distrust_partner, head_of, trust_partner
from fixtures.defects.form import adopt
from fixtures.forge import fixed_uuid
from fixtures.story import PHONE, Story
from tests.protocol.rules.watching import BASES, AbroadWatched, Watching, agreed, amend, begun

# -- where it goes


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("copied", [False, True])
def test_what_each_basis_is_worth_abroad(basis: str, copied: bool) -> None:
    case = AbroadWatched()
    agreed(case)
    amend(case.here, "JIT 4/2026")
    begun(case)
    stated = {} if BASES[basis] is None else {"basis": BASES[basis]}
    case.here.copy(state="FR", **stated) if copied else case.here.release(to=case.addressee, **stated)
    assert (
        case.said()
        == {
            "nothing": {"A04 B"},
            "request": set(),
            "another purpose": {"A03 B"},
            "another request": {"A04 B"},
            "agreement": set(),
            "another agreement": {"A04.agreement B"},
            "unasked": {"A04.spontaneous B"},
            "return": {"A03.state B"},
        }[basis]
    )


@pytest.mark.parametrize("basis", BASES)
def test_at_home_nothing_is_needed(basis: str) -> None:
    case = AbroadWatched(jurisdiction="RO")
    begun(case)
    case.here.copy(state="RO")
    case.release(basis=BASES[basis])
    case.deliver()
    assert case.said() == set()


@pytest.mark.parametrize("basis", ["nothing", "return", "request"])
def test_back_to_where_it_was_taken_nothing_is_needed(basis: str) -> None:
    case = AbroadWatched()
    agreed(case)
    begun(case)
    case.release()
    case.deliver()
    case.there.copy("lab", state="RO")
    case.there.release("lab", case.here.ref("jm"), **({"basis": BASES[basis]} if BASES[basis] else {}))
    case.reply()
    case.here.receive("jm", previous=case.there.head)
    assert case.said() == set()


def test_to_a_ledger_of_which_nothing_is_known() -> None:
    """Its State is not known, so it is another."""
    case = Story()
    watching = Watching(case)
    case.seize()
    watching.said()
    case.release(to="ab@nowhere.example/custody")
    assert watching.said() == {"A04 B"}


def test_from_a_ledger_whose_opening_is_not_shown() -> None:
    """Here is nowhere: neither at home nor abroad is at home."""
    case = Story()
    watching = Watching()
    case.seize()
    case.release(to="ab@nowhere.example/custody")
    for index in range(1, len(case.forge.events)):
        watching.take(case, index, case.forge.now)
    assert "A04 B" in watching.said()


def test_a_card_is_believed_until_the_ledger_is_shown() -> None:
    story, other = Story(), Story("tribunal.example/custody", "FR")
    trust_partner(story, other, jurisdiction="RO")
    watching = Watching(story)
    story.seize()
    watching.said()
    story.release(to=other.ref("lab"))
    assert watching.said() == set(), "by the card it is at home"


def test_a_card_that_the_ledger_belies() -> None:
    case = AbroadWatched()
    trust_partner(case.here, case.there, jurisdiction="DE")
    agreed(case)
    begun(case)
    case.release()
    assert case.said() == set()
    case.deliver()
    assert case.said() == {"A03.state B"}


def test_a_card_corrected_before_the_receipt() -> None:
    """What counts is the card at the release."""
    case = AbroadWatched()
    trust_partner(case.here, case.there, jurisdiction="RO")
    agreed(case)
    begun(case)
    case.release()
    trust_partner(case.here, case.there)
    case.deliver()
    assert case.said() == {"A03.state B"}


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("jurisdiction", ["FR", "RO"])
def test_a_partner_distrusted(jurisdiction: str, again: bool) -> None:
    case = AbroadWatched(jurisdiction=jurisdiction)
    agreed(case)
    begun(case)
    distrust_partner(case.here, case.there)
    if again:
        trust_partner(case.here, case.there)
    case.release()
    assert case.said() == (set() if again else {"A03.partner B"})


def test_assumed_in_another_state() -> None:
    """A ledger that continues another of another State brings nothing across the border."""
    for jurisdiction, said in (("RO", set()), ("FR", {"A03.state B"})):
        here = Story()
        continues = {"checkpoint": here.forge.checkpoint().decode(), "origin": here.forge.origin}
        there = Story("tribunal.example/custody", jurisdiction, continues=continues)
        watching = Watching(here, there)
        here.seize()
        watching.said()
        there.forge.now = here.forge.now
        there.assume(previous=here.head, **{"from": here.ref("jm")})
        assert watching.said() == said


# -- what the request says


SEIZED = {"category": "phone", "kind": "physical", "label": "JM/1"}


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({"kinds": ["physical"]}, True),
        ({"kinds": ["digital"]}, False),
        ({"kinds": ["digital", "physical"]}, True),
        ({"categories": ["document", "phone"]}, True),
        ({"categories": ["document"]}, False),
        ({"items": ["JM/1"]}, True),
        ({"items": [PHONE]}, True),
        ({"items": ["JM/2", fixed_uuid("another")]}, False),
        ({"items": ["jm/1"]}, False),
        ({"categories": ["phone"], "items": ["JM/1"], "kinds": ["physical"]}, True),
        ({"categories": ["phone"], "items": ["JM/1"], "kinds": ["digital"]}, False),
        ({"categories": ["disk"], "items": ["JM/1"]}, False),
        ({"categories": ["phone"], "items": ["JM/2"]}, False),
    ],
)
def test_scope(scope: dict[str, Any], covered: bool) -> None:
    case = AbroadWatched()
    agreed(case, scope=scope)
    begun(case, **SEIZED)
    case.release()
    assert case.said() == (set() if covered else {"A02 B"})


def test_an_item_without_category_is_in_no_category() -> None:
    case = AbroadWatched()
    agreed(case, scope={"categories": ["phone"]})
    begun(case)
    case.release()
    assert case.said() == {"A02 B"}


def test_what_is_granted_counts_not_what_was_asked() -> None:
    case = AbroadWatched()
    agreed(case, asked={"scope": {"kinds": ["physical"]}}, scope={"items": ["JM/2"]})
    begun(case)
    case.release()
    assert case.said() == {"A02 B"}


@pytest.mark.parametrize(
    ("before", "status", "said"),
    [
        (("received",), "", "A04 B"),
        (("received", "consulted"), "", "A04 B"),
        (("received", "accepted"), "", None),
        (("received", "accepted", "consulted"), "", None),
        (("received", "accepted", "executed"), "", None),
        (("received", "accepted", "postponed"), "", "A04 B"),
        (("received", "accepted", "postponed", "consulted"), "", "A04 B"),
        (("received", "accepted", "postponed", "accepted"), "", None),
        (("received", "accepted", "refused"), "", "A04 B"),
        (("received", "accepted", "closed"), "", "A04 B"),
    ],
)
@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("profile", [False, True])
def test_when_it_may_go(before: tuple[str, ...], status: str, said: str | None, urgent: bool, profile: bool) -> None:
    case = AbroadWatched()
    if profile:
        adopt(case.here, urgent=True)
    case.ask(**({"urgent": True} if urgent else {}))
    for kind in before:
        answer(case.here, kind, **({"previous": head_of(case.there)} if kind == "received" else {}))
    begun(case)
    case.release()
    waiting = set(before) <= {"received", "consulted"}
    wanted = "A04.urgent R" if waiting and urgent and profile else said
    assert case.said() == ({wanted} if wanted else set())


def test_urgent_before_it_is_even_received() -> None:
    case = AbroadWatched()
    adopt(case.here, urgent=True)
    case.ask(urgent=True, scope={"items": ["JM/2"]})
    begun(case)
    case.release()
    assert case.said() == {"A04.urgent R", "A02 B"}, "without a grant, the scope asked for counts"


@pytest.mark.parametrize(("late", "said"), [(-1, {"A04.expired B"}), (0, set()), (DAY, set())])
def test_until_when_it_is_granted(late: int, said: set[str]) -> None:
    case = AbroadWatched()
    case.ask()
    case.take()
    begun(case)
    moment = case.here.forge.now + DAY
    answer(case.here, "accepted", until=case.here.forge.time(moment + late))
    case.release(occurred_at=case.here.forge.time(moment), advance=DAY)
    assert case.said() == said


def test_it_may_expire_on_the_way() -> None:
    case = AbroadWatched()
    agreed(case, until=case.here.forge.time(case.here.forge.now + DAY))
    begun(case)
    case.release()
    case.here.forge.now += 7 * DAY
    case.deliver()
    assert case.said() == set()


@pytest.mark.parametrize(("early", "said"), [(HOUR, {"A04 B"}), (14 * 60, set())])
@pytest.mark.parametrize("urgent", [False, True])
def test_recorded_after_the_acceptance_and_done_before_it(early: int, said: set[str], urgent: bool) -> None:
    case = AbroadWatched()
    if urgent:
        adopt(case.here, urgent=True)
    begun(case)
    case.ask(urgent=True)
    case.take()
    case.here.forge.now += DAY
    answer(case.here, "accepted")
    accepted = case.here.forge.now
    case.said()
    case.release(occurred_at=case.here.forge.time(accepted - early))
    assert case.said() == ({"A04.urgent R"} if urgent and said else said)
