"""Rows of several subjects at once: a query for each of a thousand takes longer than judging what it finds."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, ColumnElement, bindparam

_SEVERAL = 50
"""Subjects in one query. Its text is compiled once, so that it always has so many parameters."""

_FEW = 6
"""Up to so many are found sooner one by one."""

_NAMES = [f"subject_{number}" for number in range(_SEVERAL)]


def any_of(column: Column[str]) -> ColumnElement[bool]:
    """That a column holds one of the subjects of `together`."""
    return column.in_([bindparam(name) for name in _NAMES])


def together(subjects: Sequence[str], one: str, several: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The queries, each with its values: `one` with its `subject`, `several` with as many as `any_of` asks for."""
    for start in range(0, len(subjects), _SEVERAL):
        some = subjects[start : start + _SEVERAL]
        if len(some) <= _FEW:
            yield from ((one, {"subject": subject}) for subject in some)
        else:
            filled = [*some, *[some[-1]] * (_SEVERAL - len(some))]
            yield several, dict(zip(_NAMES, filled, strict=True))
