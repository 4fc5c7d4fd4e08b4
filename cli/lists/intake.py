"""Lists of what was taken: CSV files with one item a line, and the options of `custody seize` as columns.

    label,category,description,seal,condition
    JM/+,phone,"Samsung A5, black",A-2001,screen cracked
    JM/+,laptop,Lenovo T480,A-2002;A-2003,good

custody_cli.lists.table says how they are written. What is secret stands in columns `source-person`,
`sealed-description` …, for the readers in `sealed-for`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.errors import MalformedError, UsageError
from custody.protocol.rules.naming import MAX_NAMED, with_rest
from custody.protocol.values import Digests

from ..desk import secret
from ..options import Acting
from ..shown import showing
from ..typed import parsing, taking
from .rows import MAX_ROWS, refuse_unasked, together
from .table import Fault, Form, Row, choice, read_table, several

if TYPE_CHECKING:
    from custody.ledger.acts.beginnings import Seizure
    from custody.ledger.draft import Occasion
    from custody.ledger.ledger import Act

_MAX_BYTES = 32 << 20
"""Of a list: 320 bytes a row of the longest."""

_FORM = Form(
    columns={
        "case": ("case", parsing.read_case),
        "label": ("label", parsing.read_label),
        "category": ("category", parsing.read_word),
        "manner": ("manner", choice(*taking.MANNERS)),
        "quantity": ("quantity", parsing.read_amount),
        "seal": ("seals", several(parsing.read_seal_number)),
        "state": ("state", choice("on", "off")),
        "kind": ("kind", choice("physical", "digital")),
        "file": ("files", several(Path)),
        "sealed-for": ("sealed_for", parsing.read_audiences),
        "format": ("format_", choice(*taking.FORMATS)),
        "content-sha256": ("content_sha256", parsing.read_hex(64)),
        "content-md5": ("content_md5", parsing.read_hex(32)),
        **{
            name.replace("_", "-"): (name, parsing.read_text)
            for name in (
                *("description", "source", "source_person", "condition", "authority"),
                *("sealed_description", "sealed_source"),
            )
        },
        **{
            name.replace("_", "-"): (name, parsing.read_line)
            for name in ("make", "model", "serial", "sealed_serial", "tool", "tool_version", "write_blocker")
        },
    },
    also={"seals": "seal", "files": "file", "folder": "file"},
    max_rows=MAX_ROWS,
    max_bytes=_MAX_BYTES,
    passed_over=("status", "custodian", "holder", "addressees", "since", "back-by"),
)

_SOURCES = {"source", "source_person"}


class Taken(NamedTuple):
    """A line of a list."""

    line: int
    values: Mapping[str, Any]
    """What it says, and the command line where it is silent."""
    sealing: dict[str, tuple[str, ...]]
    files: tuple[Path, ...]

    def seizure(self, digests: tuple[Digests, ...]) -> "Seizure":
        """The item, its files as they were measured."""
        from custody.ledger.acts.beginnings import Seizure

        details = taking.seized(self.values, digests)
        return Seizure(case=self.values["case"], details=details, sealing=self.sealing)


class Intake(NamedTuple):
    """A list as it was read: all lines are good, or none is recorded."""

    path: Path
    taken: list[Taken]
    """The lines that could be read, of those with one label the first."""
    faults: list[Fault]
    unread: bool
    """Whether a cell could not be read."""

    @property
    def files(self) -> list[Path]:
        """The files of all lines, one after another."""
        return [file for one in self.taken for file in one.files]

    def together(self, occasion: "Occasion", digests: Iterable[Digests]) -> "Act":
        """The items, all or none. `digests`: of the files."""
        from custody.ledger.acts.beginnings import seize

        rest = iter(digests)
        items = [(one.line, one.seizure(tuple(islice(rest, len(one.files))))) for one in self.taken]
        acts = [(line, seize(occasion, [one])) for line, one in items]
        return together(self.path, acts, [one.item for _, one in items], self.faults, unread=self.unread)


def read_list(path: Path, said: Mapping[str, Any], acting: Acting, cleared: Sequence[str]) -> Intake:
    """The items of a list; `said` on the command line holds where a line says nothing.

    `acting` and `cleared` say what is sealed, and for whom, where a line names what is. Files are where the list is.
    """
    refuse_unasked(path, acting)
    table = read_table(path, _FORM)
    if table.passed_over:
        columns = ", ".join(table.passed_over)
        message = f"{path} says {columns}, as `custody items --csv` does of items that are on record"
        hint = "what is seized is new; `custody release`, `receive`, `store` and `inspect` take such a list"
        raise MalformedError(message, hint=hint)
    faults = table.faults
    unread = {fault.line for fault in faults}
    _check_given(said, table.rows)
    items = [Row(row.line, _filled(said, row.values)) for row in table.rows]
    taken = []
    for line, values in items:
        files = tuple(path.parent / one for one in values.pop("files", ()))
        gone = [one for one in files if not os.path.exists(one)]  # noqa: PTH110 - a name too long for a file is no file
        faults += [Fault(line, table.places["files"], f"there is no file {one}") for one in gone]
        if line in unread:
            continue
        try:
            sealing = secret.of_line(acting, values, cleared)
            taking.kind_of(values, files=bool(files))
        except UsageError as error:
            faults.append(Fault(line, "", error.message))
        else:
            taken.append(Taken(line, values, sealing, files))
    again = {fault.line: fault for fault in _same_labels(items)}
    taken = [one for one in taken if one.line not in again]
    _tell_shared_seals(taken)
    return Intake(path, taken, [*faults, *again.values()], bool(unread))


def _check_given(said: Mapping[str, Any], found: Sequence[Row]) -> None:
    """What tells one object from another is not said of all."""
    for name, option in (("seals", "seal"), ("serial", "serial")):
        silent = sum(name not in row.values and f"sealed_{name}" not in row.values for row in found)
        if said.get(name) and silent > 1:
            said_of = f"--{option} would be said of {silent} items"
            raise UsageError(said_of, hint=f"a column {option} says it of each; one bag may hold several")


def _tell_shared_seals(taken: Sequence[Taken]) -> None:
    """One bag may hold several items; a cell that was copied down looks the same."""
    bearing: dict[str, list[int]] = {}
    for one in taken:
        for seal in dict.fromkeys(one.values.get("seals") or ()):
            bearing.setdefault(seal, []).append(one.line)
    for seal, lines in bearing.items():
        if len(lines) > 1:
            named = with_rest(", ".join(str(line) for line in lines[:MAX_NAMED]), len(lines))
            showing.message("warning", f"seal {seal} is on several items, in lines {named}: one bag?")


def _filled(said: Mapping[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """A line, and what the command line says where it is silent: sealed or in clear, it is one answer."""
    answered = {name.removeprefix("sealed_") for name in line}
    if not answered.isdisjoint(_SOURCES):
        answered |= _SOURCES
    return {**{name: value for name, value in said.items() if name not in answered}, **line}


def _same_labels(found: Sequence[Row]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for line, values in found:
        label, case = values.get("label"), values.get("case")
        if not label or label.endswith("/+"):
            continue
        before = seen.setdefault((str(case), label), line)
        if before != line:
            yield Fault(line, "label", f"{label} stands in line {before} already")
