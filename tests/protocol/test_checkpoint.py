"""checkpoint.py: three lines, signed by the ledger they name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import checkpoint as module
from custody.protocol.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.encodings import MAX_INTEGER
from custody.protocol.note import Note, add_signatures, format_note, parse_note, sign_note
from custody.protocol.tree import EMPTY_ROOT, Frontier, leaf_hash
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import make_vkey, signature_by
from tests.protocol.fixed_signers import Signer

ROOT = b"\x07" * 32
HEAD = Checkpoint(origin="log.example/a", size=3, root=ROOT)
TEXT = format_checkpoint(HEAD)
ROOT64 = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="


def test_the_worked_example_is_exact(log: Signer) -> None:
    tree = Frontier()
    for entry in (b"a", b"b", b"c"):
        tree.append(leaf_hash(entry))
    data = sign_checkpoint(Checkpoint(origin="log.example/a", size=3, root=tree.root()), log.vkey, log.sign)
    example = "".join(f"    {line}\n" if line else "\n" for line in data.decode().split("\n")[:-1])
    assert module.__doc__ is not None
    assert example in module.__doc__


def test_the_example_of_c2sp_parses() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    head = parse_checkpoint(text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert format_checkpoint(head) == text


BAD_TEXTS = {
    "empty": "",
    "origin alone": "a\n",
    "two lines": "a\n1\n",
    "no final newline": f"a\n1\n{ROOT64}",
    "extension line": f"a\n1\n{ROOT64}\nextension\n",
    "empty line": f"a\n1\n{ROOT64}\n\n",
    "no origin": f"\n1\n{ROOT64}\n",
    "space in the origin": f"a b\n1\n{ROOT64}\n",
    "plus in the origin": f"a+b\n1\n{ROOT64}\n",
    "leading zero": f"a\n01\n{ROOT64}\n",
    "negative": f"a\n-1\n{ROOT64}\n",
    "signed": f"a\n+1\n{ROOT64}\n",
    "spaced": f"a\n 1\n{ROOT64}\n",
    "other digits": f"a\n١\n{ROOT64}\n",
    "2^53": f"a\n{2**53}\n{ROOT64}\n",
    "short root": "a\n1\nBwcH\n",
    "33 bytes": f"a\n1\n{ROOT64[:-1]}H\n",
    "hexadecimal root": f"a\n1\n{ROOT.hex()}\n",
    "stray pad bits": f"a\n1\n{ROOT64[:-2]}d=\n",
    "leaves in the empty tree": f"a\n0\n{ROOT64}\n",
    "carriage returns": f"a\r\n1\r\n{ROOT64}\r\n",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_bad_texts(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(text.encode())


def test_not_utf8() -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(b"\xff\n1\n" + ROOT64.encode() + b"\n")


@pytest.mark.parametrize(
    "head",
    [
        Checkpoint(origin="a b", size=1, root=ROOT),
        Checkpoint(origin="a", size=-1, root=ROOT),
        Checkpoint(origin="a", size=2**53, root=ROOT),
        Checkpoint(origin="a", size=1, root=ROOT[:31]),
        Checkpoint(origin="a", size=0, root=ROOT),
        Checkpoint(origin="a", size=1, root=EMPTY_ROOT),
    ],
    ids=["space", "negative", "2^53", "short root", "empty tree with leaves", "leaves with the empty root"],
)
def test_what_is_no_checkpoint_is_not_written(head: Checkpoint) -> None:
    with pytest.raises(MalformedError):
        format_checkpoint(head)


@given(st.integers(1, MAX_INTEGER), st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_round_trip(log: Signer, size: int, root: bytes) -> None:
    head = Checkpoint(origin="log.example/a", size=size, root=root)
    assert parse_checkpoint(format_checkpoint(head)) == head
    opened = open_checkpoint(sign_checkpoint(head, log.vkey, log.sign), [log.vkey])
    assert (opened.checkpoint, opened.signers, opened.cosignatures) == (head, (log.vkey,), ())
    assert opened.text == format_checkpoint(head)


def test_the_empty_tree() -> None:
    head = Checkpoint(origin="a", size=0, root=EMPTY_ROOT)
    assert parse_checkpoint(format_checkpoint(head)) == head


@given(st.integers(0, len(TEXT) - 1), st.binary(max_size=2), st.integers(0, 1))
def test_what_parses_has_one_spelling(at: int, inserted: bytes, removed: int) -> None:
    bent = TEXT[:at] + inserted + TEXT[at + removed :]
    try:
        assert format_checkpoint(parse_checkpoint(bent)) == bent
    except MalformedError:
        assert bent != TEXT


def test_a_ledger_cannot_sign_for_another(log: Signer, other_log: Signer) -> None:
    """A valid signature, by a key we trust, over another ledger's checkpoint: not that ledger's word."""
    with pytest.raises(ValueError, match="does not sign for"):
        sign_checkpoint(HEAD, other_log.vkey, other_log.sign)
    data = format_note(Note(text=TEXT, signatures=(sign_note(TEXT, other_log.vkey, other_log.sign),)))
    with pytest.raises(UnknownSignerError):
        open_checkpoint(data, [log.vkey, other_log.vkey])


def test_cosignatures_come_with_their_times(log: Signer, witnesses: list[Signer]) -> None:
    note = parse_note(sign_checkpoint(HEAD, log.vkey, log.sign))
    lines = [sign_cosignature(TEXT, one.vkey, 1000 + number, one.sign) for number, one in enumerate(witnesses)]
    data = format_note(add_signatures(note, lines))
    opened = open_checkpoint(data, [log.vkey], [one.vkey for one in witnesses[:3]])
    assert [(line.vkey, line.time) for line in opened.cosignatures] == [
        (one.vkey, 1000 + number) for number, one in enumerate(witnesses[:3])
    ]


def test_cosignatures_alone_are_not_enough(log: Signer, witness: Signer) -> None:
    data = format_note(Note(text=TEXT, signatures=(sign_cosignature(TEXT, witness.vkey, 1, witness.sign),)))
    with pytest.raises(UnknownSignerError, match="no known key of"):
        open_checkpoint(data, [log.vkey], [witness.vkey])


def test_a_bad_cosignature_refuses_the_checkpoint(log: Signer, witness: Signer) -> None:
    note = parse_note(sign_checkpoint(HEAD, log.vkey, log.sign))
    data = format_note(add_signatures(note, [signature_by(witness.vkey, bytes(72))]))
    assert open_checkpoint(data, [log.vkey])
    with pytest.raises(BadSignatureError):
        open_checkpoint(data, [log.vkey], [witness.vkey])


def test_a_witness_key_counts_as_no_ledger_and_a_ledger_key_as_no_witness(log: Signer) -> None:
    cosigner = make_vkey(log.vkey.name, 4, log.vkey.public_key)
    data = format_note(Note(text=TEXT, signatures=(sign_cosignature(TEXT, cosigner, 1, log.sign),)))
    with pytest.raises(UnknownSignerError):
        open_checkpoint(data, [cosigner])
    with pytest.raises(UnknownSignerError):
        open_checkpoint(sign_checkpoint(HEAD, log.vkey, log.sign), [], [log.vkey])


def test_a_ledger_with_two_keys_shows_which_signed(log: Signer, other_log: Signer) -> None:
    new = make_vkey("log.example/a", 1, other_log.vkey.public_key)
    both = add_signatures(parse_note(sign_checkpoint(HEAD, log.vkey, log.sign)), [sign_note(TEXT, new, other_log.sign)])
    assert open_checkpoint(format_note(both), [log.vkey, new]).signers == (log.vkey, new)
    assert open_checkpoint(format_note(both), [new]).signers == (new,)


def test_a_signed_note_that_is_no_checkpoint_is_malformed(log: Signer) -> None:
    text = b"log.example/a\nhello\n"
    with pytest.raises(MalformedError):
        open_checkpoint(format_note(Note(text=text, signatures=(sign_note(text, log.vkey, log.sign),))), [])


def test_bytes_that_are_no_note_are_malformed(log: Signer) -> None:
    for data in (b"", b"\xff\xff", TEXT, b"\n\n"):
        with pytest.raises(MalformedError):
            open_checkpoint(data, [log.vkey])
