"""verify: the verifier as a stranger runs it, with a file, a policy and no ledger."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from custody.protocol.times import format_utc
from fixtures.judge import folders
from tests.cli.station import Done, call

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PHONE = FIXTURES / "valid" / "phone-to-court"
IMAGE = FIXTURES / "valid" / "image-of-a-disk"
FOLDERS = folders()


def verify(folder: Path, *words: str) -> Done:
    """`custody verify` with what the fixture's reader brings."""
    expected = json.loads((folder / "expected.json").read_text())
    given = ["verify", str(folder / "bundle.custody")]
    if (folder / "policy").exists():
        given += ["--policy", str(folder / "policy")]
    if (folder / "profile.toml").exists():
        given += ["--profile", str(folder / "profile.toml")]
    if (folder / "tsa.pem").exists():
        given += ["--tsa", str(folder / "tsa.pem")]
    for seen in sorted(folder.glob("seen-*")):
        given += ["--seen", str(seen)]
    if (folder / "evidence").exists():
        given += ["--evidence", str(folder / "evidence")]
    if expected["to_court"]:
        given += ["--to-court"]
    if expected["as_of"] is not None:
        given += ["--as-of", format_utc(expected["as_of"])]
    return call(*given, *words)


@pytest.mark.parametrize("folder", FOLDERS, ids=[f"{one.parent.name}/{one.name}" for one in FOLDERS])
def test_exit_code_and_verdict_of_every_fixture(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    done = verify(folder, "--json")
    assert done.code == expected["exit"], done.err
    if expected["exit"] in (2, 4):
        assert done.json["error"]["exit"] == expected["exit"]
        assert expected["error"] in done.err or "is not a bundle" in done.err or "is empty" in done.err
    else:
        assert done.json["verdict"] == expected["verdict"]
    assert "Traceback" not in done.err


def test_the_report_for_programs() -> None:
    told = verify(PHONE, "--json").json
    fixed = {"verdict", "record", "custody", "authority", "evidence", "seals", "findings", "items"}
    assert set(told) >= fixed | {"ledgers", "file", "policy", "as_of", "limits"}
    assert set(told["items"][0]) >= fixed - {"items"} | {"item", "label"}
    assert all(set(one) == {"code", "severity", "message", "item", "entries"} for one in told["findings"])
    assert told["policy"][0]["fingerprint"].startswith("SHA256:")


def test_the_report_for_people_opens_with_whom_it_trusts_and_closes_with_limits() -> None:
    done = verify(PHONE)
    lines = done.out.splitlines()
    assert lines[0] == "Trusted keys (yours, not the file's):" and "SHA256:" in lines[1]
    assert any(line.startswith("UNBROKEN as stated on ") for line in lines)
    assert done.out.partition("Not proved by this check:")[2].count("\n  - ") == 6
    assert "admissible" not in done.out


def test_trust_by_vkey_and_by_nobody() -> None:
    vkey = (PHONE / "policy").read_text().split("log ")[1].split()[0]
    bundle = str(PHONE / "bundle.custody")
    assert call("verify", bundle, "--trust", vkey).code == 0
    nobody = call("verify", bundle, "--json")
    assert (nobody.code, nobody.json["verdict"], nobody.json["record"]) == (5, "NOT ESTABLISHED", "not established")
    assert "No trusted key was given" in call("verify", bundle).out


def test_evidence_is_a_file_or_a_folder() -> None:
    bundle, policy = str(IMAGE / "bundle.custody"), str(IMAGE / "policy")
    files = [word for one in sorted((IMAGE / "evidence").iterdir()) for word in ("--evidence", str(one))]
    for words in (files, ["--evidence", str(IMAGE / "evidence")]):
        done = call("verify", bundle, "--policy", policy, "--json", *words)
        assert (done.code, done.json["evidence"]) == (0, "matches")
    assert call("verify", bundle, "--policy", policy, "--json").json["evidence"] == "not supplied"


def test_one_flipped_bit(tmp_path: Path) -> None:
    changed = tmp_path / "evidence"
    changed.mkdir()
    for one in (IMAGE / "evidence").iterdir():
        data = bytearray(one.read_bytes())
        data[len(data) // 2] ^= 1
        (changed / one.name).write_bytes(data)
    bundle, policy = str(IMAGE / "bundle.custody"), str(IMAGE / "policy")
    done = call("verify", bundle, "--policy", policy, "--evidence", str(changed), "--json")
    assert (done.code, done.json["evidence"]) == (3, "differs")
    assert "H01" in [one["code"] for one in done.json["findings"]]


def test_one_item_of_several() -> None:
    items = {one["label"]: one for one in verify(IMAGE, "--json").json["items"]}
    label, item = next(iter(items.items()))
    for name in (label, f"{item['case']}:{label}", item["item"], item["item"][:8]):
        told = verify(IMAGE, "--item", name, "--json").json
        assert [one["item"] for one in told["items"]] == [item["item"]]


def test_a_court_brings_its_own_rules_of_evidence(tmp_path: Path) -> None:
    court = FIXTURES.parent / "docs/profiles/example-court.toml"
    told = verify(PHONE, "--profile", str(court), "--json")
    assert (told.code, told.json["custody"], told.json["profile"]) == (
        3,
        "no",
        "Example: a trial court's rules of evidence",
    )
    assert "F01" in told.codes
    assert "of evidence asked for on top of each ledger's own" in " ".join(
        verify(PHONE, "--profile", str(court)).out.split()
    )
    assert verify(PHONE, "--json").json["profile"] is None
    lenient = tmp_path / "lenient.toml"
    lenient.write_text('name = "asks nothing"\nlate_hours = 1000\n')
    assert verify(PHONE, "--profile", str(lenient)).code == 0


def test_a_profile_that_is_none() -> None:
    missing = verify(PHONE, "--profile", "none.toml")
    assert (missing.code, missing.err) == (2, "error: there is no file none.toml\n")
    policy = verify(PHONE, "--profile", str(PHONE / "policy"))
    assert (policy.code, "is a policy, not a profile" in policy.err) == (4, True)
    bundle = verify(PHONE, "--profile", str(PHONE / "bundle.custody"))
    assert (bundle.code, "is a bundle, not a profile" in bundle.err) == (4, True)


@pytest.mark.parametrize("form", [".html", ".json", ".txt"])
def test_a_report_is_written_beside_the_answer(tmp_path: Path, form: str) -> None:
    target = tmp_path / f"report{form}"
    done = verify(PHONE, "--report", str(target))
    assert done.code == 0 and "UNBROKEN" in done.out and str(target) in done.err
    assert "UNBROKEN" in target.read_text()
    if form == ".json":
        assert json.loads(target.read_text()) == verify(PHONE, "--json").json
    again = verify(PHONE, "--report", str(target))
    assert again.code == 2 and "--force" in again.err and again.out == ""
    assert verify(PHONE, "--report", str(target), "--force").code == 0


def test_a_broken_bundle_has_its_report_too(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    done = verify(FIXTURES / "invalid" / "C04", "--report", str(target))
    assert done.code == 3 and "BROKEN (custody)" in target.read_text()


def test_a_report_that_can_not_be_written_does_not_hide_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("custody.durable.os.fsync", full)
    done = verify(PHONE, "--report", str(tmp_path / "report.html"))
    assert done.code == 1 and "UNBROKEN" in done.out and "No space left" in done.err
    assert list(tmp_path.iterdir()) == []


def test_as_of_judges_deadlines() -> None:
    folder = FIXTURES / "invalid" / "C05"
    assert verify(folder, "--json").code == 0
    late = verify(folder, "--as-of", "2027-01-01T00:00:00+02:00", "--json")
    assert late.code == 5 and late.json["as_of"].startswith("2026-12-31")
    early = verify(folder, "--as-of", "2020-01-01T00:00:00+02:00")
    assert early.code == 2


def test_to_court_asks_for_the_presentation() -> None:
    folder = FIXTURES / "valid" / "whole-ledger"
    presented = "C08" not in {one["code"] for one in verify(folder, "--json").json["findings"]}
    assert verify(folder, "--to-court").code == (0 if presented else 5)


def kinds(tmp_path: Path) -> dict[str, Any]:
    """Files that are no bundles, and what is said of them."""
    whole = FIXTURES / "valid" / "whole-ledger"
    return {
        "": ("is empty", "copied whole"),
        (whole / "seen-1").read_text(): ("is a checkpoint, not a bundle", "--seen"),
        f"old 3\n\n{(whole / 'seen-1').read_text()}": ("is a checkpoint with its consistency proof", "--seen"),
        (whole / "policy").read_text(): ("is a policy, not a bundle", "--policy"),
        "ssh-ed25519 AAAA": ("is a public key", "person enrol"),
        "-----BEGIN OPENSSH PRIVATE KEY-----\n": ("is a private key", "--key"),
        "%PDF-1.7\n": ("is a PDF that is cut off", "copied whole"),
        "SQLite format 3\0": ("is a database", "custody audit"),
        "Dear colleague,\n": ("is not a bundle", "custody bundle"),
    }


def test_the_wrong_kind_of_file_names_the_right_command(tmp_path: Path) -> None:
    for number, (text, (said, hint)) in enumerate(kinds(tmp_path).items()):
        path = tmp_path / f"file-{number}"
        path.write_text(text)
        done = call("verify", str(path))
        assert done.code == 4, said
        assert said in done.err and hint in done.err.partition("hint: ")[2], done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--item", "JM/99"), 2, "no item called JM/99"),
        (("--trust", "nonsense"), 2, "--trust"),
        (("--head", "ocrteh.police.example/custody 3"), 2, "is not a head"),
        (("--head", "ocrteh.police.example/custody 3 AAAA"), 2, "--head"),
        (("--head", "ocrteh.police.example/custody x AAAA"), 2, "--head"),
        (("--as-of", "yesterday"), 2, "is not a time"),
        (("--report", "report.pdf"), 2, "its name ends in .html, .json or .txt"),
        (("--report", "no/folder/report.html"), 2, "there is no folder"),
        (("--policy", "nowhere"), 2, "there is no file nowhere"),
        (("--seen", "nowhere"), 2, "there is no file nowhere"),
        (("--seen", "."), 2, ". is a folder"),
        (("--evidence", "nowhere"), 2, "nowhere"),
        (("--policy", str(PHONE / "bundle.custody")), 4, "is a bundle, not a policy"),
        (("--seen", str(PHONE / "bundle.custody")), 4, "is a bundle, not a checkpoint"),
        (("--seen", str(PHONE / "policy")), 4, "is a policy, not a checkpoint"),
        (("--seen", str(FIXTURES / "valid" / "whole-ledger" / "seen-1")), 4, "by a known key"),
    ],
)
def test_a_mistake_is_a_sentence(words: tuple[str, ...], code: int, said: str) -> None:
    done = call("verify", str(PHONE / "bundle.custody"), *words)
    assert done.code == code, done.err
    assert said in done.err and done.out == "" and "Traceback" not in done.err
    assert done.err.startswith("error: ")


@pytest.mark.parametrize(
    ("find", "put", "said"),
    [
        (b"\n", b"\r\n", "a control character\nhint: lines end in LF alone"),
        (b"quorum", b"quorm", "the line begins with none of log, witness"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said(find: bytes, put: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes((PHONE / "policy").read_bytes().replace(find, put))
    done = call("verify", str(PHONE / "bundle.custody"), "--policy", str(tmp_path / "policy"))
    assert (done.code, said in done.err, "not a policy" in done.err) == (4, True, False), done.err


@pytest.mark.parametrize("target", ["nowhere.custody", "."])
def test_no_such_bundle(target: str) -> None:
    done = call("verify", target, "--json")
    assert done.code == 2 and done.json["error"]["exit"] == 2


def test_a_seen_head_with_its_proof_counts_as_the_head(tmp_path: Path) -> None:
    whole = FIXTURES / "valid" / "whole-ledger"
    request = tmp_path / "seen"
    request.write_bytes(b"old 1\n" + b"A" * 43 + b"=\n\n" + (whole / "seen-1").read_bytes())
    bundle, policy = str(whole / "bundle.custody"), str(whole / "policy")
    assert call("verify", bundle, "--policy", policy, "--seen", str(request)).code == 0
    request.write_bytes(b"old one\n\n" + (whole / "seen-1").read_bytes())
    done = call("verify", bundle, "--policy", policy, "--seen", str(request))
    assert done.code == 4 and "old size" in done.err


def test_it_needs_no_home_and_no_database(tmp_path: Path) -> None:
    """The single file of the expert: nothing of the ledger is imported."""
    script = "\n".join(
        [
            "import sys",
            "from custody_cli.main import custody",
            "from custody_cli.running import run",
            "code = run(custody, sys.argv[1:])",
            "loaded = [name for name in sys.modules if name.startswith(('custody.ledger', 'sqlmodel', 'sqlalchemy'))]",
            "sys.exit(code if not loaded else str(loaded))",
        ]
    )
    words = ["verify", str(PHONE / "bundle.custody"), "--policy", str(PHONE / "policy")]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_alone_is_the_same(tmp_path: Path) -> None:
    words = [str(PHONE / "bundle.custody"), "--policy", str(PHONE / "policy")]
    script = "from custody_cli.process import custody_verify; custody_verify()"
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout == call("verify", *words).out
    usage = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert usage.returncode == 2 and "custody-verify" in usage.stderr
