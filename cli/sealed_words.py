"""`--sealed NAME=TEXT` on the command line: the option `--NAME TEXT`, with a wish.

So it is read and checked like that option, on every command, and no command knows of it. `--sealed NAME` alone asks
for the text, which then never is among the process's arguments.
"""

import re
import sys
from collections.abc import Iterator, Sequence

import click

from custody.errors import UsageError
from custody.protocol.audiences import DEFAULTS, FILE_NAMES

from .shown import showing
from .typed.parsing import PLACE, TEXT

OPTION = "--sealed"
_NAME = re.compile(r"[a-z]{1,12}(-[a-z]{1,12})?")


def take_apart(command: click.Command, context: click.Context, words: Sequence[str]) -> list[str]:
    """The command line with each `--sealed NAME=TEXT` as `--NAME TEXT --sealed NAME`, ahead of all else.

    Nothing is asked where only help or a completion is wanted.
    """
    asking = not context.resilient_parsing and {"-h", "--help"}.isdisjoint(words)
    rest: list[str] = []
    stated: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == OPTION:
            stated.append(next(waiting, ""))
        elif word.startswith(f"{OPTION}="):
            stated.append(word.partition("=")[2])
        else:
            rest.append(word)
    names = [one.partition("=")[0] for one in stated]
    for name in names:
        _check_sealable(name, command, context)
        if names.count(name) > 1 or any(word == f"--{name}" or word.startswith(f"--{name}=") for word in rest):
            raise UsageError(f"{name} is said twice", hint=f"once, with {OPTION} or without")
    return [word for one in stated for word in _one(one, asking=asking)] + rest


def _one(stated: str, *, asking: bool) -> Iterator[str]:
    name, given, text = stated.partition("=")
    if name != FILE_NAMES:
        yield f"--{name}"
        yield text if given or not asking else _asked(name)
    elif given:
        raise UsageError(f"{OPTION} {FILE_NAMES} takes no text: the names are those of the files")
    yield OPTION
    yield name


def _check_sealable(name: str, command: click.Command, context: click.Context) -> None:
    """The name is one that can be sealed, and this command states it in free text. What is no name is not echoed."""
    if name not in DEFAULTS:
        said = name if _NAME.fullmatch(name) else "that"
        hint = f"{OPTION} NAME=TEXT, NAME one of {', '.join(sorted(DEFAULTS))}"
        raise UsageError(f"{said} can't be sealed: rules read it, or every reader has to", hint=hint)
    options = [option for option in command.get_params(context) if f"--{name}" in option.opts]
    if name != FILE_NAMES and not any(option.type in (TEXT, PLACE) for option in options):
        raise UsageError(f"this command has no --{name} to be sealed", hint=f"{context.command_path} --help")


def _asked(name: str) -> str:
    if showing.interactive():
        return str(click.prompt(f"{name}, to be sealed", err=True))
    text = sys.stdin.readline().rstrip("\n")
    if not text:
        raise UsageError(f"nobody is here to be asked for {name}", hint=f"a line on stdin, or {OPTION} {name}=TEXT")
    return text
