"""Plain words for what stands in a report, the same on every page."""

EVENTS: dict[str, str] = {
    "item.seized": "Taken into custody",
    "item.derived": "Made from another item",
    "item.yielded": "Another item was made from it",
    "item.voided": "Entered in error; voided",
    "item.sealed": "Sealed",
    "item.opened": "Opened",
    "item.stored": "Stored",
    "item.examined": "Examined",
    "item.inspected": "Inspected",
    "item.lent": "Lent on a paper receipt",
    "item.recovered": "Back from a loan",
    "item.assumed": "Custody assumed without a release",
    "handover.released": "Released",
    "handover.received": "Received",
    "handover.withdrawn": "Release withdrawn",
    "handover.refused": "Receipt refused",
    "court.presented": "Presented in court",
    "item.returned": "Returned",
    "item.destroyed": "Destroyed",
    "entry.corrected": "Correction",
    "report.late": "Statement made afterwards",
    "item.copied": "Copy given",
    "authority.recorded": "Legal authority recorded afterwards",
    "entry.confirmed": "Entry in doubt confirmed",
}

SEVERITIES = {"B": "broken", "N": "not established", "R": "remark"}

READS_SEALS = (
    "handover.released",
    "handover.received",
    "handover.withdrawn",
    "item.lent",
    "item.recovered",
    "item.assumed",
)
"""Events at which a reader expects every seal to be read."""


def say(event_type: str) -> str:
    """What happened, in words; the type itself where there are none."""
    return EVENTS.get(event_type, event_type)


def seals_of(event_type: str, facts: tuple[tuple[str, str], ...]) -> str:
    """The seal readings of an event, or "not read" where one is expected."""
    found = [value for name, value in facts if name in ("seals", "seal", "outer seal")]
    if found:
        return "; ".join(found)
    return "not read" if event_type in READS_SEALS else ""
