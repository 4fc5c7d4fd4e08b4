"""Cosignatures: a witness's word that a checkpoint extends all it saw before, as C2SP tlog-cosignature has them.

    signed   = "cosignature/v1\\ntime " || decimal POSIX seconds || "\\n" || checkpoint text
    line     = — WITNESS base64(keyID[4] || u64be(time) || Ed25519[64])          type 04

It does not commit to the witness's name: one key per witness, and never a ledger key.
"""

from collections.abc import Callable

from custody.errors import MalformedError
from custody.protocol import ed25519
from custody.protocol.encodings import MAX_INTEGER
from custody.protocol.note import COSIGNATURE, Note, NoteSignature, Vkey


def cosigned_message(text: str, time: int) -> bytes:
    """The bytes a witness signs."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def sign_cosignature(text: str, time: int, vkey: Vkey, sign: Callable[[bytes], bytes]) -> NoteSignature:
    """A signature line for the checkpoint with this text."""
    if vkey.kind != COSIGNATURE:
        raise ValueError("a cosignature is made by a key of type 04")
    return NoteSignature(vkey.name, vkey.id, time.to_bytes(8, "big") + sign(cosigned_message(text, time)))


def cosignature_time(note: Note, vkey: Vkey) -> int | None:
    """When `vkey` cosigned the note, in POSIX seconds; None when it did not. A bad signature raises MalformedError."""
    for one in note.signatures:
        if (one.name, one.id) != (vkey.name, vkey.id):
            continue
        time = int.from_bytes(one.signature[:8], "big")
        message = cosigned_message(note.text, time)
        if len(one.signature) != 72 or time > MAX_INTEGER or not ed25519.verify(vkey.key, message, one.signature[8:]):
            raise MalformedError(f"the cosignature of {vkey.name} does not verify")
        return time
    return None
