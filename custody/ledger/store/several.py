"""Rows of several subjects at once: a query for each of a thousand takes longer than judging what it finds."""

from collections.abc import Iterator, Sequence

_SEVERAL = 50
"""Subjects in one query. Its text is compiled once, so that it always has so many parameters."""

_FEW = 6
"""Up to so many are found sooner one by one."""

NAMES = [f"subject_{number}" for number in range(_SEVERAL)]
"""The parameters of a statement about several subjects."""


def together(subjects: Sequence[str], one: str, several: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The queries, each with its values: `one` with its `subject`, `several` with as many as are in NAMES."""
    for start in range(0, len(subjects), _SEVERAL):
        some = subjects[start : start + _SEVERAL]
        if len(some) <= _FEW:
            yield from ((one, {"subject": subject}) for subject in some)
        else:
            filled = [*some, *[some[-1]] * (_SEVERAL - len(some))]
            yield several, dict(zip(NAMES, filled, strict=True))
