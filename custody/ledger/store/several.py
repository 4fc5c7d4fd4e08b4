"""Rows several at once: a query for each of a thousand subjects takes longer than judging what it finds, and what is
written of a million would fill the memory if it were made at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from custody.ledger.store.database import Database, Row

_SEVERAL = 50
"""Subjects in one query. Its text is compiled once, so that it always has so many parameters."""

_FEW = 6
"""Up to so many are found sooner one by one."""

BATCH = 500
"""Rows held at once: about half a megabyte."""

Value = TypeVar("Value")

NAMES = [f"subject_{number}" for number in range(_SEVERAL)]
"""The parameters of a statement about several subjects."""


def rows_about(database: Database, subjects: Sequence[str], one: str, several: str) -> Iterator[Row]:
    """What queries find: `one` with its `subject`, `several` with as many as are in NAMES."""
    for start in range(0, len(subjects), _SEVERAL):
        some = subjects[start : start + _SEVERAL]
        if len(some) <= _FEW:
            for subject in some:
                yield from database.rows(one, {"subject": subject})
        else:
            filled = [*some, *[some[-1]] * (_SEVERAL - len(some))]
            yield from database.rows(several, dict(zip(NAMES, filled, strict=True)))


def batches(values: Iterable[Value]) -> Iterator[Sequence[Value]]:
    """The same, some at a time."""
    held: list[Value] = []
    for value in values:
        held.append(value)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held
