"""Items whose custodian was revoked: nobody could act on them until somebody else answered (C01)."""

from collections.abc import Iterable

from custody.protocol.events.handling import ItemAssumed, ItemInspected
from custody.protocol.events.handovers import HandoverReceived
from custody.protocol.events.people import PersonEnrolled, PersonRevoked
from custody.protocol.names import name_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState, Unanswered


def mark_unanswered(items: Iterable[ItemState], fact: Recorded, position: int) -> None:
    """C01: a revocation leaves items without a person who could act; a new enrolment mends that."""
    person = f"{name_of(fact.event.subject)}@{fact.origin}"
    for item in items:
        if item.custodian != person or item.status == "ended":
            continue
        if isinstance(fact.event, PersonRevoked):
            item.unanswered = Unanswered(person, fact.date, position)
        elif isinstance(fact.event, PersonEnrolled) and item.unanswered is not None:
            item.docket.position = position
            _answer(item, fact, f"enrolled again on {fact.date}")


def judge_unanswered(fact: Recorded, item: ItemState) -> None:
    """C01: an event of the item's chain, while nobody answers: only who takes the item over mends that."""
    event = fact.event
    if item.unanswered is None or isinstance(event, ItemInspected):
        return
    if isinstance(event, ItemAssumed):
        _answer(item, fact, f"assumed by {event.actor} on {fact.date}")
    elif isinstance(event, HandoverReceived):
        _answer(item, fact, f"received by {event.actor} on {fact.date}")
    else:
        person, since, _ = item.unanswered
        item.docket.add("C01", fact, person=person, since=since, until=f"before {fact.name}")
        item.unanswered = None


def _answer(item: ItemState, fact: Recorded, how: str) -> None:
    if item.unanswered is not None:
        person, since, _ = item.unanswered
        item.docket.add("C01.since", fact, person=person, since=since, how=how)
        item.unanswered = None
