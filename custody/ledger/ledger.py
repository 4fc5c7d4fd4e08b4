"""One agency's ledger: acts are judged, signed and appended, all of an act or nothing; checkpoints are signed.

    read the head -> rules on the new facts -> sign -> in one transaction: is the head still the same? append

When another process was faster, the act is made again on the new head, in this process's turn: nobody else appends
meanwhile, so that of many writers none waits for ever. It may be refused now.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from custody.errors import CustodyError, UsageError
from custody.ledger.checkpoints import certify, check_last, is_over
from custody.ledger.edge import Edge
from custody.ledger.others.admission import Admission
from custody.ledger.others.arrival import Arrival
from custody.ledger.outside import check_claim
from custody.ledger.recorder import Recorder
from custody.ledger.refusal import recording_time
from custody.ledger.sealing import Lock, lock_values
from custody.ledger.store.store import Head, HeadMovedError, LostError, StoredCheckpoint, UnsureError, Writing
from custody.protocol import names
from custody.protocol.ed25519 import Signer
from custody.protocol.events.common import Event
from custody.protocol.findings import Finding
from custody.protocol.rules.fact import Recorded
from custody.protocol.times import CLOCK_TOLERANCE

Act = Callable[[Recorder], None]
"""Records one or more drafts; may be called several times, and has no other effect."""


class Rehearsal(NamedTuple):
    """What an act would record: shown before anybody signs."""

    events: list[Event]
    """As they would be signed, but for their ids, and hashes of entries of the same act."""
    findings: list[Finding]
    audiences: dict[str, tuple[str, ...]]
    """Who may see what would be sealed, by digest."""


class Appended(NamedTuple):
    """What an act recorded."""

    entries: list[Recorded]
    findings: list[Finding]
    """What the rules have to say about facts; acts against them were refused."""
    checkpoint: bytes | None = None
    """The signed checkpoint over the act's last entry, where one was asked for."""
    dropped: tuple[str, ...] = ()
    """Subjects of which something was kept as a new partner's, and no key of its card vouches for it."""


