"""Whose signature a checkpoint carries, and whether the reader trusts that key (L04).

The trusted keys come from the policy, never from the bundle. A policy may name any key of a chain of `ledger.rekeyed`:
those after it follow, for each change is signed by the key before.
"""

from collections.abc import Sequence

from custody.errors import MalformedError
from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.findings import finding
from custody.protocol.note import parse_note
from custody.protocol.policy import Policy
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.ledgers import LedgerState
from custody.protocol.rules.world import World
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import Vkey, parse_vkey
from custody.verifier.joining import contradiction
from custody.verifier.part import Part


def judge_checkpoints(parts: Sequence[Part], world: World, policy: Policy) -> dict[str, Vkey | None]:
    """Adds L04 for the checkpoint of each part that can't be believed.

    A part that a later, believed one of its ledger is proven to extend is believed with it: who signed the later
    checkpoint signed for all that it begins with. Returns, for each ledger, the trusted key through which its newest
    checkpoint was believed, None when it was not.
    """
    newest: dict[str, Vkey | None] = {}
    later: dict[str, tuple[Part, Vkey | None]] = {}
    for part in reversed(parts):
        after, vouched = later.get(part.origin, (None, None))
        joined = after is not None and contradiction(part.checkpoint, after) == ""
        trusted = _judge(part.note, world.ledger(part.origin), policy, world.record, vouched if joined else None)
        later[part.origin] = (part, trusted)
        newest.setdefault(part.origin, trusted)
    return newest


def _judge(note: bytes, ledger: LedgerState, policy: Policy, docket: Docket, vouched: Vkey | None) -> Vkey | None:
    """L04 unless the checkpoint is validly signed by the ledger's key of that time, and that key is trusted.

    `vouched`: the key through which a later checkpoint that extends it was believed. Returns the key through which it
    was believed, None when it was not.
    """
    origin = ledger.origin
    chain = [(start, parse_vkey(text)) for start, text in sorted(ledger.keys)]
    listed = tuple(vkey for vkey in policy.logs if vkey.name == origin)
    size = parse_checkpoint(parse_note(note).text).size
    current = next((vkey for start, vkey in reversed(chain) if start < size), None)
    if current is None:  # the ledger's own entries are not shown: the reader's word alone says whose key it is
        return _judge_unshown(note, origin, listed, docket)
    if not _signed(note, current):
        replaced = any(_signed(note, vkey) for _, vkey in chain if vkey != current)
        docket.put_once(finding("L04.replaced" if replaced else "L04", origin=origin))
        return None
    until = [vkey for start, vkey in chain if start < size]
    trusted = next((vkey for vkey in listed if vkey in until), vouched)
    if trusted is None:
        docket.put_once(finding("L04.untrusted", origin=origin))
    return trusted


def _judge_unshown(note: bytes, origin: str, listed: Sequence[Vkey], docket: Docket) -> Vkey | None:
    signed = next((vkey for vkey in listed if _signed(note, vkey)), None)
    if signed is None:
        docket.put_once(finding("L04" if listed else "L04.untrusted", origin=origin))
    return signed


def _signed(note: bytes, vkey: Vkey) -> bool:
    try:
        open_checkpoint(note, [vkey])
    except (BadSignatureError, UnknownSignerError):
        return False
    return True


def cosigned(note: bytes, policy: Policy, ledger_keys: Sequence[Vkey]) -> dict[bytes, tuple[str, int]]:
    """The policy's witnesses that cosigned a checkpoint: public key to name and time, POSIX seconds.

    A witness's bad signature refuses the note (C2SP signed-note): MalformedError.
    """
    if not policy.witnesses:
        return {}
    if not any(_signed(note, vkey) for vkey in ledger_keys):
        return {}  # L04 says so
    known = [witness.vkey for witness in policy.witnesses]
    try:
        opened = open_checkpoint(note, ledger_keys, known)
    except BadSignatureError as error:
        raise MalformedError(f"a signature on the checkpoint is invalid: {error.message}") from error
    return {one.vkey.public_key: (one.vkey.name, one.time or 0) for one in opened.cosignatures}
