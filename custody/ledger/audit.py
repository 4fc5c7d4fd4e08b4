"""The own ledger checked whole, by somebody who has the database: every byte against every other.

    1  the database's own integrity, and the triggers that keep the log append-only
    2  each entry: parsed strictly, in its place, chained; its columns and tree nodes as recomputed from its bytes
    3  each event by the rules: nothing stands that the ledger would have refused, subjects' chains are whole
    4  each signature
    5  each checkpoint: its root recomputed, its signature by the key of its time
    6  what is kept outside the database
    7  the list of items, as derived anew
    8  what is sealed in the log, and what is kept of it: each has the other; what it says only its key shows
       rows that nothing signs, by the sums beside them
    9  what partners showed: each entry as it was, under the checkpoint it came with, and that signed by its ledger

It finds what the bytes show. An operator who rewrote everything and signed it anew is found by partners only.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from custody.errors import CustodyError, MalformedError
from custody.ledger.checking import SignatureCheck, expected_signatures
from custody.ledger.edge import Edge
from custody.ledger.interleaving import Interleaving
from custody.ledger.ledger import Ledger
from custody.ledger.listing import ItemSummary
from custody.ledger.others.admission import item_line
from custody.ledger.others.kept import KeptEntry
from custody.ledger.others.pinning import read
from custody.ledger.others.seen import problems_seen
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.ledger.view import fact_in, read_kept
from custody.protocol import times
from custody.protocol.bundle import split_proof
from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.entry import NO_PREVIOUS, Entry, hash_entry, parse_entry
from custody.protocol.proofs import root_from_inclusion
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.tree import leaf_hash
from custody.protocol.vkey import parse_vkey

Progress = Callable[[int, int], None]
"""Called with entries done and entries in all."""

_STEP = 1000

_CHAIN = ("L02", "C02")
"""Findings about a chain that an honest ledger can't produce, beside those it refuses."""


class Problem(NamedTuple):
    """Something that is not as the ledger wrote it."""

    entry: int | None
    """Index of the entry concerned; None for the database or a file as a whole."""
    message: str


class AuditReport(NamedTuple):
    """What was looked at, and what is wrong."""

    entries: int
    checkpoints: int
    items: int
    problems: list[Problem]
    since: int = 0
    """How many of the entries were not searched: an earlier audit had them."""
    erased: tuple[str, ...] = ()
    """Of the cases that were looked at, those that are on record as erased."""


def audit(ledger: Ledger, progress: Progress | None = None) -> AuditReport:
    """Checks a ledger. Raises CustodyError only where the database can't be read at all."""
    with SignatureCheck() as signatures:
        auditor = Auditor(ledger, signatures)
        return auditor.run(progress)


