"""Whose key signs: the one named, the one in the person's folder, the one in the agent; and only the one enrolled."""

import shutil
import signal
from pathlib import Path

import pytest

from custody.errors import RuleRefusedError, UsageError
from custody.keys.openssh import create_pair
from custody.keys.signer import SeedSigner
from custody_cli import interrupts
from custody_cli.desk import signing
from custody_cli.typed.parsing import Named

ORIGIN = "a.example"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CUSTODY_KEYS", str(tmp_path / "people"))
    return tmp_path / "people"


def test_the_key_in_the_persons_folder(people: Path) -> None:
    public = create_pair(people / "jm", "jm", None)
    signer = signing.Keys([], "jm").signer(f"jm@{ORIGIN}", public)
    assert signer.public_key == public


def test_a_key_that_is_named_goes_first(people: Path, tmp_path: Path) -> None:
    create_pair(people / "jm", "jm", None)
    public = create_pair(tmp_path / "mine", "jm", None)
    for named in (Named(None, tmp_path / "mine"), Named("jm", tmp_path / "mine")):
        assert signing.Keys([named], "jm").signer(f"jm@{ORIGIN}", public).public_key == public


def test_another_key_is_refused_before_a_passphrase_is_asked(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_pair(people / "jm", "jm", "sesame")
    monkeypatch.setattr(signing, "load_private", lambda *_: pytest.fail("the passphrase was asked for"))
    with pytest.raises(RuleRefusedError, match="is not the one enrolled for jm") as caught:
        signing.Keys([], "jm").signer(f"jm@{ORIGIN}", bytes(32))
    assert caught.value.code == "S01"


def test_another_key_without_its_public_half_is_refused_too(people: Path) -> None:
    create_pair(people / "jm", "jm", None)
    (people / "jm.pub").unlink()
    with pytest.raises(RuleRefusedError, match="is not the one enrolled"):
        signing.Keys([], "jm").signer(f"jm@{ORIGIN}", bytes(32))


def test_the_agent_is_asked_last(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = SeedSigner(bytes(32))
    monkeypatch.setattr(signing, "agent_signer", lambda key: held if key == held.public_key else None)
    keys = signing.Keys([], "jm")
    assert keys.signer(f"jm@{ORIGIN}", held.public_key) is held
    with pytest.raises(UsageError, match="no key of jm is at hand"):
        keys.signer(f"jm@{ORIGIN}", bytes(32))
    own = create_pair(people / "jm", "jm", None)
    assert keys.signer(f"jm@{ORIGIN}", own).public_key == own
    assert keys.signer(f"jm@{ORIGIN}", held.public_key) is held
    named = signing.Keys([Named("jm", people / "jm")], "jm")
    with pytest.raises(RuleRefusedError):
        named.signer(f"jm@{ORIGIN}", held.public_key)


def test_a_key_not_yet_enrolled_is_found_beside_its_public_half(people: Path, tmp_path: Path) -> None:
    public = create_pair(tmp_path / "mine", "jm", None)
    keys = signing.Keys([], None)
    assert keys.own("jm", tmp_path / "mine.pub").public_key == public
    shutil.move(tmp_path / "mine.pub", tmp_path / "other.pub")
    with pytest.raises(UsageError, match="the private half of jm's key is not at hand"):
        keys.own("jm", tmp_path / "other.pub")
    people.mkdir()
    shutil.move(tmp_path / "mine", people / "jm")
    assert keys.own("jm", tmp_path / "other.pub").public_key == public
    assert keys.own("jm").public_key == public


def test_keys_without_an_owner() -> None:
    with pytest.raises(UsageError, match="does not say whose key it is"):
        signing.Keys([Named(None, Path("k"))], None)


def test_ctrl_c_waits_for_an_append_but_not_for_a_signature() -> None:
    class Touched:
        public_key = bytes(32)

        def sign(self, message: bytes) -> bytes:
            signal.raise_signal(signal.SIGINT)
            return message

    with interrupts.held_back():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.Signing(Touched()).sign(b"")
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
