"""Signing what the ledger holds, after reading it again.

A disk or memory error between writing an entry and signing a root over it would make the ledger sign what it cannot
show (it happened: CT Yeti 2022, one flipped bit). So the stored bytes since the last checkpoint are hashed anew and
compared with the stored tree before the key is used.
"""

from collections.abc import Callable

from custody.errors import CustodyError, MalformedError, UsageError
from custody.ledger.edge import Edge
from custody.ledger.store.store import Store, StoredCheckpoint
from custody.protocol import times
from custody.protocol.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from custody.protocol.ed25519 import Signer
from custody.protocol.entry import NO_PREVIOUS, hash_entry, parse_entry
from custody.protocol.note import parse_note
from custody.protocol.rules.ledgers import LedgerState
from custody.protocol.tree import HASH_BYTES, leaf_hash
from custody.protocol.vkey import Vkey, parse_vkey

_HINT = "nothing was signed; run `custody audit`"


def read_checkpoint(stored: StoredCheckpoint) -> Checkpoint:
    """The checkpoint in a stored note, its signature not looked at."""
    return parse_checkpoint(parse_note(stored.note).text)


def is_over(stored: StoredCheckpoint, origin: str, size: int, root_at: Callable[[int], bytes]) -> bool:
    """Whether a stored note is of this log of `size` entries: a row that somebody put there may say anything."""
    try:
        known = read_checkpoint(stored)
        return known.origin == origin and known.size <= size and root_at(known.size) == known.root
    except CustodyError:
        return False


def certify(store: Store, ledger: LedgerState, size: int, signer: Signer) -> StoredCheckpoint:
    """A signed checkpoint of the first `size` entries, their stored bytes checked since the last one.

    Raises CustodyError when entries and tree differ, UsageError when `signer` is not the ledger's key.
    """
    vkey = ledger_vkey(ledger, size, signer)
    last = store.last_checkpoint()
    root = _recheck(store, read_checkpoint(last) if last is not None and last.size <= size else None, size)
    checkpoint = Checkpoint(origin=ledger.origin, size=size, root=root)
    return StoredCheckpoint(size, sign_checkpoint(checkpoint, vkey, signer.sign))


def ledger_vkey(ledger: LedgerState, size: int, signer: Signer) -> Vkey:
    """The ledger's key for a checkpoint of `size`. Raises UsageError when `signer` has another."""
    text = ledger.key_at(size)
    vkey = parse_vkey(text) if text else None
    if vkey is None or vkey.public_key != signer.public_key:
        raise UsageError(f"the key at hand is not the one that signs for {ledger.origin}", hint="see `custody rekey`")
    return vkey


def check_last(store: Store, size: int) -> None:
    """Refuses a last row that is no entry, or does not follow the one before it: what is recorded upon a row that
    somebody put there could never be told from it again. Its signatures are the audit's to check. Raises CustodyError.
    """
    *before, last = store.entries(max(size - 2, 0), size)
    previous = before[0].hash if before else NO_PREVIOUS
    try:
        entry = parse_entry(last.body)
        followed = entry.index == last.index and entry.previous == previous
        followed = followed and times.parse_utc(entry.recorded_at) == last.recorded  # it is what later ones are held to
        sound = followed and hash_entry(last.body) == last.hash and last.nodes[:HASH_BYTES] == leaf_hash(last.body)
    except MalformedError:
        sound = False
    if not sound:
        hint = "run `custody audit`; docs/national.md says how a row that is not the ledger's is removed"
        said = f"row {last.index} of {store.name}, the last, is no entry that follows the one before it, or was altered"
        raise CustodyError(f"{said}; nothing was recorded", hint=hint)


def _recheck(store: Store, since: Checkpoint | None, size: int) -> bytes:
    start = since.size if since else 0
    edge = Edge(start, store.nodes)
    if since is not None and edge.root() != since.root:
        raise CustodyError(f"the stored tree differs from the checkpoint signed at {since.size} entries", hint=_HINT)
    previous = next(store.entries(start - 1, start)).hash if start else NO_PREVIOUS
    for entry in store.entries(start, size):
        if (
            entry.index != edge.size
            or hash_entry(entry.body) != entry.hash
            or parse_entry(entry.body).previous != previous
            or edge.grow(leaf_hash(entry.body)) != entry.nodes
        ):
            raise CustodyError(f"entry {entry.index} was altered in the database after it was recorded", hint=_HINT)
        previous = entry.hash
    if edge.size != size:
        raise CustodyError(f"the database ends at {edge.size} entries, before {size}", hint=_HINT)
    return edge.root()