class Auditor:
    """One pass over the log, and what it has computed so far. custody.ledger.audit_since begins it later."""

    def __init__(self, ledger: Ledger, signatures: SignatureCheck) -> None:
        self.ledger, self.store, self.origin = ledger, ledger.store, ledger.origin
        self.signatures = signatures
        self.problems: list[Problem] = []
        self.world = World()
        self.others = Interleaving(self.store, self.origin)
        self.edge = Edge(0, self.store.nodes)
        self.previous = NO_PREVIOUS
        self.recorded = 0
        self.roots: dict[int, bytes] = {}
        self.sealed: dict[str, int] = {}
        """Digests of sealed fields, and the entries they stand in."""
        self.shown: set[str] = set()
        """Digests of sealed fields in the entries of others."""

    def run(self, progress: Progress | None) -> AuditReport:
        self.problems += [Problem(None, f"the database says: {text}") for text in self.store.integrity()]
        checkpoints = self.store.checkpoints()
        self._read(checkpoints, progress)
        self._check_outside()
        self._check_kept()
        self._check_seen()
        items = self._check_items()
        self._check_sealed()
        self._check_altered()
        return self.report(len(checkpoints), items)

    def _read(self, checkpoints: Sequence[StoredCheckpoint], progress: Progress | None) -> None:
        """Steps 2 to 5: the entries from where the edge is to the last, and these checkpoints over them."""
        wanted, start, size = {one.size for one in checkpoints}, self.edge.size, self.store.head().size
        for entry in self.store.entries(start, size):
            self._take_others(self.others.before(entry.index))
            self._check(entry)
            if self.edge.size in wanted:
                self.roots[self.edge.size] = self.edge.root()
            if progress is not None and self.edge.size % _STEP == 0:
                progress(self.edge.size - start, size - start)
        self._take_others(self.others.rest())
        self.problems += [Problem(*failed) for failed in self.signatures.finish()]
        for checkpoint in checkpoints:
            self._check_checkpoint(checkpoint)

    def _take_others(self, facts: Iterable[Recorded]) -> None:
        """What partners wrote of the same items: it was judged when it came. What was altered since is step 9's."""
        with contextlib.suppress(CustodyError):
            for fact in facts:
                self.world.apply(fact)

    def _check(self, entry: LoggedEntry) -> None:
        """Steps 2 to 4 for one entry."""
        index = self.edge.size
        if entry.index != index:
            self._say(index, f"entries {index} to {entry.index - 1} are missing")
        nodes = self.edge.grow(leaf_hash(entry.body))
        entry_hash = hash_entry(entry.body)
        try:
            parsed = parse_entry(entry.body)
            fact = fact_in(parsed, entry_hash, self.origin)
        except MalformedError as error:
            self._say(entry.index, f"its bytes are not an entry: {error.message}")
        else:
            self._check_place(entry, parsed)
            self._check_copies(entry, fact, nodes)
            self._judge(fact, parsed)
            self.sealed |= dict.fromkeys(fact.event.sealed.values(), fact.index)
        self.previous = entry_hash

    def _check_place(self, entry: LoggedEntry, parsed: Entry) -> None:
        if parsed.index != entry.index:
            self._say(entry.index, f"it stands at {entry.index}, and says that it is entry {parsed.index}")
        if parsed.previous != self.previous:
            self._say(
                entry.index, "it does not follow the entry before it: one of them was altered, or put there later"
            )
        recorded = times.parse_utc(parsed.recorded_at)
        if recorded < self.recorded:
            self._say(entry.index, "it was recorded before the entry it follows")
        self.recorded = max(self.recorded, recorded)

    def _check_copies(self, entry: LoggedEntry, fact: Recorded, nodes: bytes) -> None:
        event = fact.event
        if entry.hash != fact.hash:
            self._say(entry.index, "it was altered: its bytes do not have the hash that was stored")
        if entry.nodes != nodes:
            self._say(entry.index, "the tree stored with it is not the tree of the entries")
        if (entry.subject, entry.kind, entry.case, entry.recorded) != (
            event.subject,
            event.type,
            event.case,
            fact.recorded,
        ):
            self._say(entry.index, "what it is looked up by is not what it says")
        if event.ledger != self.origin:
            self._say(entry.index, f"its event was made for {event.ledger}")

    def _judge(self, fact: Recorded, parsed: Entry) -> None:
        for found in self.world.apply(fact):
            if found.refused or found.code in _CHAIN:
                self._say(fact.index, f"{found.code}: {found.message}")
        try:
            for signer, key, message, signature in expected_signatures(fact, parsed, self.world):
                self.signatures.add(
                    key, message, signature, (fact.index, f"S01: the signature of {signer} is not valid")
                )
        except MalformedError as error:
            self._say(fact.index, error.message)

    def _check_checkpoint(self, stored: StoredCheckpoint) -> None:
        text = self.world.ledger(self.origin).key_at(stored.size)
        try:
            opened = open_checkpoint(stored.note, [parse_vkey(text)] if text else []).checkpoint
        except CustodyError as error:
            self._say(None, f"the checkpoint at {stored.size} entries: {error.message}")
            return
        if (opened.origin, opened.size) != (self.origin, stored.size) or opened.root != self.roots.get(stored.size):
            self._say(None, f"the checkpoint signed at {stored.size} entries is not of these entries")

    def _check_outside(self) -> None:
        try:
            self.ledger.check_outside()
        except CustodyError as error:
            self._say(None, error.message)

    def _check_items(self) -> int:
        """Line by line: two lists of a million items would fill the memory."""
        known = {uuid for uuid, item in self.world.items.items() if item.first is not None}
        unlisted, wrong = set(known), dict[str, str]()
        try:
            for line in self._stored_items(known):
                unlisted.discard(line.uuid)
                item = self.world.items[line.uuid] if line.uuid in known else None
                if item is None or item_line(item, self.ledger) != line:
                    wrong[line.uuid] = line.label
        except CustodyError as error:
            self._say(None, f"{error.message}; `custody rebuild`")
            return len(known)
        wrong |= {uuid: self.world.items[uuid].label for uuid in unlisted}
        for uuid in sorted(wrong):
            said = f"the list of items is not what the log says of {wrong[uuid]} ({uuid}); `custody rebuild`"
            self._say(None, said)
        return len(known)

    def _stored_items(self, concerned: Iterable[str]) -> Iterable[ItemSummary]:
        """The list's lines that are to be compared, with those of the items `concerned` among them."""
        del concerned
        return self.store.items()

    def _kept_entries(self) -> Iterable[KeptEntry]:
        """What is kept of other ledgers' entries and is to be checked."""
        return self.store.kept.all_entries()

    def _check_kept(self) -> None:
        """Each entry of another ledger still leads to the checkpoint that was believed."""
        roots: dict[tuple[str, int], bytes] = {}
        for one in self._kept_entries():
            place, name = (one.ledger, one.size), f"{one.ledger}#{one.index}"
            try:
                if place not in roots:
                    roots[place] = b""
                    seen = self.store.kept.checkpoint(*place)
                    roots[place] = read(seen).root if seen is not None else b""
                fact = read_kept(one)
                root = root_from_inclusion(leaf_hash(one.body), one.index, one.size, split_proof(one.proof))
            except CustodyError as error:
                self._say(None, f"what is kept of {name}: {error.message}")
                continue
            if root != roots[place] or (fact.event.subject, fact.event.ledger) != (one.subject, one.ledger):
                self._say(None, f"what is kept of {name} is not what {one.ledger} signed at {one.size} entries")
            self.shown |= set(fact.event.sealed.values())

    def _check_seen(self) -> None:
        try:
            for problem in problems_seen(self.ledger, self.world):
                self._say(None, problem)
        except CustodyError as error:
            self._say(None, error.message)

    def _check_sealed(self) -> None:
        kept = self._kept_digests()
        for digest, index in self.sealed.items():
            if digest not in kept:
                self._say(index, f"nothing is kept of what is sealed in it under {digest[:16]}")
        for digest in sorted(kept - self.sealed.keys() - self.shown):
            self._say(None, f"a sealed value {digest[:16]} is kept that stands in no entry")

    def _kept_digests(self) -> set[str]:
        """The digests of the sealed values that are kept, and are to be looked for."""
        return {value.digest for value in self.store.every_sealed()}

    def _check_altered(self) -> None:
        for table, key in self.store.altered():
            if table == "sealed":
                said = f"what is kept of what is sealed under {key[:16]} was altered"
                self._say(self.sealed.get(key), said)
            elif table == "item":
                self._say(None, f"the line of {key} in the list of items was altered; `custody rebuild`")
            else:
                self._say(None, f"a row that is kept was altered, in {table}: {key}")

    def report(self, checkpoints: int, items: int, since: int = 0) -> AuditReport:
        """What is wrong by entry, then what is about the whole; and what was seen."""
        problems = sorted(self.problems, key=lambda one: (one.entry is None, one.entry or 0))
        cases = self.world.ledger(self.origin).cases.values()
        erased = tuple(case.reference for case in cases if case.erased)
        return AuditReport(self.edge.size, checkpoints, items, problems, since, erased)

    def _say(self, entry: int | None, message: str) -> None:
        where = "" if entry is None else f"entry {entry}: "
        self.problems.append(Problem(entry, where + message))
