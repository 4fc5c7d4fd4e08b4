"""What help says is so: every command is listed, explained, and its example runs."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from custody.protocol.note import parse_note
from custody_cli.main import COMMANDS, custody
from fixtures.authority import VALID, TimeStamper, reply
from tests.cli.abroad import Abroad, fingerprint
from tests.cli.station import call


def every_command() -> dict[str, click.Command]:
    """All commands by their words: `person enrol`."""
    found: dict[str, click.Command] = {"": custody}
    for name in COMMANDS:
        command = custody.get_command(click.Context(custody), name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {one}": sub for one, sub in command.commands.items()}
    return found


EVERY = every_command()


def help_of(words: str) -> str:
    return call(*words.split(), "--help").out


def example_of(words: str) -> list[str]:
    """The lines of the example, continued ones joined."""
    lines = help_of(words).rstrip("\n").split("\n")
    start = max(number for number, line in enumerate(lines) if line.strip() == "Example:")
    text = "\n".join(line.removeprefix("    ") for line in lines[start + 1 :])
    return text.replace("\\\n", " ").split("\n")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_line_in_the_list_is_short_for_the_commands_own(name: str) -> None:
    own = EVERY[name].get_short_help_str(limit=200)
    first = [re.findall(r"\w+", text)[:2] for text in (own, COMMANDS[name].short)]
    assert first[0] == first[1]
    assert re.search(rf"^  {name} +{re.escape(COMMANDS[name].short)}$", help_of(""), re.MULTILINE)


@pytest.mark.parametrize("words", list(EVERY))
def test_every_help_ends_with_an_example_of_this_command(words: str) -> None:
    for flag in ("-h", "--help"):
        assert call(*words.split(), flag).code == 0
    assert any(line.startswith(f"custody {words}".rstrip()) for line in example_of(words))
    assert "\\u" not in help_of(words)


@pytest.mark.parametrize("words", [words for words in EVERY if words != "completion"])
def test_the_example_runs(words: str, abroad: Abroad) -> None:
    station = abroad.ro
    if words in ("verify", "certificate"):
        station.must("bundle", "JM/1", "--as", "px", "-o", "JM-1.custody")
    if words == "restore":
        station.must("backup", "-o", "monday.backup")
        shutil.rmtree(station.home)
    if words == "verify":
        station.must("policy", "-o", "agency.policy")
    if words.startswith("timestamp"):
        text = parse_note(station.must("checkpoint").data).text
        (station.folder / "today.tsr").write_bytes(reply(TimeStamper().stamp(text, VALID[0])))
    for line in example_of(words):
        typed = shlex.split(line)
        assert typed[0] == "custody"
        if "--fingerprint" in typed:  # a new one with each key
            typed[typed.index("--fingerprint") + 1] = fingerprint(abroad.de, "bka.card")
        done = station(*typed[1:])
        assert done.code == 0, f"{line}\n{done.out}\n{done.err}"


def test_the_completion_script_is_one_for_the_shell(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    lines = "\n".join(example_of("completion"))
    path = f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH"
    script = f"{path}\nset -e\n{lines}\ncomplete -p custody"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "_custody_completion" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    assert "_CUSTODY_COMPLETE" in call("completion", shell).out


def test_the_program_says_its_version() -> None:
    assert re.fullmatch(r"custody \d+\.\d+\.\d+\n", call("--version").out)
