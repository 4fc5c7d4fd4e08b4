"""What a ledger knows in memory: the rules' world for the subjects it had to load, and the tree's right edge.

A new process replays the few chains an act touches, never the whole log. Persons are loaded with the entries they
signed, for the rules ask about their keys; notes with their item.
"""

from collections.abc import Iterable

from custody.errors import CustodyError, MalformedError
from custody.ledger.edge import Edge
from custody.ledger.store.store import EMPTY, Head, LoggedEntry, Store
from custody.protocol import names, times
from custody.protocol.entry import Entry, hash_entry, parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World

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
        """Starts over with nothing loaded."""
        self.world = World()
        self.head: Head = EMPTY
        self.edge = Edge(0, self._store.nodes)
        self._loaded: set[str] = set()

    def forget_if_behind(self) -> bool:
        """Starts over; says whether the log went on since this view caught up."""
        behind = self.head != EMPTY and self._store.head() != self.head
        self.forget()
        return behind

    @property
    def full(self) -> bool:
        """Whether so much is loaded that the next act should start over."""
        return len(self._loaded) > MAX_LOADED

    def catch_up(self) -> None:
        """Takes what was appended since, by this process or another."""
        head = self._store.head()
        if self.full or head.size - self.head.size > MAX_CAUGHT_UP:
            self.forget()
        if head == self.head:
            return
        if head.size <= self.head.size:
            hint = "another copy of the database was put in its place: run `custody audit`"
            raise CustodyError(f"the database {self._store.name} lost entries while it was open", hint=hint)
        self._take_new(self.head.size, head.size)
        self.head = head
        self.edge = Edge(head.size, self._store.nodes)

    def load(self, *subjects: str) -> None:
        """Makes sure that the world knows these subjects and everybody who signed about them."""
        if self._loaded.issuperset(subjects):
            return
        wanted = dict.fromkeys(one for subject in subjects for one in _with_kin(subject) if one not in self._loaded)
        self._apply(read_fact(entry, self._origin) for entry in self._store.entries_of(list(wanted)))
        self._loaded.update(wanted)

    def _take_new(self, start: int, stop: int) -> None:
        if self._loaded:
            self._apply(
                read_fact(entry, self._origin)
                for entry in self._store.entries(start, stop)
                if entry.subject in self._loaded
            )

    def _apply(self, facts: Iterable[Recorded]) -> None:
        """Applies facts in log order, with the persons who signed them and are not yet known."""
        taken = list(facts)
        signers = {f"person:{_id(one)}" for fact in taken for one in fact.event.signers if self._own(one)}
        strangers = sorted(signers - self._loaded - {fact.event.subject for fact in taken})
        taken += (read_fact(entry, self._origin) for entry in self._store.entries_of(strangers))
        self._loaded.update(strangers)
        for fact in sorted(taken, key=lambda one: one.index):
            self.world.apply(fact)

    def _own(self, signer: str) -> bool:
        return signer.endswith(f"@{self._origin}")


def _id(person: str) -> str:
    return names.split_person(person)[0]


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


def fact_in(entry: Entry, entry_hash: str, origin: str) -> Recorded:
    """The fact that a parsed entry states. Raises MalformedError for what is not an event."""
    return Recorded(
        origin=origin,
        index=entry.index,
        hash=entry_hash,
        recorded=times.parse_utc(entry.recorded_at),
        event=event_of(entry.envelope),
    )
