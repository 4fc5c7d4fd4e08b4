"""Packages, made: evidence is read once, and digested and encrypted while it is read. See package.py."""

import hashlib
import os
import stat
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import BinaryIO

from custody.errors import CustodyError, MalformedError, UsageError
from custody.evidence.age import Pieces, encrypt
from custody.evidence.archive import END, format_entry, padding
from custody.evidence.digest import Measured, Progress, changed, read_file
from custody.evidence.folder import Manifest, check_unchanged, list_folder
from custody.evidence.measure import Measurements
from custody.evidence.package import (
    BAGIT,
    BUNDLE,
    DECLARATION,
    MAX_BUNDLE,
    MAX_FILES,
    PAYLOAD,
    Bag,
    Payload,
    same_bytes,
)
from custody.evidence.portable import Paths

_NOT_PORTABLE = "rename it, or put it into one archive file and record that"


def pack(
    target: BinaryIO,
    *,
    name: str,
    recipient: str,
    bundle: bytes | Path,
    payload: Sequence[Payload],
    progress: Progress | None = None,
) -> Measurements:
    """Writes a package to `target`; returns what was packed, and what in folders was left out.

    `name`: of the bag, one path segment. `recipient`: `age1…`. `progress` counts the bytes of evidence. After an error
    what stands in `target` is a part of a package, which no reader accepts; custody.durable.writing discards it.

    Raises UsageError for what can't be packed, CustodyError for evidence that changes, or that is not what it was
    expected to be, and when the disk refuses.
    """
    packing = _Packing(name, progress)
    try:
        encrypt(packing.archive(bundle, payload), target, recipient)
    except OSError as error:
        raise CustodyError(f"the package was not written: {error.strerror or error}") from error
    return Measurements(tuple(packing.measured), tuple(packing.left_out))


class _Packing:
    """One package in the making."""

    def __init__(self, name: str, progress: Progress | None) -> None:
        if "/" in name:
            raise UsageError(f"a package can't be called {name!r}: it is one name, not a path")
        self._name, self._progress = name, progress
        self._bag, self._paths = Bag(), Paths()
        self.measured: list[Measured] = []
        self.left_out: list[str] = []

    def archive(self, bundle: bytes | Path, payload: Sequence[Payload]) -> Pieces:
        """The tar stream."""
        if not payload:
            raise UsageError("a package without evidence is a bundle", hint="send the bundle itself")
        yield from self._tag(BAGIT, DECLARATION)
        self._bag.add_tag(BAGIT, hashlib.sha256(DECLARATION).hexdigest())
        yield from self._bundle(bundle)
        for one in payload:
            yield from self._payload(one)
        for path, content in self._bag.closing():
            yield from self._tag(path, content)
        yield END

    def _bundle(self, bundle: bytes | Path) -> Pieces:
        size = len(bundle) if isinstance(bundle, bytes) else _size(bundle)
        if size > MAX_BUNDLE:
            raise UsageError(f"the bundle is larger than {MAX_BUNDLE >> 20} MiB", hint="cut one about fewer items")
        if isinstance(bundle, bytes):
            yield from self._tag(BUNDLE, bundle)
            sha256 = hashlib.sha256(bundle).hexdigest()
        else:
            sha256 = (yield from self._file(BUNDLE, bundle, size, None)).sha256
        self._bag.add_tag(BUNDLE, sha256)

    def _payload(self, one: Payload) -> Pieces:
        name = one.path.resolve().name if one.name is None else one.name
        if "/" in name:
            raise UsageError(f"evidence can't be called {name!r} in a package: it is one name, not a path")
        if one.path.is_dir() and not one.path.is_symlink():
            measured = yield from self._folder(name, one.path)
        else:
            measured = yield from self._evidence(name, one.path, _size(one.path), one.expected)
        if one.expected is not None and not same_bytes(measured, one.expected):
            hint = "find out why; a package holds what the ledger knows"
            raise CustodyError(f"{one.path} is not what was measured before", hint=hint)
        self.measured.append(measured._replace(name=name))

    def _folder(self, name: str, folder: Path) -> Generator[bytes | memoryview, None, Measured]:
        listing, manifest = list_folder(folder), Manifest()
        for path, (relative, before) in sorted(listing.files.items()):
            _, _, size, _ = before
            manifest.add(path, (yield from self._evidence(f"{name}/{relative}", folder / relative, size)))
        check_unchanged(folder, listing)
        self.left_out += [f"{name}/{one}" for one in listing.left_out]
        return manifest.measured(name)

    def _evidence(
        self, path: str, file: Path, size: int, expected: Measured | None = None
    ) -> Generator[bytes | memoryview, None, Measured]:
        if self._bag.files == MAX_FILES:
            raise UsageError(f"a package holds at most {MAX_FILES:,} files", hint="put folders into an image each")
        measured = yield from self._file(PAYLOAD + path, file, size, self._progress, expected)
        self._bag.add_payload(PAYLOAD + path, measured)
        return measured

    def _file(
        self, path: str, file: Path, size: int, progress: Progress | None, expected: Measured | None = None
    ) -> Generator[bytes | memoryview, None, Measured]:
        yield self._header(path, size)
        measured = yield from read_file(file, progress, expected=expected)
        if measured.size != size:
            raise changed(file)
        yield padding(size)
        return measured

    def _tag(self, path: str, content: bytes) -> Pieces:
        yield self._header(path, len(content))
        yield content
        yield padding(len(content))

    def _header(self, path: str, size: int) -> bytes:
        whole = f"{self._name}/{path}"
        try:
            self._paths.add(whole)
        except MalformedError as error:
            raise UsageError(f"it can't be packed: {error.message}", hint=_NOT_PORTABLE) from error
        return format_entry(whole, size)


def _size(path: Path) -> int:
    """Of a regular file. What is none has size 0 here; a disk is refused, and read_file says the rest."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise UsageError(f"{path} can't be packed: {error.strerror or error}") from error
    if stat.S_ISBLK(status.st_mode):
        raise UsageError(f"{path} is a disk", hint="image it, and pack the image")
    return status.st_size
