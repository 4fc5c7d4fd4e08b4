"""Lists of what was taken: CSV files with one item a line, and the options of `custody seize` as columns.

    label,category,description,seal,condition
    JM/+,phone,"Samsung A5, black",A-2001,screen cracked
    JM/+,laptop,Lenovo T480,A-2002;A-2003,good

custody_cli.lists says how they are written. What is secret stands in columns `source-person`, `sealed-description` …,
for the readers in `sealed-for`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.errors import UsageError
from custody.protocol.values import Digests

from . import secret, taking, typed
from .files import measured
from .lists import Fault, FaultyListError, Form, Row, choice, read_table, several
from .options import Acting
from .rows import MAX_ROWS

if TYPE_CHECKING:
    from custody.ledger.acts.beginnings import Seizure

_MAX_BYTES = 32 << 20
"""Of a list: 320 bytes a row of the longest."""

_FORM = Form(
    columns={
        "case": ("case", typed.read_case),
        "label": ("label", typed.read_label),
        "category": ("category", typed.read_word),
        "manner": ("manner", choice(*taking.MANNERS)),
        "quantity": ("quantity", typed.read_amount),
        "seal": ("seals", several(typed.read_seal_number)),
        "state": ("state", choice("on", "off")),
        "kind": ("kind", choice("physical", "digital")),
        "file": ("files", several(Path)),
        "sealed-for": ("sealed_for", typed.read_audiences),
        "format": ("format_", choice(*taking.FORMATS)),
        **{
            name.replace("_", "-"): (name, typed.read_text)
            for name in (
                *("description", "source", "source_person", "condition", "authority", "make", "model", "serial"),
                *("sealed_description", "sealed_source", "sealed_serial"),
                *("tool", "tool_version", "write_blocker", "content_sha256", "content_md5"),
            )
        },
    },
    also={"seals": "seal", "files": "file", "folder": "file"},
    max_rows=MAX_ROWS,
    max_bytes=_MAX_BYTES,
)

_SOURCES = {"source", "source_person"}


def read_list(
    path: Path, said: Mapping[str, Any], acting: Acting, cleared: Sequence[str]
) -> list[tuple[int, "Seizure"]]:
    """The items of a list, each with its line; `said` on the command line holds where a line says nothing.

    `acting` and `cleared` say what is sealed, and for whom, where a line names what is.

    Raises MalformedError that names every line and column in error: all lines are good, or none is recorded.
    """
    from custody.ledger.acts.beginnings import Seizure

    table = read_table(path, _FORM)
    faults = table.faults
    items = [Row(row.line, _filled(said, row.values)) for row in table.rows]
    faulty = {fault.line for fault in faults}
    sealing: dict[int, dict[str, tuple[str, ...]]] = {}
    for line, values in items:
        if line in faulty:
            continue
        try:
            sealing[line] = secret.of_line(acting, values, cleared)
            taking.kind_of(values, files=bool(values.get("files")))
        except UsageError as error:
            faults.append(Fault(line, "", error.message))
    _same_labels(items, faults)
    if faults:
        raise FaultyListError(path, faults)
    return [
        (
            line,
            Seizure(
                case=values["case"],
                details=taking.seized(values, _measured(path, line, values.get("files") or ())),
                sealing=sealing[line],
            ),
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
        raise FaultyListError(path, [Fault(line, "file", error.message)]) from error


def _same_labels(found: Sequence[Row], faults: list[Fault]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line, values in found:
        label, case = values.get("label"), values.get("case")
        if not label or label.endswith("/+"):
            continue
        before = seen.setdefault((str(case), label), line)
        if before != line:
            faults.append(Fault(line, "label", f"{label} stands in line {before} already"))
