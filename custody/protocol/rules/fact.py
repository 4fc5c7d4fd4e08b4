"""An event in its place: what the rules are asked about."""

import msgspec

from custody.protocol.events.common import Event
from custody.protocol.times import parse_local


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event and the entry that holds it."""

    origin: str
    index: int
    hash: str
    """The entry hash, 64 hexadecimal digits."""
    recorded: int
    """`recorded_at`, in seconds since 1970."""
    event: Event

    @property
    def name(self) -> str:
        """`ORIGIN#index`, as people cite it."""
        return f"{self.origin}#{self.index}"

    @property
    def occurred(self) -> int:
        """`occurred_at`, in seconds since 1970."""
        return parse_local(self.event.occurred_at)

    @property
    def date(self) -> str:
        """The local date and time to the minute, for sentences: `2026-05-03 10:20 +02:00`."""
        return _to_the_minute(self.event.occurred_at)


class Cited(msgspec.Struct, frozen=True, gc=False):
    """What is kept of an entry that is only cited: the event of each item's last would fill the memory."""

    origin: str
    index: int
    occurred_at: str

    @property
    def name(self) -> str:
        """`ORIGIN#index`."""
        return f"{self.origin}#{self.index}"

    @property
    def occurred(self) -> int:
        """`occurred_at`, in seconds since 1970."""
        return parse_local(self.occurred_at)

    @property
    def date(self) -> str:
        """As of a fact."""
        return _to_the_minute(self.occurred_at)


def _to_the_minute(text: str) -> str:
    return f"{text[:10]} {text[11:16]} {text[19:]}"
