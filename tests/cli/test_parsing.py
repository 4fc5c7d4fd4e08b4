"""What options hold: read strictly, refused with the right form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from custody.errors import MalformedError, UsageError
from custody.protocol.values import Amount, SealReading
from custody_cli.typed import parsing

READ: list[tuple[Callable[[str], Any], str, Any]] = [
    (parsing.read_amount, "200 EUR-50", Amount(amount="200", unit="EUR-50")),
    (parsing.read_amount, "12.50 g", Amount(amount="12.5", unit="g")),
    (parsing.read_amount, "0,345 g", Amount(amount="0.345", unit="g")),
    (parsing.read_amount, "1.2340 g", Amount(amount="1.234", unit="g")),
    (parsing.read_label, "S\u0326/1", "\u0218/1"),
    (parsing.read_amount, "12,5 g", Amount(amount="12.5", unit="g")),
    (parsing.read_amount, "007 кг", Amount(amount="7", unit="кг")),
    (parsing.read_amount, "0.00 ml", Amount(amount="0", unit="ml")),
    (parsing.read_seal, "A-1001", SealReading(seal="A-1001", state="intact")),
    (parsing.read_seal, "A-1001:broken", SealReading(seal="A-1001", state="broken")),
    (parsing.read_seal, " A-1001:missing ", SealReading(seal="A-1001", state="missing")),
    (parsing.read_word, "Phone", "phone"),
    (parsing.read_country, "ro", "RO"),
    (parsing.read_label, "JM/+", "JM/+"),
    (parsing.read_document, "warrant=a=b.pdf", parsing.Named("warrant", Path("a=b.pdf"))),
    (parsing.read_key, "jm=keys/jm", parsing.Named("jm", Path("keys/jm"))),
    (parsing.read_key, "keys/jm", parsing.Named(None, Path("keys/jm"))),
    (parsing.for_item(parsing.read_seal), "OP-17:JM/1=A-1:broken", None),
]


@pytest.mark.parametrize(("read", "text", "value"), READ, ids=[text for _, text, _ in READ])
def test_what_is_typed_is_read(read: Callable[[str], Any], text: str, value: Any) -> None:
    found = read(text)
    if value is None:
        assert found == parsing.ForItem("OP-17:JM/1", SealReading(seal="A-1", state="broken"), text)
    else:
        assert found == value


REFUSED: list[tuple[Callable[[str], Any], str]] = [
    (parsing.read_amount, "200"),
    (parsing.read_amount, "200EUR"),
    (parsing.read_amount, "1,000.5 g"),
    (parsing.read_amount, "1,234 EUR"),
    (parsing.read_amount, "1.500 EUR"),
    (parsing.read_label, "Z/1\u200b"),
    (parsing.read_label, "\u202eZ/1"),
    (parsing.read_seal_number, "S\u200d1"),
    (parsing.read_amount, "-3 g"),
    (parsing.read_amount, "3 two words"),
    (parsing.read_amount, "1e3 g"),
    (parsing.read_amount, "٣ g"),
    (parsing.read_seal, "A 1001"),
    (parsing.read_seal, "A-1001:torn"),
    (parsing.read_seal, "A-1001:"),
    (parsing.read_seal, ""),
    (parsing.read_seal_number, "-A"),
    (parsing.read_label, "JM 1"),
    (parsing.read_label, "JM=1"),
    (parsing.read_label, "x" * 65),
    (parsing.read_label, "JM\u00a01"),
    (parsing.read_word, "mobile phone"),
    (parsing.read_country, "Romania"),
    (parsing.read_case, "-x"),
    (parsing.read_text, "  "),
    (parsing.read_text, "x" * 20_001),
    (parsing.read_document, "order.pdf"),
    (parsing.read_document, "Two Words=order.pdf"),
    (parsing.read_document, "warrant="),
    (parsing.read_hex(64), "abc"),
]


@pytest.mark.parametrize(("read", "text"), REFUSED, ids=[text[:20] for _, text in REFUSED])
def test_what_has_another_form_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises((UsageError, MalformedError)) as caught:
        read(text)
    assert caught.value.hint


def test_an_error_names_the_option() -> None:
    option = click.Option(["--quantity"], type=parsing.AMOUNT)
    with pytest.raises(UsageError, match="--quantity: 'x' is not an amount"):
        option.type_cast_value(click.Context(click.Command("c")), "x")
