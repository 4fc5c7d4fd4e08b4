"""Packages, opened: each file is written, digested and held against the chain while it is decrypted. See package.py.

Whoever made a package may be an enemy. Nothing is written outside a fresh folder, no path is opened before it was
found safe on every system, and what the chain does not expect is refused before its first byte, or after its last.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Generator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from custody.durable import filling
from custody.errors import CustodyError, MalformedError
from custody.evidence.age import Fillings, decrypt
from custody.evidence.archive import Entry, match, read_end, read_entry, read_nothing, skip_padding
from custody.evidence.digest import BUFFER, Hashing, Measured, Progress
from custody.evidence.expected import Expected
from custody.evidence.folder import Manifest, encode_path
from custody.evidence.package import BAGIT, BUNDLE, DECLARATION, MAX_BUNDLE, MAX_FILES, PAYLOAD, Bag, Unpacked
from custody.evidence.portable import Paths

Check = Callable[[Path], Collection[Measured]]
"""Judges a bundle. Returns the digests of files and folders that may come, each as often as it may come."""


def unpack(
    source: BinaryIO | Path, *, identity: str, folder: Path, check_bundle: Check, progress: Progress | None = None
) -> Unpacked:
    """Opens a package into `folder`, which then is the bag, durably; after any error it is not there.

    `identity`: AGE-SECRET-KEY-1…. `check_bundle` is called with the bundle's path, in a folder still to be renamed,
    before any evidence is read; what it raises ends the unpacking. `progress` counts the package's own bytes.

    Evidence that the chain expects may be missing. Raises MalformedError for a package that is not one or was cut or
    edited, RuleRefusedError (H01) for evidence that the chain does not fix, UsageError when `folder` exists,
    CustodyError when the package is for somebody else or the disk refuses.
    """
    try:
        opened = source.open("rb") if isinstance(source, Path) else nullcontext(source)
    except OSError as error:
        raise CustodyError(f"{source} can't be read: {error.strerror or error}") from error
    with opened as stream, filling(folder) as temporary:
        unpacking = _Unpacking(temporary, check_bundle)
        decrypt(stream, unpacking.archive(), identity, progress)
        if not unpacking.complete:
            raise MalformedError("the package's archive ends too early")
    return Unpacked(folder, folder / BUNDLE, unpacking.name, tuple(unpacking.measured))


class _Unpacking:
    """One package being opened."""

    def __init__(self, root: Path, check_bundle: Check) -> None:
        self._root, self._check_bundle = root, check_bundle
        self._bag, self._paths = Bag(), Paths()
        self._payloads: set[str] = set()
        self.name = ""
        self.measured: list[Measured] = []
        self.complete = False

    def archive(self) -> Fillings:
        """Reads the tar stream, file by file."""
        yield from self._text(BAGIT, DECLARATION, (yield from self._next()))
        self._bag.add_tag(BAGIT, hashlib.sha256(DECLARATION).hexdigest())
        expected = yield from self._bundle((yield from self._next()))
        entry = yield from self._next()
        while entry is not None and entry.name.startswith(PAYLOAD):
            entry = yield from self._payload(entry, expected)
        if not self.measured:
            raise MalformedError("the package holds no evidence")
        for path, content in self._bag.closing():
            yield from self._text(path, content, entry)
            entry = yield from self._next()
        if entry is not None:
            raise MalformedError(f"{entry.name!r} has no place in a package")
        yield from read_end()
        self.complete = True
        yield from read_nothing()

    def _next(self) -> Generator[memoryview, None, Entry | None]:
        """The next file, by its path in the bag."""
        entry = yield from read_entry()
        if entry is None:
            return None
        self._paths.add(entry.name)
        bag, _, path = entry.name.partition("/")
        self.name = self.name or bag
        if bag != self.name or not path:
            raise MalformedError(f"{entry.name!r} lies outside the package's bag")
        return Entry(path, entry.size)

    def _text(self, path: str, content: bytes, entry: Entry | None) -> Fillings:
        """A file that follows from what came before."""
        if entry is None or entry.name != path:
            found = "the end" if entry is None else repr(entry.name)
            raise MalformedError(f"the package has {found} where {path} must be")
        if entry.size != len(content) or not (yield from match(content)):
            raise MalformedError(f"{path} in the package does not say what the package holds")
        yield from skip_padding(entry.size)
        self._write(path, content)

    def _bundle(self, entry: Entry | None) -> Generator[memoryview, None, Expected]:
        if entry is None or entry.name != BUNDLE:
            raise MalformedError(f"the package does not begin with {BAGIT} and {BUNDLE}")
        if entry.size > MAX_BUNDLE:
            raise MalformedError(f"the package has a bundle of more than {MAX_BUNDLE >> 20} MiB")
        self._bag.add_tag(BUNDLE, (yield from self._store(entry)).sha256)
        return Expected(self._check_bundle(self._root / BUNDLE))

    def _payload(self, entry: Entry, expected: Expected) -> Generator[memoryview, None, Entry | None]:
        """A file, or a folder file by file; returns what comes after it."""
        name, inside, _ = entry.name.removeprefix(PAYLOAD).partition("/")
        if name in self._payloads:
            raise MalformedError(f"the package has parts of {name!r} in two places")
        self._payloads.add(name)
        if inside:
            return (yield from self._folder(name, entry, expected))
        expected.check_size(name, entry.size)
        measured = (yield from self._evidence(entry))._replace(name=name)
        expected.admit_file(measured)
        self.measured.append(measured)
        return (yield from self._next())

    def _folder(self, name: str, first: Entry, expected: Expected) -> Generator[memoryview, None, Entry | None]:
        manifest, last = Manifest(), b""
        entry: Entry | None = first
        while entry is not None and entry.name.startswith(f"{PAYLOAD}{name}/"):
            path = encode_path(entry.name.removeprefix(f"{PAYLOAD}{name}/"))
            if path <= last:
                raise MalformedError(f"{entry.name!r} in the package is not in the order of its folder's manifest")
            last = path
            expected.check_room(name, manifest, entry.size)
            manifest.add(path, (yield from self._evidence(entry)))
            entry = yield from self._next()
        measured = manifest.measured(name)
        expected.admit_folder(measured)
        self.measured.append(measured)
        return entry

    def _evidence(self, entry: Entry) -> Generator[memoryview, None, Measured]:
        if self._bag.files == MAX_FILES:
            raise MalformedError(f"the package holds more than {MAX_FILES:,} files")
        measured = yield from self._store(entry)
        self._bag.add_payload(entry.name, measured)
        return measured

    def _store(self, entry: Entry) -> Generator[memoryview, None, Measured]:
        """Writes what comes, and digests it; its path was found safe by `_next`."""
        with self._create(entry.name) as stream, Hashing(entry.size) as hashing:
            while left := entry.size - hashing.size:
                piece = memoryview(hashing.buffer())[: min(left, BUFFER)]
                yield piece
                stream.write(hashing.add(len(piece)))
            size, blake, sha = hashing.digests()
            _sync(stream)
        yield from skip_padding(entry.size)
        return Measured(entry.name, size, blake, sha)

    def _write(self, path: str, content: bytes) -> None:
        with self._create(path) as stream:
            stream.write(content)
            _sync(stream)

    def _create(self, path: str) -> BinaryIO:
        file = self._root / path
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(file, flags, 0o600), "wb")


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
