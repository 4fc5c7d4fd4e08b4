"""Requests as a list shows them: where each stands, and by when its next step is due."""

from typing import TYPE_CHECKING, Any

from custody.protocol.rules.profile import decision_days, execution_days, receipt_days
from custody.protocol.rules.requests import RequestState
from custody.protocol.times import DAY, format_utc, parse_utc

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

HEADS = ["reference", "from", "to", "status", "next step by", "about", "request"]

_OPEN = ("sent", "received", "consulted", "postponed", "accepted")


def line_of(one: RequestState, ledger: "Ledger", now: int) -> dict[str, Any]:
    """One request. Days are counted by the requested side's profile where it is shown, else by this ledger's."""
    due = _due(one, ledger)
    return {
        "request": one.uuid,
        "reference": one.reference,
        "from": one.requesting,
        "to": one.sent.to if one.sent is not None else one.requested,
        "status": one.status,
        "case": one.cases.get(ledger.origin),
        "purpose": one.sent.purpose if one.sent is not None else None,
        "subject": one.sent.subject if one.sent is not None else "",
        "due": format_utc(due) if due is not None else None,
        "overdue": due is not None and due < now,
        "urgent": bool(one.sent is not None and one.sent.urgent),
    }


def _due(one: RequestState, ledger: "Ledger") -> int | None:
    """When the next step is late, in seconds since 1970; None where none is due.

    Receipt counts from sending, the decision from receipt, the execution from acceptance (Directive 2014/41, arts. 12
    and 16); where the request states a deadline, that ends all of them.
    """
    if one.status not in _OPEN:
        return None
    profile = ledger.state.profile
    if one.status == "sent":
        due = one.dates.get("sent", 0) + receipt_days(profile) * DAY
    elif one.status == "accepted":
        due = one.dates.get("accepted", 0) + execution_days(profile) * DAY
    else:
        due = one.dates.get("received", 0) + decision_days(profile) * DAY
    stated = one.sent.deadline if one.sent is not None else None
    return min(due, _end_of(stated)) if stated is not None else due


def _end_of(date: str) -> int:
    return parse_utc(f"{date}T23:59:59Z")


def row_of(line: dict[str, Any]) -> list[str]:
    """The line as cells."""
    due = f"{line['due'][:10]}{' (overdue)' if line['overdue'] else ''}" if line["due"] else ""
    status = f"{line['status']}{', urgent' if line['urgent'] else ''}"
    return [line["reference"], line["from"] or "", line["to"] or "", status, due, line["subject"], line["request"][:8]]
