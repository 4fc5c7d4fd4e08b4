"""Whose word is kept of a partner: its own, or somebody's who showed something as its own before it was one.

    vouched for   signed by a key of a card trusted here, or by one that the ledger's log joins to such a key

What a partner shows of a third ledger is kept on that partner's word. When the third becomes a partner itself, its card
decides: what no key of it vouches for would contradict every genuine bundle. It is dropped with the act that trusts it,
and the list of items follows.
"""

from collections.abc import Iterable, Sequence

from custody.errors import CustodyError
from custody.ledger.others.kept import Kept
from custody.ledger.store.store import Writing
from custody.ledger.view import read_kept
from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.events.partners import PartnerTrusted
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.vkey import Vkey, parse_vkey


def cards_in(facts: Iterable[Recorded]) -> list[str]:
    """The ledger keys of the cards that these entries about a partner trusted."""
    return [fact.event.details.ledger_key for fact in facts if isinstance(fact.event, PartnerTrusted)]


def vouching_keys(cards: Sequence[str], kept: Kept, ledger: str) -> list[Vkey]:
    """Who vouches for what is kept of a ledger: the keys of its cards, and the chain that one of them stands in."""
    world = World()
    for entry in kept.entries("ledger", ledger):
        world.apply(read_kept(entry))
    chain = [text for _, text in world.ledger(ledger).keys]
    return [parse_vkey(text) for text in dict.fromkeys([*cards, *(chain if set(cards) & set(chain) else ())])]


def drop_unvouched(cards: Sequence[str], kept: Kept, ledger: str, writing: Writing) -> list[str]:
    """Drops what none of these keys vouches for, and what it disclosed; the subjects of the entries dropped."""
    sizes = unvouched(cards, kept, ledger)
    if not sizes:
        return []
    sealed = _sealed_in(kept, ledger)
    subjects = writing.drop(ledger, sizes)
    writing.drop_sealed(sorted(sealed - _sealed_in(kept, ledger)))
    return subjects


def _sealed_in(kept: Kept, ledger: str) -> set[str]:
    """Digests of the sealed fields in what is kept of a ledger."""
    facts = (read_kept(one) for one in kept.all_entries() if one.ledger == ledger)
    return {digest for fact in facts for digest in fact.event.sealed.values()}


def unvouched(cards: Sequence[str], kept: Kept, ledger: str) -> list[int]:
    """The sizes of the checkpoints kept of a ledger that none of these keys signed."""
    checkpoints = kept.checkpoints(ledger)
    keys = vouching_keys(cards, kept, ledger) if checkpoints else []
    return [one.size for one in checkpoints if not _signed(one.note, keys)]


def _signed(note: bytes, keys: Sequence[Vkey]) -> bool:
    try:
        open_checkpoint(note, keys)
    except CustodyError:
        return False
    return True
