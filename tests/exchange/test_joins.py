"""What no signature covers in a package, changed on its way: it is refused, and held against nobody."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from custody.errors import MalformedError, RuleRefusedError
from custody.ledger.acts import requests
from custody.ledger.others.kept import Cosigned
from custody.protocol import canonical
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.events.requests import RequestConsulted, RequestConsultedDetails
from custody.protocol.note import parse_note
from custody.protocol.vkey import format_signature_line, parse_vkey
from tests.exchange.member import Member, federation


@pytest.fixture
def asked(tmp_path: Path) -> tuple[Member, Member, str]:
    """`b` has seen `a` twice, and `a` has a third package in the making; `b`'s chief has cosigned."""
    a, b = federation(tmp_path, "RO", "DE")
    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    pin = b.ledger.store.kept.pin(a.origin)
    assert pin is not None
    witness = parse_vkey(b.opened.witness_key)
    line = sign_cosignature(parse_note(pin.note).text, witness, a.clock.now, b.keys["witness"].sign)
    kept = Cosigned(a.origin, pin.size, witness.public_key, format_signature_line(line))
    a.ledger.keep_cosigned([kept])
    return a, b, request


def answer(a: Member, request: str) -> bytes:
    details = RequestConsultedDetails(ground="a copy only?")
    act = requests.answer(RequestConsulted, a.by("chief"), request, details)
    return a.package((), act, requests=[request])


def lines(package: bytes) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in package.splitlines())


def changed(package: bytes, change: Callable[[dict[str, Any]], object]) -> Iterator[bytes]:
    """The package with one consistency line changed, for each that can be."""
    for number, line in enumerate(lines(package)):
        if "consistency" in line and change(line["consistency"]) is not False:
            others = package.splitlines(keepends=True)
            others[number] = canonical.encode(line) + b"\n"
            yield b"".join(others)


def flip(one: dict[str, Any]) -> object:
    if not one["proof"]:
        return False
    first = one["proof"][0]
    one["proof"][0] = ("A" if first[0] != "A" else "B") + first[1:]
    return True


def shorten(one: dict[str, Any]) -> None:
    one["proof"] = one["proof"][:-1]


def nothing(one: dict[str, Any]) -> None:
    one["size"] = 0


def unsign(one: dict[str, Any]) -> object:
    """Another signature of the ledger's on a checkpoint carried along."""
    if "checkpoint" not in one:
        return False
    head, divider, signatures = one["checkpoint"].partition("\n\n— ")
    place = signatures.index("=\n") - 20
    letter = "A" if signatures[place] != "A" else "B"
    one["checkpoint"] = head + divider + signatures[:place] + letter + signatures[place + 1 :]
    return True


@pytest.mark.parametrize(
    ("change", "count"),
    [(flip, 3), (shorten, 3), (nothing, 3), (unsign, 1)],
    ids=["flip", "shorten", "nothing", "sign"],
)
def test_what_no_signature_covers(
    asked: tuple[Member, Member, str], change: Callable[[dict[str, Any]], object], count: int
) -> None:
    a, b, request = asked
    package = answer(a, request)
    tried = list(changed(package, change))
    assert len(tried) >= count
    for one in tried:
        with pytest.raises((MalformedError, RuleRefusedError)):
            b.take(one)
    assert b.ledger.store.kept.disputes() == []
    assert b.take(package)
