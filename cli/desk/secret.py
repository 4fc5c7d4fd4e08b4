"""What a command seals, and for whom: as said with `--sealed` and `--sealed-for`, and what is sealed unless said."""

from collections.abc import Sequence
from typing import Any

from custody.errors import UsageError
from custody.protocol.audiences import DEFAULTS

from ..options import Acting
from ..shown import showing


def sealing(acting: Acting) -> dict[str, tuple[str, ...]]:
    """What the command line wants sealed, and for whom."""
    return {name: audiences(acting, name) for name in acting.sealed}


def audiences(acting: Acting, name: str) -> tuple[str, ...]:
    """Who may see a field that this command seals."""
    return acting.sealed_for or DEFAULTS[name]


def by_default(acting: Acting, name: str, cleared: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The wish to seal a field that names a person; none, and a warning, where `--clear` says so."""
    if name not in cleared:
        return {name: audiences(acting, name)}
    if name in acting.sealed:
        raise UsageError(f"{name} is to be sealed and to stand in clear", hint="leave one of them out")
    showing.message("warning", f"{name} names a person, and will stand in clear in every copy of this record, for ever")
    return {}


def of_source(acting: Acting, said: dict[str, Any], cleared: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The wish to seal a source that is a person; `source_person` becomes `source`. Raises UsageError."""
    person = said.pop("source_person", None)
    if person is None:
        if cleared:
            raise UsageError("--clear source: only a source that is a person is sealed", hint="--source-person TEXT")
        return {}
    if said.get("source"):
        raise UsageError("source and source-person are two answers to one question", hint="leave one of them out")
    said["source"] = person
    return by_default(acting, "source", cleared)


def of_line(acting: Acting, values: dict[str, Any], cleared: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What a line of a list wants sealed; its `sealed_…` cells become plain ones. Raises UsageError."""
    line_for = values.pop("sealed_for", None)
    wanted = sealing(acting) | (of_source(acting, values, cleared) if values.get("source_person") else {})
    for name in [one for one in values if one.startswith("sealed_")]:
        plain = name.removeprefix("sealed_")
        if values.get(plain):
            raise UsageError(f"{plain} stands there twice: in clear and sealed")
        values[plain] = values.pop(name)
        wanted[plain] = audiences(acting, plain)
    if line_for and not wanted:
        raise UsageError("sealed-for: nothing in this line is sealed")
    return {name: line_for or audience for name, audience in wanted.items()}
