"""Packages made by hand, so that each can be wrong in one way and right in all others."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from blake3 import blake3

from custody.durable import writing
from custody.evidence.archive import END, format_entry, padding
from custody.evidence.digest import Measured
from custody.evidence.folder import Manifest, encode_path
from custody.evidence.measure import Measurements
from custody.evidence.package import DECLARATION, Bag, Payload, Unpacked
from custody.evidence.packing import pack
from custody.evidence.unpacking import unpack
from custody.keys.identity import new_identity

IDENTITY, RECIPIENT = new_identity()
BUNDLE = b'{"bundle":1}\n'

Entry = tuple[str, bytes]
"""A path in the bag, and a content."""


def digests(content: bytes, name: str = "") -> Measured:
    return Measured(name, len(content), blake3(content).hexdigest(), hashlib.sha256(content).hexdigest())


def folder_digests(files: dict[str, bytes], name: str = "") -> Measured:
    manifest = Manifest()
    for path, content in sorted((encode_path(path), content) for path, content in files.items()):
        manifest.add(path, digests(content))
    return manifest.measured(name)


def closed(entries: Iterable[Entry]) -> list[Entry]:
    """With manifests that fit."""
    entries, bag = list(entries), Bag()
    for path, content in entries:
        if path.startswith("data/"):
            bag.add_payload(path, digests(content))
        else:
            bag.add_tag(path, digests(content).sha256)
    return entries + list(bag.closing())


def begun(payload: Iterable[Entry], bundle: bytes = BUNDLE) -> list[Entry]:
    return [("bagit.txt", DECLARATION), ("bundle.custody", bundle), *payload]


def entry(path: str, content: bytes) -> bytes:
    """As it stands in the archive."""
    return format_entry(path, len(content)) + content + padding(len(content))


def archive(entries: Iterable[Entry], name: str = "OP-17") -> bytes:
    return b"".join(entry(f"{name}/{path}", content) for path, content in entries) + END


def encrypted(plain: bytes) -> bytes:
    from pyrage import encrypt, x25519

    return bytes(encrypt(plain, [x25519.Recipient.from_str(RECIPIENT)]))


def packed(path: Path, payload: list[Payload], **options: object) -> Measurements:
    """A package at `path`, as the program makes it."""
    with writing(path) as stream:
        given = {"name": "OP-17", "recipient": RECIPIENT, "bundle": BUNDLE} | options
        return pack(stream, payload=payload, **given)  # type: ignore[arg-type]


def opened(package: Path, expected: Iterable[Measured], **options: object) -> Unpacked:
    """Into the folder `received` beside the package."""
    given = {"identity": IDENTITY, "folder": package.parent / "received"} | options
    return unpack(package, check_bundle=lambda _: list(expected), **given)  # type: ignore[arg-type]
