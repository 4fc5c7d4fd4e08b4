"""Who signed, and who answers: names beside references, so that a reader need not know ids by heart."""

from collections.abc import Collection

from custody.protocol.rules.people import Standing
from custody.verifier.report.model import ItemReport, Person
from custody.verifier.verify import Verified


def list_persons(verified: Verified, items: Collection[ItemReport]) -> tuple[Person, ...]:
    """Everyone the items' events name, in the order in which they appear."""
    named: dict[str, None] = {}
    for item in items:
        for step in item.steps:
            named |= dict.fromkeys((step.actor, *step.witnesses, step.custodian))
            for fact in step.facts:
                if fact.name == "addressees":
                    named |= dict.fromkeys(fact.values)
        named[item.custodian] = None
    return tuple(find_person(verified, reference) for reference in named if "@" in reference)


def find_person(verified: Verified, reference: str) -> Person:
    """Somebody as last enrolled; the reference alone where no enrolment is shown."""
    origin = reference.partition("@")[2]
    state = verified.world.people.by_reference.get(reference)
    enrolled = state.enrolled if state else None
    ledger = verified.world.ledgers.get(origin)
    return Person(
        reference=reference,
        name=_name(verified, origin, enrolled) if enrolled else "",
        office=(enrolled.office or "") if enrolled else "",
        roles=", ".join(_roles(enrolled)) if enrolled else "",
        jurisdiction=(ledger.jurisdiction or "") if ledger else "",
    )


def _name(verified: Verified, origin: str, enrolled: Standing) -> str:
    """In clear or as disclosed."""
    return enrolled.name or verified.values.get((f"{origin}#{enrolled.index}", "/details/name"), "")


def _roles(enrolled: Standing) -> list[str]:
    found = []
    for term in enrolled.roles:
        start = f" from {term.from_[:10]}" if term.from_ else ""
        end = f" until {term.until[:10]}" if term.until else ""
        found.append(f"{term.role}{start}{end}")
    return found
