"""Digests of a folder: those of its manifest.

    sha256 SP blake3 SP size SP path LF         one line a file, sorted by the bytes of the path as written

Paths are relative, with `/`, in UTF-8; `%`, CR and LF are percent-encoded, and so is every byte of a name that is not
UTF-8. Symbolic links are not followed, and nothing but files is read: what was left out is reported. Empty folders
leave no trace.
"""

import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from blake3 import blake3

from custody.errors import CustodyError, UsageError
from custody.evidence.digest import Measured, Progress, Stamp, changed, measure_file, stamp

MAX_ENTRIES = 10_000_000
"""Files, links and special files in one folder: a whole disk's worth; the list of them stands in memory."""
_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT: on Windows a link to a folder that looks like a folder."""


class Folder(NamedTuple):
    """A folder as measured."""

    measured: Measured
    files: tuple[Measured, ...]
    """Each file, by its path in the folder."""
    manifest: bytes
    left_out: tuple[str, ...]
    """Symbolic links and special files, by relative path."""


class Listing(NamedTuple):
    """What a folder holds, at one look."""

    files: dict[bytes, tuple[str, Stamp]]
    """The path as the manifest writes it -> the path as it is, and what would show a change."""
    left_out: tuple[str, ...]


class Manifest:
    """The digests of a folder, from those of its files; they come in the order of the manifest."""

    def __init__(self) -> None:
        self.files = self.total = 0
        self._size = 0
        self._sha, self._blake = hashlib.sha256(), blake3()

    def add(self, path: bytes, one: Measured) -> bytes:
        """The line of one file, whose path is written as the manifest writes it."""
        line = b"%s %s %d %s\n" % (one.sha256.encode(), one.blake3.encode(), one.size, path)
        self._sha.update(line)
        self._blake.update(line)
        self.files, self.total, self._size = self.files + 1, self.total + one.size, self._size + len(line)
        return line

    def measured(self, name: str) -> Measured:
        """The digests of the lines so far, as those of a folder."""
        return Measured(name, self._size, self._blake.hexdigest(), self._sha.hexdigest(), self.files, self.total)


def measure_folder(path: Path, progress: Progress | None = None) -> Folder:
    """The manifest of a folder and its digests.

    Raises UsageError when it holds no files, CustodyError when something in it can't be read, or when a file or the
    list of them changes between the first look and the last.
    """
    listing = list_folder(path)
    manifest, lines, each = Manifest(), [], []
    for name, (relative, _) in sorted(listing.files.items()):
        one = measure_file(path / relative, progress)
        each.append(one._replace(name=relative))
        lines.append(manifest.add(name, one))
    check_unchanged(path, listing)
    name_ = path.name if path.name not in ("", "..") else path.resolve().name
    return Folder(manifest.measured(name_), tuple(each), b"".join(lines), listing.left_out)


def check_unchanged(root: Path, before: Listing) -> None:
    """Looks again. Raises CustodyError when the folder is not what it was."""
    after = _list(root)
    if before == after:
        return
    for name in sorted(before.files.keys() | after.files.keys()):
        if before.files.get(name) != after.files.get(name):
            raise changed(root / (before.files.get(name) or after.files[name])[0])
    raise changed(root)


def list_folder(root: Path) -> Listing:
    """What there is to read. Raises UsageError when that is nothing, CustodyError when it can't be listed."""
    listing = _list(root)
    if not listing.files:
        raise UsageError(f"{root} holds no files")
    return listing


def _list(root: Path) -> Listing:
    files: dict[bytes, tuple[str, Stamp]] = {}
    left_out = []
    inside = [""]  # folders still to be read; names come from the file system, so none is `..`
    try:
        while inside:
            prefix = inside.pop()
            with os.scandir(root / prefix) as entries:
                for entry in entries:
                    relative, status = prefix + entry.name, os.lstat(entry.path)
                    if stat.S_ISREG(status.st_mode):
                        files[encode_path(relative)] = (relative, stamp(status))
                    elif stat.S_ISDIR(status.st_mode) and getattr(status, "st_reparse_tag", 0) != _JUNCTION:
                        inside.append(f"{relative}/")
                    else:
                        left_out.append(relative)
                    if len(files) + len(left_out) > MAX_ENTRIES:
                        raise UsageError(f"{root} holds more than {MAX_ENTRIES:,} files", hint="image it instead")
    except OSError as error:
        raise CustodyError(f"{error.filename or root} can't be read: {error.strerror or error}") from error
    return Listing(files, tuple(sorted(left_out)))


def encode_path(relative: str) -> bytes:
    """A path as the manifest writes it. No two paths are written alike."""
    encoded = bytearray()
    for character in relative:
        if character in "%\r\n":
            encoded += b"%%%02X" % ord(character)
        elif "\ud800" <= character <= "\udfff":
            encoded += _escape(character)
        else:
            encoded += character.encode("utf-8")
    return bytes(encoded)


def _escape(surrogate: str) -> bytes:
    """The bytes that are not UTF-8: one, as os.fsdecode keeps it, or on Windows half a UTF-16 pair, three."""
    lone = "surrogateescape" if "\udc80" <= surrogate <= "\udcff" else "surrogatepass"
    return b"".join(b"%%%02X" % byte for byte in surrogate.encode("utf-8", lone))
