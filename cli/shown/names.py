"""What people call things: an item by its label, a person by id and name; what nobody knows, as it stands."""

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from custody.errors import UsageError
from custody.protocol.names import PERSON_PATTERN, UUID_PATTERN, kind_of, name_of, split_person

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

_UUID = re.compile(UUID_PATTERN, re.ASCII)
_OWN = re.compile(PERSON_PATTERN, re.ASCII)

Names = Callable[[str], str]
"""What people call a subject (`item:6f1c…` -> `JM/1`) or a person (`jm@…` -> `jm (Jana Marin)`)."""


def names_in(ledger: "Ledger") -> Names:
    """What people call the ledger's items and persons; each is looked up once."""
    labels, people = functools.partial(label_of, ledger), functools.partial(name_of_person, ledger)
    return naming(functools.cache(labels), functools.cache(people), ledger.origin)


def naming(labels: Callable[[str], str | None], people: Callable[[str], str | None], origin: str) -> Names:
    """`labels`: by UUID; `people`: a person's name by `id@origin`. What neither knows is said as it stands."""

    def call(text: str) -> str:
        name = name_of(text) if kind_of(text) in ("item", "notes") else text
        if _UUID.match(name):
            return labels(name) or text
        if _OWN.match(text) and split_person(text)[1] == origin:
            identity, known = split_person(text)[0], people(text)
            return f"{identity} ({known})" if known else identity
        return text

    return call


def label_of(ledger: "Ledger", uuid: str) -> str | None:
    """An item's label, when `uuid` is one of this ledger's items."""
    try:
        return ledger.label(uuid) or None
    except UsageError:
        return None


def name_of_person(ledger: "Ledger", reference: str) -> str | None:
    """A person's name as enrolled; None where it is sealed, or nobody is."""
    try:
        return ledger.person(reference).name
    except UsageError:
        return None
