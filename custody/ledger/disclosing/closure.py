"""What a bundle has to show, so that a stranger can judge it (docs/format.md, "Bundles").

The items; their ancestors, as far as the `item.yielded` that made the child; the requests cited; the notes on all of
these, wherever they were written. And for each ledger that wrote any of it: its own entries, everybody who signed, the
cases, the partners addressed. The head of each of this ledger's subjects is stated beside them.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, Protocol

from custody.ledger.causal import in_causal_order
from custody.ledger.others.kept import KeptEntry
from custody.ledger.view import read_kept
from custody.protocol import names
from custody.protocol.events.common import Event
from custody.protocol.events.handovers import HandoverRefused, HandoverReleased
from custody.protocol.events.items import CourtPresented, ItemDerived, ItemYielded
from custody.protocol.events.notes import ItemCopied
from custody.protocol.events.requests import RequestSent
from custody.protocol.rules.fact import Recorded


class Sources(Protocol):
    """Where the entries are."""

    origin: str

    def history(self, subject: str) -> list[Recorded]:
        """This ledger's entries about a subject, in log order."""

    def kept_entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        """What partners showed about a subject, each entry once."""

    def kept_entry(self, ledger: str, index: int) -> KeptEntry | None:
        """The entry that was shown at an index of a ledger."""


class Closure(NamedTuple):
    """What is to be shown."""

    heads: dict[str, str | None]
    """Hash of the last entry about each subject in this ledger; None where there is none."""
    own: dict[int, Recorded]
    """This ledger's entries, by index."""
    others: dict[tuple[str, int], KeptEntry]
    """Those of others, by ledger and index."""
    travelling: list[str]
    """The items, requests and notes among the subjects."""

    @property
    def sealed(self) -> dict[str, str]:
        """The sealed fields in all of them: digests, and the subject that each was sealed in."""
        facts = [*self.own.values(), *map(read_kept, self.others.values())]
        return {digest: fact.event.subject for fact in facts for digest in fact.event.sealed.values()}


NOTHING = Closure({}, {}, {}, [])


def close_over(items: Collection[str], requests: Collection[str], signers: Iterable[str], sources: Sources) -> Closure:
    """The closure of items and requests (UUIDs) and of the persons who will sign the disclosure (`id@origin`)."""
    gathering = _Gathering(sources)
    for item, child in _with_ancestors(items, gathering).items():
        gathering.take(f"notes:{item}")
        gathering.take(f"item:{item}", gathering.far_enough(item, child) if child else None)
    for request in requests:
        gathering.take_request(request)
    gathering.take_of(sources.origin, "ledger")
    for signer in signers:
        identity, origin = names.split_person(signer)
        gathering.take_of(origin, f"person:{identity}")
    gathering.take_disclosers()
    return Closure(gathering.heads, dict(sorted(gathering.own.items())), gathering.others, gathering.travelling)


def _with_ancestors(items: Collection[str], gathering: "_Gathering") -> dict[str, set[str]]:
    """Items and ancestors; of an ancestor, the children that it is shown for. An item itself is shown whole."""
    wanted: dict[str, set[str]] = {item: set() for item in items}
    queue = list(items)
    while queue:
        child = queue.pop()
        first = next(iter(gathering.chain(child)), None)
        if first is None or not isinstance(first.event, ItemDerived):
            continue
        for parent in first.event.details.parents:
            if parent.item not in wanted:
                wanted[parent.item] = set()
                queue.append(parent.item)
            if parent.item not in items:
                wanted[parent.item].add(child)
    return wanted


