"""What of the sealed fields a bundle's readers get: listed for a preview, opened for the bundle itself."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from custody.errors import CustodyError
from custody.protocol.disclosure import parse_disclosure
from custody.protocol.rules.fact import Recorded

from ..desk import agency
from ..desk.counter import Counter
from ..desk.desk import Desk
from ..shown import showing
from ..shown.names import names_in
from ..shown.statement import member_name

if TYPE_CHECKING:
    from custody.ledger.disclosing.cutting import Disclosure


def columns(desk: Desk, disclosure: "Disclosure") -> dict[str, list[str]]:
    """What readers will see of what is sealed, and what not; never a value. After a rehearsal of the disclosure."""
    places = _places(desk, disclosure)
    granted = {value.digest for value in disclosure.granted}
    withheld = [value for value in disclosure.sealed if value.digest not in granted]
    cases = {value.case: desk.ledger.case(value.case) for value in withheld if value.case is not None}
    erased = {reference for reference, case in cases.items() if case is not None and case.erased}
    return {
        "shown": [places[value.digest] for value in disclosure.granted],
        "withheld": [
            f"{places[value.digest]} ({'erased' if value.case in erased else 'for ' + ', '.join(value.audiences)})"
            for value in withheld
        ],
    }


def _places(desk: Desk, disclosure: "Disclosure") -> dict[str, str]:
    """Where each sealed field stands, by digest: `JM/1 #6 source`."""
    from custody.ledger.view import read_kept

    names, ledger = names_in(desk.ledger), desk.ledger
    shown = disclosure.closure
    closed = [*shown.own.values(), *map(read_kept, shown.others.values())]
    facts = ledger.facts() if disclosure.items is None else closed
    return {
        digest: f"{names(fact.event.subject)} #{fact.index} {member_name(pointer)}"
        for fact in facts
        for pointer, digest in fact.event.sealed.items()
    }


def tell_columns(audience: str, told: Mapping[str, Sequence[str]]) -> None:
    """The two side by side."""
    rows = list(zip_longest(told["shown"], told["withheld"], fillvalue=""))
    for line in showing.table([f"{audience} will see", f"{audience} will not see"], rows):
        showing.tell(line)
    showing.tell("and everything that is not sealed.")
    showing.tell()


def open_granted(desk: Desk, disclosure: "Disclosure") -> dict[str, str]:
    """The disclosures that are granted, by digest. Asks for the agency's passphrase where there are any.

    Raises CustodyError when one does not open, or was altered: then nothing is given out.
    """
    from custody.ledger.sealing import read_locked

    if not disclosure.granted:
        return {}
    identity = agency.open_identity(desk.home, desk.ledger.origin)
    opened = {}
    with showing.progress("opening", len(disclosure.granted)) as add:
        for value in disclosure.granted:
            plain = desk.vault.open(value.case, value.body, identity)
            if plain is None:
                hint = "put the agency's folder `cases` back from its backup"
                raise CustodyError(f"the identity of case {value.case} is gone", hint=hint)
            opened[value.digest] = read_locked(value, plain)
            add(1)
    return opened


def opened_for(counter: Counter, facts: Sequence[Recorded]) -> dict[str, str]:
    """What is kept here of sealed members, opened, by digest. Asks for the agency's passphrase where there is any."""
    from custody.ledger.sealing import read_locked

    digests = [digest for fact in facts for digest in fact.event.sealed.values()]
    kept = counter.ledger.sealed_values(digests)
    if not kept:
        return {}
    identity = agency.open_identity(counter.home, counter.ledger.origin)
    found = {}
    for value in kept:
        plain = counter.vault.open(value.case, value.body, identity)
        if plain is not None:
            found[value.digest] = parse_disclosure(read_locked(value, plain))[2]
    return found
