"""What a partner shows that its own bundle bears, and what is known here does not.

    notes on an item or request of which nothing is shown        nobody could judge them
    an item assumed out of a ledger that is in use               whoever "continues" a ledger says so alone
    a sealed digest that another entry bears                     what is disclosed of one would be of the other
    an act of custody that what is known here forbids            by the same rules, with the whole history (C03, C04 …)

A bundle is judged by what is in it. Whoever cuts it chooses that; so what arrives is judged once more beside all that
was ever kept, before it is.
"""

from collections.abc import Collection, Iterator

from custody.errors import MalformedError, RuleRefusedError
from custody.ledger.others.arrival import Arrival
from custody.ledger.others.kept import KeptEntry
from custody.ledger.store.store import Store
from custody.ledger.view import View, read_kept
from custody.protocol.events.handling import ItemAssumed
from custody.protocol.names import kind_of, name_of
from custody.protocol.rules.fact import Recorded


def check_claims(arrival: Arrival, store: Store, view: View, own: str, in_use: Collection[str]) -> None:
    """Raises MalformedError, RuleRefusedError for what may not be kept.

    `view`: expects the arrival. `in_use`: the partners' ledgers; one that was lost is distrusted first.
    """
    new = [read_kept(one) for one in _new_entries(arrival, store, own)]
    for fact in new:
        _check_assumed(fact, own, in_use)
        _check_sealed(fact, store)
    names = {fact.name for fact in new}
    for subject in dict.fromkeys(fact.event.subject for fact in new):
        if kind_of(subject) in ("item", "notes"):
            _check_custody(subject, names, view)


def _new_entries(arrival: Arrival, store: Store, own: str) -> Iterator[KeptEntry]:
    """Entries of other ledgers that are not kept yet."""
    for part in arrival.parts:
        if part.checkpoint.origin != own:
            yield from (one for one in part.entries if store.kept.entry(one.ledger, one.index) is None)


def _check_assumed(fact: Recorded, own: str, in_use: Collection[str]) -> None:
    previous = fact.event.previous
    if not isinstance(fact.event, ItemAssumed) or previous is None or previous.ledger == fact.origin:
        return
    if previous.ledger == own or previous.ledger in in_use:
        hint = f"if {previous.ledger} was lost: `custody partner remove {previous.ledger}`"
        raise RuleRefusedError(
            "C03",
            f"{fact.name} assumes an item of {previous.ledger}, which is in use, as if {fact.origin} continued it",
            hint=hint if previous.ledger != own else f"ask {fact.origin} what it means",
        )


def _check_sealed(fact: Recorded, store: Store) -> None:
    """What is kept of a sealed value is kept with its entry: a new entry with its digest has copied it."""
    digests = list(fact.event.sealed.values())
    if digests and store.sealed_values(digests):
        raise MalformedError(f"entry {fact.name} repeats the digest of another sealed field")


def _check_custody(subject: str, new: set[str], view: View) -> None:
    """Acts against the rules of custody, and notes on nothing. What rests on requests only the bundle can tell."""
    view.load(subject)
    item = view.world.items.get(name_of(subject))
    if item is None or item.first is None:
        view.load(f"request:{name_of(subject)}")
        if name_of(subject) not in view.world.requests:
            raise MalformedError(f"it has {subject}, and shows nothing of what these notes are about")
        return
    for one in item.docket.found:
        if one.refused and one.code[0] == "C" and one.code != "C02" and new.intersection(one.entries):
            raise RuleRefusedError(one.code, one.message, hint="nothing was taken in")