class _Gathering:
    """Subjects taken so far; each entry brings what it needs to be judged."""

    def __init__(self, sources: Sources) -> None:
        self.heads: dict[str, str | None] = {}
        self.own: dict[int, Recorded] = {}
        self.others: dict[tuple[str, int], KeptEntry] = {}
        self.travelling: list[str] = []
        self._sources = sources
        self._taken: set[tuple[str, str]] = set()

    def chain(self, item: str) -> list[Recorded]:
        """An item's chain through all ledgers."""
        subject = f"item:{item}"
        others = (read_kept(one) for one in self._sources.kept_entries(subject) if one.ledger != self._sources.origin)
        return in_causal_order([*self._sources.history(subject), *others], self._sources.origin)

    def far_enough(self, item: str, children: Collection[str]) -> set[str]:
        """The entries of an ancestor as far as it made the last of these children; further, where a note shown is the
        refusal of a later release, which is judged beside it."""
        notes = (read_kept(one) for one in self._sources.kept_entries(f"notes:{item}"))
        refusals = [one.event for one in (*self._sources.history(f"notes:{item}"), *notes)]
        cited = {one.details.release.entry for one in refusals if isinstance(one, HandoverRefused)}
        chain, last = self.chain(item), -1
        for place, fact in enumerate(chain):
            made = isinstance(fact.event, ItemYielded) and fact.event.details.child in children
            last = place if made or fact.hash in cited else last
        return {fact.hash for fact in chain[: last + 1]}

    def take(self, subject: str, only: set[str] | None = None) -> None:
        """Shows what all ledgers wrote about an item, a request or the notes on one; `only`: hashes."""
        if ("", subject) in self._taken:
            return
        self._taken.add(("", subject))
        self.travelling.append(subject)
        facts = self._sources.history(subject)
        self.heads[subject] = facts[-1].hash if facts else None
        for fact in facts:
            if only is None or fact.hash in only:
                self.own[fact.index] = fact
                self._take_needed(fact)
        for one in self._sources.kept_entries(subject):
            if one.ledger != self._sources.origin and (only is None or one.hash in only):
                self.others[one.ledger, one.index] = one
                self._take_needed(read_kept(one))

    def take_of(self, ledger: str, subject: str) -> None:
        """Shows what a ledger wrote about a person, a case, a partner or itself."""
        if (ledger, subject) in self._taken:
            return
        self._taken.add((ledger, subject))
        facts: list[Recorded] = []
        if ledger == self._sources.origin:
            facts = self._sources.history(subject)
            self.heads[subject] = facts[-1].hash if facts else None
            self.own |= {fact.index: fact for fact in facts}
        else:
            kept = self._sources.kept_entries(subject, ledger)
            self.others |= {(one.ledger, one.index): one for one in kept}
            facts = [read_kept(one) for one in kept]
        for fact in facts:
            self._take_needed(fact)

    def take_request(self, uuid: str) -> None:
        """A request, the notes on it, and the request that it supplements."""
        self.take(f"request:{uuid}")
        self.take(f"notes:{uuid}")

    def take_disclosers(self) -> None:
        """Who signed the disclosures with which partners showed all this: each earlier part ends with one."""
        done: set[tuple[str, int]] = set()
        while places := {(one.ledger, one.size) for one in (*self.others.values(), *self._shown_back())} - done:
            for ledger, size in sorted(places):
                leaf = self._sources.kept_entry(ledger, size - 1)
                if leaf is not None:
                    self._take_signers(ledger, read_kept(leaf).event)
            done |= places

    def _shown_back(self) -> Iterator[KeptEntry]:
        """This ledger's own entries, as partners showed them."""
        for subject in self.travelling:
            kept = self._sources.kept_entries(subject, self._sources.origin)
            yield from (one for one in kept if one.index in self.own)

    def _take_signers(self, ledger: str, event: Event) -> None:
        for subject in _signers(event):
            self.take_of(ledger, subject)

    def _take_needed(self, fact: Recorded) -> None:
        for subject in needed_for(fact):
            if names.kind_of(subject) == "request":
                self.take_request(names.name_of(subject))
            else:
                self.take_of(fact.origin, subject)


def needed_for(fact: Recorded) -> list[str]:
    """What an entry is judged by: subjects of its ledger, and the requests that it rests on."""
    event = fact.event
    found = ["ledger", *_signers(event)]
    if event.case is not None:
        found.append(f"case:{event.case}")
    found += [f"request:{one}" for one in _cited(event)]
    if isinstance(event, HandoverReleased):
        to = names.split_person(event.details.addressees[0])[1]
        if to != fact.origin:
            found.append(f"partner:{to}")
    return found


def _signers(event: Event) -> list[str]:
    return [f"person:{names.split_person(one)[0]}" for one in event.signers if "@" in one]


def _cited(event: Event) -> list[str]:
    """The requests that an event rests on."""
    cited: str | None = None
    if isinstance(event, HandoverReleased | ItemCopied) and event.details.basis is not None:
        cited = event.details.basis.request
    elif isinstance(event, CourtPresented):
        cited = event.details.request
    elif isinstance(event, RequestSent):
        cited = event.details.supplements
    return [cited] if cited is not None else []
