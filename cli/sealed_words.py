"""`--sealed NAME=TEXT` on the command line: the option `--NAME TEXT`, with a wish.

So it is read and checked like that option, on every command, and no command knows of it. `--sealed NAME` alone asks
for the text, which then never is among the process's arguments.
"""

import sys
from collections.abc import Iterator, Sequence

import click

from custody.errors import UsageError

from . import showing

OPTION = "--sealed"
_FILE_NAMES = "file-names"
"""Sealed without a text: the names are those of the files."""


def take_apart(command: click.Command, context: click.Context, words: Sequence[str]) -> list[str]:
    """The command line with each `--sealed NAME=TEXT` as `--NAME TEXT --sealed NAME`."""
    return list(_apart(command, context, iter(words)))


def _apart(command: click.Command, context: click.Context, words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word == "--":
            yield word
            yield from words
        elif word == OPTION or word.startswith(f"{OPTION}="):
            stated = word.partition("=")[2] if word != OPTION else next(words, "")
            yield from _one(command, context, stated)
        else:
            yield word


def _one(command: click.Command, context: click.Context, stated: str) -> Iterator[str]:
    name, given, text = stated.partition("=")
    _check_sealable(name)
    if name != _FILE_NAMES:
        if not any(f"--{name}" in option.opts for option in command.get_params(context)):
            raise UsageError(f"this command has no --{name} to be sealed", hint=f"{context.command_path} --help")
        yield f"--{name}"
        yield text if given else _asked(name)
    elif given:
        raise UsageError(f"{OPTION} {_FILE_NAMES} takes no text: the names are those of the files")
    yield OPTION
    yield name


def _check_sealable(name: str) -> None:
    from custody.ledger.audiences import DEFAULTS

    if name not in DEFAULTS:
        hint = f"{OPTION} NAME=TEXT, NAME one of {', '.join(sorted(DEFAULTS))}"
        raise UsageError(f"{name or 'nothing'} can't be sealed: rules read it, or every reader has to", hint=hint)


def _asked(name: str) -> str:
    if showing.interactive():
        return str(click.prompt(f"{name}, to be sealed", err=True))
    text = sys.stdin.readline().rstrip("\n")
    if not text:
        raise UsageError(f"nobody is here to be asked for {name}", hint=f"a line on stdin, or {OPTION} {name}=TEXT")
    return text
