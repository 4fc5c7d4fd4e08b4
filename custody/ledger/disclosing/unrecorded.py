"""A bundle that is given to nobody: what a disclosure would show, before it is recorded.

It discloses nothing that is sealed, and states no heads, for that statement is the disclosure's own (L06): whoever
reads it knows that later events may be left out. It carries time-stamps as the disclosure would, for one of them can
contradict this ledger's clock. Made to be judged at home, and for drafts.
"""

from collections.abc import Iterator

from custody.ledger.disclosing.cutting import Disclosure, own_stamps
from custody.ledger.disclosing.lines import header_line, old_parts, own_entries, own_joins, part_line
from custody.ledger.ledger import Ledger
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.ed25519 import Signer
from custody.protocol.note import parse_note


def foresee(ledger: Ledger, disclosure: Disclosure, ledger_key: Signer) -> Iterator[bytes]:
    """The lines of a disclosure of items that was rehearsed. Signs a checkpoint where the newest is not the ledger's.

    Raises CustodyError when the database fails, UsageError when `ledger_key` is not the ledger's key.
    """
    note = ledger.checkpoint(ledger_key)
    size = parse_checkpoint(parse_note(note).text).size
    yield header_line(ledger.origin, disclosure.items or (), disclosure.requests or ())
    yield from old_parts(ledger, disclosure.arrangement.old)
    yield part_line(ledger, ledger.origin, size, note)
    earlier = {part.size for part in disclosure.arrangement.old if part.ledger == ledger.origin}
    prover = ledger.prover(size)
    yield from own_joins(ledger, prover, earlier, own_stamps(ledger, disclosure, size))
    yield from own_entries(ledger, prover, disclosure.arrangement.fresh)
