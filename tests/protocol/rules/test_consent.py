"""Who asked whom, and the consent of the State where an item was taken (A03.state, A03.onward)."""

from typing import Any

import pytest

from custody.protocol.times import HOUR
from fixtures.crossing import ONWARD, PURPOSE, REQUEST, answer, ask, head_of, trust_partner
from fixtures.defects.form import adopt
from fixtures.forge import fixed_uuid
from fixtures.story import PHONE
from tests.protocol.rules.watching import BASES, CHILD, ThirdWatched, agreed, amend, begun

# -- who asked whom


def test_the_state_it_goes_to_is_the_one_that_asked() -> None:
    case = ThirdWatched()
    trust_partner(case.here, case.third)
    agreed(case)
    begun(case)
    case.release(to=case.third.ref("ab"))
    assert case.said() == {"A03.state B"}


def test_another_ledger_of_the_state_that_asked_will_do() -> None:
    case = ThirdWatched(jurisdiction="FR")
    trust_partner(case.here, case.third)
    agreed(case)
    begun(case)
    case.release(to=case.third.ref("ab"))
    case.hand_over(case.here)
    assert case.said() == set()


def test_a_request_made_to_another_state() -> None:
    case = ThirdWatched()
    ask(case.there, case.third)
    answer(case.third, "received", previous=head_of(case.there))
    answer(case.third, "accepted")
    case.send()
    begun(case)
    case.release()
    assert case.said() == {"A03.state B"}


@pytest.mark.parametrize(
    ("asked", "basis", "said"),
    [
        ({}, {"purpose": "onward", "request": ONWARD}, set()),
        ({"onward_to": "DE"}, {"purpose": "onward", "request": ONWARD}, set()),
        ({"onward_to": "AT"}, {"purpose": "onward", "request": ONWARD}, {"A03.onward B"}),
        ({}, {"purpose": PURPOSE, "request": ONWARD}, {"A03 B"}),
        ({}, {"purpose": PURPOSE, "request": REQUEST}, {"A03.onward B"}),
        ({}, {"agreement": "JIT 4/2026"}, {"A03.onward B"}),
        ({}, {"spontaneous": "they have the accomplice"}, {"A03.onward B"}),
        ({}, {"return": True}, {"A03.state B"}),
        ({}, None, {"A04 B"}),
    ],
)
@pytest.mark.parametrize("copied", [False, True])
def test_onward(asked: dict[str, Any], basis: dict[str, Any] | None, said: set[str], copied: bool) -> None:
    case = ThirdWatched()
    adopt(case.there, spontaneous=True)
    amend(case.there, "JIT 4/2026")
    case.arrive()
    case.consent(asked=asked)
    assert case.said() == set()
    if copied:
        case.there.copy("lab", state="DE", **({"basis": basis} if basis else {}))
    else:
        case.send_on(basis=basis)
    assert case.said() == said


def test_a_consent_is_for_what_came_from_who_gave_it() -> None:
    """An item taken in the second State is not sent to a third by the first one's leave."""
    case = ThirdWatched()
    case.consent()
    case.there.item = fixed_uuid("another")
    case.there.seize("jm")
    case.there.forge.now = case.here.forge.now
    case.said()
    case.there.release("jm", case.third.ref("ab"), basis=case.onward)
    assert case.said() == {"A03.state B"}


def test_a_consent_of_another_state_than_the_first() -> None:
    case = ThirdWatched()
    case.arrive()
    ask(case.there, case.third, ONWARD, purpose="onward", onward_to="DE")
    answer(case.third, "received", ONWARD, previous=head_of(case.there, ONWARD))
    answer(case.third, "accepted", ONWARD)
    case.said()
    case.send_on()
    assert case.said() == {"A03.onward B"}


def test_a_consent_that_somebody_else_asked_for() -> None:
    case = ThirdWatched()
    case.arrive()
    ask(case.third, case.here, ONWARD, purpose="onward", onward_to="DE")
    answer(case.here, "received", ONWARD, previous=head_of(case.third, ONWARD))
    answer(case.here, "accepted", ONWARD)
    case.said()
    case.send_on()
    assert case.said() == {"A03.onward B"}


