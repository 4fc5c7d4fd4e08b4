"""Seals as somebody reads them on the object: given with `--seal`, or typed at a prompt that does not show the expected
one. Whoever is shown the number on record reads that number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from custody.errors import UsageError
from custody.protocol.eye import show
from custody.protocol.values import SealReading

from ..shown import showing
from ..typed.parsing import ForItem, read_seal
from .desk import Meant
from .perhaps import by_item

Readings = tuple[SealReading, ...]


def readings(
    given: Sequence[ForItem], items: Sequence[Meant], sealed: Callable[[Meant], bool] | None = None
) -> Mapping[str, Readings | None]:
    """What was read on each item, by UUID; None for one that bears no seal and of which nothing was said.

    `sealed`: whether the item should bear one now (by default: whether one is on record). Where it should and nothing
    was given, the person is asked; where nobody can be asked, UsageError.
    """
    read = by_item(given, items, "--seal")
    should = sealed or (lambda item: bool(item.state.seals_on_record))
    missing = [item for item in items if not read[item.uuid] and should(item)]
    if missing and not showing.interactive():
        raise _not_read(missing, alone=len(items) == 1)
    asked = {item.uuid: _ask(item) for item in missing}
    return {item.uuid: asked.get(item.uuid) or once(read[item.uuid], item.label) or None for item in items}


def _not_read(missing: Sequence[Meant], *, alone: bool) -> UsageError:
    labels = ", ".join(item.label for item in missing)
    form = "--seal S" if alone else f"--seal {missing[0].typed}=S"
    return UsageError(
        f"a seal is on record for {labels}, and none was read",
        hint=f"{form} with the number you read on the object; S:broken or S:missing where it is",
    )


def _ask(item: Meant) -> Readings:
    """Asks for every seal on the item, one a line."""
    showing.say(f"{item.label} should be sealed. Type what you read on the object: S, S:broken or S:missing.")
    found: list[SealReading] = []
    while True:
        question = f"Seal on {item.label}" if not found else f"Another seal on {item.label} (empty: no more)"
        text = str(click.prompt(show(question), default="", show_default=False, err=True)).strip()
        if not text and found:
            return once(found, item.label)
        try:
            found.append(read_seal(text))
        except UsageError as error:
            showing.say(f"{error.message}: {error.hint}")


def outer_seal_of(item: Meant) -> str | None:
    """The seal of the crate or parcel in which an item travels; None where none was stated."""
    release = item.state.keeping.release
    return release.event.details.outer_seal if release is not None else None


def outer_readings(items: Sequence[Meant], given: SealReading | None) -> dict[str, SealReading | None]:
    """What was read on the crate or parcel, by UUID of each item in it; one crate or parcel at a time."""
    crated = {item.uuid for item in items if outer_seal_of(item)}
    if len({outer_seal_of(item) for item in items if item.uuid in crated}) > 1:
        raise UsageError("these items travel in several crates or parcels", hint="receive those of each one together")
    if crated:
        hint = "--outer-seal S, S:broken or S:missing"
        given = one_reading(given, "the seal of the crate or parcel", hint)
    return {item.uuid: given if not crated or item.uuid in crated else None for item in items}


def one_reading(given: SealReading | None, question: str, hint: str) -> SealReading:
    """A single reading: given, or asked for with `question`; UsageError with `hint` where nobody can be asked."""
    if given is not None:
        return given
    if not showing.interactive():
        raise UsageError(f"{question} was not read", hint=hint)
    while True:
        text = str(click.prompt(show(f"{question}, as you read it"), default="", show_default=False, err=True))
        try:
            return read_seal(text)
        except UsageError as error:
            showing.say(f"{error.message}: {error.hint}")


def once(found: Iterable[SealReading], label: str) -> Readings:
    """Each seal once. Raises UsageError for one that was read in two states."""
    seen: dict[str, SealReading] = {}
    for reading in found:
        if seen.setdefault(reading.seal, reading) != reading:
            raise UsageError(f"seal {reading.seal} of {label} was given in two states")
    return tuple(seen.values())
