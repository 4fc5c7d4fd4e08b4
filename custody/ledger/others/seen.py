"""What is kept of partners' checkpoints, checked again: the ninth step of an audit (custody.ledger.audit).

Each checkpoint is signed by a key that the ledger itself, or a card trusted here, names; each cosignature is its
witness's; each time-stamp names the digest of the checkpoint it is over; each proof leads from one checkpoint to the
other, where both are kept.
"""

from collections.abc import Iterator

from custody.errors import CustodyError
from custody.ledger.others.kept import Cosigned
from custody.ledger.others.vouching import vouching_keys
from custody.ledger.reading import Reading
from custody.ledger.stamps import stamp_of
from custody.protocol.bundle import split_proof
from custody.protocol.checkpoint import Checkpoint, open_checkpoint
from custody.protocol.cosignature import verify_cosignature
from custody.protocol.events.partners import PartnerTrusted, TrustedDetails
from custody.protocol.note import parse_note
from custody.protocol.proofs import check_consistency
from custody.protocol.rules.world import World
from custody.protocol.unverified import UnknownSignerError
from custody.protocol.vkey import Vkey, parse_signature_line, parse_vkey


def problems_seen(ledger: Reading, world: World) -> Iterator[str]:
    """What is wrong with it. `world` knows all that is in the log and all that is kept."""
    cards = _cards(ledger)
    own = [parse_vkey(text) for _, text in world.ledger(ledger.origin).keys]
    witnesses = {parse_vkey(card.witness_key) for given in cards.values() for card in given}
    if (opened := world.ledger(ledger.origin).opened) is not None:
        witnesses.add(parse_vkey(opened.details.witness_key))
    for origin in sorted({*ledger.store.kept.ledgers(), ledger.origin}):
        given = [card.ledger_key for card in cards.get(origin, [])]
        if origin == ledger.origin:
            keys = own
        elif given:
            keys = vouching_keys(given, ledger.store.kept, origin)
        else:  # no partner: what is kept rests on the word of those who showed it
            keys = [parse_vkey(text) for _, text in world.ledger(origin).keys]
        yield from _ledger(ledger, origin, keys, list(witnesses))


def _cards(ledger: Reading) -> dict[str, list[TrustedDetails]]:
    """Every card ever trusted, by the ledger it is of."""
    found: dict[str, list[TrustedDetails]] = {}
    for subject in ledger.store.subjects("partner"):
        events = (fact.event for fact in ledger.history(subject))
        found[subject.removeprefix("partner:")] = [one.details for one in events if isinstance(one, PartnerTrusted)]
    return found


def _ledger(ledger: Reading, origin: str, keys: list[Vkey], witnesses: list[Vkey]) -> Iterator[str]:
    kept, heads, texts = ledger.store.kept, dict[int, Checkpoint](), dict[int, bytes]()
    if origin == ledger.origin:
        texts = {one.size: parse_note(one.note).text for one in ledger.checkpoints()}
    for one in kept.checkpoints(origin):
        try:
            head = open_checkpoint(one.note, keys).checkpoint
        except CustodyError as error:
            dropped = "; `custody partner add` with its card drops what that key does not vouch for"
            way = dropped if isinstance(error, UnknownSignerError) and origin != ledger.origin else ""
            yield f"the checkpoint kept of {origin} at {one.size} entries: {error.message}{way}"
            continue
        if (head.origin, head.size) != (origin, one.size):
            yield f"the checkpoint kept of {origin} at {one.size} entries is another"
        heads[one.size], texts[one.size] = head, parse_note(one.note).text
    for line in kept.cosigned(origin):
        if not _valid(line, texts.get(line.size), witnesses):
            yield f"a cosignature kept on the checkpoint of {origin} at {line.size} entries is not its witness's"
    for stamp in kept.stamped(origin):
        text = texts.get(stamp.size)
        if text is None or stamp_of(text, stamp.token) != stamp:
            yield f"a time-stamp kept on the checkpoint of {origin} at {stamp.size} entries is not over it"
    for size, head in heads.items():
        for join in kept.joins_to(origin, size):
            old = heads.get(join.old)
            proof = split_proof(join.proof)
            if old is not None and not check_consistency(join.old, old.root, size, head.root, proof):
                yield f"what is kept of {origin} does not lead from {join.old} entries to {size}"


def _valid(line: Cosigned, text: bytes | None, witnesses: list[Vkey]) -> bool:
    if text is None:
        return False
    try:
        signature = parse_signature_line(line.line[:-1].decode())
        by = next(vkey for vkey in witnesses if (vkey.name, vkey.key_id) == (signature.name, signature.key_id))
        verify_cosignature(text, signature, by)
    except (CustodyError, StopIteration, UnicodeDecodeError):
        return False
    return by.public_key == line.witness
