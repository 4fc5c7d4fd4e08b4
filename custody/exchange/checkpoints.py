"""A partner's checkpoint alone, or with its consistency proof; or one of our own that partners cosigned."""

import hashlib

from custody.errors import MalformedError, RuleRefusedError
from custody.exchange.gathering import split_note
from custody.exchange.joins import check_joins
from custody.exchange.trust import NotTrustedError, check_partner, policy_of
from custody.ledger.others.arrival import Arrival, ArrivedPart
from custody.ledger.others.kept import Joined
from custody.ledger.reading import Reading
from custody.protocol.bundle import join_proof
from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.encodings import decode_base64, decode_size
from custody.protocol.note import parse_note
from custody.protocol.tree import HASH_BYTES
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import Vkey, parse_vkey

_REQUEST = b"old "
"""How an add-checkpoint request begins (C2SP tlog-witness)."""


def read_checkpoint_file(data: bytes, ledger: Reading) -> Arrival:
    """The checkpoint in a file, verified by the key pinned or one that follows it.

    Raises MalformedError for what is none, NotTrustedError and RuleRefusedError (L04) for one that can't be believed.
    """
    old, proof, note = parse_request(data) if data.startswith(_REQUEST) else (0, [], data)
    head = parse_checkpoint(parse_note(note).text)
    if head.origin != ledger.origin:
        check_partner(ledger, head.origin)
    keys = _keys_of(ledger, head.origin)
    try:
        open_checkpoint(note, keys)
    except UnknownSignerError as error:
        hint = "if they have a new key, import a bundle of theirs, which shows it; if it was lost, compare cards anew"
        raise NotTrustedError(f"no key known of {head.origin} signed this checkpoint", hint=hint) from error
    except BadSignatureError as error:
        raise RuleRefusedError("L04", error.message, hint="ask for it again") from error
    witnesses = [one.vkey for one in policy_of(ledger.state).witnesses]
    signed, cosigned = split_note(note, keys, witnesses)
    joined = (Joined(head.origin, old, head.size, join_proof(proof)),) if 0 < old < head.size else ()
    part = ArrivedPart(head, signed, b"", cosigned, joined, ())
    check_joins((part,))
    return Arrival(hashlib.sha256(data).hexdigest(), head.origin, (), (), (part,))


def parse_request(data: bytes) -> tuple[int, list[bytes], bytes]:
    """`(old size, proof, checkpoint)` of the body of an add-checkpoint request. Raises MalformedError."""
    head, divider, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("the lines before the checkpoint are not ASCII") from error
    if not divider:
        raise MalformedError("no empty line stands between the proof and the checkpoint")
    proof = [decode_base64(line, "proof hash") for line in lines]
    if any(len(one) != HASH_BYTES for one in proof):
        raise MalformedError(f"a proof hash has {HASH_BYTES} bytes")
    return decode_size(first.removeprefix("old "), "old size"), proof, note


def _keys_of(ledger: Reading, origin: str) -> list[Vkey]:
    """The key pinned and those that followed it, as far as the partner has shown its log; of our own, all."""
    if origin == ledger.origin:
        return [parse_vkey(text) for _, text in ledger.state.keys]
    return [parse_vkey(text) for text in ledger.keys_of_partner(origin)]
