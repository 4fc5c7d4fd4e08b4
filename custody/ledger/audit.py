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

from collections.abc import Iterable
from typing import NamedTuple

from custody.errors import CustodyError
from custody.ledger.audit_log import LogAudit, Progress
from custody.ledger.checking import SignatureCheck
from custody.ledger.ledger import Ledger
from custody.ledger.listing import ItemSummary
from custody.ledger.others.admission import item_line
from custody.ledger.others.kept import KeptEntry
from custody.ledger.others.pinning import read
from custody.ledger.others.seen import problems_seen
from custody.ledger.problems import Problem
from custody.ledger.store.store import EVERYWHERE
from custody.ledger.view import read_kept
from custody.protocol.bundle import split_proof
from custody.protocol.proofs import root_from_inclusion
from custody.protocol.tree import leaf_hash


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


class Auditor(LogAudit):
    """The log, and all that stands beside it. custody.ledger.audit_since begins it later."""

    def __init__(self, ledger: Ledger, signatures: SignatureCheck) -> None:
        super().__init__(ledger, signatures)
        self.shown: set[str] = set()
        """Digests of sealed fields in the entries of others."""

    def run(self, progress: Progress | None) -> AuditReport:
        self._check_database(hurried=False)
        checkpoints = self.store.checkpoints(EVERYWHERE[0])
        self._read(self.store.entries(*EVERYWHERE), checkpoints, progress)
        self._check_outside()
        self._check_kept()
        self._check_seen()
        items = self._check_items()
        self._check_sealed()
        self._check_altered()
        return self.report(len(checkpoints), items)

    def _check_database(self, *, hurried: bool) -> None:
        for text in self.store.integrity(hurried=hurried):
            self.problems.say(None, f"the database says: {text}")

    def _check_outside(self) -> None:
        if self.beyond is not None:
            said = f"what is kept outside the database was not compared with it: row {self.beyond} stands in the way"
            self.problems.say(None, said)
            return
        try:
            self.ledger.check_outside()
        except CustodyError as error:
            self.problems.say(None, error.message)

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
            self.problems.say(None, f"{error.message}; `custody rebuild`")
            return len(known)
        wrong |= {uuid: self.world.items[uuid].label for uuid in unlisted}
        if wrong and self.lost:
            (first, label), more = min(wrong.items()), len(wrong) - 1
            said = f"the list of items says else than what is left of the log of {label} ({first})"
            self.problems.say(None, said + (f", and of {more} more" if more else ""))
            return len(known)
        for uuid in sorted(wrong):
            said = f"the list of items is not what the log says of {wrong[uuid]} ({uuid}); `custody rebuild`"
            self.problems.say(None, said)
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
                self.problems.say(None, f"what is kept of {name}: {error.message}")
                continue
            if root != roots[place] or (fact.event.subject, fact.event.ledger) != (one.subject, one.ledger):
                self.problems.say(None, f"what is kept of {name} is not what {one.ledger} signed at {one.size} entries")
            self.shown |= set(fact.event.sealed.values())

    def _check_seen(self) -> None:
        try:
            for problem in problems_seen(self.ledger, self.world):
                self.problems.say(None, problem)
        except CustodyError as error:
            self.problems.say(None, error.message)

    def _check_sealed(self) -> None:
        kept = self._kept_digests()
        for digest, index in self.sealed.items():
            if digest not in kept:
                self.problems.say(index, f"nothing is kept of what is sealed in it under {digest[:16]}")
        for digest in sorted(kept - self.sealed.keys() - self.shown):
            self.problems.say(None, f"a sealed value {digest[:16]} is kept that stands in no entry")

    def _kept_digests(self) -> set[str]:
        """The digests of the sealed values that are kept, and are to be looked for."""
        return {value.digest for value in self.store.every_sealed()}

    def _check_altered(self) -> None:
        for table, key in self.store.altered():
            if table == "sealed":
                said = f"what is kept of what is sealed under {key[:16]} was altered"
                self.problems.say(self.sealed.get(key), said)
            elif table == "item":
                self.problems.say(None, f"the line of {key} in the list of items was altered; `custody rebuild`")
            else:
                self.problems.say(None, f"a row that is kept was altered, in {table}: {key}")

    def report(self, checkpoints: int, items: int, since: int = 0) -> AuditReport:
        """What is wrong, and what was seen."""
        cases = self.world.ledger(self.origin).cases.values()
        erased = tuple(case.reference for case in cases if case.erased)
        return AuditReport(since + self.read, checkpoints, items, self.problems.listed(), since, erased)
