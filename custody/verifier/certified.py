"""A certificate: the document a bundle was taken out of, against what its ledger recorded of it (K01 to K04).

The document's first revision, as rendered, has the bundle inside. The ledger then recorded `certificate.issued` with
the SHA-256 of those bytes, and the entry was attached in a second revision, as the lines of one more part:

    a part of the ledger that cut the bundle; consistency proofs; entries with their proofs, certificate.issued last

What the pages say is not read: whoever issued lying pages is caught by comparing them with the report.
"""

import hashlib
import io
from collections.abc import Iterator
from typing import Literal, NamedTuple

from custody.errors import MalformedError
from custody.protocol import bundle
from custody.protocol.events.disclosures import CertificateIssued
from custody.protocol.findings import finding
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded

MAX_ISSUE = 4 * 1024 * 1024
"""Bytes of the lines attached: a part, at most a thousand proofs, a few entries."""


class Signature(NamedTuple):
    """A signature in the document (PAdES), as the reader of documents found it. Text as stated, not escaped."""

    state: Literal["sound", "broken", "unchecked"] = "unchecked"
    """Whether it matches what it signs; whom it binds is not judged."""
    why: str = ""
    """What is wrong with it, or why it was not checked."""
    signer: str = ""
    """The certificate's subject; empty where it was not checked. So are the next four."""
    issuer: str = ""
    valid_from: str = ""
    valid_until: str = ""
    certificate: str = ""
    """SHA-256 of the signer's certificate."""
    stated: str = ""
    """When it was made, as it says itself."""
    reason: str = ""
    draws: str = ""
    """The size of the block that it draws over the last page, in words; empty for none."""


class Document(NamedTuple):
    """A certificate as found, unverified."""

    data: bytes
    """All of the file."""
    bundle: str
    """SHA-256 of the bundle inside its first revision."""
    issue: bytes
    """The lines attached in its second revision; empty where nothing was attached."""
    altered: tuple[str, ...]
    """What later revisions do beyond attaching these lines and signing, in words."""
    rendered: int
    """Bytes of its first revision, as found from the beginning of the file."""
    attached: int | None = None
    """When the second revision says it was made, in seconds since 1970; None where nothing is attached."""
    signatures: tuple[Signature, ...] = ()


def read_issue(document: Document) -> Iterator[bundle.Line]:
    """The lines attached. Raises MalformedError for more than a certificate carries."""
    if len(document.issue) > MAX_ISSUE:
        raise MalformedError(f"what is attached to the certificate exceeds {MAX_ISSUE} bytes")
    for number, data in enumerate(bundle.read_lines(io.BytesIO(document.issue)), 1):
        try:
            yield bundle.parse_line(data)
        except MalformedError as error:
            raise MalformedError(f"line {number} of what is attached: {error.message}") from error


def judge_certificate(document: Document, issued: Recorded | None, subjects: tuple[str, ...], docket: Docket) -> None:
    """Adds K01 to K04; `subjects`: what the bundle is about."""
    if document.altered:
        docket.put(finding("K03", how="; ".join(document.altered)))
    for one in document.signatures:
        _judge_signature(one, docket)
    if issued is None or not isinstance(issued.event, CertificateIssued):
        docket.put(finding("K02"))
        return
    details = issued.event.details
    rendered = document.data[: details.size]
    if document.rendered != details.size or hashlib.sha256(rendered).hexdigest() != details.document:
        docket.put(finding("K01", (issued.name,), entry=issued.name))
    elif details.bundle != document.bundle or sorted(details.subjects) != sorted(subjects):
        docket.put(finding("K01.bundle", (issued.name,), entry=issued.name))
    if document.attached != issued.recorded:
        docket.put(finding("K03", how="what is attached bears another date than its entry"))


def _judge_signature(one: Signature, docket: Docket) -> None:
    if one.state == "broken":
        docket.put(finding("K04", why=one.why))
    elif one.state == "unchecked":
        docket.put(finding("K04.unchecked", why=one.why))
    if one.draws:
        docket.put(finding("K03.block", box=one.draws))
