"""Keys in doubt (S04): what a person signed between the date a revocation gives and the revocation itself.

Judged when all is read, for the revocation may stand far behind the entries, even in a later part. Confirmed by the
person's new key, or by all the entry's other signers, together with a supervisor, it is a remark.
"""

from collections.abc import Iterator

from custody.protocol.events.notes import EntryConfirmed
from custody.protocol.events.people import Role
from custody.protocol.findings import finding
from custody.protocol.names import split_person
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.people import PersonState, Standing
from custody.protocol.rules.world import World
from custody.protocol.times import format_utc

_SUPERVISOR: frozenset[Role] = frozenset({"supervisor"})


def judge_doubt(world: World) -> None:
    """Adds S04 to the docket of each item with an entry in doubt, or to the record."""
    confirmed: dict[tuple[str, str, int], int] | None = None
    for person in world.people.by_reference.values():
        origin = split_person(person.reference)[1]
        for standing, place in _doubted(person):
            if confirmed is None:
                confirmed = dict(_confirmed(world))
            index = person.signed_index[place]
            name = f"{origin}#{index}"
            # A confirmation made before the revocation is in doubt itself.
            after = confirmed.get((person.reference, origin, index), -1) > standing.index
            key = "S04.confirmed" if after else "S04"
            number = person.signed_item[place]
            docket = world.items[world.numbered[number]].docket if number >= 0 else world.record
            since = format_utc(standing.doubt_from or 0)
            one = finding(key, (name,), item=docket.item, person=person.reference, entry=name, since=since)
            docket.put(one, person.signed_position[place])


def _doubted(person: PersonState) -> Iterator[tuple[Standing, int]]:
    for standing in person.standings:
        if standing.doubt_from is None:
            continue
        for place, index in enumerate(person.signed_index):
            if index < standing.index and person.signed_recorded[place] >= standing.doubt_from:
                yield standing, place


def _confirmed(world: World) -> Iterator[tuple[tuple[str, str, int], int]]:
    """`(person, ledger, index)` of each entry that somebody entitled to it has confirmed, and where that stands."""
    signers = _signers(world, {(origin, index) for _, _, origin, index in world.confirmations})
    for fact, event, origin, index in world.confirmations:
        by = set(event.signers)
        for person in signers[origin, index]:
            others = signers[origin, index] - {person}
            if (person in by or (others and others <= by)) and _supervised(world, fact, event, person):
                yield (person, origin, index), fact.index if fact.origin == origin else -1


def _signers(world: World, entries: set[tuple[str, int]]) -> dict[tuple[str, int], set[str]]:
    """Who signed each of these entries, by one look at everybody's."""
    found: dict[tuple[str, int], set[str]] = {entry: set() for entry in entries}
    for person in world.people.by_reference.values():
        origin = split_person(person.reference)[1]
        for index in person.signed_index:
            if (origin, index) in found:
                found[origin, index].add(person.reference)
    return found


def _supervised(world: World, fact: Recorded, event: EntryConfirmed, doubted: str) -> bool:
    """A supervisor, other than the person in doubt, is among those who confirm."""
    for signer in event.signers:
        standing = world.people.get(signer).at(fact.index)
        if signer != doubted and standing is not None and standing.holds(_SUPERVISOR, fact.occurred):
            return True
    return False
