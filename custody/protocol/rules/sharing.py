"""What the first events of many items say in the same words is held once: they are half of what an item takes.

Nothing is changed by it: the values are equal, and are one object each.
"""

from functools import lru_cache
from sys import intern

import msgspec

from custody.protocol.events.codec import details_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.values import Place

_ALIKE = ("authority", "category", "condition", "kind", "manner", "method")
"""Members of `details` that seldom say something of one item alone."""


def share(fact: Recorded) -> Recorded:
    """The same fact, to be kept as long as the item is known."""
    event, details = fact.event, details_of(fact.event)
    texts = {name: getattr(details, name, None) for name in _ALIKE}
    alike = {name: intern(text) for name, text in texts.items() if isinstance(text, str)}
    kept = msgspec.structs.replace(
        event,
        actor=intern(event.actor),
        case=intern(event.case) if event.case is not None else None,
        details=msgspec.structs.replace(details, **alike),
        ledger=intern(event.ledger),
        place=_one(event.place),
    )
    return msgspec.structs.replace(fact, event=kept)


@lru_cache(maxsize=4096)
def _one(place: Place | None) -> Place | None:
    return place
