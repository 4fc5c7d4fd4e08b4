"""tlog_proof.py: one entry, its ledger and its witnesses, in one text."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import CustodyError, MalformedError
from custody.protocol import tlog_proof as module
from custody.protocol import tree
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.note import add_signatures, format_note, parse_note
from custody.protocol.policy import Policy, Witness, trust
from custody.protocol.proofs import prove_inclusion
from custody.protocol.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof, verify_tlog_proof
from custody.protocol.unverified import BadProofError, QuorumError, UnknownSignerError
from tests.protocol.fixed_signers import Signer

LEAVES = [tree.leaf_hash(entry) for entry in (b"a", b"b", b"c")]
NODES: dict[tuple[int, int], bytes] = {}


def read(wanted: Sequence[tuple[int, int]]) -> list[bytes]:
    return [NODES[coordinate] for coordinate in wanted]


for _size, _leaf in enumerate(LEAVES):
    for _level, _position, _digest in tree.new_nodes(_size, _leaf, read):
        NODES[_level, _position] = _digest


@pytest.fixture(scope="module")
def checkpoint(log: Signer) -> bytes:
    return sign_checkpoint(Checkpoint(origin="log.example/a", size=3, root=tree.root(3, read)), log.vkey, log.sign)


def proof_of(index: int, checkpoint: bytes, extra: bytes = b"") -> TlogProof:
    return TlogProof(index=index, proof=tuple(prove_inclusion(index, 3, read)), checkpoint=checkpoint, extra=extra)


def test_the_worked_example_is_exact(log: Signer, checkpoint: bytes) -> None:
    data = format_tlog_proof(proof_of(2, checkpoint, b"note"))
    example = "".join(f"    {line}\n" if line else "\n" for line in data.decode().split("\n")[:-1])
    assert module.__doc__ is not None
    assert example in module.__doc__
    opened = verify_tlog_proof(parse_tlog_proof(data), LEAVES[2], trust([log.vkey]))
    assert opened.checkpoint.size == 3


def test_each_entry_verifies_in_its_own_place_only(log: Signer, checkpoint: bytes) -> None:
    policy = trust([log.vkey])
    for index, leaf in enumerate(LEAVES):
        proof = parse_tlog_proof(format_tlog_proof(proof_of(index, checkpoint)))
        assert verify_tlog_proof(proof, leaf, policy)
        for other in LEAVES:
            if other != leaf:
                with pytest.raises(BadProofError):
                    verify_tlog_proof(proof, other, policy)
        elsewhere = TlogProof(index=index + 1, proof=proof.proof, checkpoint=checkpoint)
        with pytest.raises(BadProofError):
            verify_tlog_proof(elsewhere, leaf, policy)


def test_the_policy_decides(log: Signer, other_log: Signer, witnesses: list[Signer], checkpoint: bytes) -> None:
    asked = Policy(logs=(log.vkey,), witnesses=(Witness(name=b"w", vkey=witnesses[0].vkey),), groups=(), quorum=b"w")
    with pytest.raises(QuorumError, match="at least 1"):
        verify_tlog_proof(proof_of(0, checkpoint), LEAVES[0], asked)
    note = parse_note(checkpoint)
    cosigned = format_note(add_signatures(note, [sign_cosignature(note.text, witnesses[0].vkey, 5, witnesses[0].sign)]))
    assert verify_tlog_proof(proof_of(0, cosigned), LEAVES[0], asked).cosignatures[0].time == 5
    with pytest.raises(UnknownSignerError):
        verify_tlog_proof(proof_of(0, cosigned), LEAVES[0], trust([other_log.vkey]))


def bad_files(checkpoint: bytes) -> dict[str, bytes]:
    good = format_tlog_proof(proof_of(0, checkpoint, b"x"))
    hash64 = good.split(b"\n")[3]
    return {
        "empty": b"",
        "another version": good.replace(b"@v1", b"@v2"),
        "no header": good.partition(b"\n")[2],
        "leading newline": b"\n" + good,
        "carriage returns": good.replace(b"\n", b"\r\n"),
        "no index": good.replace(b"index 0\n", b""),
        "index twice": good.replace(b"index 0\n", b"index 0\nindex 0\n"),
        "index 00": good.replace(b"index 0", b"index 00"),
        "index -1": good.replace(b"index 0", b"index -1"),
        "index with two spaces": good.replace(b"index 0", b"index  0"),
        "index 2^53": good.replace(b"index 0", b"index %d" % 2**53),
        "index before extra": good.replace(b"extra eA==\nindex 0\n", b"index 0\nextra eA==\n"),
        "empty extra": good.replace(b"extra eA==", b"extra "),
        "extra without value": good.replace(b"extra eA==", b"extra"),
        "extra not canonical": good.replace(b"extra eA==", b"extra eB=="),
        "extra twice": good.replace(b"extra eA==\n", b"extra eA==\nextra eA==\n"),
        "short hash": good.replace(hash64, b"AAAA"),
        "hash in hexadecimal": good.replace(hash64, b"00" * 32),
        "65 hashes": good.replace(hash64, b"\n".join([hash64] * 65)),
        "trailing space": good.replace(hash64, hash64 + b" "),
        "no empty line": good.replace(b"\n\n", b"\n", 1),
        "two empty lines": good.replace(b"\n\n", b"\n\n\n", 1),
        "no checkpoint": good.partition(b"\n\n")[0] + b"\n\n",
        "checkpoint not signed": good.rpartition(b"\n\n")[0] + b"\n",
        "last line does not end": good[:-1],
        "not ASCII": good.replace(b"extra eA==", "extra é".encode()),
        "too long": good.replace(b"extra eA==", b"extra " + b"AAAA" * 40_000),
    }


def test_bad_files(checkpoint: bytes) -> None:
    good = format_tlog_proof(proof_of(0, checkpoint, b"x"))
    for defect, data in bad_files(checkpoint).items():
        assert data != good, defect
        with pytest.raises(MalformedError):
            pytest.fail(f"{defect}: {parse_tlog_proof(data)}")


@pytest.mark.parametrize(
    "proof",
    [
        TlogProof(index=-1, proof=(), checkpoint=b"a\n\n"),
        TlogProof(index=2**53, proof=(), checkpoint=b"a\n\n"),
        TlogProof(index=0, proof=(b"short",), checkpoint=b"a\n\n"),
        TlogProof(index=0, proof=(), checkpoint=b"not a note"),
    ],
    ids=["negative index", "index 2^53", "short hash", "no note"],
)
def test_what_would_not_read_back_is_not_written(proof: TlogProof) -> None:
    with pytest.raises(MalformedError):
        format_tlog_proof(proof)


@given(st.integers(0, 2), st.binary(max_size=40))
@settings(deadline=None)
def test_round_trip(checkpoint: bytes, index: int, extra: bytes) -> None:
    proof = proof_of(index, checkpoint, extra)
    assert parse_tlog_proof(format_tlog_proof(proof)) == proof


@given(st.data())
@settings(deadline=None)
def test_any_flipped_bit_is_noticed(log: Signer, checkpoint: bytes, data: st.DataObject) -> None:
    """Every bit but those of `extra`, which nothing authenticates."""
    good = format_tlog_proof(proof_of(0, checkpoint))
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    bent = bytearray(good)
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CustodyError):
        verify_tlog_proof(parse_tlog_proof(bytes(bent)), LEAVES[0], trust([log.vkey]))
