"""Lists about items that are in the ledger: released, received or found, one row an item.

read -> each row's item -> what the command line says for all rows -> what is lacking -> one act, judged row by row

ITEM is named as anywhere. The columns of `custody items --csv` may stand in a list; what is on record is passed over:
who has seals to read reads them on the object.
"""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.errors import AmbiguousItemError, UnknownItemError, UsageError

from ..desk import seals
from ..desk.desk import Desk, Meant
from ..desk.perhaps import by_item, texts
from ..shown import showing
from ..typed.parsing import (
    ForItem,
    read_addressee,
    read_case,
    read_line,
    read_place,
    read_seal,
    read_seal_number,
    read_text,
    read_until,
)
from . import rows
from .spreadsheet import COLUMNS
from .table import Fault, Form, Row, Table, choice, read_table, several, told

if TYPE_CHECKING:
    from custody.ledger.ledger import Act

MAX_BYTES = 16 << 20
"""Of a list: 160 bytes a row of the longest."""

_NOTHING = frozenset(
    (
        *("no", "yes", "none", "nil", "null", "nothing", "na", "notapplicable", "false", "true", "xx", "xxx"),
        *("nein", "ja", "kein", "keine", "keiner", "nichts", "entfallt", "ka"),
        *("non", "oui", "aucun", "aucune", "rien", "neant", "sansobjet", "si", "ninguno", "ninguna", "nada"),
        *("nessuno", "nessuna", "niente", "nao", "sim", "nenhum", "nenhuma"),
        *("nu", "da", "niciun", "niciunul", "niciuna", "nimic", "нет", "да", "не", "ничего", "нд"),
        *("没有", "不是", "是的", "不适用", "لا", "نعم", "لايوجد", "لاشيء"),
    )
)
"""What forms are filled with where there is none, in the certificate's languages: letters alone, without accents."""


def _in_words(what: str, hint: str) -> Callable[[str], str]:
    """A reader of what is said in words: a dash, a yes or a "none" says it of no item."""

    def read(text: str) -> str:
        letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKD", text.casefold())))
        if len(letters) < 2 or letters in _NOTHING:
            raise UsageError(f"{text!r} is no {what}", hint=hint)
        return read_text(text)

    return read


_NAMED = {"item": ("item", read_line), "label": ("label", read_line), "case": ("case", read_case)}
_EACH = {**_NAMED, "condition": ("condition", read_text), "seal": ("seals", several(read_seal))}
_ON_RECORD = frozenset(name.replace("_", "-") for name in COLUMNS)


def _form(columns: Mapping[str, tuple[str, Callable[[str], Any]]], headless: str | None = None) -> Form:
    return Form(
        dict(columns), {}, rows.MAX_ROWS, MAX_BYTES, _ON_RECORD.difference(columns), {"label": "item"}, headless
    )


RELEASED = _form(
    {
        **_EACH,
        "to": ("to", several(read_addressee)),
        "outer-seal": ("outer_seal", read_seal_number),
        "return-by": ("return_by", read_until),
        **{
            name.replace("_", "-"): (name, read_text)
            for name in ("reason", "courier", "waybill", "consignment", "use_limits")
        },
    }
)
RECEIVED = _form(
    {
        **_EACH,
        "outer-seal": ("outer_seal", read_seal),
        "discrepancy": (
            "discrepancy",
            _in_words("discrepancy", "what is not as it was said to be, in words; empty where all is"),
        ),
        "evidence": ("files", several(Path)),
        "refuse": ("refuse", _in_words("reason", "why it is refused, in words; empty where it is received")),
        "missing": ("missing", choice("yes", "no")),
    }
)
SCANNED = _form({**_EACH, "differs": ("differs", choice("yes", "no"))}, headless="item")
STORED = _form(
    {
        **_NAMED,
        **{name: (name, read_place) for name in ("facility", "shelf", "container")},
        "temperature": ("temperature", read_line),
    },
    headless="item",
)


class Line(NamedTuple):
    """A row, and the item it is about."""

    number: int
    item: Meant
    values: dict[str, Any]
    """By parameter: its own cells, and what the command line says for all rows."""


