"""What a ledger can be asked. Everything comes from the log; lists of items come from what was derived from it."""

from collections.abc import Callable, Iterator, Sequence

from custody.errors import CustodyError, UsageError
from custody.ledger import lookup
from custody.ledger.causal import in_causal_order
from custody.ledger.listing import ItemSummary, overdue
from custody.ledger.outside import OutsideCopies
from custody.ledger.proving import Prover
from custody.ledger.sealing import LockedValue
from custody.ledger.store.store import LoggedEntry, Store, StoredCheckpoint
from custody.ledger.view import View, read_fact
from custody.protocol import names, tree
from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.ledgers import CaseState, LedgerState, PartnerState
from custody.protocol.rules.people import PersonState
from custody.protocol.rules.requests import RequestState
from custody.protocol.rules.world import World
from custody.protocol.vkey import parse_vkey


class Reading:
    """The reading half of a Ledger."""

    def __init__(self, store: Store, origin: str, *, now: Callable[[], int], outside: OutsideCopies) -> None:
        """Use custody.ledger.opening. `now`: seconds since 1970."""
        self.origin = origin
        self.store, self._now, self._outside = store, now, outside
        self._view = View(store, origin)
        self._crowded = False
        """Whether another process was found appending just now."""
        self._found_sound = False
        """Whether the last row that this process found was looked at, before it appended."""

    def close(self) -> None:
        """Lets go of the database."""
        self.store.close()
        self._outside.close()

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.store.head().size

    @property
    def state(self) -> LedgerState:
        """What the ledger says of itself: agency, jurisdiction, keys, profile, partners."""
        self._view.catch_up()
        self._view.load("ledger", *self.store.subjects("partner"))
        return self._view.world.ledger(self.origin)

    def state_on(self, moment: int) -> LedgerState:
        """The same as it was at a moment, by when its entries were recorded; seconds since 1970."""
        world = World()
        for subject in ("ledger", *self.store.subjects("partner")):
            for entry in self.store.entries_of([subject]):
                if entry.recorded <= moment:
                    world.apply(read_fact(entry, self.origin))
        return world.ledger(self.origin)

    def entry(self, index: int) -> bytes:
        """The bytes of an entry. Raises UsageError when there is none at `index`."""
        return self._logged(index).body

    def fact(self, index: int) -> Recorded:
        """The event at `index`, in its place."""
        return read_fact(self._logged(index), self.origin)

    def _logged(self, index: int) -> LoggedEntry:
        for entry in self.store.entries(index, index + 1):
            return entry
        raise UsageError(f"there is no entry {index}: the last is {self.size - 1}", hint="`custody log`")

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes of entries `start` to `stop - 1`, streamed."""
        return (entry.body for entry in self.store.entries(start, self.size if stop is None else stop))

    def facts(self, start: int = 0, stop: int | None = None) -> Iterator[Recorded]:
        """The same, read."""
        upto = self.size if stop is None else stop
        return (read_fact(entry, self.origin) for entry in self.store.entries(start, upto))

    def history(self, subject: str) -> list[Recorded]:
        """All events about a subject, in log order; of an item or request its notes, and what partners wrote."""
        kind, name = names.kind_of(subject), names.name_of(subject)
        subjects = [subject, f"notes:{name}"] if kind in ("item", "request") else [subject]
        facts = [read_fact(entry, self.origin) for entry in self.store.entries_of(subjects)]
        if kind in ("item", "request"):
            facts += [fact for one in subjects for fact in self._view.elsewhere(one)]
        return in_causal_order(facts, self.origin)

    def history_of(self, origin: str, subject: str) -> list[Recorded]:
        """What a partner's ledger is known to say of one of its own subjects, in its log order."""
        return self._view.elsewhere(subject, origin)

    def find_item(self, text: str) -> str:
        """The UUID of the item that `text` names: label, CASE:LABEL, UUID or its beginning. Raises UsageError."""
        return lookup.find_item(self.store, text)

    def find_entry(self, text: str) -> int:
        """The index of the entry that `text` names: index, ORIGIN#index or hash prefix. Raises UsageError."""
        return lookup.find_entry(self.store, self.origin, text)

    def items(
        self,
        *,
        case: str | None = None,
        holder: str | None = None,
        in_transit: bool = False,
        late: bool = False,
        absent: bool = False,
        retention_due: bool = False,
    ) -> Iterator[ItemSummary]:
        """Items as they stand, in the order in which they began, streamed.

        `holder`: who answers for it, `id@origin`. `retention_due`: of cases whose data were to be kept until a date
        that has passed, and which were not erased since.
        """
        now, profile = self._now(), self.state.profile
        due = {one.reference for one in self.cases() if one.retention_due(now)} if retention_due else set()
        for item in self.store.items() if case is None else self.store.items_in(case):
            if (
                (holder is None or (item.custodian == holder and item.status != "ended"))
                and (not in_transit or item.status == "transit")
                and (not late or overdue(item, now, profile))
                and (not absent or (item.absent and item.status != "ended"))
                and (not retention_due or item.case in due)
            ):
                yield item

    def newest_items(self) -> Iterator[ItemSummary]:
        """All items, the last that began first, streamed."""
        return self.store.items(newest=True)

    def item(self, uuid: str) -> ItemState:
        """An item with all that the rules know of it. Raises UsageError for an unknown one."""
        return self.items_of([uuid])[0]

    def items_of(self, uuids: Sequence[str]) -> list[ItemState]:
        """Items with all that the rules know of them, read at once. Raises UsageError for an unknown one."""
        self._view.catch_up()
        self._view.load(*(f"item:{uuid}" for uuid in uuids))
        states = [self._view.world.items.get(uuid) for uuid in uuids]
        for uuid, state in zip(uuids, states, strict=True):
            if state is None or state.first is None:
                raise UsageError(f"there is no item {uuid} in this ledger", hint="`custody items` lists them")
        return [state for state in states if state is not None]

    def label(self, uuid: str) -> str:
        """An item's label. It never changes: of what is in view nothing is read again. Raises UsageError."""
        state = self._view.world.items.get(uuid)
        return state.label if state is not None and state.begun is not None else self.item(uuid).label

    def persons(self) -> list[PersonState]:
        """Everybody ever enrolled, by id."""
        self._view.catch_up()
        subjects = self.store.subjects("person")
        self._view.load(*subjects)
        return [self._view.world.people.get(f"{names.name_of(one)}@{self.origin}") for one in subjects]

    def person(self, reference: str) -> PersonState:
        """A person, `id@origin`. Raises UsageError for one who never was enrolled here."""
        self._view.catch_up()
        self._view.load(f"person:{names.split_person(reference)[0]}")
        state = self._view.world.people.by_reference.get(reference)
        if state is None or not state.standings:
            raise UsageError(f"{reference} is not enrolled in this ledger", hint="`custody person list` lists who is")
        return state

    def partners(self) -> dict[str, PartnerState]:
        """All partners, those distrusted since among them, by origin."""
        self._view.catch_up()
        self._view.load("ledger", *self.store.subjects("partner"))
        return self._view.world.ledger(self.origin).partners

    def returns(self, item: str, origin: str) -> bool:
        """Whether an item would go back, by a release to that ledger, to the State where it was taken."""
        world = self._view.world
        queue, seen = [item], {item}
        while queue:
            parents = [one for one in self.item(queue.pop()).parents if one not in seen]
            seen.update(parents)
            queue += parents
        there = world.borders.state_of(self.origin, origin)
        return there is not None and world.borders.home_of(self.item(item)) == {there}

    def keys_of_partner(self, origin: str) -> list[str]:
        """The vkeys that sign for a partner: the one pinned, and those after it in the partner's own log, as shown."""
        partner = self.partners().get(origin)
        if partner is None or partner.trusted is None:
            return []
        chain = self.chain_of_partner(origin)
        return chain[chain.index(partner.trusted.ledger_key) :]

    def chain_of_partner(self, origin: str) -> list[str]:
        """All vkeys of a partner, even of one distrusted since, that the one pinned last follows or leads to."""
        partner = self.partners().get(origin)
        if partner is None or partner.details is None:
            return []
        world = World()
        for fact in self._view.elsewhere("ledger", origin):
            world.apply(fact)
        chain = [text for _, text in world.ledger(origin).keys]
        pinned = partner.details.ledger_key
        return chain if pinned in chain else [pinned]

    def keys_continued(self) -> list[str]:
        """The vkeys of the ledger that this one continues, first to last, as far as it was taken over.

        Only a chain one of whose keys signed the checkpoint in this ledger's opening: others may show what they like.
        """
        opened = self.state.opened
        lost = opened.details.continues if opened is not None else None
        if lost is None:
            return []
        world = World()
        for fact in self._view.elsewhere("ledger", lost.origin):
            world.apply(fact)
        chain = [text for _, text in world.ledger(lost.origin).keys]
        try:
            open_checkpoint(lost.checkpoint.encode(), map(parse_vkey, chain))
        except CustodyError:
            return []
        return chain

    def requests(self) -> list[RequestState]:
        """All requests that this ledger sent or received, or that it cites, by UUID."""
        self._view.catch_up()
        subjects = sorted({*self.store.subjects("request"), *self.store.kept.subjects("request")})
        self._view.load(*subjects)
        return [self._view.world.requests[names.name_of(one)] for one in subjects]

    def request(self, uuid: str) -> RequestState:
        """A request. Raises UsageError for an unknown one."""
        self._view.catch_up()
        self._view.load(f"request:{uuid}")
        state = self._view.world.requests.get(uuid)
        if state is None or state.last is None:
            raise UsageError(f"there is no request {uuid} in this ledger", hint="`custody request list` lists them")
        return state

    def cases(self) -> list[CaseState]:
        """All cases, by reference."""
        self._view.catch_up()
        subjects = self.store.subjects("case")
        self._view.load(*subjects)
        return [self._view.world.ledger(self.origin).cases[names.name_of(one)] for one in subjects]

    def case(self, reference: str) -> CaseState | None:
        """A case; None where there is none of that reference."""
        self._view.catch_up()
        self._view.load(f"case:{reference}")
        return self._view.world.ledger(self.origin).cases.get(reference)

    def sealed_values(self, digests: Sequence[str]) -> list[LockedValue]:
        """What is kept of sealed fields with these digests, locked."""
        return self.store.sealed_values(digests)

    def checkpoints(self, since: int = 0) -> list[StoredCheckpoint]:
        """The signed checkpoints larger than `since`, smallest first."""
        return self.store.checkpoints(since)

    def checkpoint_at(self, size: int) -> StoredCheckpoint | None:
        """The signed checkpoint of this size; None where none was signed."""
        return self.store.checkpoint_at(size)

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries."""
        return tree.root(size, self.store.nodes)

    def prover(self, size: int) -> Prover:
        """Makes the proofs that lead to the first `size` entries."""
        return Prover(size, self.store.nodes)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` stands in the tree of the first `size` entries."""
        return self.prover(size).inclusion(index)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `old` entries begin the tree of the first `new`."""
        return self.prover(new).consistency(old)
