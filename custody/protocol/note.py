"""Signed notes: a text and the signatures over it (C2SP signed-note; Go `x/mod/sumdb/note`).

    note = text || LF || signature lines       the text ends in LF; it may contain empty lines: the last one divides

    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

    signature, type 01 = Ed25519(text)                                C2SP signed-note
    signature, type 04 = see cosignature.py                           C2SP tlog-cosignature

UTF-8 without control characters other than LF; lines end at 0A only. Signatures by unknown keys are ignored, even
when they share a name or an ID with a known one. One bad signature by a known key refuses the whole note. Two
signatures by one known key refuse it as well (the standard is silent; Go keeps the first): two readers must not be
shown two times of cosigning.
"""

import re
from collections.abc import Callable, Iterable

import msgspec

from custody.errors import MalformedError
from custody.protocol import ed25519
from custody.protocol.cosignature import verify_cosignature
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import (
    COSIGNATURE_V1,
    ED25519,
    NoteSignature,
    Vkey,
    format_signature_line,
    parse_signature_line,
    signature_by,
)

MAX_NOTE = 64 * 1024
"""Bytes. Room for 16 ML-DSA-44 cosignatures of 3.3 kB each, which C2SP says a verifier must accept."""

MAX_SIGNATURES = 64
"""C2SP asks for 16 at least; 32 witnesses (as many as a policy should allow) may each sign with two types."""

_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note as read: nothing in it is verified."""

    text: bytes
    signatures: tuple[NoteSignature, ...]


class VerifiedSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that its key made. `time` is a cosignature's, in POSIX seconds; None for other types."""

    vkey: Vkey
    time: int | None


class VerifiedNote(msgspec.Struct, frozen=True, kw_only=True):
    """A text and the known keys that signed it, at least one, in the order of the lines."""

    text: bytes
    signatures: tuple[VerifiedSignature, ...]


def format_note(note: Note) -> bytes:
    """The note's bytes. Raises MalformedError for what `parse_note` would not read back as the same note."""
    data = b"".join([note.text, b"\n", *map(format_signature_line, note.signatures)])
    if parse_note(data) != note:
        raise MalformedError("the note's text does not end in a newline")
    return data


def parse_note(data: bytes) -> Note:
    """The text and signatures in `data`, unverified. Raises MalformedError."""
    if len(data) > MAX_NOTE:
        raise MalformedError(f"a note of {len(data)} bytes exceeds {MAX_NOTE}")
    if _CONTROL.search(data):
        raise MalformedError("note has a control character")
    head, divider, tail = data.rpartition(b"\n\n")
    if not divider:
        raise MalformedError("note has no empty line between text and signatures")
    if not tail.endswith(b"\n"):
        raise MalformedError("note has no signature, or its last line does not end")
    try:
        head.decode()
        lines = tail[:-1].decode().split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("note is not UTF-8") from error
    if len(lines) > MAX_SIGNATURES:
        raise MalformedError(f"a note with {len(lines)} signatures exceeds {MAX_SIGNATURES}")
    return Note(text=head + b"\n", signatures=tuple(map(parse_signature_line, lines)))


def sign_note(text: bytes, vkey: Vkey, sign: Callable[[bytes], bytes]) -> NoteSignature:
    """The signature line of `vkey`, of type 01, over `text`; `sign` makes a raw Ed25519 signature with its key."""
    if vkey.type != ED25519:
        raise ValueError(f"{vkey.name} has a key of type {vkey.type:02x}; notes are signed with type 01")
    # The ledger key also signs events. No text may be a DSSE pre-authentication encoding.
    if text.startswith(b"DSSEv1"):
        raise MalformedError("a note's text may not begin with DSSEv1")
    return signature_by(vkey, sign(text))


def add_signatures(note: Note, signatures: Iterable[NoteSignature]) -> Note:
    """The note with more signature lines; one by the same name and key ID as an earlier one replaces it."""
    lines = {(line.name, line.key_id): line for line in (*note.signatures, *signatures)}
    return Note(text=note.text, signatures=tuple(lines.values()))


def verify_note(data: bytes, known: Iterable[Vkey]) -> VerifiedNote:
    """The text of the note, and which of the `known` keys signed it.

    Raises MalformedError for bytes that are not a note, BadSignatureError when a known key's signature is wrong or
    comes twice, UnknownSignerError when no known key of a type we understand signed.
    """
    return verify_signatures(parse_note(data), known)


def verify_signatures(note: Note, known: Iterable[Vkey]) -> VerifiedNote:
    """`verify_note` of a note already parsed."""
    keys = _by_identity(known)
    verified: dict[tuple[str, bytes], VerifiedSignature] = {}
    for signature in note.signatures:
        identity = (signature.name, signature.key_id)
        vkey = keys.get(identity)
        if vkey is None:
            continue
        if identity in verified:
            raise BadSignatureError(f"{vkey.name} signed twice with one key")
        verified[identity] = VerifiedSignature(vkey=vkey, time=_CHECKS[vkey.type](note.text, signature, vkey))
    if not verified:
        raise UnknownSignerError(f"none of the note's signatures ({len(note.signatures)}) is by a known key")
    return VerifiedNote(text=note.text, signatures=tuple(verified.values()))


def _by_identity(known: Iterable[Vkey]) -> dict[tuple[str, bytes], Vkey]:
    """The keys whose type we understand, by what a signature line says of them."""
    keys: dict[tuple[str, bytes], Vkey] = {}
    for vkey in known:
        if vkey.type in _CHECKS and keys.setdefault((vkey.name, vkey.key_id), vkey) != vkey:
            raise MalformedError(f"two known keys share the name {vkey.name} and the key ID {vkey.key_id.hex()}")
    return keys


def _verify_ed25519(text: bytes, signature: NoteSignature, vkey: Vkey) -> None:
    # signature = Ed25519(text)     C2SP signed-note, "Ed25519 signatures"
    if not ed25519.verify(vkey.public_key, text, signature.payload):
        raise BadSignatureError(f"the signature of {vkey.name} does not match its key")


_CHECKS: dict[int, Callable[[bytes, NoteSignature, Vkey], int | None]] = {
    ED25519: _verify_ed25519,
    COSIGNATURE_V1: verify_cosignature,
}
"""Signature type → check: returns the time it states, if any, or raises BadSignatureError. Type 06 comes here."""