@pytest.mark.parametrize(("later", "said"), [(HOUR, {"A04 B"}), (240, set())])
@pytest.mark.parametrize("kind", ["postponed", "refused", "closed", "consulted"])
def test_a_consent_withdrawn_before_it_was_used(kind: str, later: int, said: set[str]) -> None:
    """The first State's ledger is shown afterwards; its own clock tells."""
    case = ThirdWatched()
    case.arrive()
    case.consent()
    with case.watching.holding():
        answer(case.here, kind, ONWARD)
    case.there.forge.now = case.here.forge.now + later
    case.send_on()
    assert case.said() == set()
    case.watching.show()
    assert case.said() == set()
    found = {one for one in case.watching.item(PHONE) if one[0] == "A"}
    assert found == (set() if kind == "consulted" else said)


# -- what is derived


def derived_abroad(case: ThirdWatched) -> None:
    """The second State made something of what it got from the first."""
    case.arrive()
    case.there.open_seal("lab")
    case.there.derive(CHILD, by="lab", method="split", kind="physical", digests=None)
    case.there.item = case.third.item = CHILD
    case.said()


def test_what_is_made_of_it_may_go_back_where_the_source_was_taken() -> None:
    case = ThirdWatched()
    derived_abroad(case)
    case.there.release("lab", case.here.ref("jm"), seals=())
    assert case.said() == set()


@pytest.mark.parametrize("basis", ["agreement", "unasked", "request"])
def test_what_is_made_of_it_goes_on_with_consent_only(basis: str) -> None:
    case = ThirdWatched()
    adopt(case.there, spontaneous=True)
    amend(case.there, "JIT 4/2026")
    derived_abroad(case)
    case.there.release("lab", case.third.ref("ab"), seals=(), basis=BASES[basis])
    scoped = {"A02 B"} if basis == "request" else set()
    assert case.said() == {"A03.onward B"} | scoped


def test_what_is_made_of_it_goes_on_with_consent() -> None:
    case = ThirdWatched()
    derived_abroad(case)
    case.consent(scope={"items": ["JM/1-1"]})
    case.there.release("lab", case.third.ref("ab"), seals=(), basis=case.onward)
    assert case.said() == set()


def test_what_is_made_of_two_goes_back_to_neither() -> None:
    """A part of it was taken in the other State, which asked for nothing and was asked for nothing."""
    case = ThirdWatched()
    case.arrive()
    there = case.there
    there.open_seal("lab")
    own = fixed_uuid("their own")
    there.item = own
    there.seize("lab", seals=(), label="FR/1")
    there.item = PHONE
    both = [
        {"head": {"entry": there.forge.heads[f"item:{one}"], "ledger": there.forge.origin}, "item": one}
        for one in (PHONE, own)
    ]
    there.derive(CHILD, by="lab", method="sample", kind="physical", digests=None, parents=both)
    there.item = CHILD
    case.said()
    there.release("lab", case.here.ref("jm"), seals=())
    assert case.said() == {"A04 B"}


@pytest.mark.parametrize("kind", ["received", "consulted"])
def test_what_was_still_waiting_when_it_was_used_is_judged_once(kind: str) -> None:
    case = ThirdWatched()
    adopt(case.there, urgent=True)
    case.arrive()
    ask(case.there, case.here, ONWARD, purpose="onward", onward_to="DE", urgent=True)
    case.send()
    with case.watching.holding():
        answer(case.here, "received", ONWARD, previous=head_of(case.there, ONWARD))
        if kind == "consulted":
            answer(case.here, "consulted", ONWARD)
    case.there.forge.now = case.here.forge.now + HOUR
    case.said()
    case.send_on()
    case.watching.show()
    assert {one for one in case.watching.item(PHONE) if one[0] == "A"} == {"A04.urgent R"}
