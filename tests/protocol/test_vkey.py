"""vkey.py: verifier keys and signature lines, one spelling each."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nacl import bindings

from custody.errors import MalformedError
from custody.protocol import vkey as module
from custody.protocol.encodings import encode_base64
from custody.protocol.vkey import (
    COSIGNATURE_ML_DSA_44,
    NoteSignature,
    Vkey,
    check_name,
    format_signature_line,
    format_vkey,
    key_id,
    make_vkey,
    parse_signature_line,
    parse_vkey,
)
from tests.protocol.fixed_signers import Signer

EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LINE = "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
NAME, ID, KEY = EXAMPLE.split("+", 2)

names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20).map(
    lambda text: text.replace("+", "-")
)


def test_the_worked_example_is_exact() -> None:
    assert module.__doc__ is not None
    assert EXAMPLE in module.__doc__
    assert LINE in module.__doc__
    assert format_vkey(parse_vkey(EXAMPLE)) == EXAMPLE
    assert format_signature_line(parse_signature_line(LINE)) == f"{LINE}\n".encode()
    assert parse_signature_line(LINE).key_id == parse_vkey(EXAMPLE).key_id


def test_published_verifier_keys(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    cases = json.loads((vectors / "signed-note" / "vectors.json").read_text())["cases"]
    for case in cases:
        assert format_vkey(parse_vkey(case["vkey"])) == case["vkey"]
    assert len(cases) == 3
    record_property("vectors", len(cases))


def vkey_of(kind: int, key: bytes, identity: bytes | None = None) -> str:
    return f"a+{(identity or key_id('a', kind, key)).hex()}+{encode_base64(bytes([kind]) + key)}"


BAD_VKEYS = {
    "empty": "",
    "name alone": NAME,
    "no key": f"{NAME}+{ID}",
    "key is empty": f"{NAME}+{ID}+",
    "type alone": f"{NAME}+{ID}+AQ==",
    "no name": f"+{ID}+{KEY}",
    "space in the name": f"example com+{ID}+{KEY}",
    "no-break space in the name": f"example\u00a0com+{ID}+{KEY}",
    "newline at the end": f"{EXAMPLE}\n",
    "another name": f"example.com/bar+{ID}+{KEY}",
    "another key ID": f"{NAME}+530d903b+{KEY}",
    "upper-case key ID": f"{NAME}+530D903A+{KEY}",
    "short key ID": f"{NAME}+530d903+{KEY}",
    "signed key ID": f"{NAME}++30d903a+{KEY}",
    "key without padding": EXAMPLE.rstrip("k") + "k=",
    "junk in the key": EXAMPLE + "!",
    "31 bytes": vkey_of(1, b"\x01" * 31),
    "33 bytes": vkey_of(1, b"\x01" * 33),
    "small order": vkey_of(1, bytes(32)),
    "small order, cosigner": vkey_of(4, bytes(32)),
    "ML-DSA-44 key too short": vkey_of(6, bytes(1311)),
    "ML-DSA-44 key, wrong ID": vkey_of(6, bytes(1312), b"\x00\x00\x00\x01"),
    "longer than any key": vkey_of(0xFF, bytes(4096)),
}


@pytest.mark.parametrize("text", BAD_VKEYS.values(), ids=BAD_VKEYS.keys())
def test_bad_verifier_keys(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_vkey(text)


@pytest.mark.parametrize(
    "space", "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000+\x00\ud800"
)
def test_names_have_no_spaces_and_no_plus(space: str) -> None:
    with pytest.raises(MalformedError):
        check_name(f"a{space}b")


def test_every_unicode_space_is_refused() -> None:
    spaces = [chr(point) for point in range(0x110000) if chr(point).isspace()]
    for space in spaces:
        with pytest.raises(MalformedError):
            check_name(space)
    assert len(spaces) == 29


def test_other_types_are_carried() -> None:
    """06 is understood enough to check its ID; of others the ID is taken as it stands."""
    ml_dsa = make_vkey("w.example", COSIGNATURE_ML_DSA_44, bytes(1312))
    assert parse_vkey(format_vkey(ml_dsa)) == ml_dsa
    ecdsa = Vkey(name="w.example", key_id=b"\x01\x02\x03\x04", type=2, public_key=b"DER")
    assert parse_vkey(format_vkey(ecdsa)) == ecdsa


def test_one_key_has_another_id_for_each_type_and_name(log: Signer) -> None:
    key = log.vkey.public_key
    assert len({key_id("a", 1, key), key_id("a", 4, key), key_id("b", 1, key)}) == 3


@given(names, st.sampled_from([1, 4]), st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_round_trip(name: str, kind: int, seed: bytes) -> None:
    vkey = make_vkey(name, kind, bindings.crypto_sign_seed_keypair(seed)[0])
    assert parse_vkey(format_vkey(vkey)) == vkey


@given(st.integers(0, len(EXAMPLE) - 1), st.text("+a0A/= é\n", max_size=2), st.integers(0, 1))
@settings(deadline=None)
@example(25, "0", 1)
def test_no_second_spelling_is_read(at: int, inserted: str, removed: int) -> None:
    bent = EXAMPLE[:at] + inserted + EXAMPLE[at + removed :]
    if bent == EXAMPLE:
        return
    try:
        read = parse_vkey(bent)
    except MalformedError:
        return
    # A key of a type that is only carried: its id is not checked, but it still has one spelling.
    assert read.type not in (1, 4, 6)
    assert format_vkey(read) == bent


BAD_LINES = {
    "empty": "",
    "hyphen": LINE.replace("—", "-"),
    "en dash": LINE.replace("—", "–"),
    "no space after the dash": LINE.replace("— ", "—"),
    "two spaces after the dash": LINE.replace("— ", "—  "),
    "no signature": "— example.com/foo",
    "empty signature": "— example.com/foo ",
    "key ID alone": "— example.com/foo Uw2QOg==",
    "third word": f"{LINE} x",
    "trailing space": f"{LINE} ",
    "stray pad bits": LINE.replace("aQM=", "aQN="),
    "plus in the name": LINE.replace("foo", "f+o"),
    "no name": "—  Uw2QOkn8",
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_signature_lines(line: str) -> None:
    with pytest.raises(MalformedError):
        parse_signature_line(line)


@given(names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=100))
def test_signature_line_round_trip(name: str, identity: bytes, payload: bytes) -> None:
    signature = NoteSignature(name=name, key_id=identity, payload=payload)
    assert parse_signature_line(format_signature_line(signature).decode()[:-1]) == signature
