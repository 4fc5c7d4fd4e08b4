"""checkpoint, bundle, audit, rebuild: what the ledger gives out, and what it finds in itself."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.encodings import decode_base64
from custody.protocol.proofs import check_consistency
from custody.protocol.vkey import parse_vkey
from custody_cli.shown import recorded
from tests.cli.office import Office, office, rewrite
from tests.cli.station import Station, call
from tests.ledger.agency import ORIGIN


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Office]:
    """JM/1 is with the laboratory, JM/2 with jm."""
    with office(tmp_path) as made:
        one = made.seize("JM/1")
        made.seize("JM/2")
        made.release(one, "jm", "lab")
        made.receive(one, "lab")
        yield made


@pytest.fixture
def policy(station: Office, tmp_path: Path) -> str:
    """Who trusts the station's key."""
    path = tmp_path / "agency.policy"
    assert station.call("policy", "-o", str(path)).code == 0
    return str(path)


def cut(station: Office, target: Path, *words: str) -> None:
    done = station.call("bundle", *words, "--as", "pros", "-o", str(target))
    assert done.code == 0, done.err


# -- checkpoint


def test_a_checkpoint_is_a_signed_note(station: Office, tmp_path: Path) -> None:
    done = station.call("checkpoint")
    key = parse_vkey(station.ledger.state.key or "")
    opened = open_checkpoint(done.data, [key]).checkpoint
    assert (opened.origin, opened.size) == (ORIGIN, station.ledger.size)
    assert opened.root == station.ledger.root(opened.size)
    target = tmp_path / "now.checkpoint"
    assert station.call("checkpoint", "-o", str(target)).code == 0
    assert target.read_bytes() == done.data


def test_a_checkpoint_since_is_an_add_checkpoint_request(station: Office) -> None:
    done = station.call("checkpoint", "--since", "7")
    lines, _, note = done.data.partition(b"\n\n")
    old, *proof = lines.decode().split("\n")
    assert old == "old 7"
    assert note == station.call("checkpoint").data
    hashes = [decode_base64(line, "proof") for line in proof]
    size, ledger = station.ledger.size, station.ledger
    assert check_consistency(7, ledger.root(7), size, ledger.root(size), hashes)


@pytest.mark.parametrize("since", ["0", "11"])
def test_no_proof_is_needed_from_nothing_and_to_itself(station: Office, since: str) -> None:
    assert station.call("checkpoint", "--since", since).data.startswith(f"old {since}\n\n{ORIGIN}\n11\n".encode())


def test_a_checkpoint_for_programs(station: Office) -> None:
    told = station.call("checkpoint", "--json", "--since", "3").json
    assert set(told) == {"ledger", "size", "root", "checkpoint", "since", "proof"}
    assert (told["ledger"], told["size"], told["since"]) == (ORIGIN, 11, 3)
    assert told["checkpoint"].encode() == station.call("checkpoint").data


def test_the_ledger_key_is_not_needed_where_nothing_is_signed(station: Office) -> None:
    first = station.call("checkpoint")
    for name in ("ledger", "ledger.pub"):
        (station.folder / "keys" / name).unlink()
    assert station.call("checkpoint").data == first.data


# -- bundle: the main job


def test_from_the_first_command_to_unbroken(empty_station: Station) -> None:
    """By commands alone: init, enrolments, seizures, seals, a handover, the bundle, the verdict, the history."""
    must = empty_station.must
    empty_station.build()
    must("policy", "-o", "agency.policy")
    must("checkpoint", "-o", "seen.checkpoint")
    must("handover", "JM/1", "--to", "px", "--reason", "trial", "--condition", "good", "--seal", "A-1001")
    told = must("bundle", "JM/1", "JM/5", "--as", "px", "-o", "two.custody", "--json").json
    words = ("verify", "two.custody", "--policy", "agency.policy", "--seen", "seen.checkpoint")
    done = must(*words, "--head", told["head"], "--report", "two.html", "--json")
    assert done.json["verdict"] == "UNBROKEN" and done.json["items"][0]["seals"] == "agree"
    assert [one["label"] for one in done.json["items"]] == ["JM/1", "JM/5"]
    must("bundle", "--case", "OP-17", "--as", "px", "-o", "case.custody")
    assert [one["verdict"] for one in must(*words[:1], "case.custody", *words[2:], "--json").json["items"]] == [
        "UNBROKEN"
    ] * 7
    must("bundle", "--all", "--as", "px", "-o", "all.custody")
    must(*words[:1], "all.custody", *words[2:])
    assert must("audit", "--json").json["sound"]
    history = must("history", "JM/1").out
    assert history.count("disclosure.made") == 3 and "px (Petru Kiss) answers for it" in history


