"""Which role may sign what (docs/format.md, "Roles"). Judged at `occurred_at`, by the dates in the enrolment (A05).

The witnesses of an event need to be enrolled; they need no particular role, except where a rule says so.
"""

from custody.protocol.events.common import Event
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.people import Role

_NOBODY: frozenset[Role] = frozenset()
_HANDLING: frozenset[Role] = frozenset({"investigator", "custodian", "supervisor", "examiner", "prosecutor", "court"})
_ANYONE: frozenset[Role] = _HANDLING | {"central-authority"}

ALLOWED: dict[str, frozenset[Role]] = {
    "case.opened": frozenset({"investigator", "supervisor", "prosecutor"}),
    "case.amended": frozenset({"investigator", "supervisor", "prosecutor"}),
    "case.closed": frozenset({"supervisor", "prosecutor"}),
    "case.erased": frozenset({"supervisor"}),
    "item.seized": frozenset({"investigator", "custodian", "supervisor", "examiner"}),
    "item.derived": frozenset({"investigator", "custodian", "supervisor", "examiner"}),
    "item.yielded": frozenset({"investigator", "custodian", "supervisor", "examiner"}),
    "item.voided": frozenset({"investigator", "custodian", "supervisor", "examiner"}),
    "item.sealed": _HANDLING,
    "item.opened": _HANDLING,
    "item.stored": _HANDLING,
    "item.examined": frozenset({"investigator", "examiner"}),
    "item.inspected": _ANYONE,
    "item.lent": _HANDLING,
    "item.recovered": _HANDLING,
    "item.assumed": frozenset({"supervisor"}),
    "handover.released": _ANYONE,
    "handover.received": _ANYONE,
    "handover.withdrawn": _ANYONE,
    "handover.refused": _ANYONE,
    "court.presented": frozenset({"prosecutor", "court"}),
    "item.returned": frozenset({"custodian", "supervisor", "prosecutor", "court"}),
    "item.destroyed": frozenset({"custodian", "supervisor", "court"}),
    "entry.corrected": _ANYONE,
    "report.late": _ANYONE,
    "item.copied": _ANYONE,
    "authority.recorded": frozenset({"investigator", "supervisor", "prosecutor"}),
    "entry.confirmed": _ANYONE,
    "disclosure.made": frozenset({"custodian", "supervisor", "prosecutor", "central-authority"}),
    "certificate.issued": frozenset({"custodian", "supervisor", "prosecutor", "central-authority"}),
    **dict.fromkeys(
        (
            "request.sent",
            "request.received",
            "request.accepted",
            "request.refused",
            "request.postponed",
            "request.consulted",
            "request.executed",
            "request.closed",
        ),
        frozenset[Role]({"central-authority"}),
    ),
}
"""By type of event; what is not here is signed by the ledger key alone."""

FOR_THE_LEDGER: frozenset[Role] = frozenset({"supervisor", "central-authority"})
"""Who refuses for whomever a partner addressed in this ledger: the name may be nobody's here."""

TO_PARTNERS = "partner"
"""The audience that every role may cut bundles for: a handover to another ledger is one."""


def allowed(event: Event) -> frozenset[Role]:
    """The roles that may sign this event as its actor."""
    if isinstance(event, DisclosureMade) and event.details.audience == TO_PARTNERS:
        return _ANYONE
    return ALLOWED.get(event.type, _NOBODY)
