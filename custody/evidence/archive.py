"""The tar stream in a package: POSIX.1-2001 (pax), regular files only.

    entry   = [pax header] header content zeros          whole blocks of 512 bytes
    archive = 1*entry two blocks of zeros

A pax header comes where the name is longer than 100 bytes or not ASCII, or where the file has 8 GiB or more; it holds
`path` and `size` and nothing else. What else a header says (owner, times, permissions) is written as zero or a
constant, and not read: nothing of it reaches the receiver's file system.

Bytes are read by generators that yield a buffer to be filled and go on when it is full; see age.py.
"""

import tarfile
from collections.abc import Generator
from typing import NamedTuple

from custody.errors import MalformedError
from custody.evidence.portable import MAX_PATH

BLOCK = 512
END = bytes(2 * BLOCK)
_MAX_RECORDS = MAX_PATH + 512
"""Bytes of a pax header: the longest path, a size, and the names and lengths of both."""
_MAX_PADDING = 10_240
"""Zeros after the end: other programs fill a record of twenty blocks."""

_PIECE = 1 << 16


class Entry(NamedTuple):
    """A file to come."""

    name: str
    size: int


def format_entry(name: str, size: int) -> bytes:
    """The header of a file, with nothing in it that differs from machine to machine."""
    header = tarfile.TarInfo(name)
    header.size = size
    return header.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def padding(size: int) -> bytes:
    """The zeros after a file."""
    return bytes(-size % BLOCK)


def read_entry() -> Generator[memoryview, None, Entry | None]:
    """The next file's header; None where the archive ends. Raises MalformedError for all that is no regular file."""
    block = yield from take(BLOCK)
    if not any(block):
        return None
    header = _parse_header(block)
    records = {}
    if header.type == tarfile.XHDTYPE:
        if header.size > _MAX_RECORDS:
            raise MalformedError("the package has a pax header that is too long")
        records = _parse_records((yield from take(header.size)))
        yield from skip_padding(header.size)
        header = _parse_header((yield from take(BLOCK)))
    if header.type != tarfile.REGTYPE or header.linkname:
        raise MalformedError(f"{header.name!r} in the package is not a regular file")
    size = records.get("size", str(header.size))
    if not (size.isascii() and size.isdecimal() and len(size) < 20):
        raise MalformedError(f"{header.name!r} in the package has no size")
    return Entry(records.get("path", header.name), int(size))


def read_end() -> Generator[memoryview, None, None]:
    """The second block of zeros, after the first."""
    if any((yield from take(BLOCK))):
        raise MalformedError("the package's archive ends with one block of zeros, not two")


def read_nothing() -> Generator[memoryview, None, None]:
    """What may follow the archive: zeros, and few of them. Does not end, but may be left at any byte."""
    for _ in range(_MAX_PADDING):
        if any((yield from take(1))):
            raise MalformedError("something follows the end of the package's archive")
    yield from take(1)
    raise MalformedError("too much follows the end of the package's archive")


def take(count: int) -> Generator[memoryview, None, bytes]:
    """So many bytes; few enough for memory."""
    buffer = bytearray(count)
    if count:
        yield memoryview(buffer)
    return bytes(buffer)


def match(expected: bytes) -> Generator[memoryview, None, bool]:
    """Whether just these bytes come; compared piece by piece."""
    same = True
    for start in range(0, len(expected), _PIECE):
        piece = expected[start : start + _PIECE]
        same = (yield from take(len(piece))) == piece and same
    return same


def skip_padding(size: int) -> Generator[memoryview, None, None]:
    """The zeros after so many bytes, up to a whole block."""
    if any((yield from take(-size % BLOCK))):
        raise MalformedError("the package has other bytes than zeros between two files")


def _parse_header(block: bytes) -> tarfile.TarInfo:
    """One block. tarfile checks its sum and numbers; it would also take other dialects of tar."""
    # magic and version; a size in base 256, as GNU writes it, has a high bit
    if block[257:265] != b"ustar\x0000" or block[124] & 0x80:
        raise MalformedError("the package's archive is not a POSIX tar")
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise MalformedError(f"the package's archive has a bad header: {error}") from error
    if header.size < 0:
        raise MalformedError("the package's archive has a negative size")
    return header


def _parse_records(records: bytes) -> dict[str, str]:
    """`LENGTH SP KEYWORD = VALUE LF`, where LENGTH counts the whole record."""
    found: dict[str, str] = {}
    while records:
        digits, space, _ = records.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 6 and digits[:1] != b"0" else 0
        record, records = records[:length], records[length:]
        try:
            keyword, equals, value = record[len(digits) + 1 : -1].decode("utf-8").partition("=")
        except UnicodeDecodeError as error:
            raise MalformedError("the package has a name that is not UTF-8") from error
        if not (space and equals and len(record) == length and record.endswith(b"\n") and length > len(digits)):
            raise MalformedError("the package has a pax header that can't be read")
        if keyword not in ("path", "size") or keyword in found or not value:
            raise MalformedError(f"the package has a pax header with {keyword[:40]!r}, which is not allowed")
        found[keyword] = value
    return found
