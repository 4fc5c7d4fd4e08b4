"""Whom the ledger exchanges with, signed by its own key: what it trusts on any day can be shown."""

from typing import Annotated

from msgspec import Meta

from custody.protocol import names, values
from custody.protocol.events.common import Event
from custody.protocol.events.ledger import Recipient, VkeyText
from custody.protocol.values import Text, Value


class TrustedDetails(Value):
    """A partner's card, as it was compared with its owner over another channel."""

    agency: Text
    confirmed: Text
    """How it was confirmed whose card this is: who read the fingerprint out, over which channel."""
    jurisdiction: values.Country
    ledger_key: VkeyText
    recipient: Recipient
    witness_key: VkeyText


class PartnerTrusted(Event, tag="partner.trusted"):
    """From the next entry on items and requests go to this ledger; trusted again, its new keys replace the old."""

    subject_kinds = ("partner",)
    details: TrustedDetails


class DistrustedDetails(Value):
    """Why nothing is exchanged any more."""

    reason: Text


class PartnerDistrusted(Event, tag="partner.distrusted"):
    """From the next entry on nothing goes to this ledger, and nothing of its making is taken in."""

    subject_kinds = ("partner",)
    details: DistrustedDetails


class Card(Value):
    """What an agency gives to its partners, to be compared by its fingerprint (docs/format.md, "Cards")."""

    agency: Text
    jurisdiction: values.Country
    ledger_key: VkeyText
    origin: Annotated[str, Meta(pattern=names.ORIGIN_PATTERN)]
    recipient: Recipient
    witness_key: VkeyText
