"""cosignature.py: what a witness signed, and when."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import cosignature as module
from custody.protocol import ed25519
from custody.protocol.checkpoint import Checkpoint, format_checkpoint
from custody.protocol.cosignature import MAX_TIME, cosigned_message, sign_cosignature, verify_cosignature
from custody.protocol.tree import Frontier, leaf_hash
from custody.protocol.unverified import BadSignatureError
from custody.protocol.vkey import Vkey, format_signature_line, make_vkey, parse_vkey, signature_by
from tests.protocol.fixed_signers import Signer

TIME = 1_777_800_000


def example_text() -> bytes:
    tree = Frontier()
    for entry in (b"a", b"b", b"c"):
        tree.append(leaf_hash(entry))
    return format_checkpoint(Checkpoint(origin="log.example/a", size=3, root=tree.root()))


TEXT = example_text()


def indented(data: bytes) -> str:
    return "".join(f"    {line}\n" for line in data.decode().split("\n")[:-1])


def test_the_worked_example_is_exact(witness: Signer) -> None:
    assert module.__doc__ is not None
    assert indented(cosigned_message(TEXT, TIME)) in module.__doc__
    signature = sign_cosignature(TEXT, witness.vkey, TIME, witness.sign)
    assert indented(format_signature_line(signature)) in module.__doc__
    assert verify_cosignature(TEXT, signature, witness.vkey) == TIME


@pytest.mark.parametrize("time", [0, 1, TIME, MAX_TIME])
def test_the_payload_is_time_then_signature(witness: Signer, time: int) -> None:
    signature = sign_cosignature(TEXT, witness.vkey, time, witness.sign)
    assert len(signature.payload) == 72
    assert int.from_bytes(signature.payload[:8], "big") == time
    assert verify_cosignature(TEXT, signature, witness.vkey) == time


@pytest.mark.parametrize("time", [-1, MAX_TIME + 1, 2**63, 2**64])
def test_impossible_times_are_not_signed(witness: Signer, time: int) -> None:
    with pytest.raises(MalformedError):
        sign_cosignature(TEXT, witness.vkey, time, witness.sign)


@pytest.mark.parametrize("time", [MAX_TIME + 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_impossible_times_are_not_believed(witness: Signer, time: int) -> None:
    payload = time.to_bytes(8, "big") + witness.sign(cosigned_message(TEXT, time))
    with pytest.raises(BadSignatureError, match="9999"):
        verify_cosignature(TEXT, signature_by(witness.vkey, payload), witness.vkey)


@pytest.mark.parametrize("length", [0, 8, 64, 71, 73, 2428])
def test_a_payload_of_the_wrong_length_is_bad(witness: Signer, length: int) -> None:
    payload = (sign_cosignature(TEXT, witness.vkey, TIME, witness.sign).payload + bytes(2428))[:length]
    with pytest.raises(BadSignatureError, match="bytes"):
        verify_cosignature(TEXT, signature_by(witness.vkey, payload), witness.vkey)


def test_a_plain_signature_over_the_checkpoint_is_no_cosignature(witness: Signer) -> None:
    payload = TIME.to_bytes(8, "big") + witness.sign(TEXT)
    with pytest.raises(BadSignatureError):
        verify_cosignature(TEXT, signature_by(witness.vkey, payload), witness.vkey)


@given(st.integers(0, 72 * 8 - 1))
@settings(deadline=None)
def test_any_flipped_bit_breaks_it(witness: Signer, bit: int) -> None:
    bent = bytearray(sign_cosignature(TEXT, witness.vkey, TIME, witness.sign).payload)
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignatureError):
        verify_cosignature(TEXT, signature_by(witness.vkey, bytes(bent)), witness.vkey)


def test_it_is_bound_to_text_key_and_name(witness: Signer, witnesses: list[Signer]) -> None:
    signature = sign_cosignature(TEXT, witness.vkey, TIME, witness.sign)
    renamed = make_vkey("other.example", 4, witness.vkey.public_key)
    plain = make_vkey(witness.vkey.name, 1, witness.vkey.public_key)
    for text, vkey in ((b"x" + TEXT, witness.vkey), (TEXT, witnesses[0].vkey), (TEXT, renamed), (TEXT, plain)):
        with pytest.raises(BadSignatureError):
            verify_cosignature(text, signature, vkey)


def test_only_type_04_cosigns(log: Signer) -> None:
    with pytest.raises(ValueError, match="type 01"):
        sign_cosignature(TEXT, log.vkey, TIME, log.sign)


def test_the_message_of_c2sp() -> None:
    """The message printed in tlog-cosignature.md, byte for byte."""
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosigned_message(text, 1679315147) == b"cosignature/v1\ntime 1679315147\n" + text


def test_a_message_can_be_no_checkpoint_and_no_event(witness: Signer) -> None:
    """Second line "time N": not a size; the first is not DSSE's. So no key's signature is two statements."""
    vkey: Vkey = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert cosigned_message(TEXT, TIME).split(b"\n")[1] == b"time 1777800000"
    assert not ed25519.verify(vkey.public_key, TEXT, witness.sign(cosigned_message(TEXT, TIME)))
