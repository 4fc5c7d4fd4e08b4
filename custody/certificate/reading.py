"""Opening a certificate: the bundle inside, and what the verifier is told about the document around it.

What the pages say is not read. Revisions are found from the file's beginning (layout.py), the files taken out of the
first under caps (attachments.py); the second is written anew and compared (revision.py); what later ones do beyond
signing is named (changes.py); signatures are checked where pyHanko is installed (signatures.py).
"""

import hashlib
import re

from custody.certificate.attachments import take_out
from custody.certificate.changes import list_changes
from custody.certificate.layout import MAX_FILE, Reader, Revision, read_revisions
from custody.certificate.revision import ISSUE, attach, list_names
from custody.certificate.signatures import check_signatures
from custody.certificate.syntax import Ref
from custody.errors import MalformedError
from custody.protocol.times import parse_utc
from custody.verifier.certified import MAX_ISSUE, Document

BUNDLE = "bundle.custody"
BEGINNING = b"%PDF-"
_MOMENT = re.compile(rb"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z\Z")
_TAIL = 2048
"""Bytes from the end in which a viewer looks for its beginning."""


def open_certificate(data: bytes) -> tuple[bytes, Document]:
    """The bundle inside a certificate, and the document for the verifier's request. Raises MalformedError."""
    revisions, end = read_revisions(data) if data.startswith(BEGINNING) and len(data) <= MAX_FILE else ([], 0)
    if not revisions:
        raise _no_certificate(data)
    try:
        files = take_out(data, revisions[0])
    except MalformedError as error:
        raise MalformedError(
            f"it is a PDF, and no certificate: {error.message}",
            hint="a certificate carries its proof inside; a scan or a print of one does not. Ask for the file itself",
        ) from error
    if BUNDLE not in files:
        raise MalformedError("it is a PDF without a bundle inside", hint="ask for the certificate as it was issued")
    if end < len(data) and not re.search(rb"%%EOF[\r\n]{0,2}\Z", data[-8:]):
        raise MalformedError("it is cut off, or something was written behind it", hint="was it copied whole?")
    return files[BUNDLE], _document(data, revisions, end, files[BUNDLE])


def _document(data: bytes, revisions: list[Revision], end: int, bundle: bytes) -> Document:
    issue, moment = _read_issue(data, revisions)
    own = 1 if moment is None else 2
    changes = list_changes(data, revisions[:own], revisions[own:])
    altered = changes.altered
    if end < len(data):
        altered = (*altered, "what stands behind its last sound revision can't be read")
    return Document(
        data=data,
        bundle=hashlib.sha256(bundle).hexdigest(),
        issue=issue,
        altered=altered,
        rendered=revisions[0].end,
        attached=moment,
        signatures=check_signatures(data, changes.signings),
    )


def _read_issue(data: bytes, revisions: list[Revision]) -> tuple[bytes, int | None]:
    """The lines that the second revision attaches, and its date; nothing where it does anything else."""
    if len(revisions) == 1:
        return b"", None
    first, second = revisions[:2]
    try:
        reader = Reader(data, [first, second])
        found = reader.object(first.size)
        head = reader.dictionary(Ref(first.size), "what is attached")
        written = reader.dictionary(head.get("Params"), "/Params").get("ModDate")
        place = _MOMENT.match(written) if isinstance(written, bytes) else None
        if list_names(reader).get(ISSUE.encode()) is None or found.stream is None or place is None:
            return b"", None
        year, month, day, hour, minute, second_ = (one.decode() for one in place.groups())
        moment = parse_utc(f"{year}-{month}-{day}T{hour}:{minute}:{second_}Z")
        lines = data[slice(*found.stream)]
        exact = len(lines) <= MAX_ISSUE and attach(data[: first.end], lines, moment=moment) == data[: second.end]
    except MalformedError:
        return b"", None
    return (lines, moment) if exact else (b"", None)


def _no_certificate(data: bytes) -> MalformedError:
    """Why nothing could be read of it, for the person who named it."""
    end = data[-_TAIL:]
    if len(data) > MAX_FILE:
        return MalformedError(f"it exceeds {MAX_FILE} bytes: no certificate does")
    if not data.startswith(BEGINNING):
        return MalformedError("it is no PDF")
    if b"/Encrypt" in end:
        return MalformedError(
            "it is an encrypted PDF", hint="ask for the certificate as it was issued: it is never encrypted"
        )
    if b"%%EOF" not in end:
        return MalformedError("it is a PDF that is cut off", hint="was it copied whole?")
    return MalformedError(
        "it is a PDF, and no certificate: another program wrote it, or wrote it anew",
        hint="printing, scanning or saving a certificate takes its proof away. Ask for the file itself",
    )
