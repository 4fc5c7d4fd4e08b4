"""Issuing a certificate: recorded after the document was rendered, for the ledger states the digest of its bytes.

What is attached to the document then is one more part after the bundle's (custody/verifier/certified.py): the fresh
checkpoint, the proof that the bundle's was a beginning of it, who signed where the bundle doesn't show that, the entry.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from custody.ledger.disclosing.lines import own_entries, own_joins, part_line
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Appended, Ledger
from custody.ledger.recorder import Recorder
from custody.protocol.ed25519 import Signer
from custody.protocol.events.disclosures import CertificateIssued, IssuedDetails
from custody.protocol.names import split_person


class Issue:
    """The act: `certificate.issued`."""

    def __init__(self, occasion: Occasion, id_: str, details: IssuedDetails) -> None:
        """`id_`: the certificate's UUID, which stands on its pages."""
        self._occasion, self._id, self._details = occasion, id_, details

    def __call__(self, recorder: Recorder) -> None:
        """Records it."""
        subject = f"disclosure:{self._id}"
        recorder.record(Draft(kind=CertificateIssued, subject=subject, details=self._details, occasion=self._occasion))


class Issued(NamedTuple):
    """A certificate, recorded."""

    appended: Appended
    lines: bytes
    """What is attached to the document."""


def issue_certificate(
    ledger: Ledger,
    issue: Issue,
    *,
    shown: Collection[int],
    size: int,
    signers: Mapping[str, Signer],
    ledger_key: Signer,
) -> Issued:
    """Records the issue under a fresh checkpoint. `shown`: this ledger's entries that the bundle inside shows; `size`:
    that of the checkpoint it stands under. Raises as `Ledger.append` does."""
    appended = ledger.append(issue, signers, certified_by=ledger_key)
    fact = appended.entries[-1]
    after = fact.index + 1
    persons = [split_person(one)[0] for one in fact.event.signers]
    known = [one.index for person in persons for one in ledger.history(f"person:{person}")]
    known += [one.index for one in ledger.history("ledger")]
    prover = ledger.prover(after)
    lines = [
        part_line(ledger, ledger.origin, after, appended.checkpoint or b""),
        *own_joins(ledger, prover, {size}),
        *own_entries(ledger, prover, sorted({*known, fact.index} - set(shown))),
    ]
    return Issued(appended, b"".join(lines))
