"""Random lives of an item, against a model of custody that shares nothing with the rules.

What the model allows, the rules accept and the verifier calls UNBROKEN; the first act it forbids is refused by the
rules and makes the verdict BROKEN.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.protocol import times
from custody.protocol.entry import hash_entry, parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.verifier.verify import Request
from fixtures.forge import fixed_uuid
from fixtures.judge import judge
from fixtures.story import Story

PERSONS = ("ann", "ben", "cat", "dan")
ROLES = ("custodian", "examiner", "investigator", "prosecutor", "supervisor")


class Model:
    """Who answers for the item, and where it is: all there is to know."""

    def __init__(self, custodian: str) -> None:
        self.custodian = custodian
        self.where = "held"
        self.addressee = ""
        self.closed = False
        self.fresh = True
        self.seals = ["S-0"]

    def allows(self, act: str, by: str, other: str) -> bool:
        """Whether `by` may do this now; `other` is addressee, or from whom it is assumed."""
        mine = by == self.custodian
        if self.where == "gone" or act == "seize":
            return False
        if act == "inspect":
            return True
        if act == "assume":
            return other == self.custodian
        if act == "present":
            return self.where == "held"
        if act in ("receive", "refuse"):
            return self.where == "away" and by == self.addressee and not (act == "receive" and self.closed)
        if act == "withdraw":
            return self.where == "away" and mine
        if act == "recover":
            return self.where == "lent" and mine
        if act == "lend":
            return self.where in ("held", "lent") and mine
        if act in ("examine", "derive"):
            return self.where == "held" and mine and not self.seals
        return self.where == "held" and mine and (act != "void" or self.fresh)

    def take(self, act: str, by: str, other: str) -> None:
        """The act happened."""
        if act == "release":
            self.where, self.addressee, self.closed = "away", other, False
        elif act in ("receive", "assume"):
            self.where, self.custodian = "held", by
        elif act in ("withdraw", "recover"):
            self.where = "held"
        elif act == "refuse":
            self.closed = True
        elif act == "lend":
            self.where = "lent"
        elif act in ("return", "destroy", "void"):
            self.where = "gone"
        elif act == "seal":
            self.seals.append(f"S-{len(self.seals)}")
        elif act == "open":
            self.seals.clear()
        self.fresh = self.fresh and act not in ("release", "examine", "derive")


class Life:
    """The same life, told to the forge."""

    def __init__(self, first: str) -> None:
        self.story = Story()
        for person in PERSONS:
            self.story.enrol(person, *ROLES)
        self.story.seize(first, seals=("S-0",))
        self.model = Model(first)
        self.release: dict[str, str] = self.story.head
        self.children = 0

    @property
    def read(self) -> list[dict[str, str]]:
        """The seals as they are."""
        return [{"seal": seal, "state": "intact"} for seal in self.model.seals]

    def tell(self, act: str, by: str, other: str) -> None:
        """Writes the act down, allowed or not."""
        story, read = self.story, self.read
        helper = next(person for person in PERSONS if person not in (by, other))
        seals: dict[str, Any] = {"seals": read} if read else {}
        if act == "store":
            story.store(by)
        elif act == "seal":
            story.seal(f"S-{len(self.model.seals)}", by)
        elif act == "open":
            story.open_seal(by, (helper,), seals=read or [{"seal": "S-0", "state": "intact"}])
        elif act == "examine":
            story.examine(by)
        elif act == "derive":
            self.children += 1
            story.derive(fixed_uuid(f"child {self.children}"), by=by)
        elif act == "inspect":
            story.inspect(by, **seals)
        elif act == "release":
            story.release(by, other, seals=read)
            self.release = story.head
        elif act == "receive":
            story.receive(by, seals=read)
        elif act == "withdraw":
            story.act("handover.withdrawn", {"condition": "good", "reason": "plans changed"} | seals, by)
        elif act == "refuse":
            stated = {"outcome": "refused", "reason": "not ours", "release": self.release}
            story.act("handover.refused", stated, by)
        elif act == "lend":
            story.lend(by, seals=None if self.model.where == "lent" else seals.get("seals"))
        elif act == "recover":
            story.act("item.recovered", {"condition": "good"} | seals, by)
        elif act == "assume":
            stated = {"authority": "order 4", "condition": "good", "from": story.ref(other), "why": "absence"}
            story.act("item.assumed", stated | seals, by, (helper,))
        elif act == "present":
            story.present(by)
        elif act == "return":
            story.give_back(by)
        elif act == "destroy":
            story.act("item.destroyed", {"authority": "order 9", "method": "shredded"}, by, (helper,))
        elif act == "void":
            story.act("item.voided", {"reason": "entered in error"}, by, (helper,))
        else:
            story.seize(by, seals=("S-0",))


ACTS = (
    *("store", "seal", "open", "open", "examine", "derive", "inspect", "release", "release", "receive", "receive"),
    *("withdraw", "refuse", "lend", "recover", "assume", "present", "return", "destroy", "void", "seize"),
)
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(1, 3)), max_size=14)


def live(first: int, steps: list[tuple[str, int, int]], *, obey: bool) -> tuple[Life, bool]:
    """A life up to its first forbidden act; with `obey`, forbidden acts are left out. Whether it ended forbidden.

    An actor of 0 means whoever may act: the addressee of what is away, else the custodian.
    """
    life = Life(PERSONS[first])
    for act, actor, offset in steps:
        model = life.model
        if act == "open" and not model.seals:
            continue  # there is nothing to be opened: a fact that differs, not an act against the rules
        natural = model.addressee if act in ("receive", "refuse") and model.addressee else model.custodian
        by = natural if actor == 0 else PERSONS[actor]
        other = PERSONS[(PERSONS.index(by) + offset) % 4]
        allowed = model.allows(act, by, other)
        if not allowed and obey:
            continue
        life.tell(act, by, other)
        if not allowed:
            return life, True
        model.take(act, by, other)
    return life, False


def refused(life: Life) -> list[str]:
    """What the rules refuse, entry after entry."""
    world, found = World(), []
    for data in life.story.forge.entries:
        entry = parse_entry(data)
        event = event_of(entry.envelope)
        fact = Recorded(
            origin=event.ledger,
            index=entry.index,
            hash=hash_entry(data),
            recorded=times.parse_utc(entry.recorded_at),
            event=event,
        )
        found += [one.key for one in world.apply(fact) if one.refused]
    return found


def check(first: int, steps: list[tuple[str, int, int]], *, obey: bool) -> None:
    """The three agree."""
    life, forbidden = live(first, steps, obey=obey)
    against = refused(life)
    judged = judge(life.story.cut(), Request(policy=life.story.policy, cores=1))
    assert bool(against) == forbidden, (against, life.story.forge.events[-1]["type"])
    assert judged.verdict == ("BROKEN" if forbidden else "UNBROKEN"), judged


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=120, **QUIET)  # type: ignore[arg-type]
@given(st.integers(0, 3), STEPS)
def test_what_is_forbidden_breaks(first: int, steps: list[tuple[str, int, int]]) -> None:
    check(first, steps, obey=False)


@settings(max_examples=120, **QUIET)  # type: ignore[arg-type]
@given(st.integers(0, 3), STEPS)
def test_what_is_allowed_does_not(first: int, steps: list[tuple[str, int, int]]) -> None:
    check(first, steps, obey=True)


@pytest.mark.soak
@settings(max_examples=5_000, **QUIET)  # type: ignore[arg-type]
@given(st.integers(0, 3), STEPS, st.booleans())
def test_many_lives(first: int, steps: list[tuple[str, int, int]], obey: bool) -> None:
    check(first, steps, obey=obey)
