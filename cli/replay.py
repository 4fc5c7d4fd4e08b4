"""An item's history judged again: its chain, what it was made from, its case and signers, taken through the rules.

The ledger itself keeps only the state at the end. Here every event is seen with who answered for the item after it,
and with everything the rules have to say by now.
"""

from typing import TYPE_CHECKING, NamedTuple

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.items import ItemDerived, ItemYielded
from custody.protocol.findings import Finding
from custody.protocol.names import name_of, split_person
from custody.protocol.rules.ending import close
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.world import World

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

_SEVEREST_FIRST = {"B": 0, "N": 1, "R": 2}


class Step(NamedTuple):
    """An event, and how the item stood after it."""

    fact: Recorded
    custodian: str
    status: str


class Replay(NamedTuple):
    """One item."""

    item: ItemState
    steps: list[Step]
    findings: list[Finding]
    """About the item and what it was made from, the severest first."""


def replay(ledger: "Ledger", uuid: str, now: int) -> Replay:
    """The history of an item of this ledger. `now`, in seconds since 1970, is what deadlines are judged by."""
    world, subject = World(), f"item:{uuid}"
    steps: list[Step] = []
    for fact in _concerned(ledger, subject):
        world.apply(fact)
        if name_of(fact.event.subject) == uuid:
            item = world.item(uuid)
            steps.append(Step(fact, item.custodian, item.end or item.status))
    close(world, now=now, items={uuid})
    found = [one for item in world.items.values() for one in item.docket.found]
    found.sort(key=lambda one: (_SEVEREST_FIRST[one.severity], one.code))
    return Replay(world.item(uuid), steps, found)


def disclosures(ledger: "Ledger", subject: str) -> list[Recorded]:
    """The bundles that show an item: those about it or what was made from it, and those of the whole ledger."""
    from custody.ledger.view import read_fact

    made = (read_fact(one, ledger.origin) for one in ledger.store.entries_of(ledger.store.subjects("disclosure")))
    subjects = _with_descendants(ledger, subject)
    return [one for one in made if isinstance(one.event, DisclosureMade) and _shows(one.event, subjects)]


def _shows(event: DisclosureMade, subjects: set[str]) -> bool:
    return event.details.subjects is None or not subjects.isdisjoint(event.details.subjects)


def _with_descendants(ledger: "Ledger", subject: str) -> set[str]:
    found, queue = {subject}, [subject]
    while queue:
        for fact in ledger.history(queue.pop()):
            if isinstance(fact.event, ItemYielded) and (child := f"item:{fact.event.details.child}") not in found:
                found.add(child)
                queue.append(child)
    return found


def _concerned(ledger: "Ledger", subject: str) -> list[Recorded]:
    """Everything that the rules ask about when they judge an item, in log order."""
    taken: dict[int, Recorded] = {fact.index: fact for fact in ledger.history("ledger")}
    queue, seen = [subject], {subject}
    while queue:
        for fact in ledger.history(queue.pop()):
            taken[fact.index] = fact
            kin = [f"person:{split_person(one)[0]}" for one in fact.event.signers if one.endswith(f"@{ledger.origin}")]
            if fact.event.case is not None:
                kin.append(f"case:{fact.event.case}")
            if isinstance(fact.event, ItemDerived):
                kin += [f"item:{parent.item}" for parent in fact.event.details.parents]
            queue += [one for one in kin if one not in seen]
            seen.update(kin)
    return [taken[index] for index in sorted(taken)]
