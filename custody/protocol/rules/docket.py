"""The findings about one item, in the order they were made; some are lowered by what comes later."""

from collections.abc import Callable
from typing import Protocol

from custody.protocol.findings import Finding, Severity, state_finding


class Named(Protocol):
    """A fact, or what is kept of one: an entry that can be cited."""

    @property
    def name(self) -> str:
        """`ORIGIN#index`."""


class Docket:
    """A list of findings with the place in the sequence of entries at which each arose."""

    __slots__ = ("_places", "found", "item", "position")

    def __init__(self, item: str | None = None) -> None:
        self.item = item
        self.position = 0
        """The place of the entry being judged among all entries seen, set before each step; 0 when all are read."""
        self.found: list[Finding] = []
        self._places: list[int] = []

    def add(
        self, key: str, *about: Named, severity: Severity | None = None, position: int | None = None, **facts: str
    ) -> int:
        """Records a finding about entries; the first of them fills `{entry}`. Returns a handle for `replace`."""
        names = tuple(one.name for one in about)
        if names:
            facts.setdefault("entry", names[0])
        return self.put(state_finding(key, names, item=self.item, severity=severity, facts=facts), position)

    def put(self, one: Finding, position: int | None = None) -> int:
        """Records a finding made elsewhere, at this place or another."""
        self.found.append(one)
        self._places.append(self.position if position is None else position)
        return len(self.found) - 1

    def put_once(self, one: Finding) -> None:
        """The same, however many of a ledger's parts or statements show it."""
        if one not in self.found:
            self.put(one)

    def replace(self, handle: int, key: str, *, severity: Severity | None = None, **facts: str) -> None:
        """Says a finding again in other words, with what has become known."""
        old = self.found[handle]
        merged = dict(old.facts) | facts
        self.found[handle] = state_finding(key, old.entries, item=self.item, severity=severity, facts=merged)

    def lower(self, handle: int, severity: Severity) -> None:
        """The same finding, less severe."""
        self.found[handle] = self.found[handle]._replace(severity=severity)

    def drop(self, unwanted: Callable[[Finding], bool]) -> None:
        """Takes back what was found. Handles given before are void."""
        kept = [(one, place) for one, place in zip(self.found, self._places, strict=True) if not unwanted(one)]
        self.found, self._places = [one for one, _ in kept], [place for _, place in kept]

    def as_remarks_after(self, position: int) -> None:
        """What arose after `position` becomes a remark: the way to court ends there."""
        for handle, place in enumerate(self._places):
            if place > position:
                self.lower(handle, "R")
