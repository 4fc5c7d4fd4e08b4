"""How things look: messages on stderr, answers on stdout, tables, colours, progress.

Every text that comes from outside (a ledger, a file, an argument) goes through `eye.show`, so that no record can
drive the terminal or deceive the reader.
"""

import contextlib
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from custody.protocol.eye import show

from ..session import Session

_COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan", "remark": "cyan"}


def coloured(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """`text` with a colour that click drops where the stream is no terminal; plain where nobody wants or shows it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not (colour or bold):
        return text
    return click.style(text, fg=colour, bold=bold or None)


def message(kind: str, text: str) -> None:
    """`error: …`, `warning: …`, `remark: …`, `hint: …` on stderr."""
    click.echo(f"{coloured(kind + ':', _COLOURS[kind], bold=kind in ('error', 'warning'))} {show(text)}", err=True)


class Heading(str):
    """A line that stands out where the terminal can do that."""

    __slots__ = ()


def say(text: str = "") -> None:
    """A line, or paragraph, for the person at the terminal, on stderr."""
    click.echo(_set_off(text), err=True)


def tell(text: str = "") -> None:
    """A line of the answer, on stdout."""
    click.echo(_set_off(text))


def _set_off(text: str) -> str:
    return coloured(show(text, lines=True), bold=isinstance(text, Heading))


def answer(session: Session, value: dict[str, Any]) -> None:
    """The one JSON object of `--json`, in ASCII: what could deceive a reader or drive a terminal is escaped."""
    session.answered = True
    import json

    click.echo(json.dumps(value, indent=2 if sys.stdout.isatty() else None))


def answer_list(session: Session, name: str, values: Iterable[dict[str, Any]]) -> None:
    """`{"NAME":[…]}`, of as many as there are: each is held as it will be written, and nothing is before all are."""
    import json

    if sys.stdout.isatty():
        answer(session, {name: list(values)})
        return
    written = [json.dumps(one) for one in values]
    session.answered = True
    for number, one in enumerate(written):
        click.echo(f'{{"{name}": [{one}' if number == 0 else f", {one}", nl=False)
    click.echo("]}" if written else f'{{"{name}": []}}')


def answer_dry(session: Session, events: Sequence[Any] = (), **more: Any) -> None:
    """What `-n --json` answers: nothing recorded, and the events as they would be signed."""
    if session.wants_json:
        answer(session, {"dry_run": True, "entries": [], "events": list(events)} | more)


def aligned(members: Mapping[str, str], indent: str = "") -> list[str]:
    """`name  value`, further lines of a value under its first."""
    width = max((width_of(name) for name in members), default=0)
    margin = "\n" + indent + " " * (width + 2)
    return [
        f"{indent}{name}{' ' * (width - width_of(name))}  {margin.join(value.splitlines())}"
        for name, value in members.items()
    ]


def interactive() -> bool:
    """Whether somebody can be asked: questions go to stderr, answers come from stdin."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def width_of(text: str) -> int:
    """Columns that `text` takes on a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, narrow: int | None = None) -> list[str]:
    """Aligned lines, the heads first. The column `narrow` is cut where the terminal is too small for the rest."""
    shown = [[show(cell) for cell in row] for row in rows]
    widths = [max(width_of(row[column]) for row in [list(heads), *shown]) for column in range(len(heads))]
    if narrow is not None and sys.stdout.isatty():
        import shutil

        room = shutil.get_terminal_size().columns
        others = sum(widths) - widths[narrow] + 2 * (len(widths) - 1)
        widths[narrow] = max(min(widths[narrow], room - others), 12)
    lines = [_line(list(heads), widths)]
    lines += [_line(row, widths) for row in shown]
    return lines


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (_fit(cell, width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _fit(cell: str, width: int) -> str:
    if width_of(cell) <= width:
        return cell + " " * (width - width_of(cell))
    kept = ""
    for character in cell:
        if width_of(kept + character) > width - 1:
            break
        kept += character
    return kept + "…" + " " * (width - 1 - width_of(kept))


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A function to call with each number of bytes read; a bar appears on a terminal after a second."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = _LateBar(label, total)
    try:
        yield bar.add
    finally:
        bar.close()


class _LateBar:
    """A progress bar that does not bother anybody with what takes no time."""

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total = label, total
        self._begun, self._waiting = time.monotonic(), 0
        self._bar: Any = None

    def add(self, count: int) -> None:
        if self._bar is None:
            self._waiting += count
            if time.monotonic() - self._begun < 1:
                return
            self._bar = click.progressbar(length=self._total, label=show(self._label), file=sys.stderr)
            self._bar.__enter__()
            count = self._waiting
        self._bar.update(count)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
