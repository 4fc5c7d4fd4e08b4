"""What of the sealed fields a bundle's readers get: listed for a preview, opened for the bundle itself."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from custody.protocol.rules.fact import Recorded

from . import agency, showing
from .desk import Desk
from .history import names_in

if TYPE_CHECKING:
    from custody.ledger.sealing import LockedValue


class Field(NamedTuple):
    """A sealed field in the entries that a bundle shows, and what is kept of it."""

    entry: str
    about: str
    """The item's label, or the subject."""
    pointer: str
    value: "LockedValue"

    def is_for(self, audience: str) -> bool:
        """Whether readers of this audience may see it."""
        return audience in self.value.audiences

    @property
    def said(self) -> str:
        """In a line, without what it says."""
        return f"{self.about} #{self.entry.rpartition('#')[2]} {self.pointer.removeprefix('/details/').strip('/')}"


def fields(desk: Desk, facts: Iterable[Recorded]) -> list[Field]:
    """The sealed fields of these entries, as far as something is kept of them."""
    names = names_in(desk.ledger)
    found = [
        (digest, fact.name, names(fact.event.subject), pointer)
        for fact in facts
        for pointer, digest in fact.event.sealed.items()
    ]
    kept = {value.digest: value for value in desk.ledger.sealed_values([one[0] for one in found])}
    return [Field(entry, about, pointer, kept[digest]) for digest, entry, about, pointer in found if digest in kept]


def columns(audience: str, found: Sequence[Field]) -> dict[str, list[str]]:
    """What readers of this audience will see of what is sealed, and what not; never a value."""
    return {
        "shown": [one.said for one in found if one.is_for(audience)],
        "withheld": [f"{one.said} (for {', '.join(one.value.audiences)})" for one in found if not one.is_for(audience)],
    }


def tell_columns(audience: str, told: Mapping[str, Sequence[str]]) -> None:
    """The two side by side."""
    rows = list(zip_longest(told["shown"], told["withheld"], fillvalue=""))
    for line in showing.table([f"{audience} will see", f"{audience} will not see"], rows):
        showing.tell(line)
    showing.tell("and everything that is not sealed.")
    showing.tell()


def open_for(desk: Desk, audience: str, found: Sequence[Field]) -> dict[str, str]:
    """The disclosures for an audience, by digest. Asks for the agency's passphrase where there are any.

    Raises CustodyError when one does not open, or was altered: then nothing is given out.
    """
    from custody.ledger.sealing import read_locked

    wanted = [one.value for one in found if one.is_for(audience)]
    if not wanted:
        return {}
    identity = agency.open_identity(desk.home, desk.ledger.origin)
    opened = {}
    with showing.progress("opening", len(wanted)) as add:
        for value in wanted:
            plain = desk.vault.open(value.case, value.body, identity)
            if plain is not None:
                opened[value.digest] = read_locked(value, plain)
            add(1)
    if len(opened) < len(wanted):
        lost = len(wanted) - len(opened)
        showing.message("remark", f"nobody can be shown {lost} of the sealed values: their case was erased")
    return opened
