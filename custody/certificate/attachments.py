"""The files inside a certificate, taken out under caps.

Two readers must find the same: ours, strict, walks from the catalog to each file's bytes; pypdf, maintained by others,
is what people use. Neither looks at a page. pypdf is given the first revision only, after that was found sound: what it
reads there is small and has no cycle.
"""

import io
import zlib
from typing import Any

from custody.certificate.layout import Reader, Revision
from custody.certificate.revision import list_names
from custody.certificate.syntax import Name, Ref, Value
from custody.errors import MalformedError

MAX_FILES = 8
"""A certificate has three."""
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of all files together, unpacked: a bundle of 500 items, each with a thousand events, has less."""


def take_out(data: bytes, revision: Revision) -> dict[str, bytes]:
    """The files attached in a document's first revision, by name. Raises MalformedError, and nothing else."""
    reader = Reader(data, [revision])
    names = list_names(reader)
    if len(names) > MAX_FILES:
        raise MalformedError(f"more than {MAX_FILES} files are attached")
    found: dict[str, bytes] = {}
    packed: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for name, specification in names.items():
        shown = name.decode("latin-1")
        head, packed[shown] = _stored(reader, _stream_of(reader, specification))
        found[shown] = _unpack(head, packed[shown], left)
        left -= len(found[shown])
    if packed != _as_others_read(data[: revision.end]):
        raise MalformedError("two readers of PDF find different files attached")
    return found


def _stream_of(reader: Reader, specification: Ref) -> Ref:
    about = reader.dictionary(specification, "what is attached")
    stream = reader.dictionary(about.get("EF"), "/EF").get("F")
    if not isinstance(stream, Ref):
        raise MalformedError("an attached file is no stream")
    return stream


def _stored(reader: Reader, stream: Ref) -> tuple[dict[str, Value], bytes]:
    found = reader.object(stream.number)
    if found.stream is None or not isinstance(found.value, dict):
        raise MalformedError("an attached file is no stream")
    return found.value, reader.data[slice(*found.stream)]


def _unpack(head: dict[str, Value], packed: bytes, left: int) -> bytes:
    """Its bytes, packed with Flate or not at all; never more than `left` are unpacked."""
    if head.keys() & {"DecodeParms", "F", "FFilter"} or head.get("Filter") not in (None, Name("FlateDecode")):
        raise MalformedError("an attached file is stored in a way that is not read here")
    data, rest = _inflate(packed, left) if "Filter" in head else (packed, b"")
    if len(data) > left:
        raise MalformedError(f"the files attached exceed {MAX_UNPACKED} bytes")
    if rest:
        raise MalformedError("something stands behind an attached file")
    return data


def _inflate(packed: bytes, left: int) -> tuple[bytes, bytes]:
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, left + 1)
    except zlib.error as error:
        raise MalformedError(f"an attached file can't be unpacked: {error}") from error
    if len(data) <= left and not unpacking.eof:
        raise MalformedError("an attached file is cut off")
    return data, unpacking.unused_data


def _as_others_read(first: bytes) -> dict[str, bytes]:
    """What pypdf finds: names, and bytes as they are stored."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdf.generic import StreamObject

    failures = (PyPdfError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
    found: dict[str, bytes] = {}
    try:
        reader = PdfReader(io.BytesIO(first), strict=True)
        names: Any = reader.root_object
        for key in ("/Names", "/EmbeddedFiles", "/Names"):
            names = names[key].get_object()
        for name, one in zip(names[::2], names[1::2], strict=True):
            stream = one.get_object()["/EF"]["/F"].get_object()
            if isinstance(stream, StreamObject):
                found[str(name)] = bytes(stream._data)
    except failures as error:
        raise MalformedError(f"pypdf can't read it: {error}") from error
    return found
