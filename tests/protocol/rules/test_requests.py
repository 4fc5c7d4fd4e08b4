"""A request's life: which step follows which, who may write it, and what is none of its chain (A04.step, A05.party)."""

from typing import Any

import pytest

from fixtures.crossing import REQUEST, answer, ask, head_of
from fixtures.forge import fixed_uuid
from tests.protocol.rules.watching import AbroadWatched, ThirdWatched

STEPS = ("received", "consulted", "postponed", "accepted", "refused", "executed", "closed")

OPEN = {"consulted", "postponed", "accepted", "refused", "closed"}

AFTER: dict[str, set[str]] = {
    "sent": {"received"},
    "received": OPEN,
    "consulted": OPEN,
    "postponed": OPEN,
    "accepted": OPEN | {"executed"},
    "refused": {"closed"},
    "executed": {"closed"},
    "closed": set(),
}
"""What may follow, by what the request is."""

WAYS: dict[str, tuple[str, ...]] = {
    "sent": (),
    "received": ("received",),
    "consulted": ("received", "consulted"),
    "postponed": ("received", "postponed"),
    "accepted": ("received", "accepted"),
    "refused": ("received", "refused"),
    "executed": ("received", "accepted", "executed"),
    "closed": ("received", "accepted", "executed", "closed"),
}
"""How it becomes what it is."""


def asked() -> AbroadWatched:
    case = AbroadWatched()
    case.ask()
    return case


def step(case: AbroadWatched, kind: str, **details: Any) -> None:
    first = "request.received" not in [event["type"] for event in case.here.forge.events]
    answer(case.here, kind, **({"previous": head_of(case.there)} if first else {}), **details)


def status(case: AbroadWatched) -> str:
    return case.watching.world.requests[REQUEST].status


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("before", WAYS)
def test_every_step_from_every_status(before: str, kind: str) -> None:
    case = asked()
    for one in WAYS[before]:
        step(case, one)
    assert case.said() == set()
    assert status(case) == before
    step(case, kind)
    assert case.said() == (set() if kind in AFTER[before] else {"A04.step B"})


@pytest.mark.parametrize("kind", STEPS)
def test_nothing_comes_before_it_was_sent(kind: str) -> None:
    case = AbroadWatched()
    answer(case.here, kind)
    assert "A04.step B" in case.said()


@pytest.mark.parametrize(
    ("before", "after"), [("received", "consulted"), ("accepted", "accepted"), ("postponed", "postponed")]
)
def test_a_consultation_decides_nothing(before: str, after: str) -> None:
    case = asked()
    for one in (*WAYS[before], "consulted"):
        step(case, one)
    assert status(case) == after


def test_accepted_again_the_new_terms_replace_the_old() -> None:
    case = asked()
    for one in WAYS["accepted"]:
        step(case, one)
    step(case, "accepted", scope={"kinds": ["digital"]}, conditions=["no copies"])
    request = case.watching.world.requests[REQUEST]
    assert request.granted is not None
    assert (request.granted.scope.kinds, request.granted.scope.items) == (("digital",), None)
    assert case.said() == set()


def test_once_received_only_the_requested_ledger_writes() -> None:
    case = asked()
    case.take()
    assert case.said() == set()
    for kind in ("accepted", "closed"):
        previous = head_of(case.here if kind == "accepted" else case.there)
        answer(case.there, kind, previous=previous)
        assert case.said() == {"A05.party B"}


def test_only_the_ledger_it_is_made_to_receives_it() -> None:
    case = ThirdWatched()
    case.ask()
    answer(case.third, "received", previous=head_of(case.there))
    assert case.said() == {"A05.party B"}


def test_whoever_asked_does_not_receive() -> None:
    case = asked()
    answer(case.there, "received")
    assert case.said() == {"A05.party B"}


@pytest.mark.parametrize("kind", ["sent", *STEPS])
def test_only_a_central_authority_signs(kind: str) -> None:
    case = AbroadWatched()
    for story in (case.here, case.there):
        story.enrol("ca", "supervisor")
    if kind != "sent":
        case.there.enrol("ca", key="the key of ca now")
    case.ask()
    if kind not in ("sent", "received"):
        case.here.enrol("ca", key="the key of ca now")
        for one in WAYS[{"closed": "executed", "executed": "accepted"}.get(kind, "received")]:
            step(case, one)
        case.here.enrol("ca", "supervisor", key="the key of ca now")
    if kind != "sent":
        assert case.said() == set()
        step(case, kind)
    assert case.said() == {"A05 B"}


def test_a_second_branch_takes_no_effect() -> None:
    case = asked()
    case.take()
    received = head_of(case.here)
    answer(case.here, "refused")
    assert case.said() == set()
    answer(case.here, "accepted", previous=received)
    assert case.said() == {"L02 B"}
    assert status(case) == "refused"


def test_the_same_request_sent_twice_is_a_branch() -> None:
    case = asked()
    ask(case.there, case.here, previous=None)
    assert case.said() == {"L02 B"}
    ask(case.here, case.there, previous=None)
    assert case.said() == {"L02 B"}
    assert case.watching.world.requests[REQUEST].requesting == case.there.forge.origin


def test_a_gap_is_told_and_the_chain_goes_on() -> None:
    case = asked()
    case.take()
    answer(case.here, "accepted", previous={"entry": "f" * 64, "ledger": case.here.forge.origin})
    assert case.said() == {"L02 B"}
    assert status(case) == "accepted"


def test_a_supplement_is_a_request_of_its_own() -> None:
    """What was granted for the first is neither widened nor narrowed by it."""
    case = asked()
    case.take()
    answer(case.here, "accepted")
    more = fixed_uuid("supplement")
    ask(case.there, case.here, more, supplements=REQUEST, scope={"kinds": ["digital"]}, reference="MLA-7/2")
    answer(case.here, "received", more, previous=head_of(case.there, more))
    answer(case.here, "refused", more)
    assert case.said() == set()
    world = case.watching.world
    assert [world.requests[one].status for one in (REQUEST, more)] == ["accepted", "refused"]
    case.here.seize()
    case.release(basis={"purpose": "prosecution", "request": more})
    assert case.said() == {"A04 B", "A02 B"}


def test_dates_and_references() -> None:
    case = asked()
    case.take()
    world = case.watching.world
    request = world.requests[REQUEST]
    assert request.reference == "MLA-7"
    assert list(request.dates) == ["sent", "received"]
    assert world.request(fixed_uuid("another")).reference == fixed_uuid("another")[:8]
