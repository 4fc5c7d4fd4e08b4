"""What a report says of the certificate that the bundle was taken out of."""

import hashlib
from collections.abc import Iterator

from custody.protocol.events.disclosures import CertificateIssued
from custody.protocol.names import name_of
from custody.protocol.times import format_utc
from custody.verifier.certified import Document, Signature
from custody.verifier.report.model import Certified, Issued
from custody.verifier.report.persons import find_person
from custody.verifier.verify import Verified

NOT_READ = (
    "The pages were not read. Compare them with this report: an agency that issues lying pages records their digest "
    "as well."
)
NOT_JUDGED = "Whether you trust a signer's certificate is for you to decide; no authority of certificates is built in."
ID_LENGTH = 8


def describe_certificate(verified: Verified) -> Certified | None:
    """The certificate; None where the bundle came as it is."""
    document = verified.document
    if document is None:
        return None
    return Certified(
        issued=_issued(verified),
        rendered=document.rendered,
        digest=hashlib.sha256(document.data[: document.rendered]).hexdigest(),
        added=tuple(_added(document)),
        signatures=document.signatures,
        notes=(NOT_READ, NOT_JUDGED) if document.signatures else (NOT_READ,),
    )


def _issued(verified: Verified) -> Issued | None:
    fact = verified.issued
    if fact is None or not isinstance(fact.event, CertificateIssued):
        return None
    return Issued(
        id=name_of(fact.event.subject)[:ID_LENGTH],
        entry=fact.name,
        at=format_utc(fact.recorded),
        by=find_person(verified, fact.event.actor),
        court=fact.event.details.court,
        audience=fact.event.details.audience,
    )


def _added(document: Document) -> Iterator[str]:
    if document.attached is not None:
        yield f"the entry of its issue was attached, {format_utc(document.attached)}"
    yield from (say_signature(one) for one in document.signatures)
    yield from (f"altered: {one}" for one in document.altered)


def say_signature(one: Signature) -> str:
    """One signature in a sentence."""
    drawn = f"; it draws {one.draws} over the last page" if one.draws else ""
    stated = f", as it says on {say_date(one.stated)}" if one.stated else ""
    reason = f", {one.reason}" if one.reason else ""
    if not one.signer:
        return f"a signature{stated}{reason}, {_STATES[one.state]}{drawn}"
    valid = f"certificate by {one.issuer}, valid from {one.valid_from} until {one.valid_until}"
    return f"signed by {one.signer}{stated}{reason}, {_STATES[one.state]}; {valid}{drawn}"


_STATES = {"sound": "it matches the document", "broken": "IT DOES NOT MATCH", "unchecked": "not checked"}


def say_date(stated: str) -> str:
    """`D:20260302100500Z` as `2026-03-02 10:05:00Z`; anything else as it stands."""
    digits, rest = stated[2:16], stated[16:].replace("'", "")
    if not stated.startswith("D:") or len(digits) != 14 or not digits.isdecimal():
        return stated
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    return f"{day} {digits[8:10]}:{digits[10:12]}:{digits[12:]}{rest}"
