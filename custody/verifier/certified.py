"""A certificate: the document a bundle was taken out of, against what its ledger recorded of it (K01 to K03).

The document's first revision, as rendered, has the bundle inside. The ledger then recorded `certificate.issued` with
the SHA-256 of those bytes, and the entry was attached in a second revision, as the lines of one more part:

    a part of the ledger that cut the bundle; consistency proofs; entries with their proofs, certificate.issued last

What the pages say is not read: whoever issued lying pages is caught by comparing them with the report.
"""

import hashlib
import io
from collections.abc import Iterator
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol import bundle
from custody.protocol.events.disclosures import CertificateIssued
from custody.protocol.findings import finding
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded

MAX_ISSUE = 4 * 1024 * 1024
"""Bytes of the lines attached: a part, at most a thousand proofs, a few entries."""


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
    """Adds K01 to K03; `subjects`: what the bundle is about."""
    if document.altered:
        docket.put(finding("K03", how="; ".join(document.altered)))
    if issued is None or not isinstance(issued.event, CertificateIssued):
        docket.put(finding("K02"))
        return
    details = issued.event.details
    rendered = document.data[: details.size]
    if len(rendered) < details.size or hashlib.sha256(rendered).hexdigest() != details.document:
        docket.put(finding("K01", (issued.name,), entry=issued.name))
    elif details.bundle != document.bundle or sorted(details.subjects) != sorted(subjects):
        docket.put(finding("K01.bundle", (issued.name,), entry=issued.name))
