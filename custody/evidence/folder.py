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


class _Listing(NamedTuple):
    files: dict[bytes, tuple[str, Stamp]]
    """The path as the manifest writes it -> the path as it is, and what would show a change."""
    left_out: tuple[str, ...]


def measure_folder(path: Path, progress: Progress | None = None) -> Folder:
    """The manifest of a folder and its digests.

    Raises UsageError when it holds no files, CustodyError when something in it can't be read, or when a file or the
    list of them changes between the first look and the last.
    """
    listing = _list(path)
    if not listing.files:
        raise UsageError(f"{path} holds no files")
    lines, total, each = [], 0, []
    for name, (relative, _) in sorted(listing.files.items()):
        one = measure_file(path / relative, progress)
        each.append(one._replace(name=relative))
        lines.append(b"%s %s %d %s\n" % (one.sha256.encode(), one.blake3.encode(), one.size, name))
        total += one.size
    _check_unchanged(path, listing, _list(path))
    manifest = b"".join(lines)
    sha, blake = hashlib.sha256(manifest).hexdigest(), blake3(manifest).hexdigest()
    name_ = path.name if path.name not in ("", "..") else path.resolve().name
    measured = Measured(name_, len(manifest), blake, sha, len(lines), total)
    return Folder(measured, tuple(each), manifest, listing.left_out)


def _check_unchanged(root: Path, before: _Listing, after: _Listing) -> None:
    if before == after:
        return
    for name in sorted(before.files.keys() | after.files.keys()):
        if before.files.get(name) != after.files.get(name):
            raise changed(root / (before.files.get(name) or after.files[name])[0])
    raise changed(root)


def _list(root: Path) -> _Listing:
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
    return _Listing(files, tuple(sorted(left_out)))


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
