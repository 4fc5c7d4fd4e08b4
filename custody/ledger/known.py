"""What is known while an act is made: the ledger as it stands, with what the act has recorded so far in effect.

Acts and preconditions ask here; nothing here changes anything.
"""

from collections.abc import Iterable, Sequence

from custody.errors import UsageError
from custody.ledger.labels import Labels
from custody.ledger.others.kept import KeptEntry
from custody.ledger.sealing import LockedValue
from custody.ledger.store.store import Store
from custody.ledger.view import View, read_fact
from custody.protocol import names
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.ledgers import CaseState, LedgerState, PartnerState
from custody.protocol.rules.people import PersonState
from custody.protocol.rules.requests import RequestState
from custody.protocol.values import Reference


class Known:
    """The state of things, one subject loaded after another as it is asked for."""

    def __init__(self, view: View, store: Store, origin: str) -> None:
        self.origin = origin
        self.world = view.world
        self.facts: list[Recorded] = []
        """What the act has recorded."""
        self.labels = Labels(store)
        self._view, self._store = view, store
        view.load("ledger")

    @property
    def ledger(self) -> LedgerState:
        """What the ledger says of itself."""
        return self.world.ledger(self.origin)

    def item(self, item: str) -> ItemState:
        """An item of this ledger, as it stands with what this act recorded. Raises UsageError for an unknown one."""
        self._view.load(f"item:{item}")
        state = self.world.items.get(item)
        if state is None or state.first is None:
            raise UsageError(f"there is no item {item} in this ledger", hint="`custody items` lists them")
        return state

    def know(self, items: Iterable[str]) -> None:
        """Loads these items at once: one after another, a thousand take half as long again."""
        self._view.load(*(f"item:{item}" for item in items))

    def person(self, reference: str) -> PersonState:
        """A person of this ledger, enrolled or revoked. Raises UsageError for one who never was enrolled."""
        identity, origin = names.split_person(reference)
        state = None
        if origin == self.origin:
            self._view.load(f"person:{identity}")
            state = self.world.people.by_reference.get(reference)
        if state is None or not state.standings:
            raise UsageError(f"{reference} is not enrolled in this ledger", hint="`custody person list` lists who is")
        return state

    def everybody(self) -> list[PersonState]:
        """All persons ever enrolled here, by id."""
        subjects = self._store.subjects("person")
        self._view.load(*subjects)
        people = (self.world.people.by_reference.get(f"{names.name_of(one)}@{self.origin}") for one in subjects)
        return [one for one in people if one is not None and one.standings]

    def case(self, reference: str) -> CaseState | None:
        """A case of this ledger; None when there is none."""
        self._view.load(f"case:{reference}")
        return self.ledger.cases.get(reference)

    def ancestors(self, item: str) -> None:
        """Knows what an item was made from: the State where that was taken decides what it needs to go abroad."""
        queue, seen = [item], {item}
        while queue:
            parents = [one for one in self.item(queue.pop()).parents if one not in seen]
            seen.update(parents)
            queue += parents

    def request(self, uuid: str) -> RequestState:
        """A request that this ledger sent or received. Raises UsageError for an unknown one."""
        self._view.load(f"request:{uuid}")
        state = self.world.requests.get(uuid)
        if state is None or state.last is None:
            raise UsageError(f"there is no request {uuid} in this ledger", hint="`custody request list` lists them")
        return state

    def partner(self, origin: str) -> PartnerState:
        """A partner of this ledger, trusted or distrusted since. Raises UsageError for one who never was trusted."""
        self._view.load(f"partner:{origin}")
        state = self.ledger.partners.get(origin)
        if state is None:
            hint = "`custody partner add CARD --fingerprint F`; `custody partner list` lists them"
            raise UsageError(f"{origin} is not a partner of this ledger", hint=hint)
        return state

    def history(self, subject: str) -> list[Recorded]:
        """The entries of this ledger about one subject, those of this act among them, in log order."""
        stored = (read_fact(entry, self.origin) for entry in self._store.entries_of([subject]))
        return [*stored, *(fact for fact in self.facts if fact.event.subject == subject)]

    def kept_entry(self, ledger: str, index: int) -> KeptEntry | None:
        """The entry that a partner showed at an index of a ledger."""
        return self._view.kept_entry(ledger, index)

    def kept_heads(self, ledger: str, size: int) -> bytes | None:
        """The statement of heads that a partner showed under a checkpoint; a line without LF."""
        return self._view.kept_heads(ledger, size)

    def kept_statements(self, ledger: str) -> list[bytes]:
        """All statements of heads that partners showed of a ledger; lines without LF."""
        return self._view.kept_statements(ledger)

    def kept_entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        """What partners showed about a subject, of one ledger or of all; each entry once."""
        return self._view.kept_entries(subject, ledger)

    def fact_of(self, entry: str) -> Recorded:
        """The entry with this hash, stored or of this act. Raises UsageError when there is none."""
        for fact in self.facts:
            if fact.hash == entry:
                return fact
        for index in self._store.find_entries(entry):
            return read_fact(next(self._store.entries(index, index + 1)), self.origin)
        raise UsageError(f"this ledger has no entry {entry}", hint="`custody log` lists them")

    def sealed_values(self, digests: Sequence[str] | None) -> list[LockedValue]:
        """What was kept, before this act, of sealed fields: those with these digests, or all."""
        return list(self._store.every_sealed()) if digests is None else self._store.sealed_values(digests)

    def erased(self, case: str | None) -> bool:
        """Whether what was sealed in a case was destroyed; what belongs to no case never is."""
        state = self.case(case) if case is not None else None
        return state is not None and state.erased

    def audiences(self, digest: str) -> tuple[str, ...]:
        """Who may see a sealed value of this ledger. Raises UsageError when nothing is kept of it."""
        for value in self.sealed_values([digest]):
            return value.audiences
        raise UsageError("what is sealed there is not kept in this ledger", hint="`custody audit`")

    def head_of(self, subject: str) -> Reference | None:
        """The last entry of a subject's chain, with what this act recorded; an item's or request's may be elsewhere."""
        self._view.load(subject)
        kind, name = names.kind_of(subject), names.name_of(subject)
        if kind in ("item", "request"):
            chains = self.world.items if kind == "item" else self.world.requests
            return chains[name].chain.head if name in chains else None
        last = self.world.last_of(self.origin, subject)
        return Reference(entry=last, ledger=self.origin) if last else None

    def case_of(self, subject: str) -> str | None:
        """The case, in this ledger, of an item, of a request, or of the item that notes are about; None for others."""
        kind, name = names.kind_of(subject), names.name_of(subject)
        if kind == "request" and name in self.world.requests:
            return self.request(name).cases.get(self.origin)
        return self.item(name).case_in(self.origin) if kind in ("item", "notes") else None
