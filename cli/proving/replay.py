"""An item's history judged again: its chain, what it was made from, its case and signers, taken through the rules.

The ledger itself keeps only the state at the end. Here every event is seen with who answered for the item after it,
and with everything the rules have to say by now.
"""

from typing import TYPE_CHECKING, NamedTuple

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.handovers import HandoverReleased
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
    """Everything that the rules ask about when they judge an item, in causal order."""
    from custody.ledger.causal import in_causal_order

    taken: dict[str, Recorded] = {}
    queue = [(ledger.origin, "ledger"), ("", subject)]
    seen = set(queue)
    while queue:
        origin, one = queue.pop()
        for fact in ledger.history(one) if origin in ("", ledger.origin) else ledger.history_of(origin, one):
            taken[fact.hash] = fact
            queue += [kin for kin in _kin(fact) if kin not in seen]
            seen.update(_kin(fact))
    return in_causal_order(taken.values(), ledger.origin)


def _kin(fact: Recorded) -> list[tuple[str, str]]:
    """The subjects by which an entry is judged: of its ledger, or, without one, wherever they are."""
    event, origin = fact.event, fact.origin
    kin = [(origin, "ledger")]
    kin += [(origin, f"person:{split_person(one)[0]}") for one in event.signers if "@" in one]
    if event.case is not None:
        kin.append((origin, f"case:{event.case}"))
    if isinstance(event, ItemDerived):
        kin += [("", f"item:{parent.item}") for parent in event.details.parents]
    if isinstance(event, HandoverReleased):
        kin.append((origin, f"partner:{split_person(event.details.addressees[0])[1]}"))
        if event.details.basis is not None and event.details.basis.request is not None:
            kin.append(("", f"request:{event.details.basis.request}"))
    return [one for one in kin if one[1] != f"partner:{origin}"]
