"""note.py: signed notes as C2SP and Go read them, and stricter where two readers could differ."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import note as module
from custody.protocol.note import Note, add_signatures, format_note, parse_note, sign_note, verify_note
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import NoteSignature, Vkey, format_signature_line, make_vkey, parse_vkey, signature_by
from tests.protocol.fixed_signers import Signer

TEXT = b"This is an example message.\n"


def signed(log: Signer, text: bytes = TEXT) -> bytes:
    return format_note(Note(text=text, signatures=(sign_note(text, log.vkey, log.sign),)))


def line(name: str, payload: bytes = b"\x00" * 64, identity: bytes = b"\x00\x00\x00\x01") -> NoteSignature:
    return NoteSignature(name=name, key_id=identity, payload=payload)


def test_published_notes_verify(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    cases = json.loads((vectors / "signed-note" / "vectors.json").read_text())["cases"]
    for case in cases:
        vkey = parse_vkey(case["vkey"])
        data = f"{case['text']}\n{case['sigline']}".encode()
        verified = verify_note(data, [vkey])
        assert verified.text == case["text"].encode()
        assert [line.vkey for line in verified.signatures] == [vkey]
        assert format_note(parse_note(data)) == data
        with pytest.raises(BadSignatureError):
            verify_note(data.replace(b"e", b"f", 1).replace(b"fxample.com/foo", b"example.com/foo"), [vkey])
    assert len(cases) == 3
    record_property("vectors", len(cases))


def test_the_worked_example_is_exact() -> None:
    assert module.__doc__ is not None
    lines = [line.removeprefix("    ") for line in module.__doc__.split("\n")]
    at = lines.index("This is an example message.")
    data = "\n".join(lines[at : at + 3]).encode() + b"\n"
    vkey = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert verify_note(data, [vkey]).text == TEXT


HEAD, TAIL = TEXT, format_signature_line(line("a.example"))

BAD_NOTES = {
    "empty": b"",
    "text alone": HEAD,
    "no empty line": HEAD + TAIL,
    "no text": b"\n" + TAIL,
    "no signature": HEAD + b"\n",
    "last line does not end": HEAD + b"\n" + TAIL[:-1],
    "an empty line after": HEAD + b"\n" + TAIL + b"\n",
    "text after": HEAD + b"\n" + TAIL + b"more\n",
    "carriage returns": (HEAD + b"\n" + TAIL).replace(b"\n", b"\r\n"),
    "tab": b"a\tb\n\n" + TAIL,
    "NUL": b"a\x00b\n\n" + TAIL,
    "escape": b"a\x1b[31mb\n\n" + TAIL,
    "not UTF-8 in the text": b"\xff\n\n" + TAIL,
    "overlong UTF-8": b"\xc0\xaf\n\n" + TAIL,
    "surrogate": b"\xed\xa0\x80\n\n" + TAIL,
    "not UTF-8 in a name": HEAD + b"\n" + TAIL.replace(b"a.", b"\xff"),
    "bad base64 of an unknown key": HEAD + b"\n" + TAIL.replace(b"AA", b"A!", 1),
    "65 signatures": HEAD + b"\n" + TAIL * 65,
    "65 KiB": b"a" * 65 * 1024 + b"\n\n" + TAIL,
}


@pytest.mark.parametrize("data", BAD_NOTES.values(), ids=BAD_NOTES.keys())
def test_bad_notes(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_note(data)


def test_lines_end_at_0a_only(log: Signer) -> None:
    """U+2028, U+0085 and the like are ordinary characters of a line, not ends of it."""
    text = "one\u2028two\u0085three\n".encode()
    assert verify_note(signed(log, text), [log.vkey]).text == text


def test_the_last_empty_line_divides(log: Signer) -> None:
    text = b"one\n\n\xe2\x80\x94 not.a.signature AAAAAAAA\n\n\ntwo\n"
    assert verify_note(signed(log, text), [log.vkey]).text == text


def test_unknown_keys_are_ignored_even_if_name_or_id_is_known(log: Signer, other_log: Signer) -> None:
    note = parse_note(signed(log))
    strange = [line("a.example"), line(log.vkey.name), line("b.example", identity=log.vkey.key_id)]
    verified = verify_note(format_note(add_signatures(note, strange)), [other_log.vkey, log.vkey])
    assert [line.vkey for line in verified.signatures] == [log.vkey]
    assert [line.time for line in verified.signatures] == [None]


def test_no_known_key_signed(log: Signer, other_log: Signer) -> None:
    for known in ([], [other_log.vkey]):
        with pytest.raises(UnknownSignerError):
            verify_note(signed(log), known)


def test_one_bad_signature_by_a_known_key_refuses_the_note(log: Signer, other_log: Signer) -> None:
    bad = signature_by(other_log.vkey, b"\x00" * 64)
    data = format_note(add_signatures(parse_note(signed(log)), [bad]))
    assert verify_note(data, [log.vkey])
    with pytest.raises(BadSignatureError, match=r"log\.example/b"):
        verify_note(data, [log.vkey, other_log.vkey])


@pytest.mark.parametrize("length", [1, 63, 65, 72])
def test_a_signature_of_the_wrong_length_is_bad(log: Signer, length: int) -> None:
    payload = (sign_note(TEXT, log.vkey, log.sign).payload + b"\x00" * 8)[:length]
    with pytest.raises(BadSignatureError):
        verify_note(format_note(Note(text=TEXT, signatures=(signature_by(log.vkey, payload),))), [log.vkey])


def test_two_signatures_by_one_known_key_refuse_the_note(log: Signer, other_log: Signer) -> None:
    once = parse_note(signed(log))
    twice = format_note(Note(text=TEXT, signatures=once.signatures * 2 + (sign_note(TEXT, *other_log),)))
    with pytest.raises(BadSignatureError, match="twice"):
        verify_note(twice, [log.vkey])
    assert verify_note(twice, [other_log.vkey]), "of a key we do not know we know nothing"


def test_a_key_of_a_type_not_understood_never_verifies(log: Signer) -> None:
    """An ML-DSA key is carried: its signature neither counts nor spoils the note."""
    ml_dsa = make_vkey("w.example", 6, bytes(1312))
    data = format_note(add_signatures(parse_note(signed(log)), [signature_by(ml_dsa, bytes(2428))]))
    assert [line.vkey for line in verify_note(data, [log.vkey, ml_dsa]).signatures] == [log.vkey]
    with pytest.raises(UnknownSignerError):
        verify_note(data, [ml_dsa])


def test_known_keys_that_collide_are_refused(log: Signer, other_log: Signer) -> None:
    twin = Vkey(name=log.vkey.name, key_id=log.vkey.key_id, type=1, public_key=other_log.vkey.public_key)
    with pytest.raises(MalformedError, match="share"):
        verify_note(signed(log), [log.vkey, twin])
    assert verify_note(signed(log), [log.vkey, log.vkey])


def test_sixteen_post_quantum_cosignatures_fit(log: Signer) -> None:
    signatures = [line(f"witness-{number:02}.example/custody", bytes(2428)) for number in range(16)]
    data = format_note(add_signatures(parse_note(signed(log)), signatures))
    assert len(parse_note(data).signatures) == 17


def test_a_new_signature_replaces_that_of_the_same_key(log: Signer) -> None:
    note = Note(text=TEXT, signatures=(line("a.example"), line("b.example")))
    again = add_signatures(note, [line("a.example", b"new"), sign_note(TEXT, log.vkey, log.sign)])
    assert [(line.name, line.payload[:3]) for line in again.signatures[:2]] == [
        ("a.example", b"new"),
        ("b.example", b"\0\0\0"),
    ]
    assert verify_note(format_note(again), [log.vkey])


BAD_TO_FORMAT = {
    "text without newline": Note(text=b"a", signatures=(line("a"),)),
    "no signatures": Note(text=b"a\n", signatures=()),
    "space in a name": Note(text=b"a\n", signatures=(line("a b"),)),
    "surrogate in a name": Note(text=b"a\n", signatures=(line("a\ud800"),)),
    "newline in a name": Note(text=b"a\n", signatures=(line("a\n\nb"),)),
    "short key ID": Note(text=b"a\n", signatures=(line("a", identity=b"\x01"),)),
}


@pytest.mark.parametrize("note", BAD_TO_FORMAT.values(), ids=BAD_TO_FORMAT.keys())
def test_what_would_not_read_back_is_not_written(note: Note) -> None:
    with pytest.raises(MalformedError):
        format_note(note)


def test_the_ledger_key_never_signs_what_could_be_an_event(log: Signer) -> None:
    with pytest.raises(MalformedError, match="DSSEv1"):
        sign_note(b"DSSEv1 34 application/vnd.custody.event+json 2 {}\n", log.vkey, log.sign)


def test_only_type_01_signs_notes(witness: Signer) -> None:
    with pytest.raises(ValueError, match="type 04"):
        sign_note(TEXT, witness.vkey, witness.sign)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60).map(
    lambda text: f"{text}\n".encode()
)


@given(texts)
@settings(deadline=None)
def test_round_trip(log: Signer, text: bytes) -> None:
    data = signed(log, text)
    assert format_note(parse_note(data)) == data
    assert verify_note(data, [log.vkey]).text == text


@given(st.data())
@settings(deadline=None)
def test_any_flipped_bit_is_noticed(log: Signer, data: st.DataObject) -> None:
    note = signed(log)
    bit = data.draw(st.integers(0, len(note) * 8 - 1))
    bent = bytearray(note)
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedError, BadSignatureError, UnknownSignerError)):
        verify_note(bytes(bent), [log.vkey])


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_what_parses_has_one_spelling(before: bytes, after: bytes) -> None:
    try:
        note = parse_note(before + b"\n\n" + TAIL + after)
    except MalformedError:
        return
    assert format_note(note) == before + b"\n\n" + TAIL + after