class Listed:
    """A list, read; errors are gathered until `check`."""

    def __init__(self, desk: Desk, path: Path, form: Form, there: Callable[[], Collection[str]] | None = None) -> None:
        """`there`: of codes scanned in a room, the UUIDs of the items that should be in it. The one of several with the
        same label that should be there is meant, and what names no item is no error. What may be scanned (`headless`)
        may be scanned twice.

        Raises MalformedError for what is no list.
        """
        rows.refuse_unasked(path, desk.acting)
        self.path = path
        self.strangers: list[tuple[int, str]] = []
        """Lines that name no item, and what they say instead."""
        self._form, self._there = form, there
        self._table = read_table(path, form)
        self._faults = self._table.faults
        self._unread = {(fault.line, fault.column) for fault in self._faults}
        self.lines = self._resolved(desk, self._table)
        if self._table.passed_over:
            showing.message("remark", f"columns that say nothing here: {', '.join(self._table.passed_over)}")

    @property
    def items(self) -> list[Meant]:
        """The items of all rows that name one."""
        return [line.item for line in self.lines]

    def _resolved(self, desk: Desk, table: Table) -> list[Line]:
        named: dict[str, Row] = {}
        for row in table.rows:
            uuid = self._found(desk, row)
            if uuid is None:
                continue
            before = named.setdefault(uuid, row)
            if before is not row and not (self._form.headless and _stated(before) == _stated(row)):
                self.fault(row.line, "item", f"{row.values['item']} stands in line {before.line} already")
        meant = desk.meant({uuid: row.values["item"] for uuid, row in named.items()})
        lines = [Line(row.line, item, row.values) for item, row in zip(meant, named.values(), strict=True)]
        for line in lines:  # a table of which one column was sorted without the others
            for name, known, verb in (("label", line.item.label, "is"), ("case", line.item.case, "belongs to")):
                stated = line.values.get(name, known)
                if unicodedata.normalize("NFC", stated) != unicodedata.normalize("NFC", known):
                    self.fault(line.number, name, f"{line.values['item']} {verb} {known or 'no case'}, not {stated}")
        return lines

    def _found(self, desk: Desk, row: Row) -> str | None:
        """The UUID of the item that a row names; None where it names none, which is told."""
        if "item" not in row.values:
            self.fault(row.line, "item", "it is missing")
            return None
        try:
            return desk.find(row.values["item"])
        except UsageError as error:
            if self._there is not None and isinstance(error, UnknownItemError):
                self.strangers.append((row.line, row.values["item"]))
                return None
            meant = self._among(desk, row, error.items) if isinstance(error, AmbiguousItemError) else None
            if meant is None:
                self.fault(row.line, "item", told(error))
            return meant

    def _among(self, desk: Desk, row: Row, items: Sequence[str]) -> str | None:
        """Of several items that a row names, the one of its case, else the one that should be in the room."""
        if "case" in row.values:
            try:
                return desk.find(f"{row.values['case']}:{row.values['item']}")
            except UsageError:
                return None
        here = set(items).intersection(self._there()) if self._there is not None else ()
        return next(iter(here)) if len(here) == 1 else None

    def fault(self, line: int, name: str, message: str) -> None:
        """An error of one cell, told once."""
        place = self._place(name)
        if (line, place) not in self._unread:
            self._faults.append(Fault(line, place, message))

    def _place(self, name: str) -> str:
        """Where a parameter's column is; its name where there is none."""
        return self._table.places.get(name) or next(
            head for head, (one, _) in self._form.columns.items() if one == name
        )

    def has(self, name: str) -> bool:
        """Whether there is a column for a parameter."""
        return name in self._table.places

    def fill(
        self, options: Mapping[str, Any], condition: Sequence[ForItem] = (), given: Sequence[ForItem] = ()
    ) -> None:
        """What the command line says holds where a line says nothing; `given`: of seals."""
        general, own = texts(condition, self.items, "--condition")
        read = by_item(given, self.items, "--seal") if given and self.items else {}
        for line in self.lines:
            uuid, values = line.item.uuid, line.values
            for name, value in options.items():
                values.setdefault(name, value)
            values.setdefault("condition", own.get(uuid, general))
            values.setdefault("seals", tuple(read.get(uuid, ())))

    def readable(self, line: Line, name: str) -> bool:
        """Whether a cell could be read, or is empty."""
        return (line.number, self._place(name)) not in self._unread

    def need(self, line: Line, name: str) -> None:
        """A cell that has to be filled, here or for all rows."""
        if not line.values.get(name):
            self.fault(line.number, name, f"it is missing, and --{name.replace('_', '-')} is not given for all rows")

    def need_seals(self, line: Line) -> seals.Readings | None:
        """What was read on the item; an error where a seal is on record and none was read."""
        try:
            read = seals.once(line.values["seals"], line.item.label)
        except UsageError as error:
            self.fault(line.number, "seals", error.message)
            return None
        if not read and line.item.state.seals_on_record:
            self.fault(line.number, "seals", f"a seal is on record for {line.item.label}, and none was read")
        return read or None

    def attempt(self, line: Line, name: str, make: Callable[[], Any]) -> Any:
        """What `make` returns; its UsageError is the error of that cell."""
        try:
            return make()
        except UsageError as error:
            self.fault(line.number, name, error.message)
            return None

    def check(self) -> None:
        """Raises what tells every error, where there is any."""
        rows.check(self.path, self._faults, unread=bool(self._unread))

    def together(self, acts: "Sequence[Act]") -> "Act":
        """The acts of all lines or none (rows.py)."""
        numbered = [(line.number, one) for line, one in zip(self.lines, acts, strict=True)]
        return rows.together(self.path, numbered, [line.item.uuid for line in self.lines])


def _stated(row: Row) -> dict[str, Any]:
    """What a line says beside naming the item."""
    return {name: value for name, value in row.values.items() if name not in _NAMED}


def excluded(listed: Path | None, items: Sequence[str]) -> None:
    """Items are named on the command line, or in a list."""
    if listed is not None and items:
        raise UsageError("--from and ITEM are two ways to name items", hint="leave one of them out")
