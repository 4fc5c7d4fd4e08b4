"""Starting and ending the program's process, quickly: what the console scripts call.

Python's cycle collector walks through everything imported, several times while it is imported and again at exit. A
process that lives for a tenth of a second spends a fifth of it there. So it begins later, before anything else is
imported, and what was imported is left out of its sight at the end. Nothing here changes what a command does.
"""

import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import click

_COLLECT_AFTER = 100_000
"""Containers made before the collector looks for cycles; Python's own default is 700."""


def custody() -> NoReturn:
    """`custody`."""
    _postpone_collection()
    from . import main

    _run(main.custody, "custody")


def custody_verify() -> NoReturn:
    """`custody-verify`, also the expert's single file."""
    _postpone_collection()
    from .commands import verify

    _run(verify.verify, "custody-verify")


def _postpone_collection() -> None:
    gc.set_threshold(_COLLECT_AFTER, 20, 20)


def _run(command: "click.Command", name: str) -> NoReturn:
    """Runs the command that the command line names, and ends the process with its exit code."""
    import signal

    from .running import run

    _open_streams()
    code = run(command, name=name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not turn what was told into a traceback
    gc.freeze()
    sys.exit(code)


def _open_streams() -> None:
    """In place of streams that whoever started this program closed: nothing comes in, messages go nowhere, and an
    answer can't be written, as it could not be to a closed file."""
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))
