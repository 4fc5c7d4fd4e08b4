"""The whole log read from its beginning, with what partners showed in its place between the ledger's own entries.

`audit` and `rebuild` go through the log once. Before an entry about an item or request that other ledgers wrote about,
they take those of the others' entries that it follows; what follows none of the own ones comes at the end.
"""

from collections.abc import Iterator

from custody.ledger.causal import in_causal_order
from custody.ledger.store.store import LoggedEntry, Store
from custody.ledger.view import read_fact, read_kept
from custody.protocol import names
from custody.protocol.rules.fact import Recorded

_TRAVELLING = ("item", "notes", "request")


class Interleaving:
    """Where the entries of others belong."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store, self._origin = store, origin
        self._waiting = {names.name_of(subject) for kind in _TRAVELLING for subject in store.kept.subjects(kind)}
        """UUIDs of which something was shown, and nothing was taken yet."""
        self._before: dict[int, list[Recorded]] = {}
        self._after: list[Recorded] = []
        self._known: set[tuple[str, str]] = set()

    def before(self, entry: LoggedEntry) -> Iterator[Recorded]:
        """What comes before an entry of the own log."""
        kind, name = names.kind_of(entry.subject), names.name_of(entry.subject)
        if kind in _TRAVELLING and name in self._waiting:
            self._place(name)
        for fact in self._before.pop(entry.index, ()):
            yield from self._with_signers(fact)

    def rest(self) -> Iterator[Recorded]:
        """What comes after the log's last entry."""
        for name in sorted(self._waiting):
            self._place(name)
        for fact in self._after:
            yield from self._with_signers(fact)

    def _place(self, name: str) -> None:
        self._waiting.discard(name)
        subjects = [f"{kind}:{name}" for kind in _TRAVELLING]
        facts = [read_fact(entry, self._origin) for entry in self._store.entries_of(subjects)]
        facts += [
            read_kept(one)
            for subject in subjects
            for one in self._store.kept.entries(subject)
            if one.ledger != self._origin
        ]
        others: list[Recorded] = []
        for fact in in_causal_order(facts, self._origin):
            if fact.origin != self._origin:
                others.append(fact)
            elif others:
                self._before[fact.index], others = others, []
        self._after += others

    def _with_signers(self, fact: Recorded) -> Iterator[Recorded]:
        """The fact, after what its ledger said of itself and of who signed."""
        persons = (f"person:{names.split_person(one)[0]}" for one in fact.event.signers if "@" in one)
        for subject in ("ledger", *persons):
            if (fact.origin, subject) not in self._known:
                self._known.add((fact.origin, subject))
                yield from (read_kept(one) for one in self._store.kept.entries(subject, fact.origin))
        yield fact
