"""rules/profile.py: what a profile comes to, when one asks less than another (F03), and one on top of another."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.protocol.events.ledger import Deadlines, Profile
from custody.protocol.rules.profile import (
    BASE,
    LIMITS,
    allowed_roles,
    decision_days,
    execution_days,
    loosened,
    receipt_days,
    stricter,
)
from custody.protocol.rules.roles import ALLOWED


def rules(**members: Any) -> Profile:
    return Profile(name="rules", **members)


def days(**members: int) -> Deadlines:
    return Deadlines(**members)


def test_where_a_profile_is_silent_the_base_rules_hold() -> None:
    assert {limit(rules()) for limit in LIMITS.values()} == {24, 7, 30, 90}
    assert [limit(rules()) for limit in LIMITS.values()] == [limit(BASE) for limit in LIMITS.values()]
    assert (receipt_days(BASE), decision_days(BASE), execution_days(BASE)) == (7, 30, 90)


def test_a_deadline_that_is_stated_holds_beside_those_that_are_not() -> None:
    stated = rules(deadlines=days(decision=0))
    assert (receipt_days(stated), decision_days(stated), execution_days(stated)) == (7, 0, 90)


def test_roles_are_those_of_the_table_that_the_profile_leaves() -> None:
    stated = rules(roles={"court.presented": ("court", "examiner"), "item.assumed": ("court",)})
    assert allowed_roles(stated, "court.presented") == {"court"}
    assert allowed_roles(stated, "item.assumed") == set()
    assert allowed_roles(stated, "item.returned") == ALLOWED["item.returned"]
    assert allowed_roles(stated, "ledger.opened") == set()


LOOSER: dict[str, tuple[Profile, Profile, tuple[str, ...]]] = {
    "a longer limit": (rules(late_hours=12), rules(late_hours=13), ("late_hours",)),
    "a limit no longer stated": (rules(transit_days=3), rules(), ("transit_days",)),
    "longer than the base rules": (BASE, rules(late_statement_days=8), ("late_statement_days",)),
    "a longer receipt": (rules(deadlines=days(receipt=3)), rules(deadlines=days(receipt=4)), ("deadlines.receipt",)),
    "a longer decision": (BASE, rules(deadlines=days(decision=31)), ("deadlines.decision",)),
    "no deadline": (rules(deadlines=days(execution=60)), rules(), ("deadlines.execution",)),
    "a pointer less": (
        rules(required={"item.seized": ("/details/seals", "/documents")}),
        rules(required={"item.seized": ("/documents",)}),
        ("required",),
    ),
    "no pointers for a type": (rules(required={"item.seized": ("/documents",)}), rules(), ("required",)),
    "a role more": (
        rules(roles={"court.presented": ("court",)}),
        rules(roles={"court.presented": ("court", "prosecutor")}),
        ("roles",),
    ),
    "no list of roles": (rules(roles={"court.presented": ("court",)}), rules(), ("roles",)),
    "sent unasked": (BASE, rules(spontaneous=True), ("spontaneous",)),
    "sent before acceptance": (BASE, rules(urgent=True), ("urgent",)),
    "a witness less": (rules(witnesses={"item.seized": 2}), rules(witnesses={"item.seized": 1}), ("witnesses",)),
    "no witnesses": (rules(witnesses={"item.seized": 1}), rules(), ("witnesses",)),
    "several": (
        rules(late_hours=1, witnesses={"item.seized": 1}),
        rules(urgent=True),
        ("late_hours", "urgent", "witnesses"),
    ),
}


@pytest.mark.parametrize("name", LOOSER)
def test_a_profile_that_asks_less(name: str) -> None:
    old, new, members = LOOSER[name]
    assert loosened(old, new) == members
    if len(members) == 1:
        assert loosened(new, old) == ()
    assert loosened(old, old) == loosened(new, new) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rules(roles={"court.presented": ("court", "prosecutor")}), rules()),
        (rules(roles={"court.presented": ("court",)}), rules(roles={"court.presented": ("court", "examiner")})),
        (rules(late_hours=24), rules()),
        (
            rules(required={"item.seized": ("/place", "/documents")}),
            rules(required={"item.seized": ("/documents", "/place")}),
        ),
    ],
    ids=["all roles of the table listed", "a role that the table refuses", "the base limit", "another order"],
)
def test_what_changes_nothing_asks_no_less(old: Profile, new: Profile) -> None:
    assert loosened(old, new) == loosened(new, old) == ()


def test_a_court_asks_on_top() -> None:
    own = rules(
        deadlines=days(receipt=3),
        late_hours=48,
        required={"item.seized": ("/place",)},
        roles={"item.opened": ("examiner", "court"), "item.stored": ("custodian",)},
        spontaneous=True,
        transit_days=60,
        witnesses={"item.seized": 2, "item.opened": 1},
    )
    court = Profile(
        name="court",
        deadlines=days(decision=10),
        late_hours=36,
        required={"item.seized": ("/documents", "/place"), "item.opened": ("/details/why",)},
        roles={"item.opened": ("court", "prosecutor"), "item.stored": ("court",)},
        urgent=True,
        witnesses={"item.seized": 1, "item.opened": 2, "item.destroyed": 1},
    )
    assert stricter(own, court) == Profile(
        name="rules, court",
        deadlines=days(decision=10, execution=90, receipt=3),
        late_hours=36,
        late_statement_days=7,
        required={"item.seized": ("/place", "/documents"), "item.opened": ("/details/why",)},
        roles={"item.opened": ("court",), "item.stored": ()},
        spontaneous=True,
        transit_days=60,
        witnesses={"item.seized": 2, "item.opened": 2, "item.destroyed": 1},
    )


KINDS = st.sampled_from(["item.seized", "court.presented", "item.opened"])
LIMIT = st.none() | st.integers(0, 200)
POINTERS = st.lists(st.sampled_from(["/place", "/documents", "/details/seals"]), min_size=1, unique=True).map(tuple)
ROLES = st.lists(st.sampled_from(sorted(ALLOWED["item.inspected"])), min_size=1, unique=True).map(tuple)
TRUE = st.sampled_from([None, True])
PROFILES = st.builds(
    rules,
    deadlines=st.none() | st.builds(Deadlines, decision=LIMIT, execution=LIMIT, receipt=st.integers(0, 20)),
    late_hours=LIMIT,
    late_statement_days=LIMIT,
    required=st.none() | st.dictionaries(KINDS, POINTERS, min_size=1),
    roles=st.none() | st.dictionaries(KINDS, ROLES, min_size=1),
    spontaneous=TRUE,
    transit_days=LIMIT,
    urgent=TRUE,
    witnesses=st.none() | st.dictionaries(KINDS, st.integers(1, 15), min_size=1),
)


def as_heard(court: Profile, own: Profile) -> Profile:
    """The court's profile, with the ledger's own where it asks nothing and in what it has no say."""
    spoken = {name: getattr(court, name) for name in ("late_hours", "late_statement_days", "transit_days")}
    limits = {name: LIMITS[name](own) if value is None else value for name, value in spoken.items()}
    stated = {name: getattr(court.deadlines, name, None) for name in ("decision", "execution", "receipt")}
    due = {name: LIMITS[f"deadlines.{name}"](own) if value is None else value for name, value in stated.items()}
    permitted = {"spontaneous": own.spontaneous, "urgent": own.urgent}
    return msgspec.structs.replace(court, deadlines=Deadlines(**due), **limits, **permitted)


@given(own=PROFILES, court=PROFILES)
def test_with_a_court_on_top_nothing_is_asked_less(own: Profile, court: Profile) -> None:
    both = stricter(own, court)
    assert loosened(own, both) == ()
    assert loosened(as_heard(court, own), both) == ()
    assert loosened(both, stricter(both, court)) == loosened(stricter(both, court), both) == ()


@given(own=PROFILES)
def test_a_court_that_asks_nothing_changes_nothing(own: Profile) -> None:
    both = stricter(own, Profile(name="court"))
    assert loosened(own, both) == loosened(both, own) == ()
