"""What a ledger knows in memory: the rules' world for the subjects it had to load, and the tree's right edge.

A new process replays the few chains an act touches, never the whole log. Persons are loaded with the entries they
signed, for the rules ask about their keys; notes with their item.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from custody.errors import CustodyError, MalformedError
from custody.ledger.causal import in_causal_order
from custody.ledger.edge import Edge
from custody.ledger.others.arrival import Arrival
from custody.ledger.others.kept import KeptEntry
from custody.ledger.store.store import EMPTY, Head, LoggedEntry, Store
from custody.protocol import names, times
from custody.protocol.entry import Entry, hash_entry, parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.events.items import ItemDerived
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.tree import HASH_BYTES

_TRAVELLING = ("item", "notes", "request")
"""Kinds of subjects whose chains lead through several ledgers, and the notes on them."""

MAX_LOADED = 20_000
"""Subjects kept: some 50 MB. An importer that touches more starts over with an empty view."""

MAX_CAUGHT_UP = 5_000
"""Entries of other processes that are read one by one; after more, the view starts over."""


class View:
    """Follows one store. A failed act leaves it dirty: `forget` it."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._origin = origin
        self.forget()

    def forget(self) -> None:
        """Starts over with nothing loaded, and nothing arriving."""
        self._arriving: Arrival | None = None
        self.world = World()
        self.head: Head = EMPTY
        self.edge = Edge(0, self._store.nodes)
        self._loaded: set[str] = set()

    def forget_if_behind(self) -> bool:
        """Starts over; says whether the log went on since this view caught up."""
        behind = self.head != EMPTY and self._store.head() != self.head
        self.forget()
        return behind

    def expect(self, arrival: Arrival | None) -> None:
        """Starts over, as if a partner's bundle were kept already."""
        self.forget()
        self._arriving = arrival

    @property
    def full(self) -> bool:
        """Whether so much is loaded that the next act should start over."""
        return len(self._loaded) > MAX_LOADED

    def catch_up(self) -> None:
        """Takes what was appended since, by this process or another."""
        head = self._store.head()
        if self.full or head.size - self.head.size > MAX_CAUGHT_UP or head.arrivals != self.head.arrivals:
            self.expect(self._arriving)
        if head == self.head:
            return
        if head.size <= self.head.size:
            hint = "another copy of the database was put in its place: run `custody audit`"
            raise CustodyError(f"the database {self._store.name} lost entries while it was open", hint=hint)
        self._take_new(self.head.size, head.size)
        self.head = head

    def load(self, *subjects: str) -> None:
        """Makes sure that the world knows these subjects, what items were made from, and everybody who signed."""
        if self._loaded.issuperset(subjects):
            return
        wanted: dict[str, None] = {}
        taken: list[Recorded] = []
        new = _with_kin_of(subjects, self._loaded)
        while new:
            wanted |= dict.fromkeys(new)
            found = [read_fact(entry, self._origin) for entry in self._store.entries_of(new)]
            travelling = [one for one in new if names.kind_of(one) in _TRAVELLING]
            found += self._read_foreign(self._with_arriving(self._store.kept.entries_of(travelling), travelling))
            taken += found
            new = _with_kin_of(_parents(found), self._loaded | wanted.keys())
        self._loaded.update(wanted)
        self._apply(taken)

    def elsewhere(self, subject: str, ledger: str | None = None) -> list[Recorded]:
        """What is known of a subject from another ledger, or from all others, by ledger and index."""
        return self._read_foreign(self.kept_entries(subject, ledger))

    def _read_foreign(self, entries: Iterable[KeptEntry]) -> list[Recorded]:
        return [read_kept(entry) for entry in entries if entry.ledger != self._origin]

    def kept_entry(self, ledger: str, index: int) -> KeptEntry | None:
        """The entry that a partner showed at an index of a ledger."""
        found = [self._store.kept.entry(ledger, index)]
        if self._arriving is not None:
            parts = (part for part in self._arriving.parts if part.checkpoint.origin == ledger)
            found += (one for part in parts for one in part.entries if one.index == index)
        return min((one for one in found if one is not None), key=lambda one: one.size, default=None)

    def kept_heads(self, ledger: str, size: int) -> bytes | None:
        """The statement of heads that a partner showed under a checkpoint; a line without LF."""
        part = self._store.kept.part(ledger, size)
        if part is not None or self._arriving is None:
            return part.heads if part is not None else None
        parts = (one for one in self._arriving.parts if (one.checkpoint.origin, one.checkpoint.size) == (ledger, size))
        return next((one.heads for one in parts if one.heads), None)

    def kept_statements(self, ledger: str) -> list[bytes]:
        """All statements of heads that partners showed of a ledger; lines without LF."""
        parts = self._arriving.parts if self._arriving is not None else ()
        arriving = [one.heads for one in parts if one.checkpoint.origin == ledger and one.heads]
        return [*(one.heads for one in self._store.kept.parts(ledger)), *arriving]

    def kept_entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        """The same as it was shown, each entry once; of this ledger, too."""
        return self._with_arriving(self._store.kept.entries(subject, ledger), [subject], ledger)

    def _with_arriving(
        self, kept: list[KeptEntry], subjects: Sequence[str], ledger: str | None = None
    ) -> list[KeptEntry]:
        """What is kept about these subjects, as if what is arriving were kept, too."""
        if self._arriving is None:
            return kept
        found = {(one.ledger, one.index): one for one in kept}
        for one in (one for subject in subjects for one in self._arriving.entries(subject, ledger)):
            known = found.setdefault((one.ledger, one.index), one)
            if one.size < known.size:
                found[one.ledger, one.index] = one
        return [found[place] for place in sorted(found)]

    def _take_new(self, start: int, stop: int) -> None:
        """The new entries: by their leaf hashes the tree's edge grows, and what is loaded goes on."""
        if not self._loaded:
            self.edge = Edge(stop, self._store.nodes)
            return
        new = list(self._store.entries(start, stop))
        for entry in new:
            self.edge.grow(entry.nodes[:HASH_BYTES])
        self._apply(read_fact(entry, self._origin) for entry in new if entry.subject in self._loaded)

    def _apply(self, facts: Iterable[Recorded]) -> None:
        """Applies facts in causal order, with the persons who signed them and are not yet known."""
        taken = list(facts)
        signers = {f"person:{_id(one)}" for fact in taken for one in fact.event.signers if self._own(one)}
        strangers = sorted(signers - self._loaded - {fact.event.subject for fact in taken})
        taken += (read_fact(entry, self._origin) for entry in self._store.entries_of(strangers))
        self._loaded.update(strangers)
        if all(fact.origin == self._origin for fact in taken):
            ordered = sorted(taken, key=lambda one: one.index)
        else:
            ordered = in_causal_order([*taken, *self._foreign_signers(taken)], self._origin)
        for fact in ordered:
            self.world.apply(fact)

    def _foreign_signers(self, facts: Iterable[Recorded]) -> Iterator[Recorded]:
        """Persons, and the ledger's own entries, of other ledgers; each ledger's subject once."""
        for fact in facts:
            origin = fact.origin
            for subject in ("ledger", *(f"person:{_id(one)}" for one in fact.event.signers if "@" in one)):
                if origin != self._origin and f"{origin} {subject}" not in self._loaded:
                    self._loaded.add(f"{origin} {subject}")
                    yield from self.elsewhere(subject, origin)

    def know_signers_elsewhere(self, fact: Recorded) -> None:
        """Makes sure that the world knows who signed a fact of another ledger, as far as that was shown."""
        for one in self._foreign_signers([fact]):
            self.world.apply(one)

    def _own(self, signer: str) -> bool:
        return signer.endswith(f"@{self._origin}")


