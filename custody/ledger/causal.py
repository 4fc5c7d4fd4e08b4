"""Entries of several ledgers in an order in which every entry comes after those it refers to.

A ledger's own entries keep their order. Two ledgers have no common clock; what ties them is that a receipt names the
release, a refusal's note the release it refuses, a withdrawal the refusal: nobody can name what he has not seen.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from custody.protocol.events.common import Event
from custody.protocol.events.handovers import HandoverRefused, HandoverReleased, HandoverWithdrawn
from custody.protocol.events.items import ItemDerived, ItemYielded
from custody.protocol.events.notes import EntryConfirmed, EntryCorrected
from custody.protocol.rules.fact import Recorded


def references(event: Event) -> Iterator[str]:
    """Hashes of the entries that an event refers to."""
    if event.previous is not None:
        yield event.previous.entry
    if isinstance(event, HandoverRefused):
        yield event.details.release.entry
    elif isinstance(event, HandoverWithdrawn) and event.details.refusal is not None:
        yield event.details.refusal.entry
    elif isinstance(event, HandoverReleased) and event.details.basis is not None:
        if event.details.basis.head is not None:
            yield event.details.basis.head.entry
    elif isinstance(event, EntryCorrected | EntryConfirmed):
        yield event.details.entry.entry
    elif isinstance(event, ItemDerived):
        yield from (parent.head.entry for parent in event.details.parents)
    elif isinstance(event, ItemYielded):
        yield event.details.entry


def in_causal_order(facts: Iterable[Recorded], own: str) -> list[Recorded]:
    """All of them. Where nothing decides, those of other ledgers come before those of `own`, as far as they can.

    What refers to itself in a circle, which no honest ledgers can make, is given in any order.
    """
    queues: dict[str, deque[Recorded]] = {}
    for fact in sorted(facts, key=lambda one: (one.origin == own, one.origin, one.index)):
        queues.setdefault(fact.origin, deque()).append(fact)
    if len(queues) == 1:
        return list(next(iter(queues.values())))
    waiting = {fact.hash for queue in queues.values() for fact in queue}
    ordered: list[Recorded] = []
    while any(queues.values()):
        ready = [queue for queue in queues.values() if queue and not _waits(queue[0], waiting)]
        for queue in ready or [queue for queue in queues.values() if queue][:1]:
            while queue and not (ready and _waits(queue[0], waiting)):
                fact = queue.popleft()
                waiting.discard(fact.hash)
                ordered.append(fact)
                if not ready:
                    break
    return ordered


def _waits(fact: Recorded, waiting: set[str]) -> bool:
    return any(one in waiting for one in references(fact.event))
