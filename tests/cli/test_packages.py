"""Packages with evidence by commands: encrypted to one agency, unpacked and measured before anything is signed."""

import errno
import os
from pathlib import Path

import pytest

from custody.errors import CustodyError
from tests.cli.abroad import DE, Abroad, files, seized
from tests.cli.station import ORIGIN, Done

SEND = ("--to", f"km@{DE}", "--request", "DE-9", "--reason", "analysis", "--condition", "one file")
TAKE = ("receive", "--package", "JM-4.custody", "--case", "K-12", "--condition", "one file", "-o", "JM-4.receipt")


@pytest.fixture
def sent(abroad: Abroad) -> Abroad:
    """JM/4 went to DE, with its file."""
    abroad.ro.must("release", "JM/4", *SEND, "--evidence", "chat.json", "-o", "JM-4.custody")
    return abroad


def evidence(abroad: Abroad, folder: str = "JM-4.evidence") -> list[str]:
    """Files below a folder, without the bag's own."""
    root = abroad.folder / folder / "data"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_evidence_travels_encrypted_and_is_measured_where_it_comes(sent: Abroad) -> None:
    package = (sent.folder / "JM-4.custody").read_bytes()
    assert package.startswith(b"age-encryption.org/v1\n")
    assert b"chat" not in package
    done = sent.de.must(*TAKE, "--json")
    assert {"entries", "receipt", "head", "sha256", "size"} <= set(done.json)
    assert evidence(sent) == ["chat.json"]
    assert (sent.folder / "JM-4.evidence" / "data" / "chat.json").read_bytes() == b'{"chat":[]}\n'
    received = sent.de.must("history", "JM/4").out.partition("handover.received")[2]
    assert "chat.json" in received
    sent.ro.must("import", "JM-4.receipt")
    assert sent.ro.item("JM/4")["custodian"] == f"km@{DE}"
    sent.ro.must("policy", "-o", "ro.policy")
    sent.ro.must("bundle", "JM/4", "--as", "px", "-o", "court.custody")
    judged = sent.ro("verify", "court.custody", "--policy", "ro.policy", "--evidence", "chat.json", "--json")
    assert (judged.code, judged.json["evidence"]) == (0, "matches")


def test_the_sender_can_t_open_its_own_package(sent: Abroad) -> None:
    done = sent.ro("receive", "--package", "JM-4.custody", "--case", "OP-17", "--condition", "c", "-o", "r")
    assert (done.code, "does not open with the agency's identity" in done.err) == (1, True)
    assert "hint: " in done.err


def test_a_wrong_file_is_not_sent(abroad: Abroad) -> None:
    size = abroad.ro.size()
    for more in (("--evidence", "image.dd"), ("--evidence", "chat.json", "--evidence", "JM/4=image.dd")):
        done = abroad.ro("release", "JM/4", *SEND, *more, "-o", "out.custody")
        assert (done.code, "refused (H01)" in done.err) == (3, True), done.err
    assert (abroad.ro.size(), (abroad.folder / "out.custody").exists()) == (size, False)


