"""Key files: ours and ssh-keygen's, with and without passphrase, and what else people offer instead."""

import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from custody.durable import write_file
from custody.errors import CustodyError, MalformedError, UsageError
from custody.keys import openssh
from custody.keys.folder import key_path
from custody.keys.openssh import create_pair, load_private, load_public
from custody.protocol.ed25519 import verify


def nobody() -> str | None:
    raise AssertionError("no passphrase should be asked for")


@pytest.mark.parametrize("word", [None, "a long passphrase, with ümlaut"])
def test_a_pair_of_ours_signs(word: str | None, tmp_path: Path) -> None:
    public = create_pair(tmp_path / "jm", "jm", word)
    signer = load_private(tmp_path / "jm", (lambda: word) if word else nobody)
    assert signer.public_key == public == load_public(tmp_path / "jm.pub")
    assert verify(public, b"message", signer.sign(b"message"))
    assert stat.S_IMODE((tmp_path / "jm").stat().st_mode) == 0o600
    assert (tmp_path / "jm.pub").read_text().endswith(" jm\n")


@pytest.mark.parametrize("word", ["", "correct horse"])
def test_a_pair_of_ssh_keygen_works_unchanged(word: str, tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: its keys were not tried")
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", word, "-C", "jm", "-f", str(tmp_path / "id")]
    subprocess.run(command, check=True)
    signer = load_private(tmp_path / "id", (lambda: word) if word else nobody)
    assert signer.public_key == load_public(tmp_path / "id.pub")
    assert verify(signer.public_key, b"x", signer.sign(b"x"))


def test_ssh_keygen_reads_ours(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: our keys were not shown to it")
    create_pair(tmp_path / "jm", "jm", "correct horse")
    command = ["ssh-keygen", "-y", "-P", "correct horse", "-f", str(tmp_path / "jm")]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown.split()[:2] == (tmp_path / "jm.pub").read_text().split()[:2]


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    create_pair(tmp_path / "jm", "jm", None)
    with pytest.raises(UsageError, match="exists"):
        create_pair(tmp_path / "jm", "jm", None)
    (tmp_path / "jm").unlink()
    with pytest.raises(UsageError, match=r"jm\.pub exists"):
        create_pair(tmp_path / "jm", "jm", None)
    assert not (tmp_path / "jm").exists()


@pytest.mark.parametrize(("word", "said"), [(None, "needs its passphrase"), ("", "needs its"), ("wrong", "is wrong")])
def test_passphrases_that_do_not_open(word: str | None, said: str, tmp_path: Path) -> None:
    create_pair(tmp_path / "jm", "jm", "right")
    with pytest.raises(CustodyError, match=said) as caught:
        load_private(tmp_path / "jm", lambda: word)
    assert caught.value.exit_code == 1


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_private(tmp_path / "jm", nobody)
    assert "custody key new" in (caught.value.hint or "")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create_pair(tmp_path / "jm", "jm", None)
    (tmp_path / "jm").chmod(0o644)
    with pytest.raises(CustodyError, match="others can read") as caught:
        load_private(tmp_path / "jm", nobody)
    assert "chmod 600" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ssh-ed25519 AAAA jm\n", "is a public key"),
        (b"-----BEGIN RSA PRIVATE KEY-----\n", "another format"),
        (b"hello", "not an OpenSSH private key"),
        (b"", "not an OpenSSH private key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "not a readable"),
        (b"x" * 70_000, "too large"),
    ],
    ids=["public", "rsa", "text", "empty", "broken", "large"],
)
def test_other_files_are_named_for_what_they_are(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(MalformedError, match=said):
        load_private(path, nobody)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: an ECDSA key was not tried")
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(tmp_path / "id")], check=True)
    with pytest.raises(MalformedError, match="not an Ed25519 key"):
        load_private(tmp_path / "id", nobody)


