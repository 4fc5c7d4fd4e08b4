"""An audit that begins at a checkpoint: it costs what is new since, whatever came before.

    the checkpoint is signed, and the stored tree has its root at its size
    the entries after it by all the steps of an audit, on the tree and the chain as they stand there
    of the entries before it only those that the new ones are judged by: the item's, its signers', the case's

Not searched: the entries before the checkpoint, what partners showed before it, the database's own pages. An audit
that was whole when the checkpoint was signed has had them; one flipped since is found by the next that is whole. The
database's settings and triggers are looked at each time.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import cast

from custody.errors import CustodyError
from custody.ledger.audit import Auditor, AuditReport
from custody.ledger.audit_log import Progress
from custody.ledger.checking import SignatureCheck
from custody.ledger.disclosing.closure import needed_for
from custody.ledger.interleaving import Interleaving
from custody.ledger.ledger import Ledger
from custody.ledger.listing import ItemSummary
from custody.ledger.others.kept import Kept, KeptEntry
from custody.ledger.outside import Claim, check_claim
from custody.ledger.problems import Problem
from custody.ledger.store.store import EVERYWHERE, LoggedEntry, Store
from custody.ledger.trail import Trail
from custody.ledger.view import View
from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.entry import Entry
from custody.protocol.rules.fact import Recorded
from custody.protocol.vkey import parse_vkey


def audit_since(ledger: Ledger, claim: Claim, note: bytes, progress: Progress | None = None) -> AuditReport:
    """Checks what a ledger has recorded since a checkpoint of its own. `claim`: what `note` says, and where it is.

    Where the ledger does not extend the checkpoint, that is the one problem. Raises as `custody.ledger.audit.audit`.
    """
    since = claim.checkpoint.size
    with SignatureCheck() as signatures:
        try:
            check_claim(claim, ledger.origin, ledger.size, ledger.root)
            later = _Later(ledger, signatures, since)
            later.check_signed(note)
        except CustodyError as error:
            return AuditReport(since, 0, 0, [Problem(None, error.message)], since)
        return later.run(progress)


class _Later(Auditor):
    """The same pass, from the middle of the log."""

    def __init__(self, ledger: Ledger, signatures: SignatureCheck, since: int) -> None:
        super().__init__(ledger, signatures)
        self.since = since
        self.others = Interleaving(self.store, self.origin, since)
        self.trail = Trail(since, self.store.nodes)
        last = next(self.store.entries(since - 1, since))
        self.previous, self.recorded = last.hash, last.recorded
        self._before = View(cast(Store, _Before(self.store, since)), self.origin)
        self.world = self._before.world
        self._before.load("ledger")

    def check_signed(self, note: bytes) -> None:
        """By the key of its time, which is asked of the entries before it. Raises CustodyError."""
        key = self.world.ledger(self.origin).key_at(self.since)
        open_checkpoint(note, [parse_vkey(key)] if key else [])

    def run(self, progress: Progress | None) -> AuditReport:
        self._check_database(hurried=True)
        checkpoints = self.store.checkpoints(self.since)
        below, after = self.store.entries(EVERYWHERE[0], 0), self.store.entries(self.since, EVERYWHERE[1])
        self._read(chain(below, after), checkpoints, progress)
        self._check_outside()
        self._check_kept()
        items = self._check_items()
        self._check_sealed()
        return self.report(len(checkpoints), items, self.since)

    def _stored_items(self, concerned: Iterable[str]) -> Iterable[ItemSummary]:
        return (line for uuid in concerned for line in self.store.items_beginning(uuid))

    def _kept_entries(self) -> Iterable[KeptEntry]:
        found = (self.store.kept.entry(ledger, index) for ledger, index, _ in self.store.kept.came(self.since))
        return (one for one in found if one is not None)

    def _kept_digests(self) -> set[str]:
        return {value.digest for value in self.store.sealed_values(list(self.sealed))}

    def _take_others(self, facts: Iterable[Recorded]) -> None:
        super()._take_others(self._prepared(facts))

    def _prepared(self, facts: Iterable[Recorded]) -> Iterator[Recorded]:
        for fact in facts:
            self._before.load(fact.event.subject)
            self._before.know_signers_elsewhere(fact)
            yield fact

    def _judge(self, index: int, fact: Recorded, parsed: Entry) -> None:
        try:
            self._before.load(fact.event.subject, *needed_for(fact))
        except CustodyError as error:
            self.problems.say(index, f"what it is judged by can't be read: {error.message}")
        super()._judge(index, fact, parsed)


class _Before:
    """What a View asks of a store, as it was when that had fewer entries."""

    def __init__(self, store: Store, size: int) -> None:
        self._store, self._size = store, size
        self.name, self.nodes = store.name, store.nodes
        self.kept = _KeptBefore(store.kept, size)

    def entries_of(self, subjects: Sequence[str]) -> list[LoggedEntry]:
        return [one for one in self._store.entries_of(subjects) if 0 <= one.index < self._size]


class _KeptBefore:
    """What had come by then."""

    def __init__(self, kept: Kept, size: int) -> None:
        self._kept, self._size = kept, size

    def entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        return [one for one in self._kept.entries(subject, ledger) if one.own < self._size]

    def entries_of(self, subjects: Sequence[str]) -> list[KeptEntry]:
        return [one for one in self._kept.entries_of(subjects) if one.own < self._size]
