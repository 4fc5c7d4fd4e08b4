"""The stretches of an item's history: who answered for it from when to when, and where a stretch is a gap.

A gap is a stretch that rests on less than somebody's statement in hand: in transit, where the releaser still answers
and nobody has signed for it; lent on a paper receipt; in custody with no statement by anyone for a month or more.
A transit that ended within a day is none: it is counted, and its release and receipt stand among the events.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from custody.errors import MalformedError
from custody.protocol.times import DAY, format_duration, format_utc, parse_local, parse_utc
from custody.verifier.report.model import ItemReport, Step
from custody.verifier.report.words import NOTES, say

SILENCE = 30 * DAY
"""From here on a stretch in custody without any event is called out: the base rules' time for a transit."""

BRIEF = DAY
"""A transit shorter than this, and ended, is no gap: from one room to the next, every day."""

Kind = Literal["held", "transit", "lent", "silent", "nobody"]

TITLES: dict[Kind, str] = {
    "held": "answered for",
    "transit": "in transit",
    "lent": "lent on a paper receipt",
    "silent": "no statement",
    "nobody": "nobody answers for it on record",
}


class Stretch(NamedTuple):
    """A stretch of time with one person answering and one way of keeping."""

    kind: Kind
    person: str
    start: int
    stop: int
    """Seconds since 1970; never before `start`, whatever contradictory times an event states."""
    after: int
    """Index among the item's steps of the event it begins with."""
    until: str
    """What ended it, in words; empty when nothing has."""
    whom: str
    """Addressees or organisation, as stated."""

    @property
    def gap(self) -> bool:
        """Whether a reader must be told."""
        return self.kind != "held" and self.stop > self.start and not self.brief

    @property
    def brief(self) -> bool:
        """Whether it was handed over within a day."""
        return self.kind == "transit" and bool(self.until) and self.stop - self.start < BRIEF

    @property
    def length(self) -> str:
        """In words."""
        return format_duration(self.stop - self.start)


def list_stretches(item: ItemReport, as_of: str) -> tuple[Stretch, ...]:
    """In order; the last reaches "now" unless the item came to its end. Empty where no event of the chain is shown."""
    try:
        steps = [
            (place, parse_local(one.occurred_at), one) for place, one in enumerate(item.steps) if one.type not in NOTES
        ]
        now = parse_utc(as_of)
    except MalformedError:
        return ()
    found: list[Stretch] = []
    latest = steps[0][1] if steps else 0
    for number, (place, moment, step) in enumerate(steps):
        start = latest = max(latest, moment)
        following = steps[number + 1] if number + 1 < len(steps) else None
        if step.status == "ended" or (following is None and item.more_steps):
            continue
        stop = max(start, following[1] if following else now)
        _add(found, _stretch(step, place, start, stop, following[2] if following else None))
    return tuple(found)


def _stretch(step: Step, place: int, start: int, stop: int, following: Step | None) -> Stretch:
    kind: Kind = "held"
    if not step.custodian or step.status == "none":
        kind = "nobody"
    elif step.status == "transit":
        kind = "transit"
    elif step.status == "lent":
        kind = "lent"
    elif stop - start >= SILENCE:
        kind = "silent"
    return Stretch(
        kind=kind,
        person=step.custodian,
        start=start,
        stop=stop,
        after=place,
        until=say(following.type) if following else "",
        whom="; ".join(value for fact in step.facts if fact.name in _WHOM.get(step.type, ()) for value in fact.values),
    )


_WHOM = {"handover.released": ("addressees",), "item.lent": ("to", "organisation")}


def _add(found: list[Stretch], new: Stretch) -> None:
    """Joins a stretch to the one before it where nothing changed; silences stay apart, each is one."""
    last = found[-1] if found else None
    if last and new.kind != "silent" and (last.kind, last.person) == (new.kind, new.person):
        found[-1] = last._replace(stop=new.stop, until=new.until)
    else:
        found.append(new)


def count_brief(stretches: Iterable[Stretch]) -> int:
    """How many transits ended within a day."""
    return sum(one.brief for one in stretches)


def say_when(moment: int) -> str:
    """`2026-05-04 09:20 UTC`."""
    return format_utc(moment)[:16].replace("T", " ") + " UTC"


def say_gap(one: Stretch, person: str) -> str:
    """A gap in one sentence, after its title and length; `person` as the reader knows the one who answers."""
    end = f"{say_when(one.stop)} ({one.until})" if one.until else f"{say_when(one.stop)}, no end on record"
    when = f"from {say_when(one.start)} to {end}"
    whom = f" to {one.whom}" if one.whom else ""
    if one.kind == "transit":
        return f"{when}. Released{whom}; nobody signed for it in that time; {person} answered for it."
    if one.kind == "lent":
        return f"{when}. Lent{whom}; whoever took it signed nothing here; {person} answered for it."
    if one.kind == "silent":
        return f"{when}. Nobody recorded anything about it; {person} answered for it."
    return f"{when}. No event shown says who answered for it."
