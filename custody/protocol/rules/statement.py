"""Who stated which value where: what a correction can be about."""

from sys import intern
from typing import NamedTuple

from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded


class Statement(NamedTuple):
    """A value in an entry."""

    entry: str
    """Entry hash."""
    pointer: str
    value: str
    actor: str
    position: int
    """The entry's place among all entries seen."""


def stated(fact: Recorded, pointer: str, value: str, docket: Docket) -> Statement:
    """The statement that the event being judged makes at `pointer`."""
    return Statement(fact.hash, pointer, value, intern(fact.event.actor), docket.position)
