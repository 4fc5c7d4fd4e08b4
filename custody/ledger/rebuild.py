"""The list of items, derived anew from the log. Nothing else is derived that could be wrong."""

from custody.ledger.audit_log import Progress
from custody.ledger.interleaving import Interleaving
from custody.ledger.ledger import Ledger
from custody.ledger.others.admission import item_line
from custody.ledger.view import read_fact
from custody.protocol.rules.world import World

_STEP = 1000


def rebuild(ledger: Ledger, progress: Progress | None = None) -> int:
    """Writes every item's line anew, all or none; returns how many. Raises CustodyError for a damaged entry,
    HeadMovedError when another process appended meanwhile."""
    head, world = ledger.store.head(), World()
    others = Interleaving(ledger.store, ledger.origin)
    for entry in ledger.store.entries(0, head.size):
        for fact in others.before(entry.index):
            world.apply(fact)
        world.apply(read_fact(entry, ledger.origin))
        if progress is not None and (entry.index + 1) % _STEP == 0:
            progress(entry.index + 1, head.size)
    for fact in others.rest():
        world.apply(fact)
    known = [item for item in world.items.values() if item.first is not None]
    with ledger.store.transaction(head) as writing:
        writing.clear_items()
        writing.put_items(item_line(item, ledger) for item in known)
    return len(known)
