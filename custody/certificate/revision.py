"""The second revision of a certificate: one more file attached, and nothing else (docs/format.md, "Certificates").

    8 0 obj  the catalog, with the file in /Names and /AF
    N 0 obj  the file, not packed: every packer gives other bytes
    N+1 0 obj  what the file is
    xref, trailer, startxref

The bytes follow from the first revision, the file and the moment alone. So a reader writes them again and compares:
what is not exactly this is another change, and no parser of PDF need be believed about it.
"""

import hashlib

from custody.certificate.layout import Reader, Revision, read_revisions
from custody.certificate.syntax import Name, Ref, Value, format_value
from custody.errors import MalformedError
from custody.protocol.times import format_utc

ISSUE = "issue.jsonl"
_KIND = Name("application/jsonl")
_ABOUT = b"Entry of the certificate's issue, with its proof"


def attach(first: bytes, data: bytes, *, moment: int) -> bytes:
    """A rendered document with `data` attached as `issue.jsonl`.

    `first` ends in `%%EOF` and a line feed: a typesetter may leave that out, and the digest recorded is of bytes that
    have it. `moment`: when the issue was recorded, in seconds since 1970; a reader compares. Raises MalformedError for
    what is no first revision.
    """
    revisions, end = read_revisions(first)
    if len(revisions) != 1 or end != len(first) or not first.endswith(b"%%EOF\n"):
        raise MalformedError("the document rendered is not one revision that ends in %%EOF and a line feed")
    (revision,) = revisions
    reader = Reader(first, revisions)
    out = bytearray(first)
    number = revision.size
    offsets = {}
    for one, body in (
        (reader.root.number, format_value(_catalog(reader, Ref(number + 1)))),
        (number, _file(data, moment)),
        (number + 1, format_value(_specification(Ref(number)))),
    ):
        offsets[one] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (one, body)
    return bytes(out + _end(out, revision, offsets))


def _catalog(reader: Reader, specification: Ref) -> Value:
    catalog = dict(reader.catalog)
    names = dict(reader.dictionary(catalog.get("Names"), "/Names"))
    files = dict(reader.dictionary(names.get("EmbeddedFiles"), "/EmbeddedFiles"))
    pairs = list_names(reader)
    if ISSUE.encode() in pairs:
        raise MalformedError(f"{ISSUE} is attached already")
    pairs[ISSUE.encode()] = specification
    # A name tree is sorted, by bytes (ISO 32000-1, 7.9.6).
    files["Names"] = [one for name in sorted(pairs) for one in (name, pairs[name])]
    names["EmbeddedFiles"] = files
    associated = reader.array(catalog.get("AF"), "/AF")
    return catalog | {"Names": names, "AF": [*associated, specification]}


def list_names(reader: Reader) -> dict[bytes, Ref]:
    """The files attached, by name. Raises MalformedError where they are listed in another way than ours."""
    names = reader.dictionary(reader.catalog.get("Names"), "/Names")
    files = reader.dictionary(names.get("EmbeddedFiles"), "/EmbeddedFiles")
    flat = reader.array(files.get("Names"), "the list of attached files")
    found: dict[bytes, Ref] = {}
    for name, one in zip(flat[::2], flat[1::2], strict=True) if len(flat) % 2 == 0 else ():
        if not isinstance(name, bytes) or not isinstance(one, Ref) or name in found:
            raise MalformedError("the list of attached files is not sound")
        found[name] = one
    if not found:
        raise MalformedError("nothing is attached")
    return found


def _file(data: bytes, moment: int) -> bytes:
    head: Value = {
        "Type": Name("EmbeddedFile"),
        "Subtype": _KIND,
        "Params": {"Size": len(data), "ModDate": format_moment(moment)},
        "Length": len(data),
    }
    return format_value(head) + b"\nstream\n" + data + b"\nendstream"


def format_moment(moment: int) -> bytes:
    """`D:20260503092000Z` (ISO 32000-1, 7.9.4)."""
    return b"D:" + format_utc(moment).translate(str.maketrans("", "", "-:T")).encode()


def _specification(file: Ref) -> Value:
    name = ISSUE.encode()
    return {
        "Type": Name("Filespec"),
        "F": name,
        "UF": name,
        "Desc": _ABOUT,
        "AFRelationship": Name("Supplement"),
        "EF": {"F": file, "UF": file},
    }


def _end(out: bytearray, revision: Revision, offsets: dict[int, int]) -> bytes:
    """The table of three objects, and what follows it."""
    rows = [b"xref\n0 1\n0000000000 65535 f\r\n"]
    for number in sorted(offsets):
        rows.append(b"%d 1\n%010d 00000 n\r\n" % (number, offsets[number]))
    trailer = dict(revision.trailer)
    identifier = trailer.get("ID")
    if not isinstance(identifier, list) or len(identifier) != 2:
        raise MalformedError("the document rendered has no identifier")
    trailer |= {
        "Size": revision.size + 2,
        "Prev": revision.xref,
        "ID": [identifier[0], hashlib.sha256(out).digest()[:16]],
    }
    tail = b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (format_value(trailer), len(out))
    return b"".join(rows) + tail
