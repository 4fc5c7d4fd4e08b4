"""Partners: trusted by their card, and distrusted; acts of the ledger key."""

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.partners import (
    Card,
    DistrustedDetails,
    PartnerDistrusted,
    PartnerTrusted,
    TrustedDetails,
)


def trust(occasion: Occasion, card: Card, *, confirmed: str) -> Act:
    """From here on items and requests go to this ledger, and its bundles are taken in.

    `confirmed`: how it was made sure whose card this is. Trusted again, the new keys replace the old.
    """
    details = TrustedDetails(
        agency=card.agency,
        confirmed=confirmed,
        jurisdiction=card.jurisdiction,
        ledger_key=card.ledger_key,
        recipient=card.recipient,
        witness_key=card.witness_key,
    )
    draft = Draft(kind=PartnerTrusted, subject=f"partner:{card.origin}", details=details, occasion=occasion)
    return _record(draft)


def distrust(occasion: Occasion, origin: str, *, reason: str) -> Act:
    """Nothing goes there any more, and nothing of its making is taken in."""
    details = DistrustedDetails(reason=reason)
    return _record(Draft(kind=PartnerDistrusted, subject=f"partner:{origin}", details=details, occasion=occasion))


def _record(draft: Draft) -> Act:
    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act
