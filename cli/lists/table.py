"""CSV files (RFC 4180) as people's spreadsheets write them: one thing a row, options as columns.

    item;condition;seal
    JM/1;bag intact;A-1001
    JM/2;"bag torn; taped";A-1002:broken|A-1003

UTF-8, with or without byte order mark; separated by commas, semicolons or tabs, whichever the first line that has any
uses. Several values in a cell are separated by `;` or `|`. Every error is told with its line and column, all of them at
once.
"""

import csv
import difflib
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from custody.errors import CustodyError, MalformedError, UsageError

from ..desk.files import read_small
from ..typed.kinds import described, not_this
from .formulas import unescape_formula

MAX_CELL = 10_000
"""Characters in a cell: twice what any text may have, escaped or padded."""

_SHOWN = 50
"""Errors told at once."""

_AROUND = " \t\r\n\v\f\u00a0\u200b\ufeff"
"""What is taken off a cell: spaces, and what is none of its text though nobody sees it."""

_LINE_END = re.compile(r"\r\n?|\n")

_LONGEST = 300
"""Characters of a message about a cell."""

_DECLARED = re.compile(r"sep=([,;\t])[\r\n]", re.IGNORECASE)
"""The first line with which Excel is told the separator."""

_SAVE = "save it as CSV UTF-8"


class Fault(NamedTuple):
    """What is wrong in a list, and where."""

    line: int
    column: str
    """Empty where it is about the whole line."""
    message: str


