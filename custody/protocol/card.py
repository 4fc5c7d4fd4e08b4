"""An agency's card: what it gives to its partners, and the fingerprint by which they compare it by telephone.

{"card":{"agency":…,"jurisdiction":…,"ledger_key":…,"origin":…,"recipient":…,"witness_key":…}} LF

fingerprint = the first 16 bytes of SHA-256 over the line without LF, as eight groups of four hexadecimal digits
"""

import hashlib

import msgspec

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.events.partners import Card
from custody.protocol.events.validity import check_agency_keys

MAX_CARD = 16_384
_DIGITS = 32


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    card: Card


_decode = canonical.decoder(_Line, "a card")


def format_card(card: Card) -> bytes:
    """The card's line, with its line feed. Raises MalformedError for keys that can't be those of its origin."""
    check_agency_keys(card.origin, card.ledger_key, card.witness_key)
    return canonical.encode(_Line(card)) + b"\n"


def parse_card(data: bytes) -> Card:
    """The card in a file. Raises MalformedError."""
    if len(data) > MAX_CARD or not data.endswith(b"\n"):
        raise MalformedError("a card is one line, whole")
    card: Card = _decode(data[:-1]).card
    check_agency_keys(card.origin, card.ledger_key, card.witness_key)
    return card


def card_fingerprint(card: Card) -> str:
    """`3f0a-91c2-…`: what is read out and compared."""
    digits = hashlib.sha256(format_card(card)[:-1]).hexdigest()[:_DIGITS]
    return "-".join(digits[place : place + 4] for place in range(0, _DIGITS, 4))


def same_fingerprint(typed: str, card: Card) -> bool:
    """Whether what somebody typed, with whatever spaces and case, is the card's fingerprint."""
    return "".join(typed.split()).replace("-", "").lower() == card_fingerprint(card).replace("-", "")
