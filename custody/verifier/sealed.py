"""Sealed fields shown to this reader, and deceptive text (X01, X02, X03)."""

import re

from custody.errors import MalformedError
from custody.protocol.disclosure import digest_disclosure, parse_disclosure
from custody.protocol.events.common import Event
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.eye import deceives
from custody.protocol.findings import finding
from custody.protocol.names import kind_of, name_of
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World

MAX_FOREIGN = 16
"""Disclosures of nothing that are reported: a file full of them must not fill the memory."""


class SealedFields:
    """The digests in the entries shown, and the values disclosed for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sealed: dict[str, tuple[str, str, str | None]] = {}
        """Digest to entry, path, item."""
        self._foreign = self._taken = 0
        self.values: dict[tuple[str, str], str] = {}
        """Entry and path to the value disclosed."""

    def take_entry(self, fact: Recorded, payload: bytes) -> None:
        """Notes what is sealed, and flags text that deceives the eye."""
        event = fact.event
        for path, digest in event.sealed.items():
            if digest in self._sealed:
                raise MalformedError(f"entry {fact.name} repeats the digest of another sealed field")
            self._sealed[digest] = (fact.name, path, _item_of(event, self._world))
        # Control characters are escaped in canonical JSON, but for DEL.
        plain = payload.isascii() and b"\\" not in payload and b"\x7f" not in payload
        if not plain and deceives(_strings(payload)):
            item = _item_of(event, self._world)
            docket = self._docket(item)
            docket.put(finding("X03", (fact.name,), item=item, entry=fact.name))

    def take_disclosure(self, text: str) -> None:
        """X02: the value must be one that was sealed, at the path it was sealed at, and be shown once."""
        _, path, value = parse_disclosure(text)
        self._taken += 1
        sealed = self._sealed.pop(digest_disclosure(text), None)
        if sealed is None:
            self._foreign += 1
            if self._foreign > MAX_FOREIGN:
                return
        if sealed is None or sealed[1] != path:
            self._docket(sealed[2] if sealed else None).put(
                finding("X02", (sealed[0],) if sealed else (), item=sealed[2] if sealed else None, path=path)
            )
        else:
            self.values[sealed[0], path] = value
            if deceives(value):
                self._docket(sealed[2]).put(finding("X03", (sealed[0],), item=sealed[2], entry=sealed[0]))

    def finish(self, cut: Recorded | None) -> None:
        """X01: what stayed sealed, counted for each item; and what lacks of what `cut`, the last leaf, gave."""
        counts: dict[str | None, list[str]] = {}
        for entry, _, item in self._sealed.values():
            counts.setdefault(item, []).append(entry)
        for item, entries in counts.items():
            names = tuple(dict.fromkeys(entries))
            self._docket(item).put(finding("X01", names, item=item, count=str(len(entries))))
        if cut is not None and isinstance(cut.event, DisclosureMade):
            stated = cut.event.details.disclosed or 0
            if self._taken < stated:
                facts = {"stated": str(stated), "missing": str(stated - self._taken)}
                self._world.record.put(finding("X01.missing", (cut.name,), entry=cut.name, **facts))

    def _docket(self, item: str | None) -> Docket:
        return self._world.items[item].docket if item is not None else self._world.record


def _item_of(event: Event, world: World) -> str | None:
    uuid = name_of(event.subject)
    return uuid if kind_of(event.subject) in ("item", "notes") and uuid in world.items else None


def _strings(payload: bytes) -> str:
    """The event's text with its escapes resolved; an escaped backslash stays one character."""
    return re.sub(r"\\(u[0-9a-f]{4}|.)", _resolve, payload.decode())


def _resolve(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] == "u":
        return chr(int(escape[1:], 16))
    return {"b": "\b", "f": "\f", "r": "\r", "n": "\n", "t": "\t"}.get(escape, escape)
