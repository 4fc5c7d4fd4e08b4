"""What every section is made from: the verified report, the words, and what the certifier adds."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from custody.certificate.blocks import Cell, Code, Line, Said, Stated, Texts
from custody.certificate.words import Words
from custody.protocol.eye import show
from custody.verifier.report.model import ItemReport, Person, Report
from custody.verifier.report.persons import find_person
from custody.verifier.report.stretches import Stretch, list_stretches
from custody.verifier.verify import Verified

Declaration = Literal["us", "uk", "in", "mlat", "plain"]


class Trust(NamedTuple):
    """How the issuing agency came to trust a ledger's key."""

    own: bool
    how: str
    """As recorded when a partner's card was compared; empty for its own key."""


class Particulars(NamedTuple):
    """What the certifier adds to what was verified."""

    id: str
    """The UUID of the disclosure that its issue is recorded under."""
    court: str
    certifier: str
    """Who signs it: `id@origin`."""
    knowledge: str | None
    declaration: Declaration
    paper: Literal["a4", "letter"]
    draft: bool
    signed: bool
    """Whether an electronic signature is added that can be seen."""
    issued: int
    """POSIX seconds."""
    trust: Mapping[str, Trust]
    """By origin."""
    version: str
    """Of this software."""


class Setting:
    """Verified, reported, in these languages."""

    def __init__(self, verified: Verified, report: Report, words: Words, particulars: Particulars) -> None:
        self.verified, self.report, self.words, self.particulars = verified, report, words, particulars
        self._stretches: dict[str, tuple[Stretch, ...]] = {}

    def stretches(self, item: ItemReport) -> tuple[Stretch, ...]:
        """Who answered for an item from when to when: the table, the list of gaps and the picture all say it."""
        if item.uuid not in self._stretches:
            self._stretches[item.uuid] = list_stretches(item, self.report.as_of)
        return self._stretches[item.uuid]

    @cached_property
    def persons(self) -> Mapping[str, Person]:
        """Everyone named, and the certifier, by reference."""
        certifier = find_person(self.verified, self.particulars.certifier)
        return {one.reference: one for one in (certifier, *self.report.persons)}

    def agency(self, origin: str) -> str:
        """The agency that keeps a ledger; its origin where the opening is not shown."""
        return next((one.agency for one in self.report.ledgers if one.origin == origin and one.agency), origin)

    def state(self, origin: str) -> str:
        """The ISO code of the ledger's State; empty where it is not shown."""
        return next((one.jurisdiction for one in self.report.ledgers if one.origin == origin), "")

    def person(self, reference: str) -> Cell:
        """A person for a table: the name, the office and State, the reference."""
        if not reference:
            return ((self.words.said("front.none"),),)
        known = self.persons.get(reference)
        lines: list[Line] = []
        if known is not None:
            state = (Stated(f"({known.jurisdiction})"),) if known.jurisdiction else ()
            lines.append((Stated(show(known.name), strong=True), *state) if known.name else state)
            lines.append((Stated(show(known.office)),) if known.office else ())
        return (*(line for line in lines if line), (Code(show(reference)),))

    def named(self, name: Texts) -> Said:
        """A name before its value: `Offence:`."""
        return self.words.said("title.named", name=name)

    def office(self, reference: str) -> Texts:
        """A person's office; where none is enrolled, the role."""
        known = self.persons.get(reference)
        if known is None or not (known.office or known.roles):
            return self.words.say("front.not_stated")
        if known.office:
            return self.words.same(known.office)
        return self.words.either(f"roles.{known.roles.split(',')[0].split(' ')[0]}", known.roles)

    def name(self, reference: str) -> str:
        """A person in a sentence: the name and the State; the reference where no name is shown."""
        known = self.persons.get(reference)
        if known is None or not known.name:
            return show(reference)
        return show(known.name) + (f" ({known.jurisdiction})" if known.jurisdiction else "")


def stated(text: str) -> Cell:
    """Somebody's words, a line for each of theirs."""
    return tuple((Stated(show(line)),) for line in text.splitlines() or [""])


def said(texts: Texts) -> Cell:
    """Our words alone."""
    return ((Said(texts),),)


def exhibit(item: ItemReport) -> str:
    """What the item is called: its label."""
    return show(item.label)
