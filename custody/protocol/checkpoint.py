"""Checkpoints: a ledger's signed statement of its size and root, exactly as C2SP tlog-checkpoint has them.

    ocrteh.police.example/custody            origin, also the name of the key that signs
    42                                       size, decimal without leading zeros
    qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=     root, base64

Extension lines are allowed there and not recommended; here they are refused, for nothing reads them.
"""

from collections.abc import Callable
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol.encodings import decode_base64, decode_size, encode_base64
from custody.protocol.names import check_origin
from custody.protocol.note import ED25519, Note, Vkey, parse_note, sign_note


class Checkpoint(NamedTuple):
    """How large a ledger is, and the root of its tree."""

    origin: str
    size: int
    root: bytes


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The three lines that are signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises MalformedError."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise MalformedError("a checkpoint is three lines: origin, size, root")
    root = decode_base64(lines[2], "root")
    if len(root) != 32:
        raise MalformedError("a root has 32 bytes")
    return Checkpoint(check_origin(lines[0]), decode_size(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, vkey: Vkey, sign: Callable[[bytes], bytes]) -> Note:
    """The signed note; the key's name is the ledger's origin."""
    if vkey.name != checkpoint.origin or vkey.kind != ED25519:
        raise ValueError("a checkpoint is signed by the ledger's own key")
    return sign_note(format_checkpoint(checkpoint), vkey, sign)


def parse_signed_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """A checkpoint and the note around it, unverified. Raises MalformedError."""
    note = parse_note(data)
    return parse_checkpoint(note.text), note
