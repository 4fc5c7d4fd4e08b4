"""Lists of items: CSV files with one item a line and options as columns.

    label,category,description,seal,condition
    JM/+,phone,"Samsung A5, black",A-2001,screen cracked
    JM/+,laptop,Lenovo T480,A-2002;A-2003,good

UTF-8, with or without byte order mark; separated by commas, semicolons or tabs, whichever the first line uses.
Several seals or files are separated by `;` or `|`. What is secret stands in
columns `source-person`, `sealed-description` …, for the readers in `sealed-for`. Every error is told with its line and
column, all of them at once.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.errors import MalformedError, UsageError
from custody.protocol.values import Digests

from . import secret, taking, typed
from .desk import MAX_ITEMS
from .files import measured, read_small
from .kinds import described, not_this
from .options import Acting

if TYPE_CHECKING:
    from custody.ledger.acts.beginnings import Seizure

MAX_BYTES = 4 << 20
"""Of a list: 500 lines of 8 KB."""

_SHOWN = 20
"""Errors told at once."""


class _Fault(NamedTuple):
    line: int
    column: str
    message: str


class FaultyListError(MalformedError):
    """A list with errors; `faults` tells each with its line and column."""

    def __init__(self, path: Path, faults: list[_Fault]) -> None:
        lines = len({fault.line for fault in faults})
        super().__init__(
            f"{path} has errors in {lines} line{'' if lines == 1 else 's'}",
            hint="nothing was recorded; mend the list and try again",
        )
        told = [
            f"{path}, line {fault.line}{f', column {fault.column}' if fault.column else ''}: {fault.message}"
            for fault in sorted(faults)
        ]
        self.faults = told[:_SHOWN] + ([f"… and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else [])


def _choice(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in allowed:
            raise UsageError(f"{text!r} is none of {', '.join(allowed)}")
        return text.lower()

    return read


def _several(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda text: tuple(read(part.strip()) for part in text.replace("|", ";").split(";") if part.strip())


_COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "case": ("case", typed.read_case),
    "label": ("label", typed.read_label),
    "category": ("category", typed.read_word),
    "manner": ("manner", _choice(taking.MANNERS)),
    "quantity": ("quantity", typed.read_amount),
    "seal": ("seals", _several(typed.read_seal_number)),
    "state": ("state", _choice(("on", "off"))),
    "kind": ("kind", _choice(("physical", "digital"))),
    "file": ("files", _several(Path)),
    "sealed-for": ("sealed_for", typed.read_audiences),
    "format": ("format_", _choice(taking.FORMATS)),
    **{
        name.replace("_", "-"): (name, typed.read_text)
        for name in (
            *("description", "source", "source_person", "condition", "authority", "make", "model", "serial"),
            *("sealed_description", "sealed_source", "sealed_serial"),
            *("tool", "tool_version", "write_blocker", "content_sha256", "content_md5"),
        )
    },
}
"""By name in the first line: the parameter of `custody seize`, and how its cells are read."""

_SOURCES = {"source", "source_person"}
_ALSO = {"seals": "seal", "files": "file", "folder": "file"}


def read_list(path: Path, said: Mapping[str, Any], acting: Acting, cleared: Sequence[str]) -> list["Seizure"]:
    """The items of a list; `said` on the command line holds where a line says nothing.

    `acting` and `cleared` say what is sealed, and for whom, where a line names what is.

    Raises MalformedError that names every line and column in error: all lines are good, or none is recorded.
    """
    from custody.ledger.acts.beginnings import Seizure

    heads, rows = _rows(path)
    faults: list[_Fault] = []
    items = [(line, _filled(said, dict(_cells(line, heads, cells, faults)))) for line, cells in rows]
    sealing: dict[int, dict[str, tuple[str, ...]]] = {}
    for line, values in items:
        if any(fault.line == line for fault in faults):
            continue
        try:
            sealing[line] = secret.of_line(acting, values, cleared)
            taking.kind_of(values, files=bool(values.get("files")))
        except UsageError as error:
            faults.append(_Fault(line, "", error.message))
    _same_labels(items, faults)
    if faults:
        raise FaultyListError(path, faults)
    return [
        Seizure(
            case=values["case"],
            details=taking.seized(values, _measured(path, line, values.get("files") or ())),
            sealing=sealing[line],
        )
        for line, values in items
    ]


def _filled(said: Mapping[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """A line, and what the command line says where it is silent: sealed or in clear, it is one answer."""
    answered = {name.removeprefix("sealed_") for name in line}
    if not answered.isdisjoint(_SOURCES):
        answered |= _SOURCES
    return {**{name: value for name, value in said.items() if name not in answered}, **line}


def _measured(path: Path, line: int, files: tuple[Path, ...]) -> tuple[Digests, ...]:
    """The digests of a line's files, whose names are relative to the list's folder."""
    try:
        return measured([path.parent / one for one in files])
    except UsageError as error:
        raise FaultyListError(path, [_Fault(line, "file", error.message)]) from error


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    data = read_small(path, MAX_BYTES)
    if described(data) is not None:
        message, hint = not_this(path, "a list", data)
        raise MalformedError(message, hint=hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{path} is not a list in UTF-8", hint="save it as CSV UTF-8") from error
    if "\0" in text:
        raise MalformedError(f"{path} is not a list", hint="save it as CSV UTF-8")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        stripped = ((reader.line_num, [cell.strip() for cell in row]) for row in reader)
        rows = [(line, cells) for line, cells in stripped if any(cells)]
    except csv.Error as error:
        raise MalformedError(f"{path}, line {reader.line_num}: {error}") from error
    if not rows:
        raise MalformedError(f"{path} is empty", hint="the first line names the columns, as label,description,source")
    if len(rows) - 1 > MAX_ITEMS:
        raise MalformedError(f"{path} has {len(rows) - 1} items; one act may have {MAX_ITEMS}", hint="split it")
    return _heads(path, rows[0][1]), _items(path, rows)


def _items(path: Path, rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    if len(rows) == 1:
        raise MalformedError(f"{path} has no items, only a first line")
    return rows[1:]


def _heads(path: Path, cells: list[str]) -> list[str]:
    heads = [cell.lower().removeprefix("--").replace(" ", "-").replace("_", "-") for cell in cells]
    heads = [_ALSO.get(head, head) for head in heads]
    for number, head in enumerate(heads, start=1):
        if head not in _COLUMNS:
            columns = ", ".join(_COLUMNS)
            raise MalformedError(f"{path}, line 1, column {number}: {head!r} is no column", hint=f"columns: {columns}")
        if heads.index(head) != number - 1:
            raise MalformedError(f"{path}, line 1, column {number}: {head!r} stands twice")
    return heads


def _cells(line: int, heads: list[str], cells: list[str], faults: list[_Fault]) -> Iterator[tuple[str, Any]]:
    if len(cells) > len(heads):
        faults.append(_Fault(line, f"{len(heads) + 1}", f"the line has {len(cells)} cells, the first has {len(heads)}"))
    for number, (head, cell) in enumerate(zip(heads, cells, strict=False), start=1):
        if not cell:
            continue
        name, read = _COLUMNS[head]
        try:
            yield name, read(cell)
        except UsageError as error:
            hint = f" ({error.hint})" if error.hint else ""
            faults.append(_Fault(line, f"{number} ({head})", error.message + hint))


def _same_labels(found: list[tuple[int, dict[str, Any]]], faults: list[_Fault]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line, values in found:
        label, case = values.get("label"), values.get("case")
        if not label or label.endswith("/+"):
            continue
        before = seen.setdefault((str(case), label), line)
        if before != line:
            faults.append(_Fault(line, "label", f"{label} stands in line {before} already"))
