"""Who outside saw a ledger: cosignatures on its checkpoints, against the policy's quorum (L05)."""

from collections.abc import Sequence

from custody.protocol.findings import Finding, finding
from custody.protocol.policy import Policy, satisfied
from custody.protocol.rules.world import World
from custody.protocol.vkey import Vkey, parse_vkey
from custody.verifier.part import Part
from custody.verifier.trusting import cosigned

Sightings = dict[bytes, tuple[str, int]]
"""Witness's public key to its name and the time of its cosignature."""


def judge_witnesses(parts: Sequence[Part], policy: Policy, world: World) -> dict[str, Sightings]:
    """L05 for each ledger with entries of items; returns who saw which ledger."""
    seen: dict[str, Sightings] = {}
    for part in parts:
        sightings = _sightings(part, policy, world)
        seen.setdefault(part.origin, {}).update(sightings)
        if part.item_index < 0:
            continue
        known = [witness.vkey for witness in policy.witnesses if witness.vkey.public_key in sightings]
        if not satisfied(policy, known, excluding=_own_witnesses(part.origin, policy)):
            _report(finding("L05.quorum", origin=part.origin), world)
        elif not sightings:
            _report(finding("L05", origin=part.origin), world)
    return seen


def _report(one: Finding, world: World) -> None:
    """Once for a ledger, however many parts it has."""
    if one not in world.record.found:
        world.record.put(one)


def _sightings(part: Part, policy: Policy, world: World) -> Sightings:
    """Cosignatures of the part's checkpoint, and of earlier ones joined to it that cover its items' entries."""
    keys = _ledger_keys(part, world, policy)
    found = dict(cosigned(part.note, policy, keys))
    for one in part.consistency.values():
        if one.checkpoint is None or one.size <= part.item_index:
            continue
        for key, sighting in cosigned(one.checkpoint.encode(), policy, keys).items():
            found.setdefault(key, sighting)
    own = _own_witnesses(part.origin, policy) | _claimed_key(part, world)
    return {key: sighting for key, sighting in found.items() if key not in own}


def _ledger_keys(part: Part, world: World, policy: Policy) -> list[Vkey]:
    chain = [parse_vkey(text) for _, text in world.ledger(part.origin).keys]
    return chain or [vkey for vkey in policy.logs if vkey.name == part.origin]


def _own_witnesses(origin: str, policy: Policy) -> frozenset[bytes]:
    """The policy's witnesses that are the ledger's own, `ORIGIN/witness`; by the reader's word, not by the ledger's:
    a ledger that claims a partner's key must not lower the quorum."""
    listed = [witness.vkey for witness in policy.witnesses]
    return frozenset(vkey.public_key for vkey in listed if vkey.name == origin or vkey.name.startswith(f"{origin}/"))


def _claimed_key(part: Part, world: World) -> frozenset[bytes]:
    """The witness key that the ledger calls its own never counts for it."""
    opened = world.ledger(part.origin).opened
    return frozenset({parse_vkey(opened.details.witness_key).public_key} if opened else ())
