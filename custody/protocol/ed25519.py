"""Ed25519: which keys and which signatures are valid here.

Libraries disagree on edge cases, so the format decides (docs/format.md, "Keys and signatures"): libsodium's strict
rules. A public key is the canonical encoding of a point of the prime-order group; a signature has a canonical S below
the group order, an R that is canonical and not of small order, and satisfies the equation without cofactor
(RFC 8032 §5.1.7, with §8.4 taken strictly).

In files a key is raw (32 bytes, base64); for people, an OpenSSH line and its fingerprint:

    ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI… jm          SHA256:unpadded-base64(SHA-256(wire))
"""

import hashlib

import nacl.bindings as sodium
from nacl.exceptions import BadSignatureError

from custody.errors import MalformedError
from custody.protocol.encodings import decode_base64, encode_base64

_P = 2**255 - 19
_WIRE_HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"


def check_public_key(key: bytes) -> None:
    """Refuses what is not the canonical encoding of a point of the prime-order group, other than the identity."""
    if len(key) != 32:
        raise MalformedError("an Ed25519 public key has 32 bytes")
    if int.from_bytes(key, "little") & (2**255 - 1) >= _P:
        raise MalformedError("the public key is not canonically encoded")
    if not sodium.crypto_core_ed25519_is_valid_point(key):
        raise MalformedError("the public key is not a point of the prime-order group")


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) by `key` (32 raw bytes, checked before) over `message` is valid.

    The one place where an answer is all there is to return; callers turn it into a finding. Releases the GIL.
    """
    try:
        sodium.crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def ssh_wire(key: bytes) -> bytes:
    """The OpenSSH wire encoding of a raw key (RFC 8709 §4)."""
    return _WIRE_HEAD + key


def fingerprint(key: bytes) -> str:
    """`SHA256:…`, as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(ssh_wire(key)).digest()
    return "SHA256:" + encode_base64(digest).rstrip("=")


def format_openssh_public(key: bytes, comment: str = "") -> str:
    """One line, without its line feed."""
    return f"ssh-ed25519 {encode_base64(ssh_wire(key))} {comment}".rstrip()


def parse_openssh_public(line: str) -> bytes:
    """The raw key of one `ssh-ed25519 … [comment]` line. Raises MalformedError."""
    parts = line.strip("\r\n").split(" ", 2)
    if len(parts) < 2 or parts[0] != "ssh-ed25519":
        raise MalformedError("this is not an OpenSSH Ed25519 public key (a line beginning with ssh-ed25519)")
    wire = decode_base64(parts[1], "the public key")
    if len(wire) != len(_WIRE_HEAD) + 32 or not wire.startswith(_WIRE_HEAD):
        raise MalformedError("this is not an OpenSSH Ed25519 public key")
    key = wire[len(_WIRE_HEAD) :]
    check_public_key(key)
    return key
