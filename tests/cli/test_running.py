"""Whatever happens ends in an exit code and a message that names what was recorded; nothing escapes as a traceback."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody_cli.running import run
from custody_cli.session import Session
from custody_cli.shown import showing


def failing(error: BaseException | Callable[[], Any], *, recorded: tuple[str, ...] = ()) -> click.Command:
    """A command that records and then fails."""

    @click.command()
    @click.option("--json", is_flag=True)
    @click.option("--number", type=int)
    @click.pass_obj
    def command(session: Session, json: bool, number: int | None) -> None:
        session.recorded += recorded
        if isinstance(error, BaseException):
            raise error
        error()

    return command


FAILURES: dict[str, tuple[BaseException, int, str]] = {
    "operational": (CustodyError("the disk is full"), 1, "error: the disk is full\n"),
    "with a hint": (CustodyError("locked", hint="wait"), 1, "error: locked\nhint: wait\n"),
    "usage": (UsageError("no such item", hint="list them"), 2, "error: no such item\nhint: list them\n"),
    "malformed": (MalformedError("not JSON"), 4, "error: not JSON\n"),
    "rule": (RuleRefusedError("C03", "not yours", hint="ask"), 3, "error: refused (C03): not yours\nhint: ask\n"),
    "click's usage": (click.UsageError("Missing option '--case'."), 2, "error: Missing option '--case'\n"),
    "Ctrl-C": (KeyboardInterrupt(), 1, "error: stopped; nothing was recorded\n"),
    "end of input": (EOFError(), 1, "error: stopped; nothing was recorded\n"),
    "abort": (click.Abort(), 1, "error: stopped; nothing was recorded\n"),
    "permission": (
        PermissionError(errno.EACCES, "Permission denied", "list.csv"),
        1,
        "error: list.csv: Permission denied; nothing was recorded\n",
    ),
    "full output": (
        OSError(errno.ENOSPC, "No space left on device"),
        1,
        "error: the output could not be written: No space left on device; nothing was recorded\n",
    ),
    "crash": (ValueError("x"), 1, "error: internal error: ValueError: x\n"),
    "no memory": (MemoryError(), 1, "error: internal error: MemoryError: \n"),
    "deep recursion": (RecursionError("deep"), 1, "error: internal error: RecursionError: deep\n"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_has_its_exit_code_and_message(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    error, code, message = FAILURES[name]
    assert run(failing(error), []) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.lstrip("\n").startswith(message)
    assert "Traceback" not in err


@pytest.mark.parametrize("name", FAILURES)
def test_with_json_a_failure_is_one_object(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    error, code, _ = FAILURES[name]
    assert run(failing(error), ["--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["error"]["exit"] == code
    assert told["error"]["message"]
    assert told["error"].get("rule") == ("C03" if name == "rule" else None)


def test_a_wrong_option_names_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(CustodyError("unreached")), ["--number", "x"], name="custody") == 2
    assert capsys.readouterr().err.endswith("hint: custody --help\n")


def test_what_was_recorded_before_a_failure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    failure = failing(OSError(errno.ENOSPC, "No space left on device"), recorded=("a.example#7",))
    assert run(failure, []) == 1
    assert "what was recorded stands: a.example#7" in capsys.readouterr().err


def test_text_from_outside_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    run(failing(CustodyError("name \u202egnp.exe\x1b[2J\nerror: forged")), [])
    assert capsys.readouterr().err == "error: name \\u202egnp.exe\\u001b[2J\\nerror: forged\n"


def test_json_on_stdout_holds_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    showing.answer(Session(), {"label": "\u202e\x1b[2J\u200b"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"label": "\u202e\x1b[2J\u200b"}


def test_a_traceback_is_there_for_who_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTODY_DEBUG", "1")
    with pytest.raises(ValueError, match="x"):
        run(failing(ValueError("x")), [])


def program(*words: str, folder: Path, stdout: Any) -> subprocess.CompletedProcess[bytes]:
    command = [str(Path(sys.executable).with_name("custody")), *words]
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=environ, stdout=stdout, stderr=subprocess.PIPE, timeout=60)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout_is_an_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program("completion", "bash", folder=tmp_path, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"error: the output could not be written: No space left on device; nothing was recorded\n"


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = program("--help", folder=tmp_path, stdout=writing)
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_of_what_records_a_closed_pipe_says_what_stands(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = ("init", "ro.example/custody", "--agency", "A", "--jurisdiction", "RO", "--no-passphrase")
    try:
        done = program(*words, folder=tmp_path, stdout=writing)
        listed = program("person", "list", folder=tmp_path, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, listed.returncode, listed.stderr) == (1, 1, b"")
    assert b"error: nobody reads the output any more; what was recorded stands: ro.example/custody#0" in done.stderr


def test_a_terminal_that_is_not_utf_8_still_gets_every_message(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("custody")), "items", "--home", "Iași"]
    environ = {"HOME": str(tmp_path), "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: there is no ledger in Ia\\u0219i\n")


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert showing.coloured("x", "red") != "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert showing.coloured("x", "red", bold=True) == "x"


def in_shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    words = f"{Path(sys.executable).with_name('custody')} {line}"
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["/bin/sh", "-c", words], cwd=folder, env=environ, capture_output=True, timeout=60, check=False
    )


no_shell = pytest.mark.skipif(os.name == "nt", reason="this system has no /bin/sh")


@no_shell
@pytest.mark.parametrize("line", ["--version", "--help", "completion bash", "request template"])
def test_an_answer_to_a_closed_output_is_an_error(line: str, tmp_path: Path) -> None:
    done = in_shell(f"{line} >&-", tmp_path)
    assert (done.returncode, b"Bad file descriptor; nothing was recorded\n" in done.stderr) == (1, True)
    assert in_shell(f"{line} >&- 2>&-", tmp_path).returncode == 1
    assert in_shell(f"{line} 2>&-", tmp_path).returncode == 0


@no_shell
def test_with_its_output_closed_what_answers_nothing_ends_well(tmp_path: Path) -> None:
    done = in_shell("request template -o request.toml >&- 2>&-", tmp_path)
    assert (done.returncode, (tmp_path / "request.toml").exists()) == (0, True)


@no_shell
def test_a_closed_input_is_one_at_its_end(tmp_path: Path) -> None:
    done = in_shell("key new jm <&-", tmp_path)
    assert (done.returncode, b"nobody is here to be asked" in done.stderr) == (2, True), done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_was_made_before_the_output_failed_is_told(tmp_path: Path) -> None:
    words = ("ro.example/custody", "--agency", "A", "--jurisdiction", "RO", "--no-passphrase")
    assert program("init", *words, folder=tmp_path, stdout=subprocess.DEVNULL).returncode == 0
    for words, said in (
        (("key", "new", "jm", "--no-passphrase"), b"what was done stands: the key "),
        (("backup", "-o", "monday.backup"), b"what was done stands: the backup monday.backup"),
        (("restore", "monday.backup", "--home", "new"), b"what was done stands: restored to new/ledger.db"),
    ):
        with Path("/dev/full").open("wb") as full:
            done = program(*words, folder=tmp_path, stdout=full)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
