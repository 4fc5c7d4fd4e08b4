"""The vault: one age identity for each case, opened by the agency's alone; files that other people's age reads."""

import shutil
import subprocess
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.keys.identity import new_identity
from custody.keys.vault import Vault

IDENTITY, RECIPIENT = new_identity()
STRANGER, _ = new_identity()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "cases", RECIPIENT)


def test_what_is_locked_opens_with_the_agencys_identity_alone(vault: Vault) -> None:
    for case in ("OP-17", None):
        body = vault.lock(case, b"Ana Popescu")
        assert b"Popescu" not in body
        assert vault.open(case, body, IDENTITY) == b"Ana Popescu"
        with pytest.raises(CustodyError, match="does not open"):
            Vault(vault._folder, RECIPIENT).open(case, body, STRANGER)


def test_a_case_has_one_identity_and_others_do_not_open_it(vault: Vault) -> None:
    body = vault.lock("OP-17", b"x")
    vault.lock("OP-17", b"y")
    vault.lock("OP-18", b"z")
    assert len(vault.identities("OP-17")) == 1
    with pytest.raises(CustodyError, match="does not open with the identity of case OP-18"):
        vault.open("OP-18", body, IDENTITY)


def test_references_that_differ_in_their_case_are_two_cases(vault: Vault) -> None:
    for case in ("op/17", "OP/17", "OP-17", "op-17"):
        vault.lock(case, b"x")
    folders = {path.parent.name.lower() for case in ("op/17", "OP/17", "OP-17") for path in vault.identities(case)}
    assert len(folders) == 3


def test_two_processes_that_made_the_first_at_once(vault: Vault, tmp_path: Path) -> None:
    one = vault.lock("OP-17", b"one")
    other = Vault(tmp_path / "elsewhere", RECIPIENT)
    two = other.lock("OP-17", b"two")
    for path in other.identities("OP-17"):
        shutil.copy(path, vault.identities("OP-17")[0].parent)
    assert [vault.open("OP-17", body, IDENTITY) for body in (one, two)] == [b"one", b"two"]


def test_what_was_destroyed_opens_no_more(vault: Vault) -> None:
    body = vault.lock("OP-17", b"x")
    (path,) = vault.identities("OP-17")
    before = path.read_bytes()
    other = path.with_name("copy")
    other.hardlink_to(path)
    vault.destroy("OP-17")
    assert vault.identities("OP-17") == []
    assert vault.open("OP-17", body, IDENTITY) is None
    assert len(other.read_bytes()) == len(before)
    assert before[:32] not in other.read_bytes()  # it was overwritten before it was removed


def test_an_identity_that_was_damaged(vault: Vault) -> None:
    body = vault.lock("OP-17", b"x")
    vault.identities("OP-17")[0].write_bytes(b"age-encryption.org/v1\n")
    with pytest.raises(CustodyError, match="does not open with the agency's identity"):
        vault.open("OP-17", body, IDENTITY)


def test_a_file_that_can_not_be_destroyed_is_named(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.lock("OP-17", b"x")

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(CustodyError, match=r"age1\w+\.age was not destroyed: Permission denied") as caught:
        vault.destroy("OP-17")
    assert "custody audit" in (caught.value.hint or "")


@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")
def test_another_implementation_of_age_opens_it(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(vault.lock("OP-17", b"Ana Popescu"))
    (tmp_path / "identity").write_text(IDENTITY + "\n")
    (path,) = vault.identities("OP-17")
    case = subprocess.run(["age", "-d", "-i", tmp_path / "identity", path], capture_output=True, check=True).stdout
    (tmp_path / "case").write_bytes(case)
    command = ["age", "-d", "-i", tmp_path / "case", tmp_path / "value"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"Ana Popescu"
