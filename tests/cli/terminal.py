"""A person at a terminal: a pseudo-terminal that is the program's own, and what is typed when something is asked."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TIMEOUT = 60
INTERRUPT = "\x03"
"""Ctrl-C. Pressed again every moment until the program stops: Python loses one that comes just before it waits."""


class Session(NamedTuple):
    """Exit code, and everything that stood on the terminal."""

    code: int
    shown: str


def at_terminal(
    words: Sequence[str],
    answers: Sequence[tuple[str, str]],
    folder: Path,
    environ: Mapping[str, str],
    piped: Path | None = None,
) -> Session:
    """Runs `custody`; each answer is typed when its question has appeared. Fails when one never does.

    `piped`: what stdin is, instead of the terminal.
    """
    mine, its = pty.openpty()

    def log_in() -> None:
        os.login_tty(its)
        if piped is not None:
            os.dup2(os.open(piped, os.O_RDONLY), 0)

    command = [str(Path(sys.executable).with_name("custody")), *words]
    running = subprocess.Popen(
        command,
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "TZ": "UTC", **environ},
        pass_fds=(its,),
        preexec_fn=log_in,
    )
    os.close(its)
    try:
        shown = _converse(mine, list(answers), running)
    finally:
        running.kill()
        running.wait()
        os.close(mine)
    return Session(running.returncode, shown)


def _converse(terminal: int, answers: list[tuple[str, str]], running: "subprocess.Popen[bytes]") -> str:
    seen, read, pressed = b"", 0, ""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # the other side is closed: the program has ended
                data = b""
            if not data:
                break
            seen += data
        elif running.poll() is not None:
            break
        elif pressed == INTERRUPT:
            os.write(terminal, INTERRUPT.encode())
        while answers and (place := seen.find(answers[0][0].encode(), read)) >= 0:
            question, pressed = answers.pop(0)
            read = place + len(question.encode())
            os.write(terminal, pressed.encode())
    running.wait(timeout=10)
    shown = seen.decode().replace("\r\n", "\n")
    assert not answers, f"never asked: {answers}\n{shown}"
    return shown
