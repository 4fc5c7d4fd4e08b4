"""Rows of several subjects at once: a query for each of a thousand takes longer than judging what it finds."""

from collections.abc import Iterator, Sequence

from custody.ledger.store.database import Database, Row

_SEVERAL = 50
"""Subjects in one query. Its text is compiled once, so that it always has so many parameters."""

_FEW = 6
"""Up to so many are found sooner one by one."""

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
