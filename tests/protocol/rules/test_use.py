"""What came from abroad is used for what it came for (A03.use); agreements; what an earlier part left out (L02)."""

from collections.abc import Callable
from typing import Any

import pytest

from fixtures.crossing import PURPOSE, REQUEST, answer, ask, head_of, trust_partner
from fixtures.defects.form import adopt
from fixtures.forge import fixed_uuid
from fixtures.story import INTACT, PHONE
from tests.protocol.rules.watching import BASES, CHILD, AbroadWatched, ThirdWatched, agreed, amend, begun

OTHER, SECOND = fixed_uuid("another item"), fixed_uuid("a second request")

# -- what it is used for


def presented(case: AbroadWatched, **stated: Any) -> set[str]:
    case.there.present(**stated)
    return case.said()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"purpose": PURPOSE, "request": REQUEST}, set()),
        ({"purpose": "taxation", "request": REQUEST}, {"A03.use B"}),
        ({"purpose": PURPOSE, "request": fixed_uuid("another")}, {"A03.use B"}),
        ({"request": REQUEST}, {"A03.use B"}),
        ({"purpose": PURPOSE}, {"A03.use B"}),
        ({}, {"A03.use B"}),
    ],
)
@pytest.mark.parametrize("way", ["as it came", "by way of a neighbour", "derived"])
def test_use(stated: dict[str, Any], said: set[str], way: str) -> None:
    case = ThirdWatched(jurisdiction="FR")
    case.arrive()
    user = case.there
    if way == "by way of a neighbour":
        case.there.release("lab", case.third.ref("ab"))
        case.hand_over(case.there)
        user = case.third
    elif way == "derived":
        case.there.open_seal("lab")
        case.there.derive(CHILD, by="lab", method="split", kind="physical", digests=None)
        case.there.item = CHILD
    case.said()
    user.present(**stated)
    assert case.said() == said


