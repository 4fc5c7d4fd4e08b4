"""Items as a table for spreadsheets (RFC 4180), in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Any, BinaryIO

from custody.protocol.eye import show

from .formulas import escape_formula

COLUMNS = (
    "label", "case", "kind", "category", "description", "status", "custodian", "holder", "addressees", "refused",
    "seals", "country", "place", "stored", "since", "back_by", "overdue", "absent", "presented", "item",
)  # fmt: skip
"""Of `--csv`: the names of `--json`, but `back_by` for its `return_by`, which a list has for a deadline to be set."""


def write_csv(stream: BinaryIO, rows: Iterable[dict[str, Any]]) -> None:
    """UTF-8, a line of names first."""
    text = io.TextIOWrapper(stream, "utf-8", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in rows:
            named = row | {"back_by": row["return_by"]}
            writer.writerow([_cell(named[name]) for name in COLUMNS])
    finally:
        text.detach()  # it would close the stream


def _cell(value: Any) -> str:
    """A value as a spreadsheet may show it: an apostrophe before what it would calculate, deceptive text escaped."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _cell(f"{value['outcome']} by {value['by']}: {value['reason']}")
    if isinstance(value, list):
        return _cell("; ".join(_listed(one) for one in value))
    return escape_formula(show(str(value), lines=True))


def _listed(one: Any) -> str:
    return f"{one['seal']} ({one['state']})" if isinstance(one, dict) else str(one)
