"""At a terminal: what is about to be signed is shown and confirmed, passphrases and seals are asked for."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are not to be had", allow_module_level=True)

from tests.cli.station import SEIZE, call
from tests.cli.terminal import INTERRUPT, Session, at_terminal

YES = ("Sign and record?", "y\n")
Typing = Callable[..., Session]


@pytest.fixture
def typing(ready_station: Path, tmp_path: Path) -> Typing:
    """Types a command at the station, and the answers to what it asks."""
    shutil.copytree(ready_station, tmp_path, dirs_exist_ok=True)
    people = str(tmp_path / "people")

    def at_station(
        *words: str, answers: tuple[tuple[str, str], ...] = (), piped: Path | None = None, **environ: str
    ) -> Session:
        places = {"CUSTODY_HOME": "agency", "CUSTODY_KEYS": people, "CUSTODY_AS": "jm"}
        return at_terminal(words, answers, tmp_path, {**places, **environ}, piped)

    return at_station


def test_a_passphrase_is_chosen_twice_and_asked_once(typing: Typing, tmp_path: Path) -> None:
    chosen = (
        ("New passphrase for the key of nt", "\n"),
        ("It is empty", ""),
        ("New passphrase", "sesame\n"),
        ("The same again", "sesam\n"),
        ("They differ", ""),
        ("New passphrase", "sesame\n"),
        ("The same again", "sesame\n"),
    )
    made = typing("key", "new", "nt", answers=chosen)
    assert made.code == 0
    assert "sesam" not in made.shown
    assert b"PRIVATE KEY" in (tmp_path / "people" / "nt").read_bytes()
    enrol = ("person", "enrol", "nt", "--name", "Nadia Toma", "--role", "investigator")
    assert typing(*enrol, answers=(("Passphrase for nt", "sesame\n"), YES)).code == 0
    (tmp_path / "two.csv").write_text("label,description\nN/+,a\nN/+,b\n")
    both = ("seize", "--from", "two.csv", *SEIZE, "--as", "nt")
    done = typing(*both, answers=(YES, ("Passphrase for nt (Nadia Toma)", "sesame\n")))
    assert (done.code, done.shown.count("Passphrase"), done.shown.count("recorded #")) == (0, 1, 2), done.shown
    wrong = typing("report", "N/1", "--text", "t", "--as", "nt", "-y", answers=(("Passphrase", "guess\n"),))
    assert wrong.code == 1
    assert "error: the passphrase for" in wrong.shown
    assert "is wrong" in wrong.shown


def test_a_list_that_is_piped_in_needs_y_and_its_signer_is_asked_on_the_terminal(
    typing: Typing, tmp_path: Path
) -> None:
    chosen = (("New passphrase", "sesame\n"), ("The same again", "sesame\n"))
    assert typing("key", "new", "nt", answers=chosen).code == 0
    enrol = ("person", "enrol", "nt", "--name", "Nadia Toma", "--role", "investigator")
    assert typing(*enrol, answers=(("Passphrase for nt", "sesame\n"), YES)).code == 0
    (tmp_path / "list").write_text("label,description\nN/+,a\n")
    words = ("seize", "--from", "/dev/stdin", *SEIZE, "--as", "nt")
    done = typing(*words, piped=tmp_path / "list")
    assert done.code == 2
    assert "error: a list that is piped in leaves nobody to ask whether to sign\nhint: -n shows" in done.shown
    assert "Nothing was signed" in typing(*words, "-n", piped=tmp_path / "list").shown
    asked = (("Passphrase for nt (Nadia Toma)", "sesame\n"),)
    done = typing(*words, "-y", answers=asked, piped=tmp_path / "list")
    assert (done.code, done.shown.count("recorded #")) == (0, 1), done.shown
    done = typing("seize", "--from", "-", *SEIZE, piped=tmp_path / "list")
    assert "there is no file -\nhint: what is piped in is named /dev/stdin" in done.shown


def test_what_is_signed_is_shown_and_can_be_declined(typing: Typing) -> None:
    done = typing("report", "JM/1", "--text", "seen\u202e it", answers=(("Sign and record? [y/N]", "n\n"),))
    assert (done.code, "recorded #" in done.shown) == (1, False)
    for line in ("report.late, JM/1", "by    jm (Jana Marin)", "text  seen\\u202e it", "nothing was recorded"):
        assert line in done.shown
    assert typing("report", "JM/1", "--text", "t", "-y").shown.startswith("recorded #")


def test_ctrl_c_at_a_question_records_nothing(typing: Typing) -> None:
    done = typing("report", "JM/1", "--text", "t", answers=(("Sign and record? [y/N]: ", INTERRUPT),))
    assert done.code == 1
    assert done.shown.endswith("\nerror: stopped; nothing was recorded\n")


def test_a_seal_is_asked_for_without_showing_the_expected_one(typing: Typing) -> None:
    hand = ("handover", "JM/1", "--to", "ak", "--reason", "r", "--condition", "c")
    read = (
        ("Seal on JM/1", "A 1001\n"),
        ("is not a seal number", ""),
        ("Seal on JM/1", "\n"),
        ("Seal on JM/1", "A-9:broken\n"),
        ("Another seal", "A-10\n"),
        ("Another seal", "\n"),
    )
    done = typing(*hand, answers=(*read, YES))
    assert done.code == 0
    before, asked, after = done.shown.partition("recorded #")
    assert asked
    assert "A-1001" not in before
    assert "warning: P01: JM/1: seal A-1001 was on record, seal A-10, A-9 was read" in after
    old = typing(
        "seal", "JM/1", "--new", "S-2", "--why", "w", "--as", "ak", answers=(("that is replaced", "A-10\n"), YES)
    )
    assert old.code == 0


def test_a_passphrase_file_answers_for_everybody(typing: Typing, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("sesame\nnot this\n")
    protected = {"CUSTODY_PASSPHRASE_FILE": "word"}
    assert typing("key", "new", "nt", **protected).code == 0
    enrol = ("person", "enrol", "nt", "--name", "N", "--role", "court", "-y")
    assert typing(*enrol, **protected).code == 0
    assert typing("report", "JM/1", "--text", "t", "--as", "nt", "-y", **protected).code == 0


def test_a_terminal_gets_colours_and_indented_json(typing: Typing) -> None:
    shown = typing("items", "--json", TERM="xterm").shown
    assert '{\n  "items": [' in shown
    assert "\x1b[" in typing("nonsense", TERM="xterm").shown
    assert "\x1b[" not in typing("nonsense", TERM="xterm", NO_COLOR="1").shown
    assert "\x1b" not in call("nonsense").err
