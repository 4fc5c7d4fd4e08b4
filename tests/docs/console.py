"""Runs the ```console blocks of a document as its reader would: one shell session, an empty folder.

$ custody items            a command; `> ` continues it; `# exit 3` at its end states the exit code expected
JM/1  …                    a line its output must hold, runs of spaces counting as one, `…` for anything
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (\d)$")


class Typed(NamedTuple):
    """A command, the exit code it should have, and lines it should print."""

    command: str
    exit_code: int
    shown: tuple[str, ...]


def read_commands(document: Path) -> list[Typed]:
    """The commands of all blocks, in order."""
    found: list[Typed] = []
    for block in _BLOCK.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Typed(line[2:], 0, ()))
            elif line.startswith("> "):
                found[-1] = found[-1]._replace(command=f"{found[-1].command}\n{line[2:]}")
            elif line.strip() and line.strip() != "…":
                found[-1] = found[-1]._replace(shown=(*found[-1].shown, line))
    return [_with_exit_code(one) for one in found]


def _with_exit_code(typed: Typed) -> Typed:
    match = _EXIT.search(typed.command)
    return typed._replace(command=typed.command[: match.start()], exit_code=int(match[1])) if match else typed


def run_commands(commands: list[Typed], folder: Path, home: Path) -> None:
    """Runs them in `folder` and fails with the transcript of the first that does not do what the document says."""
    marker = "== next =="
    script = "".join(f"{one.command}\nprintf '\\n{marker} %d\\n' $?\n" for one in commands)
    environ = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "TZ": "UTC"}
    environ |= {"LANG": "C.UTF-8", "COLUMNS": "120"}
    done = subprocess.run(
        ["bash", "-s"],
        input=f"exec 2>&1\n{script}",
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=240,
    )
    outputs = re.split(rf"^{marker} (\d+)\n", done.stdout, flags=re.MULTILINE)
    assert len(outputs) // 2 == len(commands), done.stdout[-2000:]
    for number, one in enumerate(commands):
        output, code = outputs[2 * number], int(outputs[2 * number + 1])
        assert code == one.exit_code, f"$ {one.command}\n{output}\nexit code {code}, the document says {one.exit_code}"
        for line in one.shown:
            assert _pattern(line).search(_folded(output)), f"$ {one.command}\n{output}\nlacks the line: {line}"


def _folded(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(" ".join(part.split())) for part in line.split("…")))
