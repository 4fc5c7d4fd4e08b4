"""What a verification leaves: the answers, the findings, and what they rest on."""

from typing import Literal, NamedTuple

from custody.protocol.findings import Finding
from custody.verifier.answers import Answers
from custody.verifier.certified import Signature


class Stamped(NamedTuple):
    """That a ledger had so many entries, and which, at a time."""

    authority: str
    """The subject of the certificate that says so."""
    time: str
    accuracy: int
    """Seconds by which that clock may be off, as it says itself; 0 where it says nothing."""
    size: int


class Stated(NamedTuple):
    """A ledger's newest checkpoint in the file."""

    origin: str
    agency: str
    jurisdiction: str
    """ISO 3166-1 alpha-2, as stated at its opening; empty where that is not shown."""
    size: int
    root: str
    """Base64, as the checkpoint has it."""
    stated_at: str | None
    """When its heads were stated (`recorded_at` of the last leaf); None without such a statement."""
    trusted_key: str | None
    """The fingerprint of the key in the policy through which it was believed."""
    cosigned: tuple[tuple[str, str], ...]
    """Witnesses that saw it, and when."""
    stamped: tuple[Stamped, ...] = ()
    """Time-stamps that hold, by authorities that the reader trusts."""


class Person(NamedTuple):
    """Somebody who signed or answers for an item, as last enrolled: text as stated, not escaped."""

    reference: str
    """`id@origin`."""
    name: str
    """Empty where it is sealed and was not disclosed, or no enrolment is shown."""
    office: str
    roles: str
    jurisdiction: str


class Fact(NamedTuple):
    """A detail of an event: text as stated, not escaped."""

    name: str
    values: tuple[str, ...]
    sealed: Literal["", "disclosed", "withheld"] = ""

    @property
    def text(self) -> str:
        """On one line."""
        if self.sealed == "withheld":
            return "(sealed; not disclosed to this reader)"
        mark = " (sealed; disclosed to this reader)" if self.sealed else ""
        return "; ".join(self.values) + mark


class Step(NamedTuple):
    """One event of an item, for the reader: text as stated, not escaped."""

    entry: str
    type: str
    occurred_at: str
    recorded_at: str
    actor: str
    witnesses: tuple[str, ...]
    place: str
    custodian: str
    """Who answers for the item after it."""
    status: str
    facts: tuple[Fact, ...]
    """The details, in the order of reading; each name once."""


class ItemReport(NamedTuple):
    """One item."""

    uuid: str
    label: str
    case: str
    kind: str
    description: str
    answers: Answers
    custodian: str
    """Who answers for it now."""
    status: str
    until: str
    """The date of its last event."""
    presented: str | None
    answered_by_ledger: str
    steps: tuple[Step, ...]
    more_steps: int
    """Events beyond those kept for the page."""
    findings: tuple[Finding, ...]


class Certified(NamedTuple):
    """The certificate that the bundle was taken out of: text as stated, not escaped."""

    issued: "Issued | None"
    """None where no entry of its issue is attached."""
    rendered: int
    """Bytes of its first revision: what was rendered."""
    digest: str
    """Their SHA-256."""
    added: tuple[str, ...]
    """What later revisions do, in words."""
    signatures: tuple[Signature, ...]
    notes: tuple[str, ...]
    """What a reader must know of pages and signatures, whatever was found."""


class Issued(NamedTuple):
    """The entry by which a ledger issued a certificate."""

    id: str
    """The beginning of the disclosure's UUID."""
    entry: str
    at: str
    """utc-time."""
    by: Person
    court: str
    audience: str


class Report(NamedTuple):
    """The whole."""

    answers: Answers
    verdict_line: str
    """Never the verdict alone: what it rests on, as of when."""
    items: tuple[ItemReport, ...]
    findings: tuple[Finding, ...]
    persons: tuple[Person, ...]
    """Who signed or answers for the items shown."""
    ledgers: tuple[Stated, ...]
    policy: tuple[tuple[str, str], ...]
    """Names and fingerprints of the keys trusted."""
    profile: str | None
    """The name of the profile that the reader brought, on top of each ledger's own."""
    file: tuple[tuple[str, str], ...]
    """Name, size, SHA-256 of the bundle, its audience."""
    certificate: Certified | None
    as_of: str
    limits: tuple[str, ...]
    authorities: tuple[tuple[str, str], ...] = ()
    """Names and fingerprints of the certificates by which time-stamps were checked."""


LIMITS = (
    "that the first statement about an item was true",
    "that a person named held the key alone, that two names are two persons, or that nobody else touched the item",
    "that the object is not also recorded elsewhere",
    "that the heads stated are true, or that no second branch stands in entries not shown; "
    "only a whole ledger shows that",
    "anything the operator of a ledger rewrote before anyone outside first saw it",
    "the time an entry was recorded, beyond what time-stamps and cosignatures bound",
)
"""What is not proved, in every report."""