class Ledger(Admission):
    """A ledger in a store. One object per process and thread; other processes may append at any time."""

    def rehearse(self, act: Act, *, arriving: Arrival | None = None) -> Rehearsal:
        """Makes the act without signatures and without writing. `arriving`: as `append`.

        Raises UsageError, RuleRefusedError and CustodyError as `append` would, but for the checks of signatures.
        """
        try:
            self._view.expect(arriving)
            self._catch_up()
            self._check_found()
            recorder = self._make(act, None)
            audiences = {value.digest: value.audiences for value in recorder.sealed}
            return Rehearsal([fact.event for fact in recorder.facts], recorder.findings, audiences)
        except LostError as error:
            raise _nothing_recorded(error) from error
        finally:
            self._view.forget()

    def append(
        self,
        act: Act,
        signers: Mapping[str, Signer],
        *,
        certified_by: Signer | None = None,
        lock: Lock | None = None,
        arriving: Arrival | None = None,
    ) -> Appended:
        """Records an act, durably, before it returns.

        `signers`: by person (`id@origin`), or by the origin for the ledger key. `certified_by`: the ledger key, to
        sign a checkpoint over the act's last entry in the same step. `lock`: encrypts what the act seals.
        `arriving`: a partner's bundle that the act rests on, kept in the same step.

        Raises RuleRefusedError for an act against the rules, UsageError for what does not exist, CustodyError when
        the database fails; nothing is written then.
        """
        for attempt in self._attempts(self._crowded):
            try:
                with attempt:
                    return self._attempt(act, signers, certified_by, lock, arriving)
            except HeadMovedError:
                self._crowded = True
                self._view.forget()
            except UnsureError:  # made again, it could be made twice
                self._view.forget()
                raise
            except LostError as error:
                self._view.forget()
                raise _nothing_recorded(error) from error
            except CustodyError:
                # Judged on a head that is no longer the last: judge again.
                if not self._view.forget_if_behind():
                    raise
            except BaseException:
                self._view.forget()
                raise
        raise CustodyError(f"other processes kept appending to {self.store.name}", hint="try again")

    def _attempt(
        self,
        act: Act,
        signers: Mapping[str, Signer],
        certified_by: Signer | None,
        lock: Lock | None,
        arriving: Arrival | None,
    ) -> Appended:
        if arriving is not None:
            self._view.expect(arriving)
        before = self._view.head
        self._catch_up(hurried=not self._crowded)
        self._check_found()
        self._crowded = self._crowded and self._view.head != before
        recorder = self._make(act, signers)
        edge, last, head = self._view.edge, recorder.entries[-1], self._view.head
        locked = lock_values(recorder.sealed, lock)
        if arriving is not None:
            self._refuse_contradiction(arriving)
            locked += self._locked_of(arriving, lock)
        with self.store.transaction(head) as writing:
            if arriving is not None:
                self._keep(arriving, head.size, writing)
            self._write(recorder, writing)
            writing.add_sealed(locked)
            dropped = self._drop_unvouched(recorder.facts, head.size, writing)
            checkpoint = None
            if certified_by is not None:
                checkpoint = certify(self.store, recorder.ledger, edge.size, certified_by)
                writing.add_checkpoint(checkpoint)
        if arriving is not None or dropped:
            self._view.forget()
        else:
            self._view.head = Head(edge.size, last.hash, last.recorded, head.arrivals)
        self._outside.write_head(self.origin, edge.size, edge.peaks())
        if checkpoint is not None:
            self._keep_outside(checkpoint, recorder)
        note = checkpoint.note if checkpoint else None
        return Appended(recorder.facts, recorder.findings, note, tuple(dropped))

    def _check_found(self) -> None:
        """Once, not each time another process appended meanwhile: that would be a query while everybody waits."""
        if not self._found_sound and self._view.head.size:
            check_last(self.store, self._view.head.size)
        self._found_sound = True

    def admit(self, arrival: Arrival, *, lock: Lock | None = None) -> bool:
        """Keeps a partner's bundle; False when it was kept before, and nothing changes.

        Raises RuleRefusedError (L03, C02) for one that contradicts what was seen before, which is kept as a dispute;
        NotJoinedError where nothing joins it to that; CustodyError when the database fails.
        """
        try:
            for attempt in self._attempts():
                with suppress(HeadMovedError), attempt:
                    if self.store.kept.arrived(arrival.digest):
                        return False
                    self._view.expect(arrival)
                    self._catch_up()
                    self._refuse_contradiction(arrival)
                    locked = self._locked_of(arrival, lock)
                    with self.store.transaction(self._view.head) as writing:
                        self._keep(arrival, self._view.head.size, writing)
                        writing.add_sealed(locked)
                    return True
        finally:
            self._view.forget()
        raise CustodyError(f"other processes kept appending to {self.store.name}", hint="try again")

    def _make(self, act: Act, signers: Mapping[str, Signer] | None) -> Recorder:
        now = self._now()
        recorded = recording_time(now, self._view.head.recorded, self._server_clock(now))
        recorder = Recorder(self._view, self.store, self.origin, recorded, signers)
        act(recorder)
        if not recorder.entries:
            raise UsageError("there is nothing to record")
        recorder.check_sealed()
        return recorder

    def _server_clock(self, now: int) -> int | None:
        """The server's clock: no refusal rests on an estimate."""
        told = self.store.clock()
        return self.store.clock(anew=True) if told is not None and now - told > CLOCK_TOLERANCE else told

    def _keep_outside(self, checkpoint: StoredCheckpoint, recorder: Recorder) -> None:
        """The checkpoint's copy beside the database; where that fails the entries stand, and the error says so."""
        try:
            self._outside.write_checkpoint(checkpoint.note)
        except CustodyError as error:
            names = ", ".join(f"#{entry.index}" for entry in recorder.entries)
            hint = "the entries stand: do not record them again; `custody bundle` gives out what they say"
            raise CustodyError(f"{error.message}; recorded all the same: {names}", hint=hint) from error

    def _write(self, recorder: Recorder, writing: Writing) -> None:
        writing.add_entries(recorder.entries)
        touched = dict.fromkeys(names.name_of(entry.subject) for entry in recorder.entries)
        items = (recorder.world.items.get(name) for name in touched)
        size = self._view.head.size
        writing.put_items([self._summary(item, size) for item in items if item is not None and item.first is not None])

    def check_outside(self) -> None:
        """Refuses, with a CustodyError, a database that is behind or beside what is kept outside it. Writes nothing."""
        self._outside.forget()
        self._know_head()

    def damaged_head(self) -> Path | None:
        """The file that should say how long the ledger was, where it can't be read; the next append writes it anew."""
        return self._outside.damaged_head()

    def keep_outside(self) -> None:
        """The same, and writes beside it how long it is, and the last checkpoint where none is. Raises CustodyError,
        too, where the last row is not the ledger's: once it is removed, the ledger would be behind what was written.
        """
        self._outside.forget()
        self._catch_up()
        self._check_found()
        size = self._view.head.size
        self._outside.write_head(self.origin, size, Edge(size, self.store.nodes).peaks())

    def _catch_up(self, *, hurried: bool = False) -> None:
        """Knows the newest head; what is missing outside is written."""
        self._know_head(hurried=hurried)
        if self._outside.checkpoint_missing and (last := self.store.last_checkpoint()) is not None:
            size = self._view.head.size
            if is_over(last, self.origin, size, self.root):
                self._outside.write_checkpoint(last.note)

    def _know_head(self, *, hurried: bool = False) -> None:
        """Knows the newest head, and that it extends what is kept outside the database.

        `hurried`: where nothing outside changed since this process appended, nobody else did, or is just about to
        say so; the transaction will tell.
        """
        for attempt in (1, 2):
            claims = self._outside.claims()
            if hurried and not claims and self._view.head.size and not self._view.full:
                return
            self._view.catch_up()
            try:
                for claim in claims:
                    check_claim(claim, self.origin, self._view.head.size, self.root)
            except CustodyError:
                # Once more: another process may have been writing `head` while it was read.
                self._outside.forget()
                if attempt == 2:
                    raise
            else:
                break

    def checkpoint(self, signer: Signer) -> bytes:
        """The signed checkpoint of the ledger as it stands; what is stored is checked against its tree first.

        Raises CustodyError when the database fails or was altered, UsageError when `signer` is not the ledger's key.
        """
        for attempt in self._attempts():
            with suppress(HeadMovedError):
                with attempt:
                    self._catch_up()
                    last = self.store.last_checkpoint()
                    if last is not None and last.size == self._view.head.size:
                        return last.note
                    checkpoint = self._certify_head(signer)
                self._outside.write_checkpoint(checkpoint.note)
                return checkpoint.note
        raise CustodyError(f"other processes kept appending to {self.store.name}", hint="try again")

    def _certify_head(self, signer: Signer) -> StoredCheckpoint:
        head = self._view.head
        self._view.load("ledger")
        with self.store.transaction(head) as writing:
            last = self.store.last_checkpoint()
            if last is not None and last.size == head.size:
                return last  # another process signed meanwhile: the head says nothing of that
            checkpoint = certify(self.store, self._view.world.ledger(self.origin), head.size, signer)
            writing.add_checkpoint(checkpoint)
        return checkpoint


def _nothing_recorded(error: LostError) -> LostError:
    return LostError(f"{error.message}; nothing of this act was recorded", hint=error.hint)
