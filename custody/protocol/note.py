"""Signed notes, exactly as C2SP signed-note has them.

    text, ending in a line feed
    (empty line)
    — NAME base64(keyID[4] || signature)

    keyID = SHA-256(NAME || 0A || type || public key)[:4]           vkey = NAME+hex8(keyID)+base64(type || public key)

Signatures by unknown keys are ignored; one by a known key that fails refuses the whole note. Types are pluggable by
`Verifier`: 01 is Ed25519 over the text; 04 is a cosignature (cosignature.py); others are carried and ignored.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol import ed25519
from custody.protocol.encodings import decode_base64, encode_base64

ED25519 = 0x01
COSIGNATURE = 0x04

MAX_NOTE = 16 * 1024
"""Bytes in a note: a checkpoint, its signature and a hundred cosignatures."""
MAX_SIGNATURES = 100

_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class Vkey(NamedTuple):
    """A verifier key."""

    name: str
    kind: int
    """Signature type: 01 Ed25519, 04 Ed25519 cosignature."""
    key: bytes
    """32 raw bytes for both of these."""

    @property
    def id(self) -> bytes:
        """SHA-256(name || 0A || type || key)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]


class NoteSignature(NamedTuple):
    """A signature line: the key's name and id, and what it says."""

    name: str
    id: bytes
    signature: bytes


class Note(NamedTuple):
    """A note read, and not yet believed."""

    text: str
    signatures: tuple[NoteSignature, ...]


Verifier = Callable[[bytes, str, bytes], bool]
"""`(public key, text, signature) -> valid`."""


def _verify_ed25519(key: bytes, text: str, signature: bytes) -> bool:
    return len(signature) == 64 and ed25519.verify(key, text.encode(), signature)


VERIFIERS: Mapping[int, Verifier] = {ED25519: _verify_ed25519}


def format_vkey(vkey: Vkey) -> str:
    """`NAME+hex8+base64`."""
    return f"{vkey.name}+{vkey.id.hex()}+{encode_base64(bytes([vkey.kind]) + vkey.key)}"


def parse_vkey(text: str) -> Vkey:
    """A verifier key of type 01 or 04. Raises MalformedError; a point outside the group is refused here."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _VKEY_ID.fullmatch(parts[1]):
        raise MalformedError("a verifier key has the form NAME+hex8+base64")
    name, data = parts[0], decode_base64(parts[2], "verifier key")
    check_name(name)
    if len(data) != 33 or data[0] not in (ED25519, COSIGNATURE):
        raise MalformedError("the verifier key is of a type this version does not know")
    vkey = Vkey(name, data[0], data[1:])
    ed25519.check_public_key(vkey.key)
    if vkey.id.hex() != parts[1]:
        raise MalformedError("the verifier key's id does not match its key")
    return vkey


def check_name(name: str) -> None:
    """Refuses a key name that is empty, or has a space or a plus."""
    if not name or "+" in name or any(character.isspace() for character in name) or not name.isprintable():
        raise MalformedError(f"{name!r} is not a key name: no spaces, no plus")


def parse_note(data: bytes) -> Note:
    """A note's text and signature lines, strictly. Raises MalformedError."""
    if len(data) > MAX_NOTE:
        raise MalformedError(f"a note of {len(data)} bytes exceeds {MAX_NOTE}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("a note is UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise MalformedError("a note has no control characters but line feeds")
    text, separator, rest = whole.rpartition("\n\n")
    if not separator or not rest.endswith("\n"):
        raise MalformedError("a note is text, an empty line, and signature lines")
    lines = rest[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedError(f"a note has at most {MAX_SIGNATURES} signatures")
    signatures = tuple(_parse_line(line) for line in lines)
    if len({(one.name, one.id) for one in signatures}) < len(signatures):
        raise MalformedError("a note has two signatures by one key")
    return Note(text + "\n", signatures)


def _parse_line(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise MalformedError("a signature line has the form: — NAME base64")
    check_name(match[1])
    data = decode_base64(match[2], "note signature")
    if len(data) < 5:
        raise MalformedError("a note signature is a key id and a signature")
    return NoteSignature(match[1], data[:4], data[4:])


def format_note(note: Note) -> bytes:
    """The bytes of a note."""
    lines = "".join(f"— {one.name} {encode_base64(one.id + one.signature)}\n" for one in note.signatures)
    return f"{note.text}\n{lines}".encode()


def sign_note(text: str, vkey: Vkey, sign: Callable[[bytes], bytes]) -> Note:
    """The note of `text` with one signature of type 01; `sign` makes raw Ed25519 signatures."""
    if not text.endswith("\n"):
        raise ValueError("a note's text ends in a line feed")
    return Note(text, (NoteSignature(vkey.name, vkey.id, sign(text.encode())),))


def verified_by(note: Note, known: Sequence[Vkey], verifiers: Mapping[int, Verifier] = VERIFIERS) -> list[Vkey]:
    """Those of the known keys that signed the note. Raises MalformedError when a known key's signature is bad."""
    signed = []
    for vkey in known:
        for one in note.signatures:
            if (one.name, one.id) != (vkey.name, vkey.id):
                continue
            verifier = verifiers.get(vkey.kind)
            if verifier is None:
                continue
            if not verifier(vkey.key, note.text, one.signature):
                raise MalformedError(f"the signature of {vkey.name} on the note does not verify")
            signed.append(vkey)
    return signed
