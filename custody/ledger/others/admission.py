"""Taking in what partners show: compared with what was seen before, then kept; the list of items follows.

Compared and kept in one step: the store refuses a transaction when anything was appended or taken in since the
comparison. A contradiction is kept as well, alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256

from custody.ledger.listing import ItemSummary, summarise
from custody.ledger.others.arrival import Arrival
from custody.ledger.others.claims import check_claims
from custody.ledger.others.disputes import Conflict
from custody.ledger.others.entries import check_branches, check_heads, check_places
from custody.ledger.others.kept import Cosigned, KeptEntry, Stamped
from custody.ledger.others.pinning import NotJoinedError, check_pins
from custody.ledger.others.vouching import cards_in, drop_unvouched
from custody.ledger.reading import Reading
from custody.ledger.sealing import Lock, LockedValue, lock_values
from custody.ledger.store.store import Store, Writing
from custody.ledger.view import View, read_fact
from custody.protocol import proofs
from custody.protocol.bundle import join_proof
from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.events.partners import PartnerTrusted
from custody.protocol.names import kind_of, name_of
from custody.protocol.note import parse_note
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.requests import RequestState
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import parse_vkey

MAX_ATTEMPTS = 20
"""Times something is tried again because another process appended first."""


class Admission(Reading):
    """The half of a Ledger that takes in others' bundles."""

    def _attempts(self, crowded: bool = False) -> Iterator[AbstractContextManager[None]]:
        """What to hold while something is tried: at first nothing, unless others are known to be writing; then the
        turn, in which nobody else appends."""
        if not crowded:
            yield nullcontext()
        for _ in range(MAX_ATTEMPTS):
            yield self.store.turn()

    def items_with(self, arrival: Arrival, items: Sequence[str]) -> list[ItemState]:
        """Items as they would stand with a partner's bundle taken in. Raises UsageError for one not shown."""
        try:
            self._view.expect(arrival)
            return [self.item(one) for one in items]
        finally:
            self._view.forget()

    def requests_with(self, arrival: Arrival, requests: Sequence[str]) -> list[RequestState]:
        """Requests as they would stand with a partner's bundle taken in."""
        try:
            self._view.expect(arrival)
            return [self.request(one) for one in requests]
        finally:
            self._view.forget()

    def compare(self, arrival: Arrival) -> None:
        """Raises what `Ledger.admit` would for a bundle that contradicts what was seen before; keeps nothing."""
        try:
            self._view.expect(arrival)
            self._view.catch_up()
            conflict = self._contradiction(arrival)
        finally:
            self._view.forget()
        if conflict is not None:
            raise conflict.error()

    def facts_with(self, arrival: Arrival, subject: str) -> list[Recorded]:
        """What is known of a subject, with a partner's bundle taken in."""
        try:
            self._view.expect(arrival)
            return self.history(subject)
        finally:
            self._view.forget()

    def keep_cosigned(self, lines: Sequence[Cosigned]) -> None:
        """Keeps witnesses' lines, each checked by the caller, on checkpoints of partners or of this ledger."""
        with self.store.turn(), self.store.transaction(self.store.head()) as writing:
            writing.keep_cosigned(lines)

    def keep_stamped(self, stamps: Sequence[Stamped]) -> None:
        """Keeps time-stamps, each over the checkpoint it names by the caller's word."""
        with self.store.turn(), self.store.transaction(self.store.head()) as writing:
            writing.keep_stamped(stamps)

    def _contradiction(self, arrival: Arrival) -> Conflict | None:
        """What it contradicts. Raises NotJoinedError, RuleRefusedError as custody.ledger.others.pinning does, and what
        custody.ledger.others.claims does.

        Where no proof joins two checkpoints, entries under them may still tell that they are of two histories.
        """
        kept = self.store.kept
        try:
            conflict = check_pins(arrival, kept, self.origin, self._view.head.size, self.root)
        except NotJoinedError:
            conflict = self._contradicting_entries(arrival)
            if conflict is None:
                raise
        conflict = conflict or self._contradicting_entries(arrival)
        if conflict is None:
            self._view.load(*self.store.subjects("partner"))
            partners = self._view.world.ledger(self.origin).partners.values()
            in_use = {one.origin for one in partners if not one.distrusted}
            check_claims(arrival, self.store, self._view, self.origin, in_use)
        elif not self._vouched(conflict):
            hint = f"ask {arrival.cutter} where it has this from; a card, compared and pinned, says whose key it is"
            raise NotJoinedError(
                f"what is shown of {conflict.ledger} contradicts what was shown of it before, and no key pinned here "
                "signed both",
                hint=hint,
            )
        return conflict

    def _vouched(self, conflict: Conflict) -> bool:
        """Whether keys that are pinned here signed both statements: a stranger's key may be anybody's."""
        for note in conflict.notes:
            origin = parse_checkpoint(parse_note(note).text).origin
            keys = self.state.keys if origin == self.origin else []
            continued = [text for text in self.keys_continued() if parse_vkey(text).name == origin]
            texts = [text for _, text in keys] or continued or self.chain_of_partner(origin)
            try:
                open_checkpoint(note, [parse_vkey(text) for text in texts])
            except (BadSignatureError, UnknownSignerError):
                return False
        return True

    def _contradicting_entries(self, arrival: Arrival) -> Conflict | None:
        kept = self.store.kept
        return (
            check_places(arrival, kept)
            or check_branches(arrival, kept, self._own_entries(arrival))
            or check_heads(arrival, kept, self.origin)
        )

    def _refuse_contradiction(self, arrival: Arrival) -> None:
        conflict = self._contradiction(arrival)
        if conflict is not None:
            with self.store.transaction(self._view.head) as writing:
                writing.keep_dispute(conflict.dispute(self._now()))
            raise conflict.error()

    def _own_entries(self, arrival: Arrival) -> list[KeptEntry]:
        """This ledger's entries about what arrives, proven under its newest checkpoint where that covers them."""
        last = self.store.last_checkpoint()
        size = last.size if last is not None else 0
        subjects = [f"item:{one}" for one in arrival.shown_items] + [f"request:{one}" for one in arrival.shown_requests]
        found = []
        for entry in self.store.entries_of(subjects):
            proof = proofs.prove_inclusion(entry.index, size, self.store.nodes) if entry.index < size else []
            found.append(
                KeptEntry(
                    ledger=self.origin,
                    size=size if entry.index < size else 0,
                    index=entry.index,
                    hash=entry.hash,
                    subject=entry.subject,
                    proof=join_proof(proof),
                    own=0,
                    body=entry.body,
                )
            )
        return found

    def _locked_of(self, arrival: Arrival, lock: Lock | None) -> list[LockedValue]:
        """What it discloses and is not kept yet, locked for the case that it belongs to here.

        What belongs to no case is not kept: no erasure would ever reach it.
        """
        known = {one.digest for one in self.store.sealed_values([digest for digest, _, _ in arrival.disclosed])}
        cases = {subject: self._locking_case(subject) for _, subject, _ in arrival.disclosed}
        values = arrival.sealed({subject: case for subject, case in cases.items() if case is not None})
        return lock_values([one for one in values if one.digest not in known], lock)

    def _locking_case(self, subject: str) -> str | None:
        """The case of an item, a request, or what notes are about; None once it was erased: it has no key any more."""
        case = self._case_of(subject)
        if case is None:
            return None
        self._view.load(f"case:{case}")
        state = self._view.world.ledger(self.origin).cases.get(case)
        return None if state is not None and state.erased else case

    def _case_of(self, subject: str) -> str | None:
        kind, _, name = subject.partition(":")
        if kind not in ("item", "request", "notes"):
            return None
        self._view.load(subject)
        item = self._view.world.items.get(name)
        if kind != "request" and item is not None and item.first is not None:
            return item.case_in(self.origin)
        self._view.load(f"request:{name}")
        request = self._view.world.requests.get(name)
        return request.cases.get(self.origin) if request is not None else None

    def _keep(self, arrival: Arrival, size: int, writing: Writing) -> None:
        arrival.keep(writing, self.origin, size)
        self._view.load(*(f"item:{one}" for one in arrival.shown_items))
        items = (self._view.world.items.get(one) for one in arrival.shown_items)
        writing.put_items([self._summary(item, size) for item in items if item is not None and item.first is not None])

    def _drop_unvouched(self, facts: Sequence[Recorded], size: int, writing: Writing) -> list[str]:
        """Drops what was kept of those who become partners, and no key vouches for (custody.ledger.others.vouching)."""
        dropped: list[str] = []
        for fact in facts:
            if isinstance(fact.event, PartnerTrusted):
                origin = name_of(fact.event.subject)
                cards = cards_in(read_fact(one, self.origin) for one in self.store.entries_of([fact.event.subject]))
                if gone := drop_unvouched(cards, self.store.kept, origin, writing):
                    dropped += gone
                    writing.keep_arrival(sha256(fact.hash.encode()).hexdigest(), size, origin, 0)  # others look again
        items = [name_of(one) for one in dropped if kind_of(one) == "item"]
        if items:
            self._list_anew(items, writing)
        return dropped

    def _list_anew(self, items: Sequence[str], writing: Writing) -> None:
        """The lines of items, as they are known inside the transaction."""
        view = View(self.store, self.origin)
        view.load(*(f"item:{one}" for one in items))
        states = {one: view.world.items.get(one) for one in items}
        known = [one for one in states.values() if one is not None and one.first is not None]
        writing.remove_items(items)
        writing.put_items([self._summary(one, 0) for one in known])

    def _summary(self, item: ItemState, size: int) -> ItemSummary:
        """The item's line; `size`: how many entries there were when it came, if it came just now."""
        if item.first is not None and item.first.origin == self.origin:
            return summarise(item, self.origin, item.first.index)
        return summarise(item, self.origin, first_shown(self.store, item.uuid, size))


def item_line(item: ItemState, ledger: Reading) -> ItemSummary:
    """The line of an item of which an entry is known, from a world that took the whole log and all that is kept."""
    own = item.first is not None and item.first.origin == ledger.origin
    begun = item.first.index if item.first is not None and own else first_shown(ledger.store, item.uuid)
    return summarise(item, ledger.origin, begun)


def first_shown(store: Store, item: str, size: int = 0) -> int:
    """How many entries the ledger had when a partner first showed an item; `size` where that is just now."""
    return min((one.own for one in store.kept.entries(f"item:{item}")), default=size)
