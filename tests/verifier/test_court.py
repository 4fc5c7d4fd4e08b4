"""A court's profile, brought by the reader, is asked of every entry on top of its ledger's own."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.protocol.events.ledger import Profile
from custody.protocol.times import DAY, HOUR
from custody.verifier.verify import Request
from fixtures.crossing import Crossing
from fixtures.defect import BASELINE
from fixtures.defects.form import adopt
from fixtures.judge import judge
from fixtures.story import Story

Tell = Callable[[Story], object]


def found(case: Story, **court: Any) -> set[str]:
    """What is found beyond the baseline with a court's profile; nothing may be found without it."""
    data = case.cut()
    plain = set(judge(data, Request(policy=case.policy, cores=1)).findings) - BASELINE
    request = Request(policy=case.policy, cores=1, profile=Profile(name="court", **court))
    assert plain <= {"F03 R"}
    return set(judge(data, request).findings) - BASELINE - plain


def seize(case: Story) -> None:
    case.seize()


def seize_late(case: Story) -> None:
    case.seize(occurred_at=case.forge.time(case.forge.now - 12 * HOUR))


def examine(case: Story) -> None:
    case.seize(seals=())
    case.examine()


def examine_as_two(case: Story) -> None:
    case.enrol("lab", "examiner", "custodian")
    case.seize("lab", seals=())
    case.examine("lab")


def inspect_late(case: Story) -> None:
    """The term as a supervisor ends between the inspection and its record."""
    day = case.forge.time(case.forge.now + 5 * HOUR)
    case.enrol("ab", roles=[{"role": "custodian"}, {"role": "supervisor", "until": day}])
    case.seize()
    moment = case.forge.time(case.forge.now + HOUR)
    case.inspect("ab", occurred_at=moment, advance=8 * HOUR)


def adopt_in_between(case: Story) -> None:
    adopt(case, required={"item.seized": ["/details/seals"]})
    case.seize()
    adopt(case, late_hours=48)
    case.inspect()


ASKED: dict[str, tuple[Tell, dict[str, Any], set[str]]] = {
    "nothing": (seize, {}, set()),
    "what is there": (seize, {"required": {"item.seized": ("/details/seals",)}}, set()),
    "a field of an item": (seize, {"required": {"item.seized": ("/documents",)}}, {"F01 B"}),
    "a field of a case": (seize, {"required": {"case.opened": ("/documents",)}}, {"F01 B"}),
    "a witness of a case": (seize, {"witnesses": {"case.opened": 1}}, {"S02.witness B"}),
    "a role for a case": (seize, {"roles": {"case.opened": ("supervisor",)}}, {"A05.profile B"}),
    "a role for an item": (examine, {"roles": {"item.examined": ("examiner",)}}, {"A05.profile B"}),
    "a role that the actor has": (examine, {"roles": {"item.examined": ("investigator",)}}, set()),
    "a role that the table refuses": (examine_as_two, {"roles": {"item.examined": ("custodian",)}}, {"A05.profile B"}),
    "a role held when it occurred": (inspect_late, {"roles": {"item.inspected": ("supervisor",)}}, set()),
    "fewer hours": (seize_late, {"late_hours": 6}, {"T02 R"}),
    "more hours": (seize_late, {"late_hours": 100}, set()),
    "no late statement": (seize_late, {"late_statement_days": 0}, {"C12.late N"}),
    "also after a new profile": (adopt_in_between, {"required": {"item.inspected": ("/documents",)}}, {"F01 B"}),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_court_asks(name: str) -> None:
    tell, court, wanted = ASKED[name]
    case = Story()
    tell(case)
    assert found(case, **court) == wanted


def test_a_ledgers_later_profile_holds_beside_the_courts() -> None:
    case = Story()
    case.seize()
    adopt(case, required={"item.inspected": ["/documents"]})
    case.inspect()
    request = Request(policy=case.policy, cores=1, profile=Profile(name="court", late_hours=6))
    assert set(judge(case.cut(), request).findings) - BASELINE == {"F01 B"}


def test_a_loan_is_open_for_as_long_as_the_court_lets_it() -> None:
    case = Story()
    case.seize()
    case.lend()
    data, now = case.cut(), case.forge.now + 5 * DAY
    for days, severity in ((4, "N"), (6, "R"), (None, "R")):
        court = Profile(name="court", transit_days=days)
        judged = judge(data, Request(policy=case.policy, cores=1, as_of=now, profile=court))
        assert f"C10 {severity}" in judged.findings


def test_each_ledgers_own_profile_holds_for_its_own_part_and_the_courts_for_both() -> None:
    case = Crossing()
    adopt(case.here, required={"handover.released": ["/details/reason"], "handover.received": ["/documents"]})
    case.here.seize()
    case.here.release(to=case.addressee)
    case.send()
    head = {"entry": case.here.forge.hashes[-2], "ledger": case.here.forge.origin}
    case.there.receive(previous=head)
    data = case.cut()
    policy = case.there.policy
    assert judge(data, Request(policy=policy, cores=1)).verdict == "UNBROKEN"
    court = Profile(name="court", required={"handover.received": ("/documents",)})
    assert "F01 B" in judge(data, Request(policy=policy, cores=1, profile=court)).findings
