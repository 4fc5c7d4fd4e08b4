"""Two agencies and a border: what goes wrong there, in the words of a command line."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from tests.cli.station import Done, call

RO, DE = "iasi.police.example/custody", "koeln.police.example/custody"
STAFF = {
    "ro": (("jm", "investigator"), ("ca", "central-authority")),
    "de": (("hk", "investigator"), ("dc", "central-authority"), ("px", "prosecutor")),
}
WORDS = ("--reason", "trial", "--condition", "good")


class Border:
    """The folder both agencies are in, and a clock that goes on by a second with each command."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock

    def __call__(self, home: str, *words: str) -> Done:
        self.clock.tick(timedelta(seconds=1))
        return call("--home", home, *words)

    def must(self, home: str, *words: str) -> Done:
        """A command that is expected to succeed."""
        done = self(home, *words)
        assert done.code == 0, done
        return done

    def open(self) -> None:
        """Both agencies, partners of each other; chat.json seized in one, asked for and granted to the other."""
        for home, origin, country in (("ro", RO, "RO"), ("de", DE, "DE")):
            self.must(home, "init", origin, "--agency", home, "--jurisdiction", country, "--no-passphrase")
            for identity, role in STAFF[home]:
                self.must(home, "key", "new", identity, "--no-passphrase")
                self.must(home, "person", "enrol", identity, "--name", identity, "--role", role)
            lead = STAFF[home][0][0]
            words = ("--title", "Lantern", "--offence", "trafficking", "--lead", lead, "--as", lead)
            self.must(home, "case", "open", f"{home}-1", *words)
            self.must(home, "card", "-o", f"{home}.card")
        for home, other in (("ro", "de"), ("de", "ro")):
            printed = self.must(other, "--json", "card").json["fingerprint"]
            self.must(home, "partner", "add", f"{other}.card", "--fingerprint", printed)
        self.must("de", "request", "template", "-o", "r.toml")
        to = ("--to", RO, "--case", "de-1", "--reference", "R1", "--as", "dc")
        self.must("de", "request", "send", "r.toml", *to, "-o", "R1.custody")
        self.must("ro", "request", "receive", "R1.custody", "--case", "ro-1", "--as", "ca")
        self.must("ro", "request", "accept", "R1", "--as", "ca", "-o", "R1.accepted")

    def seize(self, path: str, label: str) -> None:
        """Something digital."""
        taken = ("--case", "ro-1", "--label", label, "--description", "chat", "--source", "provider")
        self.must("ro", "seize", path, *taken, "--condition", "good", "--authority", "warrant 1", "--as", "jm")

    def release(self, label: str, path: str, package: str) -> Done:
        """To hk, under the request."""
        to = ("--to", f"hk@{DE}", "--request", "R1", *WORDS, "--evidence", path, "-o", package)
        return self("ro", "release", label, *to, "--as", "jm")

    def receive(self, package: str, *more: str) -> Done:
        """By hk."""
        words = ("--case", "de-1", "--condition", "good", "--as", "hk", "-o", f"{package}.receipt")
        return self("de", "receive", "--package", package, *words, *more)


@contextlib.contextmanager
def at_border(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Border]:
    patch.chdir(folder)
    patch.setenv("CUSTODY_KEYS", str(folder / "people"))
    with freeze_time("2026-05-03T09:20:00Z", ignore=["_pytest"]) as clock:
        yield Border(clock)


@pytest.fixture
def border(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Border]:
    with at_border(tmp_path, monkeypatch) as made:
        made.open()
        (tmp_path / "chat.json").write_bytes(b'{"chat":[]}\n')
        made.seize("chat.json", "JM/1")
        yield made


def test_what_is_made_of_an_item_is_presented_for_the_purpose_it_came_for(border: Border) -> None:
    assert border.release("JM/1", "chat.json", "p.custody").code == 0
    assert border.receive("p.custody").code == 0
    Path("export.txt").write_bytes(b"an export\n")
    made = ("--label", "JM/1-x", "--method", "export", "--description", "export", "--as", "hk")
    border.must("de", "derive", "JM/1", "export.txt", *made)
    border.must("de", "handover", "JM/1", "JM/1-x", "--to", "px", *WORDS, "--as", "hk")
    court = ("--court", "LG", "--hearing", "2026-11-02", "--exhibit", "1", "--as", "px")
    done = border.must("de", "--json", "present", "JM/1-x", *court)
    assert "prosecution" in border.must("de", "show", str(done.json["entries"][0]["index"])).out
    border.must("de", "bundle", "JM/1-x", "--as", "px", "-o", "b.custody")
    border.must("de", "policy", "-o", "de.policy")
    assert "A03" not in border("de", "--json", "verify", "b.custody", "--policy", "de.policy").codes


def test_names_that_no_package_can_carry_stop_a_release_before_it_is_recorded(border: Border, tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "12:30.txt").write_bytes(b"1")
    border.seize("dump", "JM/2")
    done = border.release("JM/2", "dump", "p.custody")
    assert done.code == 2 and "12:30.txt" in done.err and "recorded" not in done.err, done
    listed = border.must("ro", "--json", "items").json["items"]
    assert {one["status"] for one in listed} == {"held"}


def test_where_the_evidence_is_is_said_when_it_stays_there(border: Border, tmp_path: Path) -> None:
    assert border.release("JM/1", "chat.json", "p.custody").code == 0
    done = border.receive("p.custody", "--case", "no-such-case")
    assert done.code == 2 and "The evidence is in" not in done.err and not (tmp_path / "p.evidence").exists()
    done = border.receive("p.custody")
    assert done.code == 0 and "The evidence is in p.evidence" in done.err
    assert (tmp_path / "p.evidence/data/chat.json").exists()


def test_evidence_is_not_received_into_a_folder_that_is_there(border: Border, tmp_path: Path) -> None:
    assert border.release("JM/1", "chat.json", "p.custody").code == 0
    (tmp_path / "p.evidence").mkdir()
    done = border.receive("p.custody")
    assert done.code == 2 and "--into" in done.err
    assert border.receive("p.custody", "--into", "other").code == 0
    assert (tmp_path / "other/data/chat.json").exists()
    done = border.receive("p.custody", "--force")
    assert done.code == 0 and "before" in done.err, done


def test_a_package_that_was_damaged_says_what_to_do(border: Border, tmp_path: Path) -> None:
    assert border.release("JM/1", "chat.json", "p.custody").code == 0
    data = bytearray((tmp_path / "p.custody").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "q.custody").write_bytes(data)
    done = border.receive("q.custody")
    assert (
        done.code == 4 and "hint: ask the partner for it again" in done.err and not (tmp_path / "q.evidence").exists()
    )


def test_an_answer_is_not_called_a_request_received_before(border: Border) -> None:
    done = border("de", "request", "receive", "R1.accepted", "--case", "de-1", "--as", "dc")
    assert "answers a request of this ledger; what is new in the file was taken in" in done.err
    again = border("de", "request", "receive", "R1.accepted", "--case", "de-1", "--as", "dc")
    assert "answers a request of this ledger; nothing changed" in again.err
    assert border.must("de", "--json", "request", "list").json["requests"][0]["status"] == "accepted"
