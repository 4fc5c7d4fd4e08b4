"""What a person, or a script, is told after an act was recorded."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.findings import Finding
from custody.protocol.names import name_of

from . import showing

if TYPE_CHECKING:
    from custody.ledger.ledger import Appended

Labels = Callable[[str], str | None]
"""An item's label by UUID; None for what is no item."""


def as_json(appended: "Appended") -> dict[str, Any]:
    """`{"entries":[…],"findings":[…]}`, and `items` with the labels of those that began."""
    entries = [
        {"entry": fact.hash, "index": fact.index, "ledger": fact.origin, "subject": fact.event.subject}
        for fact in appended.entries
    ]
    items = [
        {"case": event.case, "item": name_of(event.subject), "label": event.details.label}
        for event in (fact.event for fact in appended.entries)
        if isinstance(event, ItemSeized | ItemDerived)
    ]
    found = [
        {"code": one.code, "entries": one.entries, "item": one.item, "message": one.message, "severity": one.severity}
        for one in appended.findings
    ]
    return {"entries": entries, "findings": found} | ({"items": items} if items else {})


def tell_entries(appended: "Appended", labels: Labels) -> None:
    """One line an entry: the acknowledgement, printed after it is durable."""
    for fact in appended.entries:
        about = labels(name_of(fact.event.subject)) or fact.event.subject
        showing.tell(f"recorded #{fact.index}  {fact.event.type}  {about}  {fact.hash[:16]}")


def tell_findings(findings: Sequence[Finding], labels: Labels) -> None:
    """What the rules have to say about facts: loudly, and first, what the verifier will hold against the item."""
    for one in sorted(findings, key=lambda one: one.severity == "R"):
        label = labels(one.item) if one.item else None
        about = f"{label}: " if label else ""
        showing.message("remark" if one.severity == "R" else "warning", f"{one.code}: {about}{one.message}")
