"""An agency's card: what its partners need, in one line, to be compared by its fingerprint (docs/format.md, "Cards").

    {"card":{"agency":"…","jurisdiction":"RO","ledger_key":"…","origin":"ocrteh.police.example/custody",
     "recipient":"age1…","witness_key":"…"}}                                                         and a line feed

    fingerprint = the first 16 bytes of SHA-256(line without its line feed), eight groups of four hexadecimal digits
                  8ce1-55ff-…

The file may come by any road; the fingerprint is read out over another, by somebody whose voice or face is known.
Sixteen bytes: nobody makes a second card for the fingerprint of a first (2^128). Whoever owns both cards can make two
that share one (2^64), and gains nothing: the ledger that trusts one of them records that one whole.
"""

import hashlib

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.events.partners import Card
from custody.protocol.events.validity import check_card_keys
from custody.protocol.values import Value

_BYTES = 16
_GROUP = 4


class _Line(Value):
    card: Card


_decode = canonical.decoder(_Line, "card")


def format_card(card: Card) -> bytes:
    """The card's line, with its line feed. Raises MalformedError for keys that can't be those of its origin."""
    check_card_keys(card.origin, card.ledger_key, card.witness_key)
    data = canonical.encode(_Line(card=card))
    _decode(data)  # nothing is given out that would be refused
    return data + b"\n"


def parse_card(data: bytes) -> Card:
    """The card in a file: one canonical line, its keys fit for its origin. Raises MalformedError."""
    if not data.endswith(b"\n"):
        raise MalformedError("a card is one line, with its line feed", hint="is the file complete?")
    line: _Line = _decode(data[:-1])
    check_card_keys(line.card.origin, line.card.ledger_key, line.card.witness_key)
    return line.card


def card_fingerprint(card: Card) -> str:
    """What is read out: `8ce1-55ff-…`, 39 characters."""
    digits = hashlib.sha256(format_card(card)[:-1]).digest()[:_BYTES].hex()
    return "-".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def same_fingerprint(typed: str, card: Card) -> bool:
    """Whether somebody typed the card's fingerprint, all of it: with spaces or hyphens, in either case."""
    digits = "".join(typed.split()).replace("-", "").lower()
    return digits == card_fingerprint(card).replace("-", "")
