"""What options hold: read strictly, refused with the right form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from custody.errors import MalformedError, UsageError
from custody.protocol.values import Amount, SealReading
from custody_cli import typed

READ: list[tuple[Callable[[str], Any], str, Any]] = [
    (typed.read_amount, "200 EUR-50", Amount(amount="200", unit="EUR-50")),
    (typed.read_amount, "12.50 g", Amount(amount="12.5", unit="g")),
    (typed.read_amount, "0,345 g", Amount(amount="0.345", unit="g")),
    (typed.read_amount, "1.2340 g", Amount(amount="1.234", unit="g")),
    (typed.read_label, "S\u0326/1", "\u0218/1"),
    (typed.read_amount, "12,5 g", Amount(amount="12.5", unit="g")),
    (typed.read_amount, "007 кг", Amount(amount="7", unit="кг")),
    (typed.read_amount, "0.00 ml", Amount(amount="0", unit="ml")),
    (typed.read_seal, "A-1001", SealReading(seal="A-1001", state="intact")),
    (typed.read_seal, "A-1001:broken", SealReading(seal="A-1001", state="broken")),
    (typed.read_seal, " A-1001:missing ", SealReading(seal="A-1001", state="missing")),
    (typed.read_word, "Phone", "phone"),
    (typed.read_country, "ro", "RO"),
    (typed.read_label, "JM/+", "JM/+"),
    (typed.read_document, "warrant=a=b.pdf", typed.Named("warrant", Path("a=b.pdf"))),
    (typed.read_key, "jm=keys/jm", typed.Named("jm", Path("keys/jm"))),
    (typed.read_key, "keys/jm", typed.Named(None, Path("keys/jm"))),
    (typed.for_item(typed.read_seal), "OP-17:JM/1=A-1:broken", None),
]


@pytest.mark.parametrize(("read", "text", "value"), READ, ids=[text for _, text, _ in READ])
def test_what_is_typed_is_read(read: Callable[[str], Any], text: str, value: Any) -> None:
    found = read(text)
    if value is None:
        assert found == typed.ForItem("OP-17:JM/1", SealReading(seal="A-1", state="broken"), text)
    else:
        assert found == value


REFUSED: list[tuple[Callable[[str], Any], str]] = [
    (typed.read_amount, "200"),
    (typed.read_amount, "200EUR"),
    (typed.read_amount, "1,000.5 g"),
    (typed.read_amount, "1,234 EUR"),
    (typed.read_amount, "1.500 EUR"),
    (typed.read_label, "Z/1\u200b"),
    (typed.read_label, "\u202eZ/1"),
    (typed.read_seal_number, "S\u200d1"),
    (typed.read_amount, "-3 g"),
    (typed.read_amount, "3 two words"),
    (typed.read_amount, "1e3 g"),
    (typed.read_amount, "٣ g"),
    (typed.read_seal, "A 1001"),
    (typed.read_seal, "A-1001:torn"),
    (typed.read_seal, "A-1001:"),
    (typed.read_seal, ""),
    (typed.read_seal_number, "-A"),
    (typed.read_label, "JM 1"),
    (typed.read_label, "JM=1"),
    (typed.read_label, "x" * 65),
    (typed.read_label, "JM\u00a01"),
    (typed.read_word, "mobile phone"),
    (typed.read_country, "Romania"),
    (typed.read_case, "-x"),
    (typed.read_text, "  "),
    (typed.read_text, "x" * 20_001),
    (typed.read_document, "order.pdf"),
    (typed.read_document, "Two Words=order.pdf"),
    (typed.read_document, "warrant="),
    (typed.read_hex(64), "abc"),
]


@pytest.mark.parametrize(("read", "text"), REFUSED, ids=[text[:20] for _, text in REFUSED])
def test_what_has_another_form_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises((UsageError, MalformedError)) as caught:
        read(text)
    assert caught.value.hint


def test_an_error_names_the_option() -> None:
    option = click.Option(["--quantity"], type=typed.AMOUNT)
    with pytest.raises(UsageError, match="--quantity: 'x' is not an amount"):
        option.type_cast_value(click.Context(click.Command("c")), "x")
