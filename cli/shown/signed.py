"""Whose signatures an entry carries, each checked against the key on record when the entry was made (S01, S02)."""

from typing import TYPE_CHECKING, NamedTuple

from custody.protocol.ed25519 import fingerprint, verify
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_pae
from custody.protocol.names import split_person
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger


class Signed(NamedTuple):
    """One signature."""

    name: str
    """`id@origin`, or the origin: the ledger key."""
    fingerprint: str | None
    """Of the key on record; None where there is none."""
    valid: bool


def signed(ledger: "Ledger", fact: Recorded) -> list[Signed]:
    """The signatures of an entry in their order: actor, then witnesses.

    A signer without signature, and a signature without signer, are not valid.
    """
    from custody.ledger.signing import key_on_record, signers_of

    envelope = parse_entry(ledger.entry(fact.index)).envelope
    message = event_pae(envelope.payload)
    names, given = signers_of(fact.event), [one.sig for one in envelope.signatures]
    world = _keys(ledger, fact)
    found = []
    for place, name in enumerate(names):
        key = key_on_record(fact.event, name, fact.index, world)
        valid = key is not None and place < len(given) and verify(key, message, given[place])
        found.append(Signed(name, fingerprint(key) if key is not None else None, valid))
    return found + [Signed("nobody who is named", None, False) for _ in given[len(names) :]]


def _keys(ledger: "Ledger", fact: Recorded) -> World:
    """A world that knows the ledger's keys and those of the entry's signers."""
    world = World()
    own = [name for name in fact.event.signers if name.endswith(f"@{ledger.origin}")]
    facts = ledger.history("ledger")
    facts += [one for name in own for one in ledger.history(f"person:{split_person(name)[0]}")]
    for one in sorted(facts, key=lambda one: one.index):
        world.apply(one)
    return world
