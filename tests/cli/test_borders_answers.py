"""What the commands across borders answer to programs, what a dry run leaves, and what an interrupted one does."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from custody.errors import CustodyError
from tests.cli.abroad import DE, Abroad, Elsewhere, files, fingerprint
from tests.cli.station import ORIGIN

REQUEST = ("--as", "ca", "-o", "out")
RELEASE = ("JM/4", "--to", f"km@{DE}", "--request", "DE-9", "--reason", "r", "--condition", "c")
RECEIVE = ("--package", "DE-1.custody", "--case", "OP-17", "--condition", "bag intact", "--seal", "D-77")
SEND = ("send", "mla.toml", "--to", DE, "--case", "OP-17", "--reference", "RO-8")
CUT = {"entries", "findings", "package", "head", "sha256", "size"}

ANSWERS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "card": (("card", "-o", "out"), {"origin", "fingerprint", "card"}),
    "partner add": (("partner", "add", "bka.card", "--fingerprint", "F"), {"entries", "findings"}),
    "partner remove": (("partner", "remove", DE, "--reason", "r"), {"entries", "findings"}),
    "partner list": (("partner", "list"), {"partners"}),
    "partner disputes": (("partner", "disputes"), {"disputes"}),
    "request template": (("request", "template", "-o", "out"), {"file"}),
    "request send": (("request", *SEND, *REQUEST), CUT | {"request", "reference"}),
    "request receive": (("request", "receive", "DE-7.custody", "--case", "KR-9", *REQUEST), CUT | {"request"}),
    "request accept": (("request", "accept", "DE-8", *REQUEST), CUT | {"request"}),
    "request refuse": (("request", "refuse", "DE-8", "--ground", "g", *REQUEST), CUT | {"request"}),
    "request postpone": (("request", "postpone", "DE-8", "--ground", "g", *REQUEST), CUT | {"request"}),
    "request consult": (("request", "consult", "DE-8", "--ground", "g", *REQUEST), CUT | {"request"}),
    "request execute": (("request", "execute", "DE-9", *REQUEST), CUT | {"request"}),
    "request close": (("request", "close", "DE-9", *REQUEST), CUT | {"request"}),
    "request list": (("request", "list"), {"requests"}),
    "release": (("release", *RELEASE, "-o", "out"), CUT),
    "release with evidence": (
        ("release", *RELEASE, "--evidence", "chat.json", "-o", "out"),
        CUT - {"sha256", "size"} | {"payload"},
    ),
    "receive": (("receive", *RECEIVE, "-o", "out"), CUT - {"package"} | {"receipt"}),
    "import": (("import", "receipt.custody"), {"entries", "taken", "partner", "items", "requests"}),
    "cosign": (("cosign", "bka.checkpoint", "-o", "out"), {"ledger", "size", "file"}),
    "copy": (
        ("copy", "JM/4", "--to", "t", "--purpose", "p", "--state", "DE", "--request", "DE-9"),
        {"entries", "findings"},
    ),
    "policy": (("policy", "--quorum", "1", "-o", "out"), {"policy", "vkeys"}),
}
CHANGING = [
    name
    for name, (words, _) in ANSWERS.items()
    if words[0] not in ("card", "policy") and words[1] not in ("list", "disputes", "template")
]


def typed(abroad: Abroad, name: str) -> tuple[str, ...]:
    words = ANSWERS[name][0]
    return tuple(fingerprint(abroad.de, "bka.card") if word == "F" else word for word in words)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_is_one_object_with_these_members(name: str, abroad: Abroad) -> None:
    done = abroad.ro.must(*typed(abroad, name), "--json")
    assert set(done.json) == ANSWERS[name][1]
    assert all(set(one) == {"entry", "index", "ledger", "subject"} for one in done.json.get("entries", ()))


def test_what_request_list_says_of_each(abroad: Abroad) -> None:
    listed = abroad.ro.must("request", "list", "--json").json["requests"]
    assert all(
        set(one)
        == {
            *("request", "reference", "from", "to", "status", "case", "purpose", "subject", "due", "overdue"),
            "urgent",
        }
        for one in listed
    )
    found = {one["reference"]: (one["from"], one["to"], one["status"], one["case"]) for one in listed}
    assert found == {
        "DE-8": (DE, ORIGIN, "received", "KR-9"),
        "DE-9": (DE, ORIGIN, "accepted", "KR-9"),
        "RO-7": (ORIGIN, DE, "accepted", "OP-17"),
    }


@pytest.mark.parametrize("name", CHANGING)
def test_a_dry_run_changes_nothing_at_all(name: str, abroad: Abroad) -> None:
    words = typed(abroad, name)
    before = files(abroad.folder)
    done = abroad.ro.must(*words, "-n", "--json")
    assert done.json["dry_run"] is True
    assert files(abroad.folder) == before
    abroad.ro.must(*words, "-n")
    assert files(abroad.folder) == before
    abroad.ro.must(*words)
    assert files(abroad.folder) != before


def test_a_dry_run_of_what_came_before_changes_nothing(abroad: Abroad) -> None:
    abroad.ro.must("receive", *RECEIVE, "-o", "receipt")
    (abroad.folder / "receipt").unlink()
    packages: dict[str, tuple[str, ...]] = {
        "DE-8.custody": ("request", "receive", "DE-8.custody", "--case", "KR-9", "--as", "ca"),
        "DE-1.custody": ("receive", *RECEIVE, "-o", "out"),
    }
    for package, words in packages.items():
        abroad.de.must("checkpoint", "--force", "-o", "bka.checkpoint")
        before = files(abroad.folder)
        abroad.ro.must(*words, "-n")
        assert files(abroad.folder) == before, package


WRITING = [name for name in ANSWERS if "out" in ANSWERS[name][0] and name != "policy"]


@pytest.mark.parametrize("name", WRITING)
def test_a_file_that_can_not_be_written_is_not_there_by_half(
    name: str, abroad: Abroad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded stands, and the message says so and what to do."""
    words = typed(abroad, name)
    size = abroad.ro.size()
    for failure in (OSError(28, "No space left on device"), KeyboardInterrupt()):
        with monkeypatch.context() as patch:
            patch.setattr("custody.durable.os.fsync", failing(failure))
            done = abroad.ro(*words)
        assert done.code == 1
        assert "error: " in done.err
        assert "internal error" not in done.err
        assert not (abroad.folder / "out").exists()
        assert not [one for one in abroad.folder.iterdir() if one.name.startswith(".")]
        if abroad.ro.size() != size:
            assert "recorded" in done.err
            break
    assert abroad.ro("audit").code == 0


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **more: object) -> None:
        raise error

    return fail


