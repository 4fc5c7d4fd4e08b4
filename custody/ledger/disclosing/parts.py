"""The parts of a bundle before the cutter's last: what partners showed, under the checkpoints they showed it with.

Nobody but a ledger proves its entries, and an entry comes after those it refers to: so the way of an item through two
ledgers and back is three parts. An entry of another ledger stands in the smallest part that shows it; one of our own
in the smallest that a partner showed to us and that states the head of its subject, else in the fresh part at the end.
"""

from collections.abc import Collection, Iterable
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, Protocol

from custody.errors import CustodyError, UsageError
from custody.ledger.causal import references
from custody.ledger.disclosing.closure import Closure, Sources, needed_for
from custody.ledger.others.kept import KeptEntry
from custody.ledger.view import read_kept
from custody.protocol import bundle

_NEVER = 1 << 53
"""Beyond every size."""

Place = tuple[str, int]
"""Ledger and size of a checkpoint."""


class OldPart(NamedTuple):
    """One part: entries of another ledger as they were shown, or indices of our own."""

    ledger: str
    size: int
    kept: tuple[KeptEntry, ...]
    own: tuple[int, ...]


class Arrangement(NamedTuple):
    """The earlier parts in order, and what is left for the fresh one."""

    old: list[OldPart]
    fresh: list[int]


class Shown(Sources, Protocol):
    """What partners showed, as it was shown."""

    def kept_heads(self, ledger: str, size: int) -> bytes | None:
        """The statement of heads that stands under a checkpoint; a line without LF."""

    def kept_statements(self, ledger: str) -> list[bytes]:
        """All statements of heads that were shown of a ledger."""


def arrange(items: Collection[str], closure: Closure, sources: Shown) -> Arrangement:
    """Divides the closure of `items` (UUIDs) into parts.

    Raises UsageError for an item that partners showed only as what another was made from, CustodyError where what is
    kept can't be put in order, which no honest partner causes.
    """
    if not closure.others:
        return Arrangement([], list(closure.own))
    others: dict[Place, dict[int, KeptEntry]] = {}
    for (ledger, index), entry in closure.others.items():
        others.setdefault((ledger, entry.size), {})[index] = entry
    for (ledger, size), entries in others.items():
        last = sources.kept_entry(ledger, size - 1)
        if last is not None:
            entries[size - 1] = last
    _check_whole(items, {ledger for ledger, _ in others}, sources)
    own, fresh = _place_own(closure, sources)
    parts = [
        OldPart(*place, tuple(entries[index] for index in sorted(entries)), ()) for place, entries in others.items()
    ]
    parts += [OldPart(sources.origin, size, (), tuple(sorted(indices))) for size, indices in own.items()]
    return Arrangement(_ordered(parts, closure), fresh)


def _check_whole(items: Collection[str], ledgers: Collection[str], sources: Shown) -> None:
    """Of an ancestor partners show no more than what made the child; its head is stated all the same."""
    for item in items:
        subject = f"item:{item}"
        for ledger in sorted(ledgers):
            shown = {one.hash for one in sources.kept_entries(subject, ledger)}
            stated = (line for line in sources.kept_statements(ledger) if subject.encode() in line)
            heads = {(bundle.parse_line(line).heads or {}).get(subject) for line in stated}
            if not heads - {None} <= shown:
                hint = f"ask {ledger} for a bundle about it, and import it; or name the item that was made from it"
                raise UsageError(f"{ledger} has not shown the whole history of item {item}", hint=hint)


def _place_own(closure: Closure, sources: Shown) -> tuple[dict[int, set[int]], list[int]]:
    """Our own entries by the size of the part in which a partner saw stated what they are about, and all that they are
    judged by; the rest."""
    shown = (one for subject in closure.travelling for one in sources.kept_entries(subject, sources.origin))
    sizes = sorted({one.size for one in shown if one.index in closure.own})
    stated = {size: _subjects(sources.kept_heads(sources.origin, size)) for size in sizes}
    placed: dict[int, set[int]] = {size: {size - 1} for size in sizes}
    fresh = []
    before: dict[str, int] = {}
    for index, fact in closure.own.items():
        subject = fact.event.subject
        wanted = {subject, *needed_for(fact)}
        lowest = max(index + 1, before.get(subject, 0))
        # A partner may have been shown an item only as an ancestor: then not all that its later entries need.
        size = next((one for one in sizes if one >= lowest and wanted <= stated[one]), None)
        before[subject] = size if size is not None else _NEVER
        if size is None:
            fresh.append(index)
        else:
            placed[size].add(index)
    return placed, fresh


def _subjects(heads: bytes | None) -> set[str]:
    return set((bundle.parse_line(heads).heads if heads else None) or ())


def _ordered(parts: Iterable[OldPart], closure: Closure) -> list[OldPart]:
    """After what their entries refer to in other ledgers, and those of one ledger by size: a parent that was sent
    alone stands before the child that was sent later, though its chain names the child."""
    known = {(one.ledger, one.size): one for one in parts}
    home: dict[str, Place] = {}
    for place, part in known.items():
        home |= {entry.hash: place for entry in part.kept}
        home |= {closure.own[index].hash: place for index in part.own if index in closure.own}
    sorter: TopologicalSorter[Place] = TopologicalSorter()
    before: dict[str, Place] = {}
    for place in sorted(known):
        part = known[place]
        facts = [*map(read_kept, part.kept), *(closure.own[one] for one in part.own if one in closure.own)]
        needs = {home[one] for fact in facts for one in references(fact.event) if one in home}
        needs = {one for one in needs if one[0] != part.ledger}
        sorter.add(place, *needs, *([before[part.ledger]] if part.ledger in before else []))
        before[part.ledger] = place
    try:
        sorter.prepare()
    except CycleError as error:
        hint = "ask the partner concerned for a new bundle, and import it"
        raise CustodyError("what partners showed of this can't be put in order", hint=hint) from error
    found: list[OldPart] = []
    while sorter.is_active():
        for place in sorted(sorter.get_ready()):
            found.append(known[place])
            sorter.done(place)
    return found
