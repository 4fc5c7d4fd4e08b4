"""Verifier keys and the signature lines they check: C2SP signed-note, "Verifier keys" and "Signatures".

    vkey            <key name>+<key ID, 8 hex digits>+base64(type || public key)
    signature line  — <key name> base64(key ID || signature)

    example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

    key ID = SHA-256(key name || 0A || type || public key)[:4]     C2SP signed-note

Name and key ID together say which key signed. The ID is short and can be made to collide on purpose; all that
brings is a signature that does not verify. Types 01 (Ed25519) and 04 (Ed25519 cosignature/v1) are understood; a key
of another type, such as 06 (ML-DSA-44 cosignature), is carried and never verifies anything.
"""

import hashlib
import re

import msgspec

from custody.errors import MalformedError
from custody.protocol.ed25519 import check_public_key
from custody.protocol.encodings import decode_base64, encode_base64

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
COSIGNATURE_ML_DSA_44 = 0x06

KEY_ID_BYTES = 4

_ML_DSA_44_BYTES = 1312
_MAX_VKEY = 4096
"""Characters. The largest key in sight, ML-DSA-87, is 2592 bytes, 3460 characters of base64."""

_NOT_IN_NAME = re.compile(
    "[\\x00-\\x20+\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ud800-\\udfff]"
)
"""Plus, Unicode's White_Space, the controls that no note may contain, and what UTF-8 cannot encode."""

_HEX_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class Vkey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key and the name it signs under. Made by `make_vkey` or `parse_vkey`, which check it."""

    name: str
    key_id: bytes
    type: int
    public_key: bytes


class NoteSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A signature line as read, not verified. `payload` is what follows the key ID; its form depends on the type."""

    name: str
    key_id: bytes
    payload: bytes


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """The four bytes that, with the name, identify a key of signature type `kind`."""
    # key ID = SHA-256(key name || 0A || type || public key)[:4]     C2SP signed-note
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()[:KEY_ID_BYTES]


def check_name(name: str) -> str:
    """`name`, when it may name a key: not empty, no spaces, no plus. Raises MalformedError."""
    if not name or _NOT_IN_NAME.search(name):
        raise MalformedError(
            f"{name[:64]!r} cannot name a key: it is empty or has a space, a control character or a plus"
        )
    return name


def make_vkey(name: str, kind: int, public_key: bytes) -> Vkey:
    """The verifier key of `public_key` under `name`, its key ID computed. Raises MalformedError."""
    check_name(name)
    if kind in (ED25519, COSIGNATURE_V1):
        check_public_key(public_key)
    elif kind == COSIGNATURE_ML_DSA_44 and len(public_key) != _ML_DSA_44_BYTES:
        raise MalformedError(f"an ML-DSA-44 public key has {_ML_DSA_44_BYTES} bytes, not {len(public_key)}")
    return Vkey(name=name, key_id=key_id(name, kind, public_key), type=kind, public_key=public_key)


def format_vkey(vkey: Vkey) -> str:
    """The one-line form, for policies and for people."""
    return f"{vkey.name}+{vkey.key_id.hex()}+{encode_base64(bytes([vkey.type]) + vkey.public_key)}"


def parse_vkey(text: str) -> Vkey:
    """The verifier key in `text`. Raises MalformedError, also when its key ID is not the hash of its key.

    Of types that are only carried, the key ID is taken as it stands: not all compute it as above (type 02).
    """
    if len(text) > _MAX_VKEY:
        raise MalformedError(f"a verifier key of {len(text)} characters exceeds {_MAX_VKEY}")
    name, _, rest = text.partition("+")
    hex_id, _, key64 = rest.partition("+")
    check_name(name)
    if not _HEX_ID.fullmatch(hex_id):
        raise MalformedError(f"verifier key of {name}: the key ID is not 8 lower-case hexadecimal digits")
    key = decode_base64(key64, f"verifier key of {name}")
    if len(key) < 2:
        raise MalformedError(f"verifier key of {name} is empty")
    identity, kind = bytes.fromhex(hex_id), key[0]
    if kind not in (ED25519, COSIGNATURE_V1, COSIGNATURE_ML_DSA_44):
        return Vkey(name=name, key_id=identity, type=kind, public_key=key[1:])
    vkey = make_vkey(name, kind, key[1:])
    if vkey.key_id != identity:
        raise MalformedError(f"verifier key of {name}: the key ID {hex_id} is not that of its key")
    return vkey


def signature_by(vkey: Vkey, payload: bytes) -> NoteSignature:
    """The signature line that puts `payload` under the name and ID of `vkey`."""
    return NoteSignature(name=vkey.name, key_id=vkey.key_id, payload=payload)


def format_signature_line(signature: NoteSignature) -> bytes:
    """The line, with its newline. Raises MalformedError for a name that could not be read back."""
    check_name(signature.name)
    return f"— {signature.name} {encode_base64(signature.key_id + signature.payload)}\n".encode()


def parse_signature_line(line: str) -> NoteSignature:
    """The signature in a line without its newline. Raises MalformedError."""
    dash, _, rest = line.partition(" ")
    name, _, base64 = rest.partition(" ")
    if dash != "—":
        raise MalformedError("a line after the note's last empty line does not begin with an em dash and a space")
    check_name(name)
    data = decode_base64(base64, f"signature of {name}")
    if len(data) <= KEY_ID_BYTES:
        raise MalformedError(f"signature of {name} is empty")
    return NoteSignature(name=name, key_id=data[:KEY_ID_BYTES], payload=data[KEY_ID_BYTES:])
