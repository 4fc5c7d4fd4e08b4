"""OpenSSH Ed25519 key files: `ssh-keygen -t ed25519` makes them, and so do we.

Reading and writing the format, with its bcrypt passphrase, is the `cryptography` library's; it is imported only when
a key file is touched.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from custody.durable import write_file
from custody.errors import CustodyError, MalformedError, UsageError
from custody.keys.signer import SeedSigner, Signer
from custody.protocol.ed25519 import check_public_key, format_openssh_public, parse_openssh_public

_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_MAX_FILE = 64 * 1024


def create_pair(path: Path, comment: str, passphrase: str | None) -> bytes:
    """A new pair: `path` (0600, encrypted with the passphrase if there is one) and `path.pub`. Returns the public key.

    Never overwrites: a lost key is a lost signature.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    data = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption)
    public = private.public_key().public_bytes_raw()
    public_path = path.with_name(path.name + ".pub")
    for one in (path, public_path):
        if os.path.lexists(one):
            raise UsageError(
                f"{one} exists", hint="keys are never overwritten; choose another id or move the file away"
            )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_file(path, data)
    write_file(public_path, (format_openssh_public(public, comment) + "\n").encode(), mode=0o644)
    return public


def load_public(path: Path) -> bytes:
    """The raw key of a `.pub` file."""
    return parse_openssh_public(_read(path).decode("utf-8", "replace").split("\n", 1)[0])


def load_private(path: Path, passphrase: Callable[[], str | None]) -> Signer:
    """A signer from a private key file; `passphrase` is called only where the file is encrypted.

    Raises CustodyError (missing or wrong passphrase, permissions) or MalformedError (another kind of file).
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data = _read(path)
    _check_permissions(path)
    if not data.startswith(_BEGIN):
        raise MalformedError(_not_a_key(path, data))
    try:
        word = _ask(path, passphrase) if is_encrypted(data) else None
        private = serialization.load_ssh_private_key(data, word)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if is_encrypted(data):
            raise CustodyError(f"the passphrase for {path} is wrong", hint="nothing was signed; try again") from error
        raise MalformedError(f"{path} is not a readable OpenSSH private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise MalformedError(f"{path} is not an Ed25519 key", hint="ssh-keygen -t ed25519 makes one")
    signer = SeedSigner(private.private_bytes_raw())
    check_public_key(signer.public_key)
    return signer


def is_encrypted(data: bytes) -> bool:
    """Whether an OpenSSH private key file is protected by a passphrase (its cipher is not `none`)."""
    import base64
    import binascii

    try:
        body = base64.b64decode(b"".join(data.split(b"-----")[2].split()))
    except (IndexError, binascii.Error, ValueError):
        return False
    return not body.startswith(b"openssh-key-v1\x00\x00\x00\x00\x04none")


def _ask(path: Path, passphrase: Callable[[], str | None]) -> bytes:
    word = passphrase()
    if not word:
        raise CustodyError(
            f"{path} needs its passphrase",
            hint="type it at the prompt, or name a file that holds it in CUSTODY_PASSPHRASE_FILE",
        )
    return word.encode()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no key at {path}", hint="custody key new ID makes one") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error
    if len(data) > _MAX_FILE:
        raise MalformedError(f"{path} is too large to be a key")
    return data


def _check_permissions(path: Path) -> None:
    if os.name != "nt" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CustodyError(f"others can read the private key {path}", hint=f"chmod 600 {path}")


def _not_a_key(path: Path, data: bytes) -> str:
    if data.startswith(b"ssh-"):
        return f"{path} is a public key; the private one stands beside it without .pub"
    if data.startswith(b"-----BEGIN"):
        return f"{path} is a key in another format; ssh-keygen -t ed25519 makes one that can be used"
    return f"{path} is not an OpenSSH private key"
