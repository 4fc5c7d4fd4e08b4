"""Cosignatures: a witness's statement that a checkpoint extends every earlier one it saw (C2SP tlog-cosignature).

Type 04, Ed25519, `cosignature/v1`. The signature line's payload, 72 bytes, and what is signed:

    payload = time as u64, big-endian || Ed25519 signature
    signed  = "cosignature/v1\\n" || "time " || time in decimal || "\\n" || note text     C2SP tlog-cosignature

    cosignature/v1
    time 1777800000
    log.example/a
    3
    NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=

    — w.example om8q1wAAAABp9xNAAkqVIoDyk1usU+vBPkMz4CdZBfhzEMSbr19h2a5ERc/vhoR20Xg6d8fbOcp+hpie/B934pkJQfKA9u6Q3Oz4BQ==

It says: at that time (POSIX seconds, by the witness's clock), this was the largest consistent tree the witness had
seen of that origin. The message does not contain the witness's name: one key signs for one witness only, and never
for a ledger. Verifying does not bring in a clock; whoever judges the time compares it with their own.
"""

from collections.abc import Callable

from custody.errors import MalformedError
from custody.protocol import ed25519
from custody.protocol.unverified import BadSignatureError
from custody.protocol.vkey import COSIGNATURE_V1, NoteSignature, Vkey, signature_by

MAX_TIME = 253_402_300_799
"""9999-12-31T23:59:59Z. C2SP allows 2^63 - 1 and lets verifiers refuse the future; no later date can be written."""

_TIME_BYTES = 8
_PAYLOAD_BYTES = _TIME_BYTES + ed25519.SIGNATURE_BYTES


def cosigned_message(text: bytes, time: int) -> bytes:
    """The bytes a cosigner signs: `text` is the checkpoint's, with its final newline."""
    # cosignature/v1 LF "time " <decimal> LF <note text>     C2SP tlog-cosignature
    return b"cosignature/v1\ntime %d\n%s" % (time, text)


def sign_cosignature(text: bytes, vkey: Vkey, time: int, sign: Callable[[bytes], bytes]) -> NoteSignature:
    """The witness's signature line over a checkpoint's text.

    `vkey` is the witness's, of type 04; `sign` makes a raw Ed25519 signature with its key. Whoever calls has checked
    that the checkpoint extends the last one cosigned, and has stored it.
    """
    if vkey.type != COSIGNATURE_V1:
        raise ValueError(f"{vkey.name} has a key of type {vkey.type:02x}; cosignatures need type 04")
    if not 0 <= time <= MAX_TIME:
        raise MalformedError(f"a cosignature cannot be dated {time}")
    signature = sign(cosigned_message(text, time))
    return signature_by(vkey, time.to_bytes(_TIME_BYTES, "big") + signature)


def verify_cosignature(text: bytes, signature: NoteSignature, vkey: Vkey) -> int:
    """The time, POSIX seconds, at which `vkey` cosigned the checkpoint `text`. Raises BadSignatureError."""
    payload = signature.payload
    if vkey.type != COSIGNATURE_V1 or (signature.name, signature.key_id) != (vkey.name, vkey.key_id):
        raise BadSignatureError(f"not a cosignature by {vkey.name}")
    if len(payload) != _PAYLOAD_BYTES:
        raise BadSignatureError(f"the cosignature of {vkey.name} has {len(payload)} bytes, not {_PAYLOAD_BYTES}")
    time = int.from_bytes(payload[:_TIME_BYTES], "big")
    if time > MAX_TIME:
        raise BadSignatureError(f"the cosignature of {vkey.name} is dated beyond the year 9999")
    if not ed25519.verify(vkey.public_key, cosigned_message(text, time), payload[_TIME_BYTES:]):
        raise BadSignatureError(f"the cosignature of {vkey.name} does not match its key")
    return time
