"""rules/profile.py: what a profile comes to, and when one asks less than another (F03)."""

from typing import Any

import pytest

from custody.protocol.events.ledger import Deadlines, Profile
from custody.protocol.rules.profile import (
    BASE,
    LIMITS,
    allowed_roles,
    decision_days,
    execution_days,
    loosened,
    receipt_days,
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
