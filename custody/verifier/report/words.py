"""Plain words for what stands in a report, the same on every page."""

from collections.abc import Iterable, Mapping

from custody.protocol.findings import Finding
from custody.verifier.answers import Question, Verdict
from custody.verifier.report.model import Fact, ItemReport, Person, Report, Stamped

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

NOTES = frozenset(
    {"entry.corrected", "report.late", "item.copied", "authority.recorded", "entry.confirmed", "handover.refused"}
)
"""Statements beside an item's chain: they change neither who answers for it nor where it is."""

SEVERITIES = {"B": "broken", "N": "not established", "R": "remark"}

VERDICTS: dict[Verdict, str] = {
    "BROKEN": "What this file shows breaks at least one rule.",
    "NOT ESTABLISHED": "Nothing shown here breaks a rule, but something that is needed is not shown.",
    "UNBROKEN": "Nothing shown here breaks a rule, and nothing that is needed is missing.",
}
"""What each verdict says of the file; none says what a court will make of it."""

STATES = {
    "none": "not begun on record",
    "held": "in custody",
    "transit": "in transit, no receipt recorded",
    "lent": "lent on a paper receipt",
}

READS_SEALS = (
    "handover.released",
    "handover.received",
    "handover.withdrawn",
    "item.lent",
    "item.recovered",
    "item.assumed",
)
"""Events at which a reader expects every seal to be read."""

SEAL_FACTS = ("seals", "seal", "old", "outer seal", "removed", "put on")


def say(event_type: str) -> str:
    """What happened, in words; the type itself where there are none."""
    return EVENTS.get(event_type, event_type)


def seals_of(event_type: str, facts: Iterable[Fact]) -> tuple[tuple[str, str], ...]:
    """What was done with seals, and which: `("read", "A-1 intact")`; "not read" where a reading is expected."""
    found = []
    for fact in facts:
        if fact.name in SEAL_FACTS:
            found += [(_done(event_type, fact.name), value) for value in fact.values]
    if event_type in READS_SEALS and not any(done in ("read", "outer seal read") for done, _ in found):
        found.append(("not read", ""))
    return tuple(found)


def _done(event_type: str, name: str) -> str:
    if name == "seals":
        return {"item.seized": "put on", "item.derived": "put on", "item.opened": "read, then opened"}.get(
            event_type, "read"
        )
    if name == "outer seal":
        return "outer seal read" if event_type == "handover.received" else "outer seal put on"
    return {"seal": "put on", "old": "old seal read", "removed": "removed there", "put on": "put on there"}[name]


def say_person(reference: str, persons: Mapping[str, Person]) -> str:
    """`jm@ocrteh.police.example/custody (Officer JM, RO)`; the reference first, for nobody can choose it freely."""
    person = persons.get(reference)
    more = ", ".join(part for part in (person.name, person.jurisdiction) if part) if person else ""
    return (reference or "nobody on record") + (f" ({more})" if more else "")


def say_custody(item: ItemReport) -> str:
    """Until when the chain runs, and who answers at its end."""
    if not item.until:
        return "no event of it is shown"
    if item.status not in STATES:
        return f"the chain runs to {item.until}, when it was {item.status}"
    presented = f"; presented in court on {item.presented}" if item.presented else ""
    who = item.custodian or "nobody"
    return f"the chain runs to {item.until}; {who} answers for it, {STATES[item.status]}{presented}"


def say_answer(report: Report, item: ItemReport, question: Question) -> str:
    """What an answer rests on; empty where the answer says it all. DESIGN §7's parentheses."""
    answer = getattr(item.answers, question)
    if question == "custody":
        return say_custody(item)
    if question == "record" and answer == "yes":
        return "; ".join(_say_sightings(report, item))
    if answer == "not supplied":
        return "the item's file was not among what was checked, so nothing was compared"
    return ""


def _say_sightings(report: Report, item: ItemReport) -> list[str]:
    origins = dict.fromkeys(step.entry.partition("#")[0] for step in item.steps)
    found = []
    for ledger in report.ledgers:
        if ledger.origin in origins:
            seen = ", ".join(f"{name} on {when[:10]}" for name, when in ledger.cosigned) or "nobody"
            found.append(f"consistent with the signature of {ledger.origin}, seen outside by {seen}")
    return found


def deciding(report: Report) -> list[Finding]:
    """The findings that made the verdict what it is."""
    weight = {"BROKEN": "B", "NOT ESTABLISHED": "N"}.get(report.answers.verdict)
    return [one for one in report.findings if one.severity == weight]


def count_verdicts(items: Iterable[ItemReport]) -> str:
    """`10000 items: 1 BROKEN, 9999 UNBROKEN`."""
    found = [item.answers.verdict for item in items]
    parts = [f"{found.count(verdict)} {verdict}" for verdict in VERDICTS if verdict in found]
    return f"{len(found)} item{'' if len(found) == 1 else 's'}: {', '.join(parts)}" if found else "no item is shown"


def say_stamp(stamp: Stamped) -> str:
    """What an independent time-stamp shows."""
    off = f" (by a clock that may be {stamp.accuracy} seconds off)" if stamp.accuracy > 1 else ""
    return f"its first {stamp.size} entries existed on {stamp.time}{off}: time-stamped by {stamp.authority}"


def worst_first(items: tuple[ItemReport, ...], shown: int) -> tuple[ItemReport, ...]:
    """The items as they come; where not all can be shown in full, the worst first, or a broken one might be missed."""
    if len(items) <= shown:
        return items
    order = list(VERDICTS)
    return tuple(sorted(items, key=lambda item: order.index(item.answers.verdict)))
