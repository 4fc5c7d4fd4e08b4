"""Entries that contradict each other, each proven to stand under a checkpoint signed by its ledger.

    two entries at one place of a ledger                          it has two histories          L03
    two entries that continue one entry of an item or request     it has two continuations      C02, L02
    an entry that a statement of heads, made later, is silent of  the statement was a lie       L02

Compared with all that was ever kept: no consistency proof is needed for any of it.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

from custody.ledger.others.arrival import Arrival
from custody.ledger.others.disputes import Conflict, false_heads, fork, two_entries
from custody.ledger.others.kept import Kept, KeptEntry
from custody.protocol import bundle
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.events.disclosures import DisclosureMade

Notes = Callable[[tuple[str, int]], bytes | None]
"""The signed checkpoint of a ledger at a size."""


def check_places(arrival: Arrival, kept: Kept) -> Conflict | None:
    """Two entries at one place of a ledger."""
    places: dict[tuple[str, int], KeptEntry] = {}
    for part in arrival.parts:
        for entry in part.entries:
            known = places.setdefault((entry.ledger, entry.index), entry)
            if known is entry:
                known = kept.entry(entry.ledger, entry.index) or entry
            if known.hash != entry.hash:
                return two_entries(known, entry, _notes(arrival, kept))
    return None


def check_branches(arrival: Arrival, kept: Kept, own: Iterable[KeptEntry]) -> Conflict | None:
    """Two entries that continue one entry of an item or request; `own` are this ledger's about what arrived."""
    branches: dict[tuple[str, str | None], KeptEntry] = {}
    arrived = [one for part in arrival.parts for one in part.entries if one.subject.startswith(("item:", "request:"))]
    known = [one for subject in dict.fromkeys(one.subject for one in arrived) for one in kept.entries(subject)]
    for entry in (*known, *own, *arrived):
        event = event_of(parse_entry(entry.body).envelope)
        previous = event.previous.entry if event.previous is not None else None
        other = branches.setdefault((entry.subject, previous), entry)
        if other.hash != entry.hash:
            return fork(other, entry, _notes(arrival, kept))
    return None


def check_heads(arrival: Arrival, kept: Kept, own: str) -> Conflict | None:
    """A statement that names, as the last of a subject, an entry before one that stood there already.

    Statements that arrive against all that is known; statements kept against what arrives.
    """
    arrived: dict[tuple[str, str], dict[int, KeptEntry]] = {}
    for part in arrival.parts:
        for entry in part.entries:
            arrived.setdefault((entry.ledger, entry.subject), {})[entry.index] = entry
    known_of = lru_cache(maxsize=None)(kept.entries)
    for ledger, size, line, new in _statements(arrival, kept, {ledger for ledger, _ in arrived} - {own}):
        for subject, head in (bundle.parse_line(line).heads or {}).items():
            shown = arrived.get((ledger, subject), {})
            if not new and not shown:
                continue  # compared when it came
            known = {one.index: one for one in known_of(subject, ledger)} | shown
            below = [known[index] for index in sorted(known) if index < size]
            older = head is None or any(one.hash == head for one in below[:-1])
            if below and below[-1].hash != head and older:
                leaf = _leaf(arrival, kept, ledger, size, line)
                if leaf is not None:
                    return false_heads(leaf, line, below[-1], _notes(arrival, kept))
    return None


def _statements(arrival: Arrival, kept: Kept, ledgers: Collection[str]) -> Iterator[tuple[str, int, bytes, bool]]:
    """Ledger, size, heads line, and whether it arrives just now."""
    for part in arrival.parts:
        if part.heads and part.checkpoint.origin in ledgers:
            yield part.checkpoint.origin, part.checkpoint.size, part.heads, True
    for ledger in sorted(ledgers):
        for one in kept.parts(ledger):
            yield one.ledger, one.size, one.heads, False


def _leaf(arrival: Arrival, kept: Kept, ledger: str, size: int, line: bytes) -> KeptEntry | None:
    """The disclosure that states these heads, the last leaf of their checkpoint."""
    shown = (one for part in arrival.parts for one in part.entries)
    found = [one for one in shown if (one.ledger, one.index, one.size) == (ledger, size - 1, size)]
    before = kept.entry(ledger, size - 1)
    found += [before] if before is not None else []
    for one in found:
        event = event_of(parse_entry(one.body).envelope)
        if isinstance(event, DisclosureMade) and event.details.heads == hashlib.sha256(line).hexdigest():
            return one
    return None


def _notes(arrival: Arrival, kept: Kept) -> Notes:
    arrived = {(part.checkpoint.origin, part.checkpoint.size): part.note for part in arrival.parts}

    def note(place: tuple[str, int]) -> bytes | None:
        found = kept.checkpoint(*place)
        return arrived.get(place) or (found.note if found is not None else None)

    return note
