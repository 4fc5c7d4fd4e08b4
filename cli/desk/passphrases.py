"""Passphrases: asked on the terminal, once per command and signer, or read from `CUSTODY_PASSPHRASE_FILE`.

Never an argument: other users of the machine see arguments, and shells remember them.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from custody.errors import CustodyError, UsageError
from custody.protocol.eye import show

from ..shown import showing

VARIABLE = "CUSTODY_PASSPHRASE_FILE"
_MAX = 4096
"""Bytes: OpenSSH reads no longer passphrase from a terminal either."""


def asking(whose: str) -> Callable[[], str | None]:
    """A function that gives the passphrase for `whose` key; None where there is nobody to ask."""

    def ask() -> str | None:
        stored = _from_file()
        if stored is not None or not _at_terminal():
            return stored
        return _prompt(f"Passphrase for {whose}")

    return ask


def choose(whose: str) -> str:
    """A new passphrase, typed twice. Raises UsageError where there is nobody to ask."""
    stored = _from_file()
    if stored is not None:
        return stored
    if not _at_terminal():
        raise UsageError(
            f"{whose} needs a passphrase, and nobody is here to be asked",
            hint=f"run it on a terminal, name a file in {VARIABLE}, or add --no-passphrase",
        )
    while True:
        first = _prompt(f"New passphrase for {whose}")
        if not first:
            showing.say("It is empty; --no-passphrase makes a key without one.")
        elif first == _prompt("The same again"):
            return first
        else:
            showing.say("They differ.")


def _at_terminal() -> bool:
    """Whether somebody can be asked: at the terminal itself, as ssh does, for stdin may be a list."""
    if showing.interactive() or not sys.stderr.isatty():
        return showing.interactive()
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def _prompt(text: str) -> str:
    return str(click.prompt(show(text), default="", show_default=False, hide_input=True, err=True))


def _from_file() -> str | None:
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    try:
        with Path(name).open("rb") as stream:
            line = stream.read(_MAX + 1).split(b"\n", 1)[0].rstrip(b"\r")
    except OSError as error:
        raise CustodyError(f"{name}, named by {VARIABLE}, can't be read: {error.strerror}") from error
    if not line or len(line) > _MAX:
        raise CustodyError(f"{name}, named by {VARIABLE}, does not begin with a passphrase")
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise CustodyError(f"{name}, named by {VARIABLE}, is not UTF-8") from error