def _id(person: str) -> str:
    return names.split_person(person)[0]


def _parents(facts: Iterable[Recorded]) -> list[str]:
    """What items were made from: a child is known after its parents, which decide what it may be used for."""
    made = (fact.event.details.parents for fact in facts if isinstance(fact.event, ItemDerived))
    return [f"item:{parent.item}" for parents in made for parent in parents]


def _with_kin_of(subjects: Iterable[str], known: Collection[str]) -> list[str]:
    return list(dict.fromkeys(one for subject in subjects for one in _with_kin(subject) if one not in known))


def _with_kin(subject: str) -> tuple[str, ...]:
    """Notes are loaded with their item, and an item with its notes: a refusal, a note, changes who may receive."""
    kind, name = names.kind_of(subject), names.name_of(subject)
    return (f"item:{name}", f"notes:{name}") if kind in ("item", "notes") else (subject,)


def read_fact(entry: LoggedEntry, origin: str) -> Recorded:
    """The fact that a stored entry states. Raises CustodyError when its bytes are not what was stored."""
    try:
        if hash_entry(entry.body) != entry.hash:
            raise MalformedError("its hash is another")
        return fact_in(parse_entry(entry.body), entry.hash, origin)
    except MalformedError as error:
        hint = "run `custody audit`; compare with a backup"
        raise CustodyError(f"entry {entry.index} was altered in the database: {error.message}", hint=hint) from error


def read_kept(entry: KeptEntry) -> Recorded:
    """The fact that an entry of another ledger states. Raises CustodyError when its bytes are not what was kept."""
    try:
        if hash_entry(entry.body) != entry.hash:
            raise MalformedError("its hash is another")
        return fact_in(parse_entry(entry.body), entry.hash, entry.ledger)
    except MalformedError as error:
        hint = "run `custody audit`; compare with a backup"
        where = f"entry {entry.index} of {entry.ledger}"
        raise CustodyError(f"{where} was altered where it is kept: {error.message}", hint=hint) from error


def fact_in(entry: Entry, entry_hash: str, origin: str) -> Recorded:
    """The fact that a parsed entry states. Raises MalformedError for what is not an event."""
    return Recorded(
        origin=origin,
        index=entry.index,
        hash=entry_hash,
        recorded=times.parse_utc(entry.recorded_at),
        event=event_of(entry.envelope),
    )
