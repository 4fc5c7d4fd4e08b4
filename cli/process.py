"""Starting and ending the program's process, quickly.

Python's cycle collector walks through everything imported, several times while it is imported and again at exit. A
process that lives for a tenth of a second spends a fifth of it there. So it begins later, and what was imported is
left out of its sight at the end. Nothing here changes what a command does.
"""

import gc
import os
import signal
import sys
from typing import NoReturn

import click

from .running import run

_COLLECT_AFTER = 100_000
"""Containers made before the collector looks for cycles; Python's own default is 700."""


def start(command: click.Command, *, name: str = "custody") -> NoReturn:
    """Runs the command that the command line names, and ends the process with its exit code."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by whoever started this program: what is said goes nowhere
            setattr(sys, stream, open(os.devnull, "w"))  # noqa: PTH123, SIM115
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    code = run(command, name=name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not turn what was told into a traceback
    gc.freeze()
    sys.exit(code)
