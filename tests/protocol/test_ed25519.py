"""ed25519.py: one definition of a valid key and a valid signature, whatever a library would also take."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from custody.errors import MalformedError
from custody.protocol import ed25519

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
PUBLIC, SECRET = bindings.crypto_sign_seed_keypair(b"\x01" * 32)
MESSAGE = b"the item as it was"
SIGNATURE = bindings.crypto_sign(MESSAGE, SECRET)[:64]
LINE = ed25519.format_openssh_public(PUBLIC)

TORSION = {
    "order 2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order 4, x negative": "0000000000000000000000000000000000000000000000000000000000000080",
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, x negative": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order 8, other y": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 8, other y, x negative": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


BAD_KEYS = {
    "empty": b"",
    "31 bytes": PUBLIC[:31],
    "33 bytes": PUBLIC + b"\x00",
    "identity": little(1),
    "identity, sign bit set": little(1 | 1 << 255),
    "y = p": little(P),
    "y = p + 1": little(P + 1),
    "y = p + 3, sign bit set": little(P + 3 | 1 << 255),
    "y = 2^255 - 1": little(2**255 - 1),
    "not on the curve": little(2),
    **{name: bytes.fromhex(point) for name, point in TORSION.items()},
    **{
        f"mixed: {name} added (CVE-2025-69277)": bindings.crypto_core_ed25519_add(PUBLIC, bytes.fromhex(point))
        for name, point in TORSION.items()
    },
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_keys_outside_the_prime_order_group_are_malformed(key: bytes) -> None:
    with pytest.raises(MalformedError):
        ed25519.check_public_key(key)


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_rfc_8032_examples(key: str, message: str, signature: str) -> None:
    ed25519.check_public_key(bytes.fromhex(key))
    assert ed25519.verify(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))


@given(st.integers(0, 64 * 8 - 1))
@settings(deadline=None)
def test_any_flipped_bit_breaks_the_signature(bit: int) -> None:
    bent = bytearray(SIGNATURE)
    bent[bit // 8] ^= 1 << bit % 8
    assert ed25519.verify(PUBLIC, MESSAGE, SIGNATURE)
    assert not ed25519.verify(PUBLIC, MESSAGE, bytes(bent))


BAD_SIGNATURES = {
    "empty": b"",
    "63 bytes": SIGNATURE[:63],
    "65 bytes": SIGNATURE + b"\x00",
    "S + L": SIGNATURE[:32] + little(int.from_bytes(SIGNATURE[32:], "little") + L),
    "R of small order": bytes.fromhex(TORSION["order 8"]) + SIGNATURE[32:],
    "R not canonical": little(P + 1) + SIGNATURE[32:],
    "all zero": bytes(64),
}


@pytest.mark.parametrize("signature", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_invalid_signatures(signature: bytes) -> None:
    assert not ed25519.verify(PUBLIC, MESSAGE, signature)


def test_bytes_moved_from_message_to_signature_do_not_verify() -> None:
    assert not ed25519.verify(PUBLIC, MESSAGE[1:], SIGNATURE + MESSAGE[:1])
    assert not ed25519.verify(PUBLIC, SIGNATURE[60:] + MESSAGE, SIGNATURE[:60])


def test_a_key_of_the_wrong_length_never_reaches_c() -> None:
    assert not ed25519.verify(PUBLIC[:31], MESSAGE, SIGNATURE)


def test_speccheck(vectors: Path, record_property: Callable[[str, object], None]) -> None:
    """Of the twelve, libsodium accepts number 3 only. Its key has a small-order part: we do not even read it."""
    cases = json.loads((vectors / "ed25519-speccheck" / "cases.json").read_text())
    accepted, keys = [], []
    for number, case in enumerate(cases):
        key, message, signature = (bytes.fromhex(case[member]) for member in ("pub_key", "message", "signature"))
        if ed25519.verify(key, message, signature):
            accepted.append(number)
        try:
            ed25519.check_public_key(key)
            keys.append(number)
        except MalformedError:
            pass
    assert accepted == [3]
    assert keys == [6, 7], "their fault is an S of L or more"
    assert len(cases) == 12
    record_property("vectors", len(cases))


def test_the_fingerprint_is_openssh_s() -> None:
    assert ed25519.fingerprint(PUBLIC) == "SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8"


def test_ssh_keygen_agrees(tmp_path: Path) -> None:
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("ssh-keygen is not installed: the fingerprint was compared with a recorded one only")
    file = tmp_path / "key.pub"
    file.write_text(ed25519.format_openssh_public(PUBLIC, "jm@example") + "\n")
    printed = subprocess.run([program, "-l", "-f", file], capture_output=True, text=True, check=True).stdout
    assert ed25519.fingerprint(PUBLIC) in printed.split()


def test_the_worked_example_is_exact() -> None:
    line = ed25519.format_openssh_public(PUBLIC, "jm@example")
    assert ed25519.__doc__ is not None
    assert line in ed25519.__doc__
    assert ed25519.parse_openssh_public(line) == PUBLIC


@given(st.binary(min_size=32, max_size=32), st.text("abcXYZ019 @._-é", max_size=60))
@settings(deadline=None)
def test_openssh_round_trip(seed: bytes, comment: str) -> None:
    public, _ = bindings.crypto_sign_seed_keypair(seed)
    line = ed25519.format_openssh_public(public, comment)
    assert ed25519.parse_openssh_public(line) == ed25519.parse_openssh_public(line + "\n") == public


BAD_LINES = {
    "empty": "",
    "two lines": f"{LINE}\n{LINE}\n",
    "two newlines": f"{LINE}\n\n",
    "carriage return": f"{LINE}\r\n",
    "leading space": f" {LINE}",
    "two spaces": LINE.replace(" ", "  "),
    "trailing space": f"{LINE} ",
    "tab": LINE.replace(" ", "\t"),
    "options first": f'command="true" {LINE}',
    "another type": LINE.replace("ssh-ed25519", "ssh-rsa"),
    "security key": LINE.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com"),
    "another type inside": "ssh-ed25519 "
    + ed25519.encode_base64(b"\x00\x00\x00\x0bssh-ed25518\x00\x00\x00\x20" + PUBLIC),
    "short": LINE[:-4],
    "long": f"{LINE}AAAA",
    "escape in the comment": f"{LINE} \x1b[31m",
    "comment of a thousand": f"{LINE} {'x' * 1000}",
    "key of small order": f"ssh-ed25519 {ed25519.encode_base64(ed25519.ssh_wire(bytes(32)))}",
    "private key": "-----BEGIN OPENSSH PRIVATE KEY-----",
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_openssh_lines(line: str) -> None:
    with pytest.raises(MalformedError):
        ed25519.parse_openssh_public(line)


def test_a_comment_that_would_not_read_back_is_not_written() -> None:
    with pytest.raises(MalformedError):
        ed25519.format_openssh_public(PUBLIC, "two\nlines")
