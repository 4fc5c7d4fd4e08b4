"""OpenSSH Ed25519 key files: `ssh-keygen -t ed25519` makes them, and so do we.

    -----BEGIN OPENSSH PRIVATE KEY-----
    base64("openssh-key-v1" 00 || string cipher || string kdf || string kdf options || u32 1 || string public key
           || string private part [|| authentication tag])                                      OpenSSH PROTOCOL.key
    -----END OPENSSH PRIVATE KEY-----

What a file is stands in clear before the encrypted part, so nobody is asked for a passphrase in vain. Reading and
writing the private part, with its bcrypt passphrase, is the `cryptography` library's; it is imported only when a key
file is touched.
"""

import binascii
import os
import re
import stat
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from custody.durable import write_file
from custody.errors import CustodyError, MalformedError, UsageError
from custody.keys.signer import SeedSigner
from custody.protocol.ed25519 import Signer, check_public_key, format_openssh_public, parse_openssh_public

_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"END OPENSSH PRIVATE KEY"
_MAGIC = b"openssh-key-v1\x00"
_MAGIC = b"openssh-key-v1\x00"
_MAX_FILE = 64 * 1024
"""Bytes: an RSA key of 16,384 bits, in text, is a quarter of it."""
_MAX_PASSPHRASE = 1023
"""Bytes: what the library writes (OpenSSL's limit)."""
_WRITTEN = "ssh-keygen -t ed25519 makes one that can be used"