@pytest.mark.parametrize(
    ("second", "stated", "said"),
    [
        (PURPOSE, {"purpose": PURPOSE, "request": REQUEST}, set()),
        (PURPOSE, {"purpose": PURPOSE, "request": SECOND}, set()),
        (PURPOSE, {"purpose": PURPOSE, "request": fixed_uuid("another")}, {"A03.use B"}),
        ("taxation", {"purpose": PURPOSE, "request": REQUEST}, {"A03.use B"}),
        ("taxation", {"purpose": "taxation", "request": SECOND}, {"A03.use B"}),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_use_of_what_was_made_from_two_is_bound_by_both(
    second: str, stated: dict[str, Any], said: set[str], order: int
) -> None:
    """Two items came, each under a request of its own; one was made of both there."""
    case, parents = AbroadWatched(), []
    for item, label, request, purpose in ((PHONE, "JM/1", REQUEST, PURPOSE), (OTHER, "JM/2", SECOND, second)):
        case.here.item = case.there.item = item
        case.here.seize(label=label)
        ask(case.there, case.here, request, purpose=purpose, scope={"items": [label]})
        case.reply()
        note = case.there.forge.checkpoint().decode()
        answer(case.here, "received", request, previous=head_of(case.there, request), checkpoint=note)
        answer(case.here, "accepted", request, scope={"items": [label]})
        case.release(basis={"purpose": purpose, "request": request})
        case.deliver()
        case.there.open_seal("lab")
        parents.append({"head": case.there.head, "item": item})
    case.there.derive(CHILD, by="lab", method="split", kind="physical", digests=None, parents=parents[::order])
    case.there.item = CHILD
    case.said()
    case.there.present(**stated)
    assert case.said() == said


def test_use_at_home_is_free() -> None:
    case = AbroadWatched()
    agreed(case)
    begun(case)
    case.release()
    case.deliver()
    case.there.release("lab", case.here.ref("jm"), basis={"return": True})
    case.here.receive("jm", previous=case.there.head)
    case.here.present()
    assert case.said() == set()


def test_use_at_home_is_free_whatever_it_came_back_under() -> None:
    case = AbroadWatched()
    agreed(case)
    begun(case)
    case.release()
    case.deliver()
    case.there.release("lab", case.here.ref("jm"), basis=case.basis)
    case.here.receive("jm", previous=case.there.head)
    case.said()
    case.here.present()
    assert case.said() == set()


@pytest.mark.parametrize("basis", ["agreement", "unasked"])
def test_use_of_what_no_request_binds_is_free(basis: str) -> None:
    case = AbroadWatched()
    adopt(case.here, spontaneous=True)
    amend(case.here, "JIT 4/2026")
    begun(case)
    case.release(basis=BASES[basis])
    case.deliver()
    case.said()
    assert presented(case) == set()


def test_sent_again_on_another_basis_it_is_no_longer_bound() -> None:
    case = AbroadWatched()
    amend(case.here, "JIT 4/2026")
    agreed(case)
    begun(case)
    case.release()
    case.deliver()
    case.there.release("lab", case.here.ref("jm"))
    case.here.receive("jm", previous=case.there.head)
    case.release(basis=BASES["agreement"])
    case.deliver()
    assert presented(case) == set()


# -- agreements


def test_the_agreement_is_that_of_the_items_case() -> None:
    """Naming another case in the release does not borrow its agreement."""
    case = AbroadWatched()
    begun(case)
    case.here.forge.open_case("OP-18")
    amend(case.here, "JIT 4/2026", "OP-18")
    case.said()
    subject, jm = f"item:{PHONE}", case.here.ref("jm")
    stated = {"addressees": [case.addressee], "basis": BASES["agreement"], "condition": "good", "reason": "sent"}
    case.here.forge.add("item.stored", subject, {"facility": "room"}, jm, case="OP-18")
    case.here.forge.add("handover.released", subject, stated, jm, case="OP-18")
    assert "A04.agreement B" in case.said()


def test_the_case_of_another_ledger_does_not_matter() -> None:
    """A copy is given at home of what is abroad by now, under another case there."""
    case = AbroadWatched()
    amend(case.here, "JIT 4/2026")
    agreed(case)
    begun(case)
    case.release()
    case.send()
    case.there.forge.open_case("FR-9")
    stated = {"condition": "good", "seals": [INTACT]}
    received = {"case": "FR-9", "previous": case.here.head}
    case.there.forge.add("handover.received", f"item:{PHONE}", stated, case.there.ref("lab"), **received)
    case.said()
    case.here.copy(state="FR", basis=BASES["agreement"])
    assert case.said() == set()


def test_an_agreement_as_amended() -> None:
    case = AbroadWatched()
    amend(case.here, "JIT 5/2026")
    amend(case.here, "JIT 4/2026")
    begun(case)
    case.release(basis=BASES["agreement"])
    assert case.said() == set()


@pytest.mark.parametrize(("profile", "said"), [({}, "A04.spontaneous B"), ({"spontaneous": True}, "A04.spontaneous R")])
def test_unasked(profile: dict[str, bool], said: str) -> None:
    case = AbroadWatched()
    adopt(case.here, **profile)
    begun(case)
    case.release(basis=BASES["unasked"])
    assert case.said() == {said}


# -- shown late


LATE: dict[str, tuple[str, Callable[[AbroadWatched], object]]] = {
    "partner": ("nothing", lambda case: trust_partner(case.here, case.there, jurisdiction="FR")),
    "request": ("request", lambda case: answer(case.here, "closed")),
    "case": ("agreement", lambda case: amend(case.here, "JIT 9/2026")),
}


@pytest.mark.parametrize("subject", LATE)
@pytest.mark.parametrize("late", [False, True])
def test_what_an_earlier_part_left_out(subject: str, late: bool) -> None:
    """The entry stands before the release and is shown after it: the release was judged without it."""
    basis, change = LATE[subject]
    case = AbroadWatched()
    agreed(case)
    amend(case.here, "JIT 4/2026")
    begun(case)
    with case.watching.holding():
        change(case)
    if not late:
        case.watching.show()
    case.release(basis=BASES[basis])
    case.said()
    case.watching.show()
    assert case.said() == ({"L02 B"} if late else set())


def test_what_nothing_rested_on_may_be_shown_late() -> None:
    case = AbroadWatched()
    agreed(case)
    begun(case)
    with case.watching.holding():
        case.here.forge.open_case("OP-18")
    case.release()
    case.watching.show()
    assert case.said() == set()
