"""Stories told straight into the rules: no bundle, no signatures, each entry judged as it is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from custody.protocol import canonical
from custody.protocol.events.codec import parse_event
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from fixtures.crossing import PURPOSE, REQUEST, Abroad, Third
from fixtures.forge import fixed_uuid
from fixtures.story import Story


class Watching:
    """A world, and what was said of each entry since the last question."""

    def __init__(self, *stories: Story) -> None:
        self.world = World()
        self._new: list[str] = []
        self._holding = False
        self._held: list[tuple[Story, int, int]] = []
        for story in stories:
            self._watch(story)

    def _watch(self, story: Story) -> None:
        forge = story.forge
        chain = forge.chain
        for index in range(len(forge.events)):
            self.take(story, index, forge.now)

        def watched(event: dict[str, Any], **how: Any) -> str:
            made = chain(event, **how)
            self.take(story, len(forge.events) - 1, how["recorded"])
            return made

        forge.chain = watched  # type: ignore[method-assign]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What is written meanwhile is shown later."""
        self._holding = True
        yield
        self._holding = False

    def show(self) -> None:
        """Shows what was held back."""
        held, self._held = self._held, []
        for one in held:
            self.take(*one)

    def take(self, story: Story, index: int, recorded: int) -> None:
        """One entry of a story."""
        if self._holding:
            self._held.append((story, index, recorded))
            return
        forge = story.forge
        event = parse_event(canonical.encode(forge.events[index]))
        fact = Recorded(origin=forge.origin, index=index, hash=forge.hashes[index], recorded=recorded, event=event)
        self._new += [f"{one.key} {one.severity}" for one in self.world.apply(fact)]

    def item(self, uuid: str) -> set[str]:
        """Everything found about an item so far."""
        return {f"{one.key} {one.severity}" for one in self.world.items[uuid].docket.found}

    def said(self) -> set[str]:
        """The findings of authority and of the record since it was last asked; other remarks are left out."""
        new, self._new = self._new, []
        return {one for one in new if one[0] in "AL" or one[-1] != "R"}


class AbroadWatched(Abroad):
    """Two ledgers of two States; nothing is cut."""

    def __init__(self, **there: Any) -> None:
        super().__init__(**there)
        self.watching = Watching(self.here, self.there)

    def send(self, **choices: Any) -> None:
        """Only the clocks go together."""
        self.here.forge.now = self.there.forge.now = max(self.here.forge.now, self.there.forge.now)

    reply = send

    def said(self) -> set[str]:
        """What was said since it was last asked."""
        return self.watching.said()


class ThirdWatched(Third):
    """Three ledgers of three States; nothing is cut."""

    def __init__(self, **third: Any) -> None:
        super().__init__(**third)
        self.watching = Watching(self.here, self.there, self.third)

    def send(self, **choices: Any) -> None:
        """Only the clocks go together."""
        now = max(one.forge.now for one in (self.here, self.there, self.third))
        self.here.forge.now = self.there.forge.now = self.third.forge.now = now

    reply = send

    def hand_over(self, giver: Story) -> None:
        """The third ledger receives."""
        self.send()
        self.third.receive("ab", previous=giver.head)

    def said(self) -> set[str]:
        """What was said since it was last asked."""
        return self.watching.said()


CHILD = fixed_uuid("child")

BASES: dict[str, dict[str, Any] | None] = {
    "nothing": None,
    "request": {"purpose": PURPOSE, "request": REQUEST},
    "another purpose": {"purpose": "taxation", "request": REQUEST},
    "another request": {"purpose": PURPOSE, "request": fixed_uuid("never sent")},
    "agreement": {"agreement": "JIT 4/2026"},
    "another agreement": {"agreement": "JIT 5/2026"},
    "unasked": {"spontaneous": "they have the accomplice"},
    "return": {"return": True},
}


def begun(case: AbroadWatched | ThirdWatched, **seized: Any) -> None:
    """The item is seized, in the first State."""
    case.here.seize(**seized)
    case.said()


def agreed(case: AbroadWatched | ThirdWatched, **granted: Any) -> None:
    """The second State asked, and the first agreed."""
    case.agree(**granted)
    assert case.said() == set()


def amend(story: Story, agreement: str, case: str = "OP-17") -> None:
    """The case records an agreement."""
    details = {"agreement": agreement, "why": "a joint team"}
    story.forge.add("case.amended", f"case:{case}", details, story.ref("jm"))
