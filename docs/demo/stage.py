"""How the demo talks: a headline, a sentence, a command as it is typed, and what came of it."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
IASI, KOELN = "iasi", "koeln"
"""The two agencies' folders, in demo/."""
_BOLD, _PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
_WIDTH = 116


def chapter(text: str) -> None:
    """A headline."""
    print(f"\n{_BOLD}== {text}{_PLAIN}", flush=True)


def tell(text: str) -> None:
    """What happens, in plain words."""
    print(f"\n{_BOLD}# {text}{_PLAIN}", flush=True)


def custody(at: str, line: str, *, expect: int = 0, find: str = "", lines: int = 40) -> str:
    """Prints and runs one `custody` command; it must exit with `expect` and say `find`. Returns its stdout.

    `at`: the agency's folder, or "expert" for somebody who has none. `lines`: how many of its lines are shown.
    """
    print(f"{at}$ {_folded(f'custody {line}')}", flush=True)
    environ = os.environ | {"CUSTODY_HOME": at, "CUSTODY_KEYS": "keys", "COLUMNS": "100"}
    words = [shutil.which("custody") or "custody", *shlex.split(line)]
    done = subprocess.run(words, cwd=DEMO, env=environ, text=True, capture_output=True, stdin=subprocess.DEVNULL)
    said = (done.stdout + done.stderr).rstrip().split("\n")
    if done.returncode != expect or find not in done.stdout + done.stderr:
        print("\n".join(said))
        fail(f"exit code {done.returncode}, expected {expect} and {find!r}")
    for text in _excerpt(said, lines, find):
        print(text)
    sys.stdout.flush()
    return done.stdout


def _excerpt(said: list[str], lines: int, find: str) -> list[str]:
    """The first lines, and the one looked for with the line after it; what is left out is marked."""
    if len(said) <= lines or not lines:
        return [text for text in said if text][:lines]
    place = next((number for number, text in enumerate(said) if find and find in text), 0)
    later = ["…", *said[place : place + 2]] if place >= lines else []
    marked = [f"… ({len(said)} lines)"] if lines > 4 else []
    return [text for text in [*said[:lines], *later, *marked] if text]


def answer(at: str, line: str, member: str) -> Any:
    """A member of what `custody --json` answers; asked without being shown."""
    environ = os.environ | {"CUSTODY_HOME": at}
    words = [shutil.which("custody") or "custody", "--json", *shlex.split(line)]
    done = subprocess.run(words, cwd=DEMO, env=environ, capture_output=True, check=True)
    return json.loads(done.stdout)[member]


def check(held: bool, said: str) -> None:
    """What must be so, said in brackets."""
    if not held:
        fail(f"it is not so: {said}")
    print(f"({said})", flush=True)


def fail(why: str) -> NoReturn:
    """Ends the demo."""
    sys.exit(f"the demo failed: {why}")


def _folded(line: str) -> str:
    """A command over several lines, broken before its options."""
    first, *rest = line.split(" --")
    lines = [first]
    for one in rest:
        if len(lines[-1]) + len(one) + 3 > _WIDTH:
            lines[-1] += " \\"
            lines.append(f"    --{one}")
        else:
            lines[-1] += f" --{one}"
    return "\n".join(lines)
