"""Ed25519: what a valid public key and a valid signature are in this format, and how keys are written.

Libraries disagree about edge cases of RFC 8032 (libsodium and OpenSSL on 165 of 914 of them), so "valid" is fixed
here. A public key A (32 bytes) is valid when

1. its y-coordinate is below p = 2^255 - 19 (one encoding per point, RFC 8032 §5.1.3);
2. it is a point of the curve, not of small order (8A is not the identity: such a key verifies forged messages);
3. it lies in the prime-order group (LA is the identity: no component of order 2, 4 or 8).

A signature R ‖ S (64 bytes) over a message M by a valid key A is valid when

1. S < L, little-endian (RFC 8032 §5.1.7; otherwise S + L would be a second signature);
2. R, as bytes, is the canonical encoding of  S·B - k·A, where  k = SHA-512(R ‖ A ‖ M) mod L   RFC 8032 §5.1.7
   (the equation without cofactor);
3. R is not of small order.

These are libsodium's rules; step 3 of the key is ours to check, once, when a key is read (`check_public_key`).
`verify` is the hot path and relies on that.

    SSH wire      00 00 00 0b "ssh-ed25519" 00 00 00 20 A                     RFC 8709 §4
    public line   ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c jm@example
    fingerprint   SHA256:<base64 of SHA-256(SSH wire), without padding>       as `ssh-keygen -l` prints it
"""

import base64
import hashlib
import re
from typing import Protocol

from nacl import bindings
from nacl.exceptions import BadSignatureError as _Forged

from custody.errors import MalformedError
from custody.protocol.encodings import decode_base64, encode_base64

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_WIRE_HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
_MAX_COMMENT = 256
_LINE = re.compile(rf"ssh-ed25519 ([A-Za-z0-9+/]{{68}})(?: ([^\x00-\x1f\x7f]{{1,{_MAX_COMMENT}}}))?\n?")
"""19 + 32 bytes of wire are 68 characters of base64. A comment is a hint for people, bounded like one."""


class Signer(Protocol):
    """Somebody who can sign with one Ed25519 key: in memory, in an agent, in hardware."""

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature, 64 bytes, over `message`."""


def check_public_key(public_key: bytes) -> None:
    """Raise MalformedError unless these are the 32 bytes of a valid public key (rules 1-3 above)."""
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise MalformedError(f"an Ed25519 public key has 32 bytes, not {len(public_key)}")
    if int.from_bytes(public_key, "little") % 2**255 >= _P:
        raise MalformedError("Ed25519 public key is not canonically encoded")
    if not bindings.crypto_core_ed25519_is_valid_point(public_key):
        raise MalformedError("Ed25519 public key is not a point of the prime-order group")


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is valid (rules 1-3) over `message` by a key that `check_public_key` accepted."""
    # The binding hands its arguments to C unmeasured; and a short signature would borrow bytes from the message.
    if len(signature) != SIGNATURE_BYTES or len(public_key) != PUBLIC_KEY_BYTES:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except _Forged:
        return False
    return True


def ssh_wire(public_key: bytes) -> bytes:
    """The key as OpenSSH sends it (RFC 8709 §4), 51 bytes."""
    return _WIRE_HEAD + public_key


def fingerprint(public_key: bytes) -> str:
    """`SHA256:` and 43 characters of base64, the name OpenSSH gives the key. A hint: nothing trusts it."""
    # fingerprint = "SHA256:" || unpadded base64(SHA-256(SSH wire))     OpenSSH sshkey_fingerprint
    digest = hashlib.sha256(ssh_wire(public_key)).digest()
    return "SHA256:" + base64.b64encode(digest).rstrip(b"=").decode("ascii")


def format_openssh_public(public_key: bytes, comment: str = "") -> str:
    """The line of a `.pub` file, without its newline."""
    line = f"ssh-ed25519 {encode_base64(ssh_wire(public_key))}"
    if comment:
        line = f"{line} {comment}"
    parse_openssh_public(line)
    return line


def parse_openssh_public(line: str) -> bytes:
    """The key in one line `ssh-ed25519 AAAA… [comment]`, its newline optional. Raises MalformedError.

    No options before it, no other key type, one space between parts; the comment is dropped.
    """
    matched = _LINE.fullmatch(line)
    if matched is None:
        raise MalformedError(
            "not an OpenSSH Ed25519 public key",
            hint="one line `ssh-ed25519 AAAA… comment`, as in the .pub file that `ssh-keygen -t ed25519` writes",
        )
    wire = decode_base64(matched[1], "OpenSSH public key")
    public_key = wire[len(_WIRE_HEAD) :]
    if wire != ssh_wire(public_key):
        raise MalformedError("OpenSSH public key does not contain an ssh-ed25519 key")
    check_public_key(public_key)
    return public_key
