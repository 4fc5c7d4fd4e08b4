"""What a bundle about items has to show, so that a stranger can judge it (docs/format.md, "Bundles").

The items; their ancestors, as far as the `item.yielded` that made the child; the notes on both; everybody who signed
any of it, the cases, and the ledger's own entries. The head of each of these subjects is stated beside them.
"""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from custody.protocol import names
from custody.protocol.events.handovers import HandoverRefused
from custody.protocol.events.items import ItemDerived, ItemYielded
from custody.protocol.rules.fact import Recorded

History = Callable[[str], list[Recorded]]
"""All entries about one subject, in log order."""


class Closure(NamedTuple):
    """The subjects with their heads, the entries to show, and what is sealed in them."""

    heads: dict[str, str | None]
    """Hash of the last entry about each subject in this ledger; None where there is none."""
    indices: list[int]
    sealed: list[str]
    """Digests of the sealed fields in the entries to show."""


def close_over(items: Collection[str], signers: Iterable[str], origin: str, history: History) -> Closure:
    """The closure of `items` (UUIDs) and of the persons who will sign the disclosure (`id@origin`)."""
    gathering = _Gathering(origin, history)
    for item, last in _with_ancestors(items, history).items():
        notes = gathering.take(f"notes:{item}")
        gathering.take(f"item:{item}", _far_enough(last, notes, history(f"item:{item}")))
    gathering.take("ledger")
    gathering.take_signers(signers)
    return Closure(gathering.heads, sorted(gathering.indices), sorted(gathering.sealed))


def _with_ancestors(items: Collection[str], history: History) -> dict[str, int | None]:
    """Items and ancestors, each with the index of the last entry to show; None: all of them."""
    wanted: dict[str, int | None] = dict.fromkeys(items)
    queue = list(items)
    while queue:
        child = queue.pop()
        first = next(iter(history(f"item:{child}")), None)
        if first is None or not isinstance(first.event, ItemDerived):
            continue
        for parent in first.event.details.parents:
            known = parent.item in wanted
            if known and wanted[parent.item] is None:
                continue
            wanted[parent.item] = max(wanted.get(parent.item) or 0, _yield_of(child, history(f"item:{parent.item}")))
            if not known:
                queue.append(parent.item)
    return wanted


def _yield_of(child: str, parent: list[Recorded]) -> int:
    yields = (fact for fact in parent if isinstance(fact.event, ItemYielded) and fact.event.details.child == child)
    return next((fact.index for fact in yields), -1)


def _far_enough(last: int | None, notes: list[Recorded], chain: list[Recorded]) -> int | None:
    """A refusal of a later release is judged beside it: then the chain is shown as far as that release."""
    if last is None:
        return None
    cited = {note.event.details.release.entry for note in notes if isinstance(note.event, HandoverRefused)}
    return max([last, *(fact.index for fact in chain if fact.hash in cited)])


class _Gathering:
    """Subjects taken so far; each entry brings its signers and its case."""

    def __init__(self, origin: str, history: History) -> None:
        self.heads: dict[str, str | None] = {}
        self.indices: set[int] = set()
        self.sealed: set[str] = set()
        self._origin, self._history = origin, history

    def take(self, subject: str, last: int | None = None) -> list[Recorded]:
        """Shows a subject's entries up to index `last`; states its head all the same."""
        if subject in self.heads:
            return []
        facts = self._history(subject)
        self.heads[subject] = facts[-1].hash if facts else None
        for fact in facts:
            if last is None or fact.index <= last:
                self.indices.add(fact.index)
                self.sealed |= set(fact.event.sealed.values())
                self.take_signers(fact.event.signers)
                if fact.event.case is not None:
                    self.take(f"case:{fact.event.case}")
        return facts

    def take_signers(self, signers: Iterable[str]) -> None:
        """Shows the persons of this ledger among the signers."""
        for signer in signers:
            identity, origin = names.split_person(signer)
            if origin == self._origin:
                self.take(f"person:{identity}")
