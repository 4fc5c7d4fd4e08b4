"""A request as its reader needs it: everything it says, what is sealed opened, and how it was answered."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from custody.protocol.disclosure import parse_disclosure
from custody.protocol.rules.fact import Recorded

from ..desk.counter import Counter
from ..desk.home import clock
from ..shown import showing
from ..shown.names import names_in
from ..shown.statement import member_name, members
from ..typed import moments
from . import requests_listed

if TYPE_CHECKING:
    from custody.ledger.others.arrival import Arrival
    from custody.protocol.rules.requests import RequestState


def disclosed_by(arrival: "Arrival") -> dict[str, str]:
    """What a package discloses, by digest."""
    return {digest: parse_disclosure(text)[2] for digest, _, text in arrival.disclosed}


def tell(counter: Counter, state: "RequestState", facts: list[Recorded], opened: Mapping[str, str]) -> None:
    """The request's steps, in order."""
    line = requests_listed.line_of(state, counter.ledger, clock())
    due = f", next step by {line['due'][:10]}{' (overdue)' if line['overdue'] else ''}" if line["due"] else ""
    showing.tell(showing.Heading(f"{state.reference}  {state.status}{due}  {state.uuid}"))
    for fact in facts:
        showing.tell()
        for text in _step(counter, fact, opened):
            showing.tell(text)


def _step(counter: Counter, fact: Recorded, opened: Mapping[str, str]) -> Iterator[str]:
    event = fact.event
    yield showing.Heading(f"{fact.name}  {moments.readable(event.occurred_at)}  {event.type}")
    said = members(event, names_in(counter.ledger))
    for pointer, digest in event.sealed.items():
        said[member_name(pointer)] = opened.get(digest, "(sealed)")
    said.pop("checkpoint", None)
    yield from showing.aligned(said, "  ")


def as_json(state: "RequestState", facts: list[Recorded], opened: Mapping[str, str]) -> dict[str, Any]:
    """The same for a script; `opened` members stand beside the events."""
    return {
        "request": state.uuid,
        "reference": state.reference,
        "status": state.status,
        "events": [
            {
                "entry": fact.name,
                "event": msgspec.to_builtins(fact.event),
                "opened": {path: opened[digest] for path, digest in fact.event.sealed.items() if digest in opened},
            }
            for fact in facts
        ],
    }
