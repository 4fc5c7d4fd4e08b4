"""Proof files: that an entry is in a ledger, in one text, offline (C2SP tlog-proof; `*.tlog-proof`).

    c2sp.org/tlog-proof@v1
    extra bm90ZQ==
    index 2
    sTeYX/SE+2ANuTEHx3sDZcgNePW0Kd7Q/Zc2HQd5mes=

    log.example/a
    3
    NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=

    — log.example/a hwgG+BDUBAP5ab86fbtCZvTYbhjGlo+akvxc7N8sq1SOZQiwHn+rsCi00wvOM0jgClyAvRgT98pZo/D2AV0Gvcyhbgc=

`extra` (optional) is not authenticated. After the index comes the inclusion proof, a hash a line, lowest first; after
an empty line, the signed checkpoint verbatim.

Any tool that reads the format can check it with a policy (policy.py) and the entry's bytes. What it proves ends at
that one entry: not who held the item, and not that nothing came after.
"""

import msgspec

from custody.errors import MalformedError
from custody.protocol.checkpoint import VerifiedCheckpoint, open_checkpoint, parse_checkpoint
from custody.protocol.encodings import decode_base64, decode_size, encode_base64
from custody.protocol.note import MAX_NOTE, parse_note
from custody.protocol.policy import Policy, needed, satisfied
from custody.protocol.proofs import MAX_PROOF, root_from_inclusion
from custody.protocol.tree import HASH_BYTES
from custody.protocol.unverified import BadProofError, QuorumError

_HEADER = "c2sp.org/tlog-proof@v1"

MAX_PROOF_FILE = 2 * MAX_NOTE
"""Bytes: a note, 64 hashes, and 60 kB of extra."""


class TlogProof(msgspec.Struct, frozen=True, kw_only=True):
    """A proof file as read, unverified. `checkpoint` is the signed note's bytes; `extra` is empty when absent."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""


def format_tlog_proof(proof: TlogProof) -> bytes:
    """The file's bytes. Raises MalformedError for what `parse_tlog_proof` would not read back."""
    lines = [_HEADER]
    if proof.extra:
        lines.append(f"extra {encode_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [encode_base64(item) for item in proof.proof]
    data = "\n".join(lines).encode() + b"\n\n" + proof.checkpoint
    if parse_tlog_proof(data) != proof:
        raise MalformedError("not a tlog-proof")
    return data


def parse_tlog_proof(data: bytes) -> TlogProof:
    """The index, hashes and checkpoint in a proof file. Raises MalformedError."""
    if len(data) > MAX_PROOF_FILE:
        raise MalformedError(f"a proof file of {len(data)} bytes exceeds {MAX_PROOF_FILE}")
    head, divider, checkpoint = data.partition(b"\n\n")
    if not divider:
        raise MalformedError("proof file has no empty line before the checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("proof file is not ASCII before the checkpoint") from error
    if lines.pop(0) != _HEADER:
        raise MalformedError(f"proof file does not begin with {_HEADER}")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "extra")
        if not extra:
            raise MalformedError("an empty extra line is to be left out")
    if not lines or not lines[0].startswith("index "):
        raise MalformedError("proof file has no index line")
    index = decode_size(lines.pop(0).removeprefix("index "), "index")
    proof = tuple(decode_base64(line, "proof hash") for line in lines)
    if len(proof) > MAX_PROOF or any(len(item) != HASH_BYTES for item in proof):
        raise MalformedError(f"an inclusion proof is at most {MAX_PROOF} hashes of {HASH_BYTES} bytes")
    parse_checkpoint(parse_note(checkpoint).text)
    return TlogProof(index=index, proof=proof, checkpoint=checkpoint, extra=extra)


def verify_tlog_proof(proof: TlogProof, leaf: bytes, policy: Policy) -> VerifiedCheckpoint:
    """The checkpoint under which the entry with leaf hash `leaf` is proved to stand at `proof.index`.

    Raises BadProofError, BadSignatureError, UnknownSignerError or QuorumError; MalformedError for bad bytes. The
    steps are C2SP tlog-proof's, "Verifying a tlog proof"; step 1, the leaf hash, is the caller's. `extra` plays no
    part.
    """
    # 2. The origin is acceptable, and a key configured for that origin signed.
    # 3. The cosignatures of known witnesses verify, and fulfil the policy.
    opened = open_checkpoint(proof.checkpoint, policy.logs, [witness.vkey for witness in policy.witnesses])
    cosigners = [cosignature.vkey for cosignature in opened.cosignatures]
    if not satisfied(policy, cosigners):
        raise QuorumError(f"{len(cosigners)} known witnesses cosigned; the policy needs at least {needed(policy)}")
    # 4. The inclusion proof binds the leaf to the signed root.
    head = opened.checkpoint
    if root_from_inclusion(leaf, proof.index, head.size, proof.proof) != head.root:
        raise BadProofError(f"the entry is not shown to stand at {proof.index} in {head.origin} of size {head.size}")
    return opened
