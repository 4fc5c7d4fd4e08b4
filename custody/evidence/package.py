"""Packages: evidence and the proof of its custody in one file, that only one agency can open.

    package = age(archive)                        age-encryption.org/v1, to one X25519 recipient, not armoured
    archive = tar of one bag (RFC 8493), whose files come in this order:

    NAME/bagit.txt                "BagIt-Version: 1.0" LF "Tag-File-Character-Encoding: UTF-8" LF
    NAME/bundle.custody           the custody bundle: judged before the evidence is read
    NAME/data/PAYLOAD             a file of evidence
    NAME/data/PAYLOAD/PATH        or each file of a folder, in the order of its manifest (folder.py)
    NAME/bag-info.txt             "Payload-Oxum: " bytes "." files LF
    NAME/manifest-sha256.txt      a line for each file in data/, in the order above
    NAME/tagmanifest-sha256.txt   a line for each file outside data/, in the order above

    line = sha256 SP SP path LF                   % in a path is written %25 (RFC 8493 §2.1.3)

    b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9  data/disk.img

A bag says itself what it holds, so its manifests prove nothing. What was sent is held against the digests in the
bundle, which the chain of custody has fixed. Nothing else is in the bag, and what closes it follows from what came
before: a reader computes these bytes and compares.

Not guaranteed: who made a package. Anybody can encrypt to a recipient; the bundle's signatures say whose evidence it
is. Nor that a package is short: names stand in memory on both sides, some hundred bytes each.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from custody.evidence.age import MAGIC
from custody.evidence.digest import Measured
from custody.evidence.folder import encode_path

MAX_BUNDLE = 256 << 20
"""Bytes: a ledger of a hundred thousand entries, whole. It is written before anything of it is believed."""
MAX_FILES = 1_000_000
"""Files in data/: an extracted phone has some hundred thousand. Their names stand in memory."""

BAGIT = "bagit.txt"
BUNDLE = "bundle.custody"
PAYLOAD = "data/"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class Payload(NamedTuple):
    """Evidence to be packed."""

    path: Path
    """A file, or a folder: then every regular file in it."""
    expected: Measured | None = None
    """What it must be; its name does not count."""
    name: str | None = None
    """What it is called in the package; without, as it is called here."""


class Unpacked(NamedTuple):
    """A package as received."""

    folder: Path
    """The bag."""
    bundle: Path
    name: str
    """What the sender called it."""
    measured: tuple[Measured, ...]
    """Each file and folder of evidence, as its bytes were read; all of them are in the chain."""


def is_package(first: bytes) -> bool:
    """Whether a file that begins so can be a package: it is encrypted by age. What is in it, it does not tell."""
    return first.startswith(MAGIC)


def same_bytes(one: Measured, other: Measured) -> bool:
    """Whether digests are of the same bytes; names do not count (docs/format.md, "Digests of evidence")."""
    return (one.sha256, one.blake3, one.size) == (other.sha256, other.blake3, other.size)


class Bag:
    """What closes a bag, from what came before."""

    def __init__(self) -> None:
        self.files = 0
        self._bytes = 0
        self._manifest = bytearray()
        self._tags = bytearray()

    def add_payload(self, path: str, one: Measured) -> None:
        """A file in data/; `path` begins so."""
        self._manifest += _line(path, one.sha256)
        self.files, self._bytes = self.files + 1, self._bytes + one.size

    def add_tag(self, path: str, sha256: str) -> None:
        """A file outside data/."""
        self._tags += _line(path, sha256)

    def closing(self) -> Iterator[tuple[str, bytes]]:
        """The files after the evidence, by path."""
        for path, content in (
            ("bag-info.txt", b"Payload-Oxum: %d.%d\n" % (self._bytes, self.files)),
            ("manifest-sha256.txt", bytes(self._manifest)),
        ):
            yield path, content
            self.add_tag(path, hashlib.sha256(content).hexdigest())
        yield "tagmanifest-sha256.txt", bytes(self._tags)


def _line(path: str, sha256: str) -> bytes:
    return b"%s  %s\n" % (sha256.encode(), encode_path(path))