def test_from_seizure_to_unbroken(station: Office, policy: str, tmp_path: Path) -> None:
    target = tmp_path / "JM-1.custody"
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(target), "--json")
    assert done.code == 0
    told = done.json
    assert told["bundle"] == str(target) and told["size"] == target.stat().st_size
    assert told["entries"][0]["subject"].startswith("disclosure:")
    verified = call("verify", str(target), "--policy", policy, "--head", told["head"], "--json")
    assert verified.code == 0
    assert verified.json["verdict"] == "UNBROKEN"
    assert [one["label"] for one in verified.json["items"]] == ["JM/1"]
    assert verified.json["file"]["SHA-256"] == told["sha256"]


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (("JM/1", "JM/2"), ["JM/1", "JM/2"]),
        (("OP-17:JM/2",), ["JM/2"]),
        (("--case", "OP-17"), ["JM/1", "JM/2"]),
        (("--all",), ["JM/1", "JM/2"]),
        (("JM/1", "--since", "9"), ["JM/1"]),
        (("JM/1", "--audience", "defence"), ["JM/1"]),
    ],
)
def test_every_choice_of_items_verifies(
    station: Office, policy: str, tmp_path: Path, words: tuple[str, ...], labels: list[str]
) -> None:
    target = tmp_path / "some.custody"
    cut(station, target, *words)
    done = call("verify", str(target), "--policy", policy, "--json")
    assert done.code == 0, done.out
    assert [one["label"] for one in done.json["items"]] == labels
    assert done.json["file"]["audience"] == ("defence" if "--audience" in words else "court")


def test_a_head_seen_before_is_joined(station: Office, policy: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    station.call("checkpoint", "-o", str(seen))
    station.seize("JM/3")
    for name, words in (("one", ("JM/1",)), ("all", ("--all",))):
        cut(station, tmp_path / name, *words)
        done = call("verify", str(tmp_path / name), "--policy", policy, "--seen", str(seen), "--json")
        assert (done.code, done.json["record"]) == (0, "yes")


def test_a_size_never_signed_is_joined_with_since_only(station: Office, policy: str, tmp_path: Path) -> None:
    root = station.ledger.root(9)
    from custody.protocol.encodings import encode_base64

    head = f"{ORIGIN} 9 {encode_base64(root)}"
    cut(station, tmp_path / "without", "JM/1")
    cut(station, tmp_path / "with", "JM/1", "--since", "9")
    unjoined = call("verify", str(tmp_path / "without"), "--policy", policy, "--head", head, "--json")
    assert unjoined.code == 5 and "L03" in [one["code"] for one in unjoined.json["findings"]]
    assert call("verify", str(tmp_path / "with"), "--policy", policy, "--head", head).code == 0


def test_a_rewritten_past_is_broken_beside_the_head_that_was_kept(station: Office, policy: str, tmp_path: Path) -> None:
    """An insider with all the keys restores a backup and records another past."""
    backup = tmp_path / "backup"
    station.ledger.close()
    shutil.copytree(station.folder, backup)
    station.reopen()
    seen = tmp_path / "seen"
    station.seize("JM/3")
    station.call("checkpoint", "-o", str(seen))
    insider = Office(backup, station.frozen)
    insider.clock = station.clock
    insider.ledger = station.ledger
    for number in range(3):
        done = insider.call("report", "JM/1", "--text", f"note {number}", "--as", "jm")
        assert done.code == 0, done.err
    cut(insider, tmp_path / "rewritten", "JM/1", "--since", "12")
    assert call("verify", str(tmp_path / "rewritten"), "--policy", policy).code == 0
    done = call("verify", str(tmp_path / "rewritten"), "--policy", policy, "--seen", str(seen), "--json")
    assert done.code == 3 and "L03" in [one["code"] for one in done.json["findings"]]


def test_stdout_gets_the_bundle_and_nothing_else(station: Office, policy: str, tmp_path: Path) -> None:
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", "-")
    assert done.code == 0 and "recorded" in done.err
    target = tmp_path / "piped"
    target.write_bytes(done.data)
    assert call("verify", str(target), "--policy", policy).code == 0


def test_what_was_written_before_the_answer_failed_is_told(
    station: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recorded, "tell_entries", fail)
    target = tmp_path / "x.custody"
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(target))
    assert (done.code, target.exists()) == (1, True)
    assert f"what was recorded stands: {ORIGIN}#{station.ledger.size - 1}, the bundle {target}\n" in done.err, done.err
    assert "writes it" not in done.err


