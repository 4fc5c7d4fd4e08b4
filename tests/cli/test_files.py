"""Files on the command line: measured after the rules agreed, with a bar for the patient, never overwritten."""

import os
from pathlib import Path

import pytest
from freezegun import freeze_time

from custody.errors import UsageError
from custody_cli.desk import files
from custody_cli.shown import showing
from custody_cli.typed import kinds
from tests.cli.station import SEIZE, Station


def test_the_rules_are_asked_before_anything_is_measured(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "measure", lambda *_: pytest.fail("hours were spent measuring"))
    words = ("--label", "X/1", "--description", "d")
    assert station("seize", "image.dd", *SEIZE, *words, "--as", "px").code == 3
    assert station("seize", "image.dd", *SEIZE, *words, "--case", "OP-99").code == 2
    assert station("derive", "JM/4", "image.dd", "--label", "X/1", "--method", "copy", "--as", "ak").code == 3
    assert station("inspect", "JM/1", "image.dd").code == 2
    table = ("--to", "px", "--reason", "r", "--condition", "c", "--evidence", "image.dd", "--as", "ak")
    assert station("handover", "JM/4", *table).code == 3
    assert station("receive", "JM/4", "--condition", "c", "--evidence", "image.dd", "--as", "ak").code == 3
    assert station("inspect", "AK/1", "image.dd", "--at", "2026-05-04T00:00Z").code == 3


def test_a_folder_is_evidence_too_and_what_is_left_out_is_said(station: Station) -> None:
    scene = station.folder / "scene"
    scene.mkdir()
    (scene / "a.txt").write_bytes(b"a")
    (scene / "link").symlink_to("a.txt")
    done = station.must("seize", "scene", *SEIZE, "--label", "X/1", "--description", "a folder", "--json")
    assert "warning: scene/link is a link or no file: it was left out" in done.err
    again = station.must("seize", "scene", *SEIZE, "--label", "X/2", "--description", "d", "-n", "--json")
    details = again.json["events"][0]["details"]
    assert (details["digests"][0]["files"], details["kind"]) == (1, "digital")


@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 there")
def test_a_name_that_is_not_utf_8_is_recorded_readably(station: Station) -> None:
    (Path(os.fsdecode(os.fsencode(station.folder) + b"/caf\xe9.txt"))).write_bytes(b"x")
    name = os.fsdecode(b"caf\xe9.txt")
    done = station.must("seize", name, *SEIZE, "--label", "X/1", "--description", "d", "-n", "--json")
    assert done.json["events"][0]["details"]["digests"][0]["name"] == "caf?.txt"


def test_a_word_that_is_an_item_and_a_file_is_asked_about(station: Station) -> None:
    (station.folder / "JM").mkdir()
    (station.folder / "JM" / "6").write_bytes(b"x")
    words = ("--label", "X/1", "--method", "copy")
    done = station("derive", "JM/4", "JM/6", *words)
    assert (done.code, "JM/6 is an item and a file" in done.err) == (2, True)
    assert station.must("derive", "JM/4", "./JM/6", *words, "-n", "--json").json["events"][0]["details"]["digests"]
    both = station.must("derive", "JM/4", "OP-17:JM/6", "./JM/6", *words, "-n", "--json").json["events"]
    assert [event["type"] for event in both] == ["item.derived", "item.yielded", "item.yielded"]


def test_a_file_is_overwritten_only_by_force(station: Station) -> None:
    path = station.folder / "a.policy"
    path.write_text("mine")
    assert station("policy", "-o", "a.policy").code == 2
    assert path.read_text() == "mine"
    assert station("policy", "-o", "a.policy", "--force").code == 0
    assert path.read_text() == station.must("policy", "-o", "-").out == station.must("policy").out


def test_a_file_that_can_t_be_written(station: Station) -> None:
    (station.folder / "folder").mkdir()
    assert station("policy", "-o", "folder").code == 2
    with pytest.raises(UsageError, match="there is no folder"):
        files.refuse_existing(Path("no/file"), force=False)


class Terminal:
    """A stderr that is one."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def test_a_bar_appears_after_a_second_and_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for waits, shown in ((0, False), (2, True)):
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        with freeze_time("2026-05-03", tick=False) as clock, showing.progress("measuring \u202e", 100) as add:
            add(10)
            clock.tick(waits)
            add(20)
            add(70)
        assert ("measuring \\u202e" in terminal.written) == shown
        assert ("100%" in terminal.written) == shown


KINDS = {
    b'{"bundle":{}}\n': "a bundle",
    b'{"id":"jm","ledger":"x"}\n': "an enrolment request",
    b"-----BEGIN OPENSSH PRIVATE KEY-----\n": "a private key",
    b"ssh-ed25519 AAAA jm\n": "a public key",
    b"log a+b+c\nquorum none\n": "a policy",
    "a.example\n3\nroot\n\n— a.example sig\n".encode(): "a checkpoint",
    b"old 3\n": "a checkpoint with its consistency proof",
    b"SQLite format 3\0": "a database",
    b"%PDF-1.7": "a PDF",
    b"a letter": None,
}


@pytest.mark.parametrize("data", KINDS)
def test_a_file_is_known_by_its_beginning(data: bytes) -> None:
    found = kinds.described(data)
    assert (found.name if found else None) == KINDS[data]
    message, hint = kinds.not_this("x", "a list", data)
    assert message == (f"x is {KINDS[data]}, not a list" if KINDS[data] else "x is not a list")
    assert (hint is None) == (KINDS[data] is None)
