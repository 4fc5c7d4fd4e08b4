"""canonical.py against RFC 8785's own pairs, second spellings of the same value, and BLAKE3's vectors."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.encodings import MAX_INTEGER
from custody.protocol.values import Place


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    count: Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
    name: str
    note: str | None = None


decode_example = canonical.decoder(Example, "example")

SECOND_SPELLINGS = {
    "empty": b"",
    "nothing but a space": b" ",
    "space between tokens": b'{"count": 1,"name":"a"}',
    "newline at the end": b'{"count":1,"name":"a"}\n',
    "byte order mark": b'\xef\xbb\xbf{"count":1,"name":"a"}',
    "keys not sorted": b'{"name":"a","count":1}',
    "duplicate key": b'{"count":1,"count":1,"name":"a"}',
    "unknown member": b'{"count":1,"name":"a","zeal":1}',
    "missing member": b'{"count":1}',
    "null for an absent member": b'{"count":1,"name":"a","note":null}',
    "1.0": b'{"count":1.0,"name":"a"}',
    "1e0": b'{"count":1e0,"name":"a"}',
    "-0": b'{"count":-0,"name":"a"}',
    "2^53": b'{"count":9007199254740992,"name":"a"}',
    "a string for a number": b'{"count":"1","name":"a"}',
    "true for a number": b'{"count":true,"name":"a"}',
    "escaped letter": b'{"count":1,"name":"\\u0061"}',
    "escaped solidus": b'{"count":1,"name":"\\/"}',
    "upper-case escape": b'{"count":1,"name":"\\u001F"}',
    "long escape of a newline": b'{"count":1,"name":"\\u000a"}',
    "lone surrogate": b'{"count":1,"name":"\\ud800"}',
    "surrogate in bytes": b'{"count":1,"name":"\xed\xa0\x80"}',
    "not UTF-8": b'{"count":1,"name":"\xff"}',
    "overlong": b'{"count":1,"name":"\xc0\xaf"}',
    "control character": b'{"count":1,"name":"\x01"}',
    "trailing comma": b'{"count":1,"name":"a",}',
    "comment": b'{"count":1,/**/"name":"a"}',
    "two values": b'{"count":1,"name":"a"}{}',
    "cut short": b'{"count":1,"name":"a"',
    "an array": b'[1,"a"]',
    "too long": b'{"count":1,"name":"%s"}' % (b"a" * canonical.MAX_LINE),
    "a very deep array": b'{"count":1,"name":%s}' % (b"[" * 100_000),
}


@pytest.mark.parametrize("data", SECOND_SPELLINGS.values(), ids=SECOND_SPELLINGS.keys())
def test_second_spellings_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^example is"):
        decode_example(data)


def test_a_typed_value_comes_back() -> None:
    data = '{"count":9007199254740991,"name":"é\\n\\u0001"}'.encode()
    assert decode_example(data) == Example(count=MAX_INTEGER, name="é\n\x01")
    assert canonical.encode(decode_example(data)) == data


class Left(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="left"):
    count: int


class Right(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="right"):
    name: str


decode_side = canonical.decoder_by_type({"left": Left, "right": Right}, "side")


def test_its_type_says_what_a_value_is() -> None:
    assert decode_side(b'{"count":1,"type":"left"}') == Left(count=1)
    assert decode_side(b'{"name":"a","type":"right"}') == Right(name="a")


class Either(msgspec.Struct, frozen=True, tag_field="type", tag="either"):
    """Nothing that msgspec can prepare for: it could not tell the two apart."""

    of: Example | Place


def test_a_type_is_prepared_for_when_it_is_met() -> None:
    decode = canonical.decoder_by_type({"left": Left, "either": Either}, "side")
    assert decode(b'{"count":1,"type":"left"}') == Left(count=1)
    with pytest.raises(TypeError):
        decode(b'{"of":null,"type":"either"}')


BAD_SIDES = {
    "no type": b'{"count":1}',
    "an unknown type": b'{"count":1,"type":"down"}',
    "another's type": b'{"count":1,"type":"right"}',
    "two types": b'{"count":1,"type":"right","type":"left"}',
    "the same type twice": b'{"count":1,"type":"left","type":"left"}',
    "a number for a type": b'{"count":1,"type":1}',
    "null for a type": b'{"count":1,"type":null}',
    "an escaped type": b'{"count":1,"type":"\\u006ceft"}',
    "keys not sorted": b'{"type":"left","count":1}',
    "not UTF-8": b'{"count":1,"type":"\xff"}',
    "not UTF-8, in a type that is known": b'{"name":"\xff","type":"right"}',
    "a very deep array": b'{"count":%s,"type":"left"}' % (b"[" * 100_000),
    "too long": b'{"name":"%s","type":"right"}' % (b"a" * canonical.MAX_LINE),
    "an array": b'["left"]',
    "empty": b"",
}


@pytest.mark.parametrize("data", BAD_SIDES.values(), ids=BAD_SIDES.keys())
def test_a_value_of_no_known_type_or_in_a_second_spelling_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^side is"):
        decode_side(data)


BAD_ANY = {
    "float": b"[1.5]",
    "1.0": b"[1.0]",
    "NaN": b"[NaN]",
    "Infinity": b"[Infinity]",
    "2^53": b"[9007199254740992]",
    "-2^53": b"[-9007199254740992]",
    "2^64": b"[18446744073709551616]",
    "key not ASCII": '{"é":1}'.encode(),
    "key not ASCII, inside": '[{"a":{"é":1}}]'.encode(),
    "nine deep": b"[" * 9 + b"]" * 9,
    "nine deep, objects": b'{"a":' * 9 + b"1" + b"}" * 9,
    "a hundred thousand deep": b"[" * 100_000,
    "duplicate key": b'{"a":1,"a":1}',
    "keys not sorted": b'{"b":1,"a":1}',
    "white space": b"[1, 2]",
    "too long": b'"%s"' % (b"a" * canonical.MAX_LINE),
    "empty": b"",
}


@pytest.mark.parametrize("data", BAD_ANY.values(), ids=BAD_ANY.keys())
def test_bad_json(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^JSON "):
        canonical.decode_any(data)


def test_eight_deep_is_read() -> None:
    data = b"[" * 8 + b"]" * 8
    assert canonical.encode(canonical.decode_any(data)) == data


@pytest.mark.parametrize("value", [object(), "\ud800", {"a": {1, object()}}], ids=["object", "surrogate", "set"])
def test_what_json_cannot_say_is_not_written(value: Any) -> None:
    with pytest.raises(MalformedError):
        canonical.encode(value)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abAB01_", max_size=5), inner, max_size=4),
    max_leaves=6,
)


@given(values)
def test_round_trip(value: Any) -> None:
    data = canonical.encode(value)
    try:
        read = canonical.decode_any(data)
    except MalformedError as error:
        assert "deep" in error.message
        return
    assert read == value
    assert json.loads(data) == value


@given(values, st.data())
def test_no_second_spelling_is_read(value: Any, data: st.DataObject) -> None:
    """Whatever byte is inserted, removed or replaced: either it is refused, or it is another value."""
    encoded = canonical.encode(value)
    at = data.draw(st.integers(0, len(encoded) - 1))
    bent = encoded[:at] + data.draw(st.binary(max_size=2)) + encoded[at + data.draw(st.integers(0, 1)) :]
    try:
        read = canonical.decode_any(bent)
    except MalformedError:
        return
    assert canonical.encode(read) == bent


JCS = {
    "arrays": "as is",
    "unicode": "as is",
    "structures": "float",
    "values": "float",
    "french": "key",
    "weird": "key",
}


def test_rfc_8785_pairs(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    """Byte-identical where our restriction allows; `structures` has 56.0 in its input and 56 in its output."""
    folder = vectors / "jcs" / "testdata"
    run = {file.stem: json.loads(file.read_bytes()) for file in (folder / "input").iterdir()}
    for name, value in run.items():
        expected = (folder / "output" / f"{name}.json").read_bytes()
        minified = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        if JCS[name] == "as is":
            assert canonical.encode(value) == expected
            assert canonical.encode(canonical.decode_any(expected)) == expected
            continue
        with pytest.raises(MalformedError, match="not an integer" if JCS[name] == "float" else "not ASCII"):
            canonical.decode_any(minified)
        if name == "structures":
            assert canonical.encode(canonical.decode_any(expected)) == expected
        else:
            with pytest.raises(MalformedError):
                canonical.decode_any(expected)
    assert run.keys() == JCS.keys()
    assert len(run) == 6
    record_property("vectors", len(run))


def test_blake3_vectors(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    """The entry hash's function is the published one."""
    cases = json.loads((vectors / "blake3" / "test_vectors" / "test_vectors.json").read_text())["cases"]
    for case in cases:
        data = bytes(number % 251 for number in range(case["input_len"]))
        assert blake3(data).hexdigest() == case["hash"][:64]
        assert blake3(data).digest(length=len(case["hash"]) // 2).hex() == case["hash"]
    assert len(cases) == 35
    record_property("vectors", len(cases))
