"""A sum beside each row that cannot be made again from the log: against bits that flip, not against people.

    sum = the first 16 bytes of BLAKE3-256 of the table's name and the row's columns, by name, each

        name ":" kind length ":" bytes          kind: b bytes, i integer in decimal, s text in UTF-8, n nothing

An entry has its hash and a checkpoint its signature; whoever changes a row on purpose can write its sum, too, and is
found by what signatures say (custody.ledger.audit), but for what nobody signed: when something came, and who showed it.
"""

from collections.abc import Mapping
from typing import Any

from blake3 import blake3

SUMMED = ("sealed", "seen", "cosigned", "stamped", "joined", "part", "shown", "arrival", "dispute", "meta", "item")
"""The tables that have sums."""

_LENGTH = 16
_LEFT_OUT = ("number", "sum")
"""What the database numbers itself, and the sum."""


def summed(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its sum."""
    return {**row, "sum": sum_of(table, row)}


def sum_of(table: str, row: Mapping[str, Any]) -> bytes:
    """The sum of a row; columns that the database numbers are passed over."""
    named = ((name, _plain(row[name])) for name in sorted(row) if name not in _LEFT_OUT)
    parts = [f"{name}:{kind}{len(data)}:".encode() + data for name, (kind, data) in named]
    return blake3(f"{table}:".encode() + b"".join(parts)).digest(_LENGTH)


def _plain(value: bytes | int | str | None) -> tuple[str, bytes]:
    if value is None:
        return "n", b""
    if isinstance(value, bytes):
        return "b", value
    return ("i", b"%d" % value) if isinstance(value, int) else ("s", value.encode())
