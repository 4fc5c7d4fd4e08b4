"""The log as it is stored, read once from its first row to its last: steps 2 to 5 of an audit (custody.ledger.audit).

Rows are taken as they are there, in the order of their numbers, and what is only the consequence of a fault is said
once. A row is one of four:

    the next entry            checked
    an entry further on       those between are missing; it is checked as far as they do not matter
    the next entry, but under another number        that is said, and it is checked
    none of these             below the log, or behind a gap and of another place: named, and passed over
"""

import contextlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from custody.errors import CustodyError, MalformedError
from custody.ledger.checking import SignatureCheck, expected_signatures
from custody.ledger.interleaving import Interleaving
from custody.ledger.ledger import Ledger
from custody.ledger.problems import Problems
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.ledger.trail import UNKNOWN, Roots, Trail
from custody.ledger.view import fact_in
from custody.protocol import times
from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.entry import NO_PREVIOUS, Entry, hash_entry, parse_entry
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.tree import leaf_hash
from custody.protocol.vkey import parse_vkey

Progress = Callable[[int, int], None]
"""Called with entries done and entries in all."""

_STEP = 1000

_CHAIN = ("L02", "C02")
"""Findings about a chain that an honest ledger can't produce, beside those it refuses."""


class LogAudit:
    """One pass over the log, and what it has computed so far."""

    def __init__(self, ledger: Ledger, signatures: SignatureCheck) -> None:
        self.ledger, self.store, self.origin = ledger, ledger.store, ledger.origin
        self.signatures = signatures
        self.problems = Problems()
        self.world = World()
        self.others = Interleaving(self.store, self.origin)
        self.trail = Trail(0, self.store.nodes)
        self.read = 0
        """How many entries were looked at."""
        self.previous: str | None = NO_PREVIOUS
        """Hash of the entry before; None where that is missing."""
        self.recorded = 0
        self.gaps: list[tuple[int, int]] = []
        """Index of the first entry that is missing, and of the next that is there."""
        self.lost = False
        """Whether an entry is missing or can't be read, and may be what later ones are refused for."""
        self.moved = self.moves = 0
        """By how much the entry before stands away from where it says that it belongs; how often that changed."""
        self.beyond: int | None = None
        """Index of a row that stands where the log has not come to."""
        self.signed: set[int] = set()
        """Sizes of the checkpoints that are to be checked."""
        self.roots: dict[int, Roots] = {}
        """The roots at these."""
        self.sealed: dict[str, int] = {}
        """Digests of sealed fields, and the entries they stand in."""

    def _read(
        self, entries: Iterable[LoggedEntry], checkpoints: Sequence[StoredCheckpoint], progress: Progress | None
    ) -> None:
        """Steps 2 to 5: these entries, and these checkpoints over them."""
        self.signed = {one.size for one in checkpoints}
        start, size = self.trail.size, self.store.head().size
        for entry in entries:
            self._check(entry)
            if self.trail.size in self.signed:
                self.roots[self.trail.size] = self.trail.roots()
            if progress is not None and self.read % _STEP == 0:
                progress(self.read, size - start)
        self._take_others(self.others.rest())
        for index, message in self.signatures.finish():
            self.problems.say(index, message)
        self._check_checkpoints(checkpoints)

    def _take_others(self, facts: Iterable[Recorded]) -> None:
        """What partners wrote of the same items: it was judged when it came. What was altered since is step 9's."""
        with contextlib.suppress(CustodyError):
            for fact in facts:
                self.world.apply(fact)

    def _check(self, entry: LoggedEntry) -> None:
        """Steps 2 to 4 for one row."""
        entry_hash = hash_entry(entry.body)
        try:
            parsed = parse_entry(entry.body)
            fact = fact_in(parsed, entry_hash, self.origin)
        except MalformedError as error:
            said = f"its bytes are not an entry: {error.message}"
            if entry.index != self.trail.size:
                self._pass_over(entry.index, said)
                return
            self._go_on_at(entry.index)
            self.problems.say(entry.index, said, foreign=True)
            self.trail.take(leaf_hash(entry.body), entry.nodes)
            self.lost = True
        else:
            index = self._place_of(entry, parsed, entry_hash)
            if index is None:
                return
            self._go_on_at(index)
            self._check_chain(index, parsed)
            self._check_copies(index, entry, fact)
            self._judge(index, fact, parsed)
            self.sealed |= dict.fromkeys(fact.event.sealed.values(), index)
        self.read += 1
        self.previous = entry_hash

    def _place_of(self, entry: LoggedEntry, parsed: Entry, entry_hash: str) -> int | None:
        """Which entry a row is taken for; None for one that is passed over."""
        index, following = entry.index, self.trail.size
        moved = parsed.index - index
        if moved and index != following:
            own = entry.hash == entry_hash  # no two rows have the same
            if own and parsed.index == following and parsed.previous == self.previous:
                self.problems.say_once(f"stands {moved}", following, f"it stands at {index}")
                self.beyond = index
                return following
            self._pass_over(index, f"it says that it is entry {parsed.index}", own=own)
            return None
        if moved:
            self.moves += moved != self.moved
            said = f"it stands at {index}, and says that it is entry {parsed.index}"
            self.problems.say_once(f"moved {self.moves}", index, said, foreign=True)
        self.moved = moved
        return index

    def _pass_over(self, index: int, why: str, *, own: bool = False) -> None:
        """A row below the log, or behind a gap in it and of another place: nothing is missing for its sake, and what
        follows is judged without it. `own`: it may be an entry that got another number."""
        said = "stands in no place of the log" if own else "is not the ledger's"
        self.problems.say(index, f"this row {said}: {why}", foreign=True)
        if index >= self.trail.size:
            self.beyond = index

    def _go_on_at(self, index: int) -> None:
        """Where the row's entry belongs: after what others had shown by then, and after what is missing."""
        self._take_others(self.others.before(index))
        missing = self.trail.size
        if index == missing:
            return
        said = f"entries {missing} to {index - 1} are" if index - 1 > missing else f"entry {missing} is"
        self.problems.say(missing, f"{said} missing")
        self.trail.skip(index)
        self.gaps.append((missing, index))
        self.previous, self.lost = None, True

    def _check_chain(self, index: int, parsed: Entry) -> None:
        if self.previous is not None and parsed.previous != self.previous:
            said = "it does not follow the entry before it: one of them was altered, or put there later"
            self.problems.say(index, said)
        recorded = times.parse_utc(parsed.recorded_at)
        if recorded < self.recorded:
            self.problems.say(index, "it was recorded before the entry it follows")
        self.recorded = max(self.recorded, recorded)

    def _check_copies(self, index: int, entry: LoggedEntry, fact: Recorded) -> None:
        event = fact.event
        if entry.hash != fact.hash:
            self.problems.say(index, "it was altered: its bytes do not have the hash that was stored")
        if not self.trail.take(leaf_hash(entry.body), entry.nodes) and not self.moved:
            self.problems.say(index, "the tree stored with it is not the tree of the entries")
        if (entry.subject, entry.kind, entry.case, entry.recorded) != (
            event.subject,
            event.type,
            event.case,
            fact.recorded,
        ):
            self.problems.say(index, "what it is looked up by is not what it says")
        if event.ledger != self.origin:
            self.problems.say(index, f"its event was made for {event.ledger}")

    def _judge(self, index: int, fact: Recorded, parsed: Entry) -> None:
        try:
            for found in self.world.apply(fact):
                if found.refused or found.code in _CHAIN:
                    self._refused(index, found.code, f"{found.code}: {found.message}")
            for signer, key, message, signature in expected_signatures(fact, parsed, self.world):
                self.signatures.add(key, message, signature, (index, f"S01: the signature of {signer} is not valid"))
        except MalformedError as error:
            self.problems.say(index, error.message)

    def _refused(self, index: int, code: str, said: str) -> None:
        """Where an entry is missing that others rest on, they may be many; and many are refused for one person."""
        self.problems.say_once(code if self.lost else said.replace(f"#{index}", "#"), index, said)

    def _roots_at(self, size: int) -> Roots | None:
        before = bisect_left(self.gaps, (size, 0)) - 1
        in_gap = before >= 0 and size <= self.gaps[before][1]
        return UNKNOWN if in_gap else self.roots.get(size)

    def _check_checkpoints(self, checkpoints: Sequence[StoredCheckpoint]) -> None:
        wrong: dict[str, list[int]] = {}
        for stored in checkpoints:
            size = stored.size
            text = self.world.ledger(self.origin).key_at(size)
            try:
                opened = open_checkpoint(stored.note, [parse_vkey(text)] if text else []).checkpoint
            except CustodyError as error:
                self.problems.say(None, f"the checkpoint at {size} entries: {error.message}", foreign=True)
                continue
            roots = self._roots_at(size) if (opened.origin, opened.size) == (self.origin, size) else None
            if roots is None or (opened.root not in roots and roots.computed is not None):
                wrong.setdefault("is not of these entries", []).append(size)
            elif roots.computed is None:
                wrong.setdefault("can't be compared, for want of the entries that are missing", []).append(size)
            elif opened.root != roots.computed:
                wrong.setdefault("is not of these entries, but of what they were", []).append(size)
        for said, sizes in wrong.items():
            more = f"; the same of {len(sizes) - 1} more, up to that at {sizes[-1]}" if len(sizes) > 1 else ""
            self.problems.say(None, f"the checkpoint signed at {sizes[0]} entries {said}{more}")
