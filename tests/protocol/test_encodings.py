"""encodings.py: one spelling for the same bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol.encodings import (
    MAX_INTEGER,
    decode_base64,
    decode_base64url,
    decode_size,
    encode_base64,
    encode_base64url,
)

BAD_BASE64 = {
    "junk inside": "QU!JD",
    "stray pad bits": "QUF=",
    "no padding": "QQ",
    "too much padding": "QUE===",
    "padding inside": "QQ==QQ==",
    "newline": "QUJD\n",
    "space": "QUJ D",
    "url alphabet": "-_-_",
    "not ascii": "QUJé",
    "one character": "A",
    "fullwidth": "ＱＵＪＤ",
    "surrogate": "QUJ\ud800",
}


@pytest.mark.parametrize("text", BAD_BASE64.values(), ids=BAD_BASE64.keys())
def test_bad_base64(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^root is not"):
        decode_base64(text, "root")


BAD_BASE64URL = {
    "padding": "QQ==",
    "standard alphabet": "+/+/",
    "stray pad bits": "QR",
    "one character": "A",
    "newline": "QUJD\n",
    "junk": "Q!UJD",
    "not ascii": "QUJé",
}


@pytest.mark.parametrize("text", BAD_BASE64URL.values(), ids=BAD_BASE64URL.keys())
def test_bad_base64url(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^salt is not"):
        decode_base64url(text, "salt")


@given(st.binary(max_size=200))
def test_base64_round_trip(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data
    assert decode_base64url(encode_base64url(data)) == data


@given(st.text("ABab01+/=-_ \n", max_size=12))
def test_what_decodes_is_the_only_spelling(text: str) -> None:
    for decode, encode in ((decode_base64, encode_base64), (decode_base64url, encode_base64url)):
        try:
            data = decode(text)
        except MalformedError:
            continue
        assert encode(data) == text


BAD_SIZES = {
    "empty": "",
    "leading zero": "01",
    "two zeros": "00",
    "plus": "+1",
    "minus": "-1",
    "space": " 1",
    "newline": "1\n",
    "underscore": "1_0",
    "exponent": "1e3",
    "fraction": "1.0",
    "other digits": "١",
    "hex": "0x1",
    "2^53": str(2**53),
    "huge": "9" * 5000,
}


@pytest.mark.parametrize("text", BAD_SIZES.values(), ids=BAD_SIZES.keys())
def test_bad_sizes(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_size(text)


@given(st.integers(0, MAX_INTEGER))
def test_size_round_trip(number: int) -> None:
    assert decode_size(str(number)) == number
