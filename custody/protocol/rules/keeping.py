"""Who answers for the item, and who has it in hand, after the last entry taken.

How one state becomes the next is in custody.protocol.rules.passing.
"""

from sys import intern
from typing import Literal, NamedTuple

from custody.protocol.events.handling import ItemLent
from custody.protocol.events.handovers import HandoverReleased
from custody.protocol.rules.fact import Cited, Recorded
from custody.protocol.times import parse_local

Status = Literal["none", "held", "transit", "lent", "ended"]

Keys = tuple[bytes | None, ...]
"""Of an event's signers, the actor's first; None for who was not enrolled."""


class Release(NamedTuple):
    """An open release."""

    fact: Recorded
    event: HandoverReleased
    keys: Keys
    """The signers' keys, the releaser's first: the receiver's must be another, whatever the names."""
    position: int
    """The release's place among all entries seen."""


class Loan(NamedTuple):
    """An item in outside hands, since when and until when at the latest."""

    fact: Recorded
    event: ItemLent
    start: Recorded
    """When it first left: another `item.lent` prolongs."""
    position: int
    """The start's place among all entries seen."""

    @property
    def due(self) -> int | None:
        """When it was to be back, in seconds since 1970."""
        return parse_local(self.event.details.return_by) if self.event.details.return_by else None


class Missing(NamedTuple):
    """That the item was not there when somebody looked, or waited for it (C11)."""

    key: str
    fact: Recorded
    position: int


class Keeping:
    """Custody after the last entry taken."""

    __slots__ = (
        "custodian",
        "end",
        "last",
        "loan",
        "missing",
        "presented",
        "presented_position",
        "refused",
        "release",
        "return_due",
        "status",
        "touched",
        "withdrawn",
    )

    def __init__(self) -> None:
        self.status: Status = "none"
        self.custodian = ""
        self.release: Release | None = None
        self.refused: Recorded | None = None
        """The note that closed the open release."""
        self.withdrawn: Release | None = None
        """The release that was taken back last."""
        self.loan: Loan | None = None
        self.end: str | None = None
        self.touched = False
        """Released, derived from or examined: too late to void."""
        self.missing: Missing | None = None
        self.return_due: tuple[str, str] | None = None
        """To whom it is to come back, and by when, as stated in a release."""
        self.presented: Recorded | None = None
        self.presented_position = 0
        self.last: Cited | None = None
        """The last event of the chain, whatever it was."""

    @property
    def addressees(self) -> tuple[str, ...]:
        """Who may receive, while in transit."""
        return self.release.event.details.addressees if self.release else ()

    @property
    def holder(self) -> str:
        """Who has it in hand: the custodian, or the organisation that borrowed it."""
        return self.loan.event.details.organisation if self.loan else self.custodian

    def hold(self, fact: Recorded) -> None:
        """The actor has the item in hand and answers for it."""
        self.custodian = intern(fact.event.actor)  # of a million items a few hundred people hold all
        self.status = "held"
        self.release = self.refused = self.loan = self.missing = None
        if self.return_due and self.return_due[0] == self.custodian:
            self.return_due = None