def test_a_dry_run_records_and_writes_nothing(station: Office, tmp_path: Path) -> None:
    target, size = tmp_path / "x.custody", station.ledger.size
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(target), "-n")
    assert done.code == 0 and "disclosure.made" in done.out and "audience" in done.out
    told = station.call("bundle", "--all", "--as", "pros", "-o", str(target), "-n", "--json").json
    assert told["dry_run"] and told["events"][0]["type"] == "disclosure.made"
    assert station.ledger.size == size and not target.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "about items and requests, a case, or all"),
        (("JM/1", "--all"), 2, "one of them"),
        (("JM/1", "--case", "OP-17"), 2, "one of them"),
        (("JM/9",), 2, "there is no item JM/9"),
        (("JM/1", "JM/1"), 2, "named twice"),
        (("--case", "OP-18"), 2, "there is no case OP-18"),
        (("JM/1", "--since", "99"), 2, "the ledger has only 11 entries"),
        (("JM/1", "--since", "0"), 2, "0 is not in the range"),
        (("--all", "--since", "3"), 2, "shows every earlier head"),
        (("JM/1", "--audience", "the press"), 2, "'the press' is not an audience"),
        (("JM/1", "--as", "jm"), 3, "refused (A05)"),
        (("JM/1", "--as", "nobody"), 2, "not enrolled"),
    ],
)
def test_a_mistake_records_nothing(
    station: Office, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    target, size = tmp_path / "x.custody", station.ledger.size
    who = () if "--as" in words else ("--as", "pros")
    done = station.call("bundle", *words, *who, "-o", str(target))
    assert done.code == code and said in done.err
    assert not target.exists() and station.ledger.size == size


def test_who_is_acting_has_to_be_said(station: Office, tmp_path: Path) -> None:
    done = station.call("bundle", "JM/1", "-o", str(tmp_path / "x"))
    assert done.code == 2 and "--as ID" in done.err
    assert "Missing option '-o'" in station.call("bundle", "JM/1", "--as", "pros").err


def test_a_file_that_is_there_is_kept(station: Office, policy: str, tmp_path: Path) -> None:
    target, size = tmp_path / "x.custody", station.ledger.size
    target.write_text("precious")
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(target))
    assert done.code == 2 and "--force" in done.err
    assert target.read_text() == "precious" and station.ledger.size == size
    cut(station, target, "JM/1", "--force")
    assert call("verify", str(target), "--policy", policy).code == 0


def test_a_folder_that_is_not_there(station: Office, tmp_path: Path) -> None:
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(tmp_path / "no" / "x.custody"))
    assert done.code == 2 and "there is no folder" in done.err


def test_a_full_disk_leaves_no_file_and_says_what_stands(
    station: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, real = tmp_path / "x.custody", os.fsync

    def full(descriptor: int) -> None:
        if str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith(str(tmp_path / ".x")):
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr("custody.durable.os.fsync", full)
    done = station.call("bundle", "JM/1", "--as", "pros", "-o", str(target))
    assert done.code == 1
    assert "No space left on device" in done.err and f"stands: {ORIGIN}#11" in done.err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".x", "x"))] == []


@pytest.mark.parametrize("command", [("checkpoint",), ("bundle", "JM/1", "--as", "pros")])
def test_stdout_can_hold_one_answer_only(station: Office, command: tuple[str, ...]) -> None:
    done = station.call(*command, "-o", "-", "--json")
    assert done.code == 2 and "both want stdout" in done.err


# -- audit and rebuild


def test_a_sound_ledger(station: Office) -> None:
    done = station.call("audit")
    assert done.code == 0 and "entries: 11, items: 2, checkpoints: 1; nothing is wrong" in done.out
    assert station.call("audit", "--json").json == {
        "ledger": ORIGIN,
        "sound": True,
        "entries": 11,
        "items": 2,
        "checkpoints": 1,
        "problems": [],
    }


def test_an_altered_entry_is_named(station: Office) -> None:
    station.ledger.close()
    rewrite(station.path, 8, lambda body: body.replace(b'"index":8', b'"index":9'))
    station.reopen()
    done = station.call("audit")
    assert done.code == 3
    assert done.out.startswith("#8  ")
    told = station.call("audit", "--json")
    assert told.code == 3 and not told.json["sound"]
    assert {one["entry"] for one in told.json["problems"]} >= {f"{ORIGIN}#8", f"{ORIGIN}#9"}


def test_an_append_after_a_restored_backup_is_refused_and_audit_says_why(station: Office, tmp_path: Path) -> None:
    station.ledger.close()
    old = tmp_path / "old.db"
    shutil.copy(station.path, old)
    station.reopen()
    station.seize("JM/3")
    station.ledger.close()
    for suffix in ("-wal", "-shm"):
        station.path.with_name(station.path.name + suffix).unlink(missing_ok=True)
    shutil.copy(old, station.path)
    station.reopen()
    assert station.call("bundle", "JM/1", "--as", "pros", "-o", str(tmp_path / "x")).code == 1
    done = station.call("audit", "--json")
    assert done.code == 3 and [one["entry"] for one in done.json["problems"]] == [None]


def test_rebuild_mends_the_lists(station: Office) -> None:
    before = station.call("items", "--json").data
    station.ledger.close()
    link = sqlite3.connect(station.path)
    with link:
        link.execute("DELETE FROM item")
    link.close()
    station.reopen()
    assert station.call("items", "--json").json == {"items": []}
    assert station.call("audit").code == 3
    done = station.call("rebuild", "--json")
    assert (done.code, done.json) == (0, {"items": 2})
    assert station.call("items", "--json").data == before
    assert station.call("audit").code == 0


@pytest.mark.parametrize("command", ["checkpoint", "audit", "rebuild"])
def test_no_ledger(tmp_path: Path, command: str) -> None:
    done = call(command, "--home", str(tmp_path), "--json")
    assert done.code == 2 and json.loads(done.data)["error"]["exit"] == 2
