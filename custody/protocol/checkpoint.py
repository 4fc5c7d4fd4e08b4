"""Checkpoints: a ledger's signed statement of its size and Merkle root (C2SP tlog-checkpoint).

    text = origin LF  size in decimal LF  base64(root) LF

    log.example/a
    3
    NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=

    — log.example/a hwgG+BDUBAP5ab86fbtCZvTYbhjGlo+akvxc7N8sq1SOZQiwHn+rsCi00wvOM0jgClyAvRgT98pZo/D2AV0Gvcyhbgc=

That is the tree of entries "a", "b", "c" (tree.py), signed by the key in policy.py (seed: 32 bytes 01).

Narrower than C2SP in three points. Extension lines, "not recommended" there, are refused: nobody audits them, and
ML-DSA cosignatures do not cover them. The origin is also the name of the key that signs, so it has no spaces and no
plus. Sizes end at 2^53 - 1, as all our integers do.
"""

from collections.abc import Callable, Iterable

import msgspec

from custody.errors import MalformedError
from custody.protocol.encodings import MAX_INTEGER, decode_base64, decode_size, encode_base64
from custody.protocol.note import Note, VerifiedSignature, format_note, parse_note, sign_note, verify_signatures
from custody.protocol.tree import EMPTY_ROOT, HASH_BYTES
from custody.protocol.unverified import UnknownSignerError
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, Vkey, check_name


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The head of one ledger's tree. `root` is 32 bytes."""

    origin: str
    size: int
    root: bytes


class VerifiedCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint that its ledger signed.

    `signers` are the ledger's keys that did, at least one; `cosignatures` those of the witnesses asked about, which
    may be none: whether they suffice is the policy's question. `text` is what all of them signed.
    """

    checkpoint: Checkpoint
    text: bytes
    signers: tuple[Vkey, ...]
    cosignatures: tuple[VerifiedSignature, ...]


def format_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The note text. Raises MalformedError for what is not a checkpoint."""
    check_name(checkpoint.origin)
    if not 0 <= checkpoint.size <= MAX_INTEGER:
        raise MalformedError(f"a tree cannot have {checkpoint.size} leaves")
    _check_root(checkpoint.size, checkpoint.root)
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n".encode()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint in a note's text. Raises MalformedError."""
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("checkpoint is not UTF-8") from error
    if len(lines) != 4 or lines[3]:
        raise MalformedError("a checkpoint has three lines: origin, size, root")
    origin, size = check_name(lines[0]), decode_size(lines[1], "checkpoint size")
    root = decode_base64(lines[2], "checkpoint root")
    _check_root(size, root)
    return Checkpoint(origin=origin, size=size, root=root)


def sign_checkpoint(checkpoint: Checkpoint, vkey: Vkey, sign: Callable[[bytes], bytes]) -> bytes:
    """The signed note. `vkey` is the ledger's, named by the origin; `sign` makes a raw Ed25519 signature with it.

    A ledger must never sign two checkpoints that are not consistent; that is for the caller to see to.
    """
    if vkey.name != checkpoint.origin:
        raise ValueError(f"the key of {vkey.name} does not sign for {checkpoint.origin}")
    text = format_checkpoint(checkpoint)
    return format_note(Note(text=text, signatures=(sign_note(text, vkey, sign),)))


def open_checkpoint(data: bytes, logs: Iterable[Vkey], witnesses: Iterable[Vkey] = ()) -> VerifiedCheckpoint:
    """The checkpoint in the signed note `data`, with the signatures of its ledger and of known witnesses verified.

    Of `logs`, only keys named exactly as the checkpoint's origin count: a ledger cannot sign for another. Keys not
    of type 01 (logs) or 04 (witnesses) count for nothing. Raises MalformedError, whoever signed; BadSignatureError
    when any of these keys signed wrongly; UnknownSignerError when none of the ledger's keys signed.
    """
    parsed = parse_note(data)
    checkpoint = parse_checkpoint(parsed.text)
    keys = [vkey for vkey in logs if vkey.type == ED25519 and vkey.name == checkpoint.origin]
    keys += [vkey for vkey in witnesses if vkey.type == COSIGNATURE_V1]
    note = verify_signatures(parsed, keys)
    signers = tuple(line.vkey for line in note.signatures if line.vkey.type == ED25519)
    cosignatures = tuple(line for line in note.signatures if line.vkey.type == COSIGNATURE_V1)
    if not signers:
        raise UnknownSignerError(f"no known key of {checkpoint.origin} signed its checkpoint")
    return VerifiedCheckpoint(checkpoint=checkpoint, text=note.text, signers=signers, cosignatures=cosignatures)


def _check_root(size: int, root: bytes) -> None:
    if len(root) != HASH_BYTES:
        raise MalformedError(f"a root hash has {HASH_BYTES} bytes, not {len(root)}")
    if (size == 0) != (root == EMPTY_ROOT):
        raise MalformedError("the root of the empty tree, SHA-256 of nothing, stands with size 0 and nowhere else")