def tell_faults(path: Path, faults: Sequence[Fault]) -> list[str]:
    """A message for each, in the order of the lines; of very many only the first."""
    told = [
        f"{path}, line {fault.line}{f', column {fault.column}' if fault.column else ''}: {_cut(fault.message)}"
        for fault in sorted(faults)
    ]
    return told[:_SHOWN] + ([f"… and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else [])


def _cut(message: str) -> str:
    """A message that quotes a cell, which may be long."""
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"


def told(error: CustodyError) -> str:
    """An error about one row, on one line: what is wrong, and what to do."""
    return f"{error.message} ({error.hint})" if error.hint else error.message


def in_lines(faults: Sequence[Fault]) -> str:
    """`3 lines`."""
    lines = len({fault.line for fault in faults})
    return f"{lines} line{'' if lines == 1 else 's'}"


MEND = "nothing was recorded; mend the list and try again"


class FaultyListError(MalformedError):
    """A list with errors; `faults` tells each with its line and column."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        super().__init__(f"{path} has errors in {in_lines(faults)}", hint=MEND)
        self.faults = tell_faults(path, faults)


class Form(NamedTuple):
    """What a list may have."""

    columns: Mapping[str, tuple[str, Callable[[str], Any]]]
    """By name in the first line: the parameter of the command, and how its cells are read."""
    also: Mapping[str, str]
    """Other names of columns."""
    max_rows: int
    max_bytes: int
    passed_over: Collection[str] = ()
    """Columns of `custody items --csv`: what is on record says nothing here."""
    instead: Mapping[str, str] = {}
    """Columns that stand for others, where those are not there."""
    headless: str | None = None
    """The column of a list without a first line that names any."""


class Row(NamedTuple):
    """A line of a list."""

    line: int
    values: dict[str, Any]
    """By parameter: what its cells say; an empty cell says nothing."""


class Table(NamedTuple):
    """A list as it was read."""

    rows: list[Row]
    faults: list[Fault]
    """Cells that could not be read."""
    places: dict[str, str]
    """By parameter: where its column is, as faults name it."""
    passed_over: list[str]


def several(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A reader of several values in a cell."""
    return lambda text: tuple(read(part.strip()) for part in text.replace("|", ";").split(";") if part.strip())


def choice(*allowed: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text.lower() not in allowed:
            raise UsageError(f"{text!r} is none of {', '.join(allowed)}")
        return text.lower()

    return read


def read_table(path: Path, form: Form) -> Table:
    """The rows of a list. Raises MalformedError for what is none; faults in cells and columns are in the answer."""
    rows = _lines(path, form)
    if not rows:
        hint = f"the first line names the columns: {', '.join(list(form.columns)[:3])} …"
        raise MalformedError(f"{path} is empty", hint=hint)
    begins, heads = rows[0][0], _heads(rows[0][1], form)
    longer = next((line for line, cells in rows if len(cells) > 1), None)
    if form.headless is not None and form.headless not in heads and longer is None:
        heads = [form.headless]
    elif form.columns.keys().isdisjoint(heads):
        raise _no_heads(path, begins, form, longer)
    else:
        del rows[0]
    if not rows:
        raise MalformedError(f"{path} has no items, only a first line")
    if len(rows) > form.max_rows:
        raise MalformedError(f"{path} has {len(rows)} items; one act may have {form.max_rows}", hint="split it")
    filled = {number for _, cells in rows for number, cell in enumerate(cells) if cell}
    faults = list(_faulty_heads(begins, heads, form, filled))
    known = [(number, *form.columns[head]) for number, head in enumerate(heads) if head in form.columns]
    named = {number: f"{number + 1} ({heads[number]})" for number, _, _ in known}
    places = {name: named[number] for number, name, _ in reversed(known)}
    read = [Row(line, dict(_values(line, cells, known, named, faults))) for line, cells in rows]
    for line, cells in rows:
        if len(cells) > len(heads):
            message = f"the line has {len(cells)} cells, the first has {len(heads)}"
            faults.append(Fault(line, f"{len(heads) + 1}", message))
    passed_over = [head for head in heads if head in form.passed_over]
    return Table(read, faults, places, passed_over)


def _lines(path: Path, form: Form) -> list[tuple[int, list[str]]]:
    """The cells of each line that has any, with the number of the line it begins in."""
    data = read_small(path, form.max_bytes)
    if described(data) is not None:
        message, hint = not_this(path, "a list", data)
        raise MalformedError(message, hint=hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{path} is not a list in UTF-8", hint=_SAVE) from error
    if "\0" in text:
        raise MalformedError(f"{path} is not a list: it has a NUL byte", hint=_SAVE)
    declared = _DECLARED.match(text)
    separator = declared[1] if declared else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, begins, width = list[tuple[int, list[str]]](), 1, 0
    if declared:
        next(reader)
        begins = 2
    try:
        for row in reader:
            width = width or len(row)
            if _has_rows(row, separator, width):
                hint = "is a quote one too many? Otherwise write it on one line, or separate the columns by tabs"
                raise MalformedError(f"{path}, line {begins}: a cell holds what looks like other rows", hint=hint)
            cells = [unescape_formula(cell.strip(_AROUND)) for cell in row]
            while cells and not cells[-1]:  # spreadsheets fill lines up to the longest
                del cells[-1]
            if cells:
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = 'a cell that begins with " ends with "; a text that has a " is written in quotes, with "" for each'
        raise MalformedError(f"{path}, line {begins}: {error}", hint=hint) from error
    return found


def _has_rows(row: Sequence[str], separator: str, width: int) -> bool:
    """Whether a cell swallowed rows between two stray quotes: with each line that ends in it, as many separators as a
    row has, and as many more as this row lacks. In a text of several lines a space follows them."""
    lacking = width - len(row)
    for cell in row if width > 1 else ():
        ended, separated = len(_LINE_END.findall(cell)), len(re.findall(rf"{separator}(?! )", cell))
        if ended and separated and min(lacking, 0) <= separated - ended * (width - 1) <= max(lacking, 0):
            return True
    return False


def _separator(text: str) -> str:
    """What separates cells: whichever the first line that has any has most of."""
    first = next((line for line in re.split(r"[\r\n]+", text) if re.search(r"[,;\t]", line)), "")
    return max(",;\t", key=first.count)


def _heads(cells: Sequence[str], form: Form) -> list[str]:
    heads = [_head(cell.lower(), form) for cell in cells]
    instead = {head: meant for head, meant in form.instead.items() if meant not in heads}
    return [instead.get(head, head) for head in heads]


def _head(name: str, form: Form) -> str:
    head = name.removeprefix("--").replace(" ", "-").replace("_", "-")
    return form.also.get(head, head)


def _no_heads(path: Path, line: int, form: Form, longer: int | None) -> MalformedError:
    """A first line that is a title, or an item. `longer`: a line that has several cells."""
    hint = f"the first line names them: {', '.join(list(form.columns)[:3])} …; nothing stands above it"
    if form.headless is not None:
        hint += f", or each line is one code and nothing else: line {longer} has several cells"
    return MalformedError(f"{path}, line {line} names no column", hint=hint)


def _faulty_heads(line: int, heads: Sequence[str], form: Form, filled: Collection[int]) -> Iterator[Fault]:
    """`filled`: columns that have something in them, numbered from 0; one without name and content is none."""
    seen: set[str] = set()
    for number, head in enumerate(heads):
        if head not in form.columns and head not in form.passed_over:
            if head or number in filled:
                yield Fault(line, f"{number + 1}", _no_column(head, form))
        elif head in seen:
            yield Fault(line, f"{number + 1}", f"{head!r} stands twice")
        seen.add(head)


def _no_column(head: str, form: Form) -> str:
    alike = difflib.get_close_matches(head[:64], form.columns, 1)
    meant = f"did you mean {alike[0]}?" if alike else f"columns: {', '.join(form.columns)}"
    return f"{head[:64]!r} is no column ({meant})" if head else f"it has no name ({meant})"


def _values(
    line: int,
    cells: Sequence[str],
    known: Sequence[tuple[int, str, Callable[[str], Any]]],
    named: Mapping[int, str],
    faults: list[Fault],
) -> Iterator[tuple[str, Any]]:
    for number, name, read in known:
        cell = cells[number] if number < len(cells) else ""
        if not cell:
            continue
        if len(cell) > MAX_CELL:
            faults.append(Fault(line, named[number], f"it has more than {MAX_CELL} characters"))
            continue
        try:
            yield name, read(cell)
        except (UsageError, MalformedError) as error:
            faults.append(Fault(line, named[number], told(error)))
