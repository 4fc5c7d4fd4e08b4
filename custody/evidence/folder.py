"""Digests of a folder: those of its manifest.

    sha256 SP blake3 SP size SP path LF         one line a file, sorted by the bytes of the path

Paths are relative, with `/`, in UTF-8; `%`, CR and LF are percent-encoded, and so is every byte of a name that is not
UTF-8. Symbolic links are not followed, and nothing but files is read: what was left out is reported.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from blake3 import blake3

from custody.errors import CustodyError, UsageError
from custody.evidence.digest import Measured, Progress, measure_file


class Folder(NamedTuple):
    """A folder as measured."""

    measured: Measured
    files: tuple[Measured, ...]
    """Each file, by its path in the folder."""
    manifest: bytes
    left_out: tuple[str, ...]
    """Symbolic links and special files, by relative path."""


def measure_folder(path: Path, progress: Progress | None = None) -> Folder:
    """The manifest of a folder and its digests. A folder that changes while it is read is an error (exit 1)."""
    files, left_out = _list(path)
    if not files:
        raise UsageError(f"{path} holds no files")
    lines, total, each = [], 0, []
    for name, file in sorted(files.items()):
        one = measure_file(file, progress)
        each.append(one._replace(name=file.relative_to(path).as_posix()))
        lines.append(b"%s %s %d %s\n" % (one.sha256.encode(), one.blake3.encode(), one.size, name))
        total += one.size
    if _list(path)[0].keys() != files.keys():
        raise CustodyError(f"{path} changed while it was read", hint="stop what writes to it, then measure again")
    manifest = b"".join(lines)
    sha, blake = hashlib.sha256(manifest).hexdigest(), blake3(manifest).hexdigest()
    measured = Measured(path.name, len(manifest), blake, sha, len(files), total)
    return Folder(measured, tuple(each), manifest, left_out)


def _list(root: Path) -> tuple[dict[bytes, Path], tuple[str, ...]]:
    files: dict[bytes, Path] = {}
    left_out = []

    def refuse(error: OSError) -> None:
        raise CustodyError(f"{error.filename} can't be read: {error.strerror}") from error

    for folder, names, entries in os.walk(root, onerror=refuse):
        here = Path(folder)
        for name in sorted(names + entries):
            path = here / name
            relative = path.relative_to(root).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                left_out.append(relative)
            elif path.is_file():
                files[encode_path(relative)] = path
    return files, tuple(sorted(left_out))


def encode_path(relative: str) -> bytes:
    """A path as the manifest writes it."""
    encoded = bytearray()
    for character in relative:
        if character in "%\r\n":
            encoded += b"%%%02X" % ord(character)
        elif 0xDC80 <= ord(character) <= 0xDCFF:  # a byte that is not UTF-8, as os.fsdecode keeps it
            encoded += b"%%%02X" % (ord(character) - 0xDC00)
        else:
            encoded += character.encode("utf-8")
    return bytes(encoded)
