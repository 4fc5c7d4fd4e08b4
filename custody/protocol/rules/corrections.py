"""Corrections (E01): shown beside the original, and what they may lower (P01, T01).

Rules run on the original values. A correction by the original signer, with a witness, lowers a finding only if the
rule, run again with the corrected value, passes: to a remark when it was recorded before the differing statement, or
when whoever made that statement is the witness; else to *not established*, for whoever erred may also have lied.
"""

from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol.events.notes import EntryCorrected
from custody.protocol.findings import Severity
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.order import Conflict
from custody.protocol.rules.seals import Mismatch
from custody.protocol.rules.statement import Statement
from custody.protocol.times import CLOCK_TOLERANCE, parse_local

FIXED = (
    "/actor",
    "/case",
    "/details/addressees",
    "/details/basis",
    "/details/child",
    "/details/digests",
    "/details/entry",
    "/details/from",
    "/details/parents",
    "/details/release",
    "/details/request",
    "/details/subjects",
    "/documents",
    "/id",
    "/ledger",
    "/previous",
    "/sealed",
    "/subject",
    "/type",
    "/witnesses",
)
"""What can't be corrected: digests, addressees, actors, requests, and what ties an event to its place."""


def correctable(pointer: str) -> bool:
    """Whether the member at `pointer` may be corrected."""
    return not any(pointer == fixed or pointer.startswith(fixed + "/") for fixed in FIXED)


class Correction(NamedTuple):
    """A correction, and its place among all entries seen."""

    event: EntryCorrected
    position: int


class Corrections:
    """The corrections of one item's entries."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], list[Correction]] = {}
        """By the entry's hash and the member corrected."""

    def take(self, fact: Recorded, event: EntryCorrected, corrected: str, docket: Docket) -> None:
        """Records a correction of the entry called `corrected`."""
        details = event.details
        value = details.value if details.value is not None else "a value not shown"
        docket.add("E01", fact, field=details.field, corrected=corrected, value=value)
        if correctable(details.field):
            place = (details.entry.entry, details.field)
            self._made.setdefault(place, []).append(Correction(event, docket.position))

    def lower_mismatch(self, mismatch: Mismatch, docket: Docket) -> None:
        """P01, run again."""
        used: list[Correction] = []
        recorded = sorted(self._corrected(one, used) for one in mismatch.recorded)
        read = sorted(self._corrected(one, used) for one in mismatch.read)
        if used and recorded == read:
            docket.lower(mismatch.handle, _severity(used, mismatch.read))

    def lower_conflict(self, conflict: Conflict, docket: Docket) -> None:
        """T01, run again."""
        used: list[Correction] = []
        try:
            after = parse_local(self._corrected(conflict.after, used))
            before = parse_local(self._corrected(conflict.before, used)) if conflict.before else None
        except MalformedError:
            return
        early, late = (before, after) if before is not None else (after, conflict.limit)
        passes = late + CLOCK_TOLERANCE >= early
        if used and passes:
            docket.lower(conflict.handle, _severity(used, (conflict.after,)))

    def _corrected(self, statement: Statement, used: list[Correction]) -> str:
        """The value as last corrected by its own signer before a witness; notes which corrections counted."""
        value = statement.value
        for made in self._made.get((statement.entry, statement.pointer), ()):
            corrected = made.event.details.value
            if made.event.actor == statement.actor and made.event.witnesses and corrected is not None:
                value = corrected
                used.append(made)
        return value


def _severity(used: list[Correction], differing: tuple[Statement, ...]) -> Severity:
    def stands(made: Correction) -> bool:
        return all(
            made.position < statement.position or statement.actor in made.event.witnesses for statement in differing
        )

    return "R" if all(stands(made) for made in used) else "N"
