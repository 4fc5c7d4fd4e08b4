"""Columns: types that mean the same in each kind of database, and what is asked of one.

PostgreSQL's own integer ends in 2038, and its order of text is a matter of the country: ours is that of the bytes.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, String, bindparam

from custody.ledger.store.several import NAMES

NUMBER: Any = BigInteger().with_variant(Integer(), "sqlite")
TEXT: Any = String().with_variant(String(collation="C"), "postgresql")


def any_of(column: Column[str]) -> ColumnElement[bool]:
    """That a column holds one of several subjects."""
    return column.in_([bindparam(name) for name in NAMES])