def test_what_can_not_be_written_is_refused_before_anything_is_recorded(abroad: Abroad) -> None:
    (abroad.folder / "there").write_bytes(b"mine")
    size = abroad.ro.size()
    for name in WRITING:
        words = typed(abroad, name)
        for path, said in (("there", "--force"), ("no/such", "there is no folder no")):
            done = abroad.ro(*(path if word == "out" else word for word in words))
            assert (done.code, said in done.err) == (2, True), (name, done.err)
        done = abroad.ro(*("-" if word == "out" else word for word in words), "--json")
        if name != "request template":
            assert (done.code, "stdout" in done.err or "a file" in done.err) == (2, True), (name, done.err)
    assert abroad.ro.size() == size
    assert (abroad.folder / "there").read_bytes() == b"mine"


def test_packages_on_stdout(abroad: Abroad) -> None:
    """`-o -`: the package, and nothing else."""
    for name in ("request accept", "release", "receive", "card", "cosign", "request send"):
        done = abroad.ro.must(*("-" if word == "out" else word for word in typed(abroad, name)))
        assert done.data.startswith((b'{"bundle":', b'{"card":', DE.encode())), name
        assert done.data.endswith(b"\n")


def test_a_failure_for_programs(abroad: Abroad) -> None:
    done = abroad.ro("import", "chat.json", "--json")
    assert done.code == 4
    assert set(done.json["error"]) == {"exit", "message", "hint"}
    done = abroad.ro("partner", "add", "bka.card", "--fingerprint", "0000", "--json")
    assert (done.json["error"]["exit"], done.json["error"]["rule"]) == (3, "L04")


def test_commands_that_stop_after_the_entry_was_recorded_can_be_taken_up_again(
    abroad: Abroad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was not written; the hint names the command that says the same to the partner."""
    de: Elsewhere = abroad.de
    with monkeypatch.context() as patch:
        patch.setattr("custody_cli.proving.cutting.writing", failing(CustodyError("the disk is full")))
        left = abroad.ro("release", *RELEASE, "-o", "JM-4.custody")
        asked = abroad.ro("request", *SEND, *REQUEST)
    assert hinted(left) == "custody bundle JM/4 --audience partner --as jm -o JM-4.custody"
    abroad.ro.must(*shlex.split(hinted(left))[1:])
    with monkeypatch.context() as patch:
        patch.setattr("custody_cli.proving.cutting.writing", failing(KeyboardInterrupt()))
        done = de("receive", "--package", "JM-4.custody", "--case", "K-12", "--condition", "c", "-o", "r")
    assert hinted(done) == "custody bundle JM/4 --audience partner --as km -o r"
    de.must(*shlex.split(hinted(done))[1:])
    abroad.ro.must("import", "r")
    assert abroad.ro.item("JM/4")["custodian"] == f"km@{DE}"
    abroad.ro.must(*shlex.split(hinted(asked))[1:])
    de.must("request", "receive", "out", "--case", "K-12", "--as", "ca")
    assert de.must("request", "list").out.count("received") == 1


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_package_with_evidence_that_was_not_written_is_written_again(
    failure: BaseException, abroad: Abroad, monkeypatch: pytest.MonkeyPatch
) -> None:
    ro = abroad.ro
    with monkeypatch.context() as patch:
        patch.setattr("custody.evidence.packing.pack", failing(failure))
        done = ro("release", *RELEASE, "--evidence", "chat.json", "-o", "chat.custody")
    assert (done.code, ro.item("JM/4")["status"]) == (1, "transit")
    assert not (abroad.folder / "chat.custody").exists()
    again = "custody bundle JM/4 --audience partner --evidence chat.json --as jm -o chat.custody"
    assert hinted(done) == again
    told = ro.must(*shlex.split(again)[1:], "--json").json
    assert (told["package"], told["payload"]) == ("chat.custody", 1)
    abroad.take("chat.custody", None, "chat.receipt")
    assert (abroad.folder / "chat.evidence").is_dir()
    ro.must("import", "chat.receipt")
    assert ro.item("JM/4")["custodian"] == f"km@{DE}"
    done = ro(*shlex.split(again)[1:], "--force")
    assert (done.code, "is not on its way to a partner" in done.err) == (2, True)


def hinted(done: Any) -> str:
    """The command that the hint names."""
    assert done.code == 1, done
    return str(re.search(r"hint: `([^`]+)` writes it", done.err)[1])  # type: ignore[index]