def keygen(path: Path, *options: str) -> Path:
    """A key of ssh-keygen's, with few rounds of bcrypt where it has a passphrase."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: its keys were not tried")
    subprocess.run(["ssh-keygen", "-q", "-a", "2", "-f", str(path), *options], check=True)
    return path


@pytest.mark.parametrize("cipher", ["aes256-ctr", "aes256-cbc", "aes256-gcm@openssh.com"])
def test_a_wrong_passphrase_is_one_under_every_cipher(cipher: str, tmp_path: Path) -> None:
    path = keygen(tmp_path / "id", "-t", "ed25519", "-Z", cipher, "-N", "right")
    assert load_private(path, lambda: "right").public_key == load_public(tmp_path / "id.pub")
    with pytest.raises(CustodyError, match=r"passphrase for .* is wrong") as caught:
        load_private(path, lambda: "wrong")
    assert caught.value.exit_code == 1


def test_a_cipher_that_can_not_be_read_is_not_called_a_wrong_passphrase(tmp_path: Path) -> None:
    path = keygen(tmp_path / "id", "-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com", "-N", "right")
    with pytest.raises(CustodyError, match="encrypted in a way") as caught:
        load_private(path, lambda: "right")
    assert "ssh-keygen -p -Z aes256-ctr" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-t", "rsa", "-b", "2048", "-N", "right"], "not an Ed25519 key but ssh-rsa"),
        (["-t", "ecdsa", "-N", "right"], "not an Ed25519 key but ecdsa-sha2-nistp256"),
        (["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""], "RSA PRIVATE KEY"),
        (["-t", "ecdsa", "-m", "PKCS8", "-N", ""], "PRIVATE KEY"),
    ],
    ids=["encrypted RSA", "encrypted ECDSA", "RSA in PEM", "ECDSA in PKCS#8"],
)
def test_nobody_is_asked_for_a_passphrase_that_can_not_help(options: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match=said):
        load_private(keygen(tmp_path / "id", *options), nobody)


def cut_in_the_middle(data: bytes) -> bytes:
    return data[:200] + data[data.rindex(b"\n-----END") :]


@pytest.mark.parametrize(
    "damage",
    [
        cut_in_the_middle,
        lambda data: data[: data.index(b"-----END")],
        lambda data: data.replace(b"b3Blb", b"b3BlZ"),
        lambda data: data[:100] + b"!" + data[101:],
    ],
    ids=["middle gone", "end gone", "another magic", "not base64"],
)
@pytest.mark.parametrize("word", [None, "right"])
def test_a_damaged_key_is_not_called_a_wrong_passphrase(damage: Any, word: str | None, tmp_path: Path) -> None:
    create_pair(tmp_path / "jm", "jm", word)
    (tmp_path / "jm").write_bytes(damage((tmp_path / "jm").read_bytes()))
    with pytest.raises(MalformedError, match="damaged"):
        load_private(tmp_path / "jm", nobody)


@pytest.mark.parametrize(
    ("comment", "word", "error", "said"),
    [
        ("two\nlines", None, MalformedError, "not an OpenSSH"),
        ("jm", "", UsageError, "empty passphrase"),
        ("jm", "x" * 1024, UsageError, "longer than 1023"),
        ("jm", "\ud800", UsageError, "half a character"),
    ],
    ids=["comment of two lines", "empty", "too long", "half a character"],
)
def test_a_pair_that_can_not_be_made_leaves_nothing(
    comment: str, word: str | None, error: type[CustodyError], said: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        create_pair(tmp_path / "keys" / "jm", comment, word)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("failure", [CustodyError("disk full"), KeyboardInterrupt()])
def test_half_a_pair_is_taken_back(failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_for_public(path: Path, data: bytes, **options: Any) -> None:
        if path.suffix == ".pub":
            raise failure
        write_file(path, data, **options)

    monkeypatch.setattr(openssh, "write_file", fail_for_public)
    with pytest.raises(type(failure)):
        create_pair(tmp_path / "jm", "jm", None)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CustodyError, match="can't be made"):
        create_pair(tmp_path / "file" / "keys" / "jm", "jm", None)


def test_a_public_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "jm.pub").write_text("ssh-rsa AAAA jm\n")
    with pytest.raises(MalformedError, match=r"jm\.pub: not an OpenSSH Ed25519 public key"):
        load_public(tmp_path / "jm.pub")


@pytest.mark.parametrize("identity", [".", "..", "...", "jm.pub"])
def test_an_id_that_no_key_file_can_bear(identity: str) -> None:
    with pytest.raises(UsageError, match="can't be the name of a key file"):
        key_path(identity, {"CUSTODY_KEYS": "/keys"})
