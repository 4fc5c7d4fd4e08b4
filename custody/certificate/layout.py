"""The revisions of a PDF, found from its beginning: what is appended can't change how what stands before it is read.

    objects                      1 0 obj … endobj, one after another
    xref                         runs of objects, twenty bytes for each (ISO 32000-1, 7.5.4)
    trailer <<…>>                /Size, /Root, /Info, /ID, and /Prev: the offset of the xref before
    startxref / offset / %%EOF   a revision ends here, and the next begins

A viewer reads from the end, and repairs what is amiss. So each revision is read strictly, in this form alone, and must
lead to the one before. Cross-reference streams, hybrid files and encryption are not in this form.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from custody.certificate.syntax import Name, Ref, Value, format_value, parse_value, skip
from custody.errors import MalformedError

MAX_FILE = 300 * 1024 * 1024
"""Bytes of a certificate: the cap of the bundle inside, and pages."""
MAX_OBJECTS = 100_000
"""A certificate of two hundred events has some two thousand."""
MAX_VALUE = 512 * 1024
"""Bytes of an object without its stream."""
MAX_TRAILER = 4096
_MAX_ENDS = 64
"""Places that look like the end of a revision; an honest file has as many as revisions."""

_END = re.compile(rb"startxref\r?\n(\d{1,10})\r?\n%%EOF(?:\r\n|\r|\n|\Z)")
_RUN = re.compile(rb"(\d{1,10}) (\d{1,10})(?:\r\n| ?\n| ?\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?:\r\n| \n| \r)")
_OBJECT = re.compile(rb"(\d{1,10}) 0 obj(?![^\0\t\n\x0c\r ()<>\[\]{}/%])")
_STREAM = re.compile(rb"stream\r?\n")
_ENDSTREAM = re.compile(rb"(?:\r\n|\r|\n)?endstream[\0\t\n\x0c\r ]+endobj")
_KEYS = {"Size", "Root", "Info", "ID", "Prev"}


class Revision(NamedTuple):
    """What one addition wrote."""

    start: int
    end: int
    xref: int
    """Where its cross-reference table stands."""
    offsets: dict[int, int]
    """Of each object in use, by number."""
    trailer: dict[str, Value]

    @property
    def size(self) -> int:
        """One more than the largest number of an object."""
        size = self.trailer["Size"]
        return size if isinstance(size, int) else 0


class Object(NamedTuple):
    """A numbered value, and where its stream's bytes stand if it has one."""

    value: Value
    stream: tuple[int, int] | None
    end: int


def read_revisions(data: bytes) -> tuple[list[Revision], int]:
    """The revisions from the first on, and where the last one that could be read ends: `len(data)` in a sound file."""
    found: list[Revision] = []
    known: dict[int, Revision | None] = {}
    for number, end in enumerate(_ends(data)):
        if number == _MAX_ENDS:
            break
        revision = _read(data, int(end[1]), end.start(), end.end(), found, known)
        if revision is not None:
            found.append(revision)
    return found, found[-1].end if found else 0


def _ends(data: bytes) -> Iterator[re.Match[bytes]]:
    return _END.finditer(data)


def _read(
    data: bytes, xref: int, at: int, end: int, before: list[Revision], known: dict[int, Revision | None]
) -> Revision | None:
    """The revision whose table stands at `xref` and whose trailer ends at `at`; None where nothing of that is there."""
    start = before[-1].end if before else 0
    if not start <= xref < at:
        return None
    if xref not in known:
        try:
            known[xref] = _read_table(data, xref)
        except MalformedError:
            known[xref] = None  # not read again, however often it is named
    table = known[xref]
    if table is None:
        return None
    trailer = table.trailer
    previous = before[-1] if before else None
    if table.end != at or trailer.get("Prev") != (previous.xref if previous else None):
        return None
    if previous and (table.size < previous.size or not _follows(trailer, previous.trailer)):
        return None
    return table._replace(start=start, end=end)


def _follows(trailer: dict[str, Value], before: dict[str, Value]) -> bool:
    """The same document: root, information and first half of the identifier."""
    one, other = trailer.get("ID"), before.get("ID")
    if not isinstance(one, list) or not isinstance(other, list) or one[:1] != other[:1]:
        return False
    return trailer["Root"] == before["Root"] and trailer.get("Info") == before.get("Info")


