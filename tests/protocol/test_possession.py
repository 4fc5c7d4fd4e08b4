"""Proof of possession: only the holder of a key enrols it, under one name, in one ledger."""

import pytest

from custody.errors import MalformedError
from custody.keys.signer import SeedSigner
from custody.protocol.envelope import encode_pae
from custody.protocol.possession import (
    POSSESSION_TYPE,
    check_possession,
    format_request,
    parse_request,
    possession_message,
)

KEY = SeedSigner(b"\x07" * 32)
LEDGER = "ocrteh.police.example/custody"


def proof(identity: str = "jm", ledger: str = LEDGER, key: SeedSigner = KEY) -> bytes:
    return key.sign(possession_message(identity, ledger, KEY.public_key))


def test_the_message_is_a_dsse_encoding_of_its_own_type() -> None:
    assert possession_message("jm", LEDGER, bytes(32)) == (
        b"DSSEv1 39 application/vnd.custody.possession+json 112 "
        b'{"id":"jm","ledger":"ocrteh.police.example/custody",'
        b'"public_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
    )


def test_the_holder_is_believed() -> None:
    assert check_possession("jm", LEDGER, KEY.public_key, proof())


@pytest.mark.parametrize(
    ("identity", "ledger", "key", "made"),
    [
        ("ab", LEDGER, KEY.public_key, proof()),
        ("jm", "other.example", KEY.public_key, proof()),
        ("jm", LEDGER, KEY.public_key, proof(key=SeedSigner(b"\x08" * 32))),
        ("jm", LEDGER, KEY.public_key, b""),
        ("jm", LEDGER, bytes(32), proof()),
    ],
    ids=["another name", "another ledger", "another key", "none", "small order"],
)
def test_nobody_else_is(identity: str, ledger: str, key: bytes, made: bytes) -> None:
    assert not check_possession(identity, ledger, key, made)


def test_a_request_comes_back() -> None:
    data = format_request("jm", LEDGER, KEY.public_key, proof())
    assert parse_request(data).id == "jm"


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d.replace(b'"jm"', b'"ab"'), lambda d: b" " + d])
def test_a_request_that_was_touched_is_refused(change: object) -> None:
    with pytest.raises(MalformedError):
        parse_request(change(format_request("jm", LEDGER, KEY.public_key, proof())))  # type: ignore[operator]


def test_it_is_encoded_as_every_other_signed_statement() -> None:
    message = possession_message("jm", LEDGER, KEY.public_key)
    assert message == encode_pae(POSSESSION_TYPE, message.split(b" ", 4)[4])


REQUEST = format_request("jm", LEDGER, KEY.public_key, proof())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        REQUEST + b"\n",
        REQUEST.replace(b"\n", b"\r\n"),
        REQUEST.replace(b'","', b'", "', 1),
        REQUEST.replace(b'{"id"', b'{"extra":1,"id"'),
        REQUEST.replace(b'{"id"', b'{"id":"jm","id"'),
        REQUEST.replace(b'"id":"jm",', b""),
        REQUEST.replace(b'"jm"', b'"JM"'),
        REQUEST.replace(b'"jm"', b'"..\\u002f"'),
        REQUEST.replace(b"ocrteh", b"https://ocrteh"),
        format_request("jm", LEDGER, KEY.public_key[:31], proof()),
        format_request("jm", LEDGER, KEY.public_key, proof() + b"x"),
        format_request("jm", LEDGER, KEY.public_key, proof()[:32] + bytes(32)),
    ],
    ids=[
        "empty",
        "empty line",
        "two lines",
        "CR LF",
        "white space",
        "unknown member",
        "duplicate member",
        "missing member",
        "id in capitals",
        "escaped id",
        "origin with a scheme",
        "short key",
        "long proof",
        "half a proof",
    ],
)
def test_malformed_requests(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_request(data)