def test_the_rules_are_asked_before_a_file_is_measured(abroad: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody_cli.desk.files.measure", lambda *_: pytest.fail("hours were spent measuring"))
    done = abroad.ro(
        "release", "JM/4", *(word if word != "DE-9" else "DE-8" for word in SEND), "--evidence", "chat.json", "-o", "p"
    )
    assert (done.code, "refused (A04)" in done.err) == (3, True)


def test_received_again_nothing_changes(sent: Abroad) -> None:
    sent.de.must(*TAKE)
    before = files(sent.folder)
    words = (*TAKE[:-1], "again.receipt")
    assert sent.de.must(*words, "--json").json == {"entries": []}
    said = sent.de.must(*words).err
    assert "received or refused before; nothing changed" in said
    assert "`custody bundle ITEM --audience partner`" in said
    assert files(sent.folder) == before


def test_refused_evidence_is_not_kept_for_a_receipt_that_failed(sent: Abroad) -> None:
    """A receipt that the rules refuse leaves neither entries nor evidence."""
    before = files(sent.folder)
    done = sent.de(*TAKE, "--as", "lt")  # who is not addressed
    assert (done.code, "refused (C04)" in done.err) == (3, True)
    done = sent.de(*TAKE, "--case", "K-99")
    assert done.code == 2
    assert files(sent.folder) == before


def test_evidence_stays_with_a_receipt_that_stands(sent: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy of the checkpoint outside the database can't be written: the disk is full of evidence."""

    def full(*_: object) -> None:
        raise CustodyError("the disk is full")

    monkeypatch.setattr("custody.ledger.outside.OutsideCopies.write_checkpoint", full)
    done = sent.de(*TAKE)
    assert (done.code, "recorded all the same" in done.err) == (1, True), done.err
    assert sent.de.item("JM/4")["custodian"] == f"km@{DE}"
    assert evidence(sent) == ["chat.json"]


def test_evidence_goes_where_it_is_told(sent: Abroad) -> None:
    sent.de.must(*TAKE, "--into", "unpacked")
    assert evidence(sent, "unpacked") == ["chat.json"]
    assert not (sent.folder / "JM-4.evidence").exists()


def test_a_folder_that_is_there_is_not_written_to(sent: Abroad) -> None:
    (sent.folder / "JM-4.evidence").mkdir()
    size = sent.de.size()
    done = sent.de(*TAKE)
    assert (done.code, "JM-4.evidence exists" in done.err, "--into" in done.err) == (2, True, True), done
    assert sent.de.size() == size
    assert list((sent.folder / "JM-4.evidence").iterdir()) == []
    sent.de.must(*TAKE, "--into", "elsewhere")


def test_a_package_on_a_medium_that_can_only_be_read(sent: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    (sent.folder / "stick").mkdir()
    (sent.folder / "JM-4.custody").rename(sent.folder / "stick" / "JM-4.custody")
    words = tuple(word if word != "JM-4.custody" else "stick/JM-4.custody" for word in TAKE)
    make = os.mkdir

    def refuse(path: os.PathLike[str] | str, *rest: int, **more: int) -> None:
        if Path(path).parent.name == "stick":
            raise OSError(errno.EROFS, "Read-only file system")
        make(path, *rest, **more)

    monkeypatch.setattr(os, "mkdir", refuse)
    for more in ((), ("-n",)):
        done = sent.de(*words, *more)
        assert (done.code, "Read-only" in done.err, "--into" in done.err) == (1, True, True), done.err
    sent.de.must(*words, "--into", "here")
    sent.de.must(*words, "--into", "here", "--force")  # received before: nothing is unpacked beside the package


def test_what_a_dry_run_unpacks_is_named_after_its_package(sent: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed leaves it there, with the evidence in clear: it has to be known for what it is."""
    make, made, before = os.mkdir, [], sorted(sent.folder.iterdir())

    def seen(path: os.PathLike[str] | str, *rest: int, **more: int) -> None:
        made.append(Path(path))
        make(path, *rest, **more)

    monkeypatch.setattr(os, "mkdir", seen)
    sent.de.must(*TAKE, "-n")
    beside = [one.name for one in made if one.parent.resolve() == sent.folder.resolve()]
    assert len(beside) == 1 and beside[0].startswith(".JM-4.evidence.")
    assert sorted(sent.folder.iterdir()) == before


def test_a_folder_of_evidence(abroad: Abroad) -> None:
    scene = abroad.folder / "scene"
    (scene / "in").mkdir(parents=True)
    (scene / "a.txt").write_bytes(b"a")
    (scene / "in" / "b.txt").write_bytes(b"b")
    seized(abroad.ro, "X/1", "scene")
    abroad.ro.must("release", "X/1", *SEND, "--evidence", "scene", "-o", "X.custody")
    abroad.take("X.custody", None, "X.receipt")
    assert evidence(abroad, "X.evidence") == ["scene/a.txt", "scene/in/b.txt"]


def test_what_was_only_described_has_no_evidence(abroad: Abroad) -> None:
    """Without --evidence the package is the bundle alone, in clear: digests and the record."""
    abroad.ro.must("release", "JM/4", *SEND, "-o", "JM-4.custody")
    assert (abroad.folder / "JM-4.custody").read_bytes().startswith(b'{"bundle":')
    done = abroad.de(*TAKE, "--into", "x")
    assert (done.code, "carries none" in done.err) == (2, True)
    (abroad.folder / "other").write_bytes(b"other")
    done = abroad.de.must(*TAKE, "--evidence", "other", "--json")
    assert "H05" in done.codes


def test_a_digital_item_comes_back_by_their_refusal_alone(sent: Abroad) -> None:
    back = ("withdraw", "JM/4", "--reason", "sent in error", "--condition", "one file")
    done = sent.ro(*back)
    assert (done.code, "refused (C03)" in done.err) == (3, True)
    refused: Done = sent.de.must(*TAKE, "--refuse", "JM/4=not asked for")
    assert "the evidence was not kept" in refused.err
    assert not (sent.folder / "JM-4.evidence").exists()
    sent.ro.must("import", "JM-4.receipt")
    sent.ro.must(*back)
    assert sent.ro.item("JM/4")["custodian"] == f"jm@{ORIGIN}"


def test_one_of_two_refused_is_said_to_be_removed(abroad: Abroad) -> None:
    seized(abroad.ro, "X/1", "image.dd")
    both = ("--evidence", "chat.json", "--evidence", "image.dd")
    abroad.ro.must("release", "JM/4", "X/1", *SEND, *both, "-o", "JM-4.custody")
    done = abroad.de.must(*TAKE, "--refuse", "X/1=not asked for")
    assert "warning: X/1 was not received: remove its files from JM-4.evidence" in done.err
    done = abroad.de(*TAKE, "--force", "--refuse", "not asked for")
    assert done.code == 0  # nothing waits


def test_a_refusal_names_its_item(sent: Abroad) -> None:
    done = sent.de(*TAKE, "--refuse", "not asked for")
    assert (done.code, "--refuse ITEM=REASON" in done.err) == (2, True)
    done = sent.de(*TAKE, "--refuse", "JM/4=no", "--missing", "JM/4")
    assert (done.code, "both refused and missing" in done.err) == (2, True)
    assert not (sent.folder / "JM-4.evidence").exists()


def test_nothing_of_a_package_is_left_behind(sent: Abroad) -> None:
    sent.de.must(*TAKE)
    assert not [path for path in Path(sent.folder).iterdir() if path.name.startswith((".", "tmp"))]