def _read_table(data: bytes, at: int) -> Revision:
    """The table and its trailer; `end`: where `startxref` is to stand."""
    xref = at
    if not re.compile(rb"xref(?:\r\n| ?\n| ?\r)").match(data, at):
        raise MalformedError("no cross-reference table stands there")
    at = skip(data, at + 4)
    offsets: dict[int, int] = {}
    while run := _RUN.match(data, at):
        at = _read_run(data, run, offsets)
    if data[at : at + 7] != b"trailer":
        raise MalformedError("a cross-reference table has no trailer")
    trailer, end = parse_value(data[at + 7 : at + MAX_TRAILER], 0)
    if not isinstance(trailer, dict) or not trailer.keys() <= _KEYS:
        raise MalformedError("a trailer says more than is expected")
    size = trailer.get("Size")
    if not isinstance(trailer.get("Root"), Ref) or type(size) is not int or not 0 < size <= MAX_OBJECTS:
        raise MalformedError("a trailer says less than is expected")
    if any(number >= size for number in offsets):
        raise MalformedError("an object beyond the number that the trailer states")
    return Revision(0, skip(data, at + 7 + end), xref, offsets, trailer)


def _read_run(data: bytes, run: re.Match[bytes], offsets: dict[int, int]) -> int:
    first, count, at = int(run[1]), int(run[2]), run.end()
    if first + count > MAX_OBJECTS:
        raise MalformedError(f"more than {MAX_OBJECTS} objects")
    for number in range(first, first + count):
        entry = _ENTRY.match(data, at)
        if entry is None or number in offsets:
            raise MalformedError("a cross-reference table is not sound")
        if entry[3] == b"n":
            if int(entry[2]):
                raise MalformedError("an object of another generation")
            offsets[number] = int(entry[1])
        elif number:
            raise MalformedError("an object is freed")
        at = entry.end()
    return at


def read_object(data: bytes, number: int, at: int, end: int) -> Object:
    """The object at `at`, which lies before `end`. Raises MalformedError."""
    head = _OBJECT.match(data, at)
    if head is None or int(head[1]) != number:
        raise MalformedError(f"object {number} does not stand where the table says")
    window = data[head.end() : min(end, head.end() + MAX_VALUE)]
    value, after = parse_value(window, 0)
    at = skip(data, head.end() + after)
    if data[at : at + 6] == b"endobj":
        return Object(value, None, at + 6)
    start = _STREAM.match(data, at)
    length = value.get("Length") if isinstance(value, dict) else None
    if start is None or not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise MalformedError(f"object {number} does not end")
    stop = start.end() + length
    tail = _ENDSTREAM.match(data, stop)
    if tail is None or tail.end() > end:
        raise MalformedError(f"the stream of object {number} does not end where it says")
    return Object(value, (start.end(), stop), tail.end())


class Reader:
    """Objects as some revision leaves them."""

    def __init__(self, data: bytes, revisions: list[Revision]) -> None:
        self.data, self.revisions = data, revisions
        self._found: dict[int, Object] = {}

    def object(self, number: int) -> Object:
        """The newest of that number. Raises MalformedError where there is none."""
        if number not in self._found:
            revision = next((one for one in reversed(self.revisions) if number in one.offsets), None)
            if revision is None or not revision.start <= revision.offsets[number] < revision.xref:
                raise MalformedError(f"there is no object {number}")
            self._found[number] = read_object(self.data, number, revision.offsets[number], revision.xref)
        return self._found[number]

    def follow(self, value: Value) -> Value:
        """What a reference leads to; anything else is itself."""
        return self.object(value.number).value if isinstance(value, Ref) else value

    def dictionary(self, value: Value, what: str) -> dict[str, Value]:
        """A dictionary, itself or referred to. Raises MalformedError."""
        found = self.follow(value)
        if not isinstance(found, dict):
            raise MalformedError(f"{what} is no dictionary")
        return found

    def array(self, value: Value, what: str) -> list[Value]:
        """Likewise an array."""
        found = self.follow(value)
        if not isinstance(found, list):
            raise MalformedError(f"{what} is no array")
        return found

    @property
    def root(self) -> Ref:
        """Of the catalog."""
        root = self.revisions[-1].trailer["Root"]
        if not isinstance(root, Ref):
            raise MalformedError("the trailer names no catalog")
        return root

    @property
    def catalog(self) -> dict[str, Value]:
        """Where everything hangs on."""
        catalog = self.dictionary(self.root, "the catalog")
        if catalog.get("Type") != Name("Catalog"):
            raise MalformedError("the trailer names something else than a catalog")
        return catalog


def describe_value(value: Value) -> str:
    """For a sentence: a value, shortened."""
    text = format_value(value).decode("latin-1")
    return text if len(text) <= 60 else f"{text[:57]}…"
