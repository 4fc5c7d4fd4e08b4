"""Entries of others' business, for a ledger that is to be large: as sound in form as any, and about nothing."""

from collections.abc import Callable, Iterator

from custody.ledger.edge import Edge
from custody.ledger.store.store import LoggedEntry
from custody.protocol import times
from custody.protocol.entry import Entry, format_entry, hash_entry, parse_entry
from custody.protocol.tree import leaf_hash
from tests.exchange.member import Member


def others(member: Member, size: int, subject: Callable[[int], str]) -> Iterator[tuple[LoggedEntry, Edge]]:
    """The entries up to `size`, each with the tree's edge after it; `subject`: whom the one at an index is about."""
    ledger = member.ledger
    edge, previous = Edge(ledger.size, ledger.store.nodes), ledger.store.head().hash
    template = parse_entry(ledger.entry(ledger.size - 1))
    recorded = times.parse_utc(template.recorded_at)
    for index in range(ledger.size, size):
        stated = Entry(envelope=template.envelope, index=index, previous=previous, recorded_at=template.recorded_at)
        body = format_entry(stated)
        previous, nodes = hash_entry(body), edge.grow(leaf_hash(body))
        yield LoggedEntry(index, previous, nodes, subject(index), "item.stored", None, recorded, body), edge