def create_pair(path: Path, comment: str, passphrase: str | None) -> bytes:
    """A new pair: `path` (0600, encrypted with the passphrase if there is one) and `path.pub`. Returns the public key.

    Never overwrites: a lost key is a lost signature. Both files are there afterwards or, after an error, neither.
    Raises UsageError (one exists; an empty or too long passphrase), MalformedError (a comment that is not one line of
    text), CustodyError (the disk).
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(_new_passphrase(passphrase))
    public = private.public_key().public_bytes_raw()
    line = format_openssh_public(public, comment) + "\n"
    public_path = path.with_name(path.name + ".pub")
    for one in (path, public_path):
        if os.path.lexists(one):
            raise UsageError(
                f"{one} exists", hint="keys are never overwritten; choose another id or move the file away"
            )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CustodyError(f"the folder {path.parent} can't be made: {error.strerror}") from error
    data = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption)
    write_file(path, data)
    try:
        write_file(public_path, line.encode(), mode=0o644)
    except BaseException:  # an interrupt as well: half a pair would stand in the way of the next try
        path.unlink(missing_ok=True)
        raise
    return public


def load_public(path: Path) -> bytes:
    """The raw key of a `.pub` file. Raises MalformedError, which names the file."""
    data, _ = _read(path)
    try:
        return parse_openssh_public(data.decode("utf-8", "replace").split("\n", 1)[0])
    except MalformedError as error:
        raise MalformedError(f"{path}: {error.message}", hint=error.hint) from error


def load_private(path: Path, passphrase: Callable[[], str | None]) -> Signer:
    """A signer from a private key file; `passphrase` is called only where the file is encrypted.

    Raises UsageError (no such file), CustodyError (missing or wrong passphrase, permissions, a cipher that can't be
    read here) or MalformedError (another kind of file).
    """
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data, mode = _read(path)
    head = _check_kind(path, data)
    _check_permissions(path, mode)
    word = _ask(path, passphrase) if head.encrypted else None
    try:
        private = serialization.load_ssh_private_key(data, word)
    except UnsupportedAlgorithm as error:
        hint = f"ssh-keygen -p -Z aes256-ctr -f {path} changes that; or add the key to ssh-agent"
        raise CustodyError(f"{path} is encrypted in a way that can't be read here", hint=hint) from error
    except (ValueError, TypeError, InvalidTag) as error:
        if head.encrypted:  # its frame is whole, so what does not decrypt has another passphrase
            raise CustodyError(f"the passphrase for {path} is wrong", hint="nothing was signed; try again") from error
        raise MalformedError(f"{path} is not a readable OpenSSH private key: it is damaged") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise MalformedError(f"{path} is not an Ed25519 key", hint=_WRITTEN)
    signer = SeedSigner(private.private_bytes_raw())
    check_public_key(signer.public_key)
    return signer


class _Head(NamedTuple):
    """What stands in clear in a private key file."""

    encrypted: bool
    kind: str
    """`ssh-ed25519`, `ssh-rsa` …"""


def _parse_head(data: bytes) -> _Head | None:
    """The head of a private key file whose frame is whole; None of any other bytes."""
    parts = data.split(b"-----")
    if len(parts) != 5 or not data.startswith(_BEGIN) or parts[3] != _END:
        return None
    try:
        body = binascii.a2b_base64(b"".join(parts[2].split()), strict_mode=True)
        if not body.startswith(_MAGIC):
            return None
        cipher, offset = _take(body, len(_MAGIC))
        _, offset = _take(body, offset)
        _, offset = _take(body, offset)
        public, offset = _take(body, offset + 4)
        _take(body, offset)
        kind, _ = _take(public, 0)
    except (binascii.Error, struct.error):
        return None
    return _Head(cipher != b"none", re.sub(r"[^a-z0-9@.-]", "?", kind.decode("ascii", "replace")[:64]))


def _take(data: bytes, offset: int) -> tuple[bytes, int]:
    end = offset + 4 + struct.unpack_from(">I", data, offset)[0]
    if end > len(data):
        raise struct.error("a string ends beyond the file")
    return data[offset + 4 : end], end


def _check_kind(path: Path, data: bytes) -> _Head:
    if not data.startswith(_BEGIN):
        raise MalformedError(_not_a_key(path, data), hint=_WRITTEN)
    head = _parse_head(data)
    if head is None:
        raise MalformedError(f"{path} is not a readable OpenSSH private key: it is cut short or damaged")
    if head.kind != "ssh-ed25519":
        raise MalformedError(f"{path} is not an Ed25519 key but {head.kind}", hint=_WRITTEN)
    return head


def _not_a_key(path: Path, data: bytes) -> str:
    if data.startswith((b"ssh-", b"ecdsa-", b"sk-")):
        return f"{path} is a public key; the private one stands beside it without .pub"
    if data.startswith(b"AGE-SECRET-KEY-") or b"\nAGE-SECRET-KEY-" in data:
        return f"{path} is an age identity, which decrypts but can't sign"
    if data.startswith(b"PuTTY-User-Key-File-"):
        return f"{path} is a PuTTY key; PuTTYgen exports it as an OpenSSH key"
    if (label := re.match(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----", data)) is not None:
        return f"{path} is in another format ({label[1].decode()}), not an OpenSSH private key"
    return f"{path} is not an OpenSSH private key"


def _ask(path: Path, passphrase: Callable[[], str | None]) -> bytes:
    word = passphrase()
    if not word:
        raise CustodyError(
            f"{path} needs its passphrase",
            hint="a terminal asks for it; without one, CUSTODY_PASSPHRASE_FILE names a file, or ssh-agent has the key",
        )
    return _encoded(word)


def _new_passphrase(word: str) -> bytes:
    encoded = _encoded(word)
    if not encoded:
        raise UsageError("an empty passphrase protects nothing", hint="--no-passphrase makes a key without one")
    if len(encoded) > _MAX_PASSPHRASE:
        raise UsageError(f"the passphrase is longer than {_MAX_PASSPHRASE} bytes")
    return encoded


def _encoded(word: str) -> bytes:
    try:
        return word.encode("utf-8", "surrogateescape")  # bytes that are not UTF-8 as they were typed, like ssh
    except UnicodeEncodeError:
        raise UsageError("the passphrase holds half a character") from None


def _read(path: Path) -> tuple[bytes, int]:
    """A file's bytes and mode."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no key at {path}", hint="custody key new ID makes one") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error
    if len(data) > _MAX_FILE:
        raise MalformedError(f"{path} is too large to be a key")
    return data, mode


def _check_permissions(path: Path, mode: int) -> None:
    if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):  # as ssh does
        raise CustodyError(f"others can read the private key {path}", hint=f"chmod 600 {path}")
