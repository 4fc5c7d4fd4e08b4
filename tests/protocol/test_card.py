"""Cards: one spelling, one fingerprint, and keys that fit the name."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.card import card_fingerprint, format_card, parse_card, same_fingerprint
from custody.protocol.events.partners import Card
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey
from fixtures.forge import seed

ORIGIN = "ocrteh.police.example/custody"


def vkey(name: str, kind: int = ED25519, key: str = "ledger") -> str:
    return format_vkey(make_vkey(name, kind, seed(key).public_key))


CARD = Card(
    agency="Organised Crime Unit, Iași",
    jurisdiction="RO",
    ledger_key=vkey(ORIGIN),
    origin=ORIGIN,
    recipient="age1" + "q" * 58,
    witness_key=vkey(f"{ORIGIN}/witness", COSIGNATURE_V1, "witness"),
)
LINE = format_card(CARD)
PRINT = card_fingerprint(CARD)


def test_a_card_comes_back() -> None:
    assert parse_card(LINE) == CARD
    assert format_card(parse_card(LINE)) == LINE
    assert LINE.startswith(b'{"card":{"agency":') and LINE.count(b"\n") == 1


def test_the_fingerprint_is_the_beginning_of_sha_256() -> None:
    digits = hashlib.sha256(LINE.rstrip(b"\n")).hexdigest()
    assert PRINT.replace("-", "") == digits[:32]
    assert [len(group) for group in PRINT.split("-")] == [4] * 8


@pytest.mark.parametrize(
    "typed",
    [
        PRINT,
        PRINT.upper(),
        PRINT.replace("-", ""),
        PRINT.replace("-", " "),
        f"  {PRINT[:20]}\n{PRINT[20:]}\t",
        PRINT.replace("-", " - "),
    ],
)
def test_a_fingerprint_as_people_type_it(typed: str) -> None:
    assert same_fingerprint(typed, CARD)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        PRINT[:-1],
        PRINT[:19],
        f"{PRINT}0",
        PRINT[1:] + PRINT[0],
        PRINT.replace(PRINT[0], "0" if PRINT[0] != "0" else "1", 1),
        PRINT.replace("-", "\u2010"),
        PRINT.replace("-", "."),
        f"0x{PRINT}",
    ],
)
def test_another_fingerprint_is_another(typed: str) -> None:
    assert not same_fingerprint(typed, CARD)


@pytest.mark.parametrize("member", ["agency", "jurisdiction", "recipient", "witness_key"])
def test_whatever_is_changed_changes_the_fingerprint(member: str) -> None:
    other = {
        "agency": "Organised Crime Unit, Iasi",
        "jurisdiction": "MD",
        "recipient": "age1" + "q" * 57 + "p",
        "witness_key": vkey(f"{ORIGIN}/witness", COSIGNATURE_V1, "a forger"),
    }
    changed = msgspec.structs.replace(CARD, **{member: other[member]})
    assert card_fingerprint(changed) != PRINT
    assert not same_fingerprint(PRINT, changed)


def edited(**members: Any) -> bytes:
    stated = canonical.decode_any(LINE[:-1])["card"] | members
    return canonical.encode({"card": {name: value for name, value in stated.items() if value is not None}}) + b"\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        LINE[:-1],
        LINE + LINE,
        LINE + b"\n",
        b" " + LINE,
        LINE.replace(b":", b": ", 1),
        LINE.replace(b"\n", b"\r\n"),
        LINE.replace(b'{"card":', b"")[:-2] + b"\n",
        LINE.replace(b'"jurisdiction":"RO"', b'"jurisdiction":"ro"'),
        LINE.replace(b'"jurisdiction":"RO",', b'"jurisdiction":"RO","jurisdiction":"RO",'),
        LINE.replace("Iași".encode(), "Iași".encode("utf-16")),
        edited(note="trust me"),
        edited(witness_key=None),
        edited(agency=""),
        edited(origin="Ocrteh.police.example"),
        edited(recipient="ssh-ed25519 AAAA"),
        edited(origin="prosecution.example/custody"),
        edited(ledger_key=vkey("prosecution.example/custody")),
        edited(ledger_key=vkey(ORIGIN, COSIGNATURE_V1)),
        edited(witness_key=vkey(f"{ORIGIN}/witness", ED25519, "witness")),
        edited(witness_key=vkey(f"{ORIGIN}/witness", COSIGNATURE_V1, "ledger")),
        edited(witness_key=vkey("another.example/custody/witness", COSIGNATURE_V1, "witness")),
        edited(witness_key=vkey(f"{ORIGIN}-witness", COSIGNATURE_V1, "witness")),
        edited(ledger_key=CARD.ledger_key.replace("+", "+0", 1)),
    ],
)
def test_what_is_no_card(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_card(data)


REPLACED: list[Callable[[], Card]] = [
    lambda: msgspec.structs.replace(CARD, ledger_key=vkey("prosecution.example/custody")),
    lambda: msgspec.structs.replace(CARD, jurisdiction="Romania"),
]


@pytest.mark.parametrize("card", REPLACED)
def test_no_card_is_given_out_that_would_be_refused(card: Callable[[], Card]) -> None:
    with pytest.raises(MalformedError):
        format_card(card())


def test_any_byte_changed_is_refused_or_has_another_fingerprint() -> None:
    for place in range(len(LINE)):
        changed = LINE[:place] + bytes([LINE[place] ^ 1]) + LINE[place + 1 :]
        try:
            card = parse_card(changed)
        except MalformedError:
            continue
        assert card_fingerprint(card) != PRINT
