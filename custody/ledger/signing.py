"""Signatures over events: made by the signers handed in, checked before anything is stored (S01)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from custody.errors import RuleRefusedError, UsageError
from custody.protocol import ed25519
from custody.protocol.ed25519 import Signer
from custody.protocol.envelope import Envelope, Signature, event_pae
from custody.protocol.events.common import Event
from custody.protocol.events.ledger import LedgerOpened, LedgerRekeyed
from custody.protocol.rules.world import World
from custody.protocol.vkey import parse_vkey

NEW_LEDGER_KEY = "the new ledger key"
"""Names, among the signers of `ledger.rekeyed`, the key that comes into force."""

_PAYLOAD_TYPE: Literal["application/vnd.custody.event+json"] = "application/vnd.custody.event+json"
_UNSIGNED = Signature(keyid="SHA256:" + "A" * 43, sig=bytes(64))


def signers_of(event: Event) -> tuple[str, ...]:
    """Whose signatures an event needs, in their order: persons, or the origin for the ledger key."""
    return (*event.signers, NEW_LEDGER_KEY) if isinstance(event, LedgerRekeyed) else event.signers


def sign_event(event: Event, payload: bytes, index: int, signers: Mapping[str, Signer], world: World) -> Envelope:
    """The envelope of `event`, whose bytes are `payload`, for the entry at `index`.

    Raises UsageError when a signer is missing, RuleRefusedError (S01) when a key is not the one on record. A person
    who has no key on record is left to the rules (S03).
    """
    message = event_pae(payload)
    signatures = []
    for name in signers_of(event):
        signer = signers.get(name)
        if signer is None:
            raise UsageError(f"{name} has to sign this, and no key of theirs is at hand", hint="--key ID=FILE names it")
        expected = key_on_record(event, name, index, world)
        if expected not in (None, signer.public_key):
            raise RuleRefusedError(
                "S01",
                f"the key at hand for {name} ({ed25519.fingerprint(signer.public_key)}) is not the one on record",
                hint="sign with the enrolled key, or enrol the person again with the new one",
            )
        raw = signer.sign(message)
        if not ed25519.verify(signer.public_key, message, raw):
            raise RuleRefusedError("S01", f"the signature made for {name} does not match the key", hint="try again")
        signatures.append(Signature(keyid=_fingerprint(signer.public_key), sig=raw))
    return _envelope(payload, tuple(signatures))


def leave_unsigned(event: Event, payload: bytes) -> Envelope:
    """An envelope that stands in for the signed one in a rehearsal, and never leaves it."""
    return _envelope(payload, (_UNSIGNED,) * len(signers_of(event)))


def _envelope(payload: bytes, signatures: tuple[Signature, ...]) -> Envelope:
    return Envelope(payload=payload, payload_type=_PAYLOAD_TYPE, signatures=signatures)


def key_on_record(event: Event, name: str, index: int, world: World) -> bytes | None:
    """The raw key that must have signed `event`, as the entry at `index`, for `name` (one of `signers_of`)."""
    if isinstance(event, LedgerRekeyed) and name == NEW_LEDGER_KEY:
        return _raw_key(event.details.ledger_key)
    if isinstance(event, LedgerOpened):
        return _raw_key(event.details.ledger_key)
    if name == event.ledger:
        vkey = world.ledger(event.ledger).key_at(index)
        return _raw_key(vkey) if vkey else None
    return world.people.key_at(name, index)


@lru_cache(maxsize=64)
def _raw_key(vkey: str) -> bytes:
    return parse_vkey(vkey).public_key


@lru_cache(maxsize=4096)
def _fingerprint(key: bytes) -> str:
    return ed25519.fingerprint(key)
