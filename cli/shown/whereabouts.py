"""An item in a line of a list: what it is, how it stands, where it is."""

from typing import TYPE_CHECKING

from custody.protocol.names import split_person

from ..typed import moments

if TYPE_CHECKING:
    from custody.ledger.listing import ItemSummary, Refusal
    from custody.protocol.rules.item import ItemState

STATES = {"held": "in custody", "transit": "in transit", "lent": "lent"}
"""In words that claim no more than the record does: somebody answers for it."""


def what(item: "ItemSummary | ItemState") -> str:
    """Category, or else kind, and the description where it is in clear."""
    return ": ".join(part for part in (item.category or item.kind, item.description) if part)


def short(person: str, origin: str) -> str:
    """A person of this ledger by id, another by `id@origin`."""
    identity, ledger = split_person(person)
    return identity if ledger == origin else person


def state(item: "ItemSummary", late: bool, origin: str) -> str:
    """How it stands, and what is to be done about it. `late`: it should be back, or have arrived."""
    if item.status == "ended":
        return item.end or "ended"
    words, refusal = STATES.get(item.status, item.status), item.refusal
    if refusal is None and item.status == "transit" and item.addressees:
        words += f" to {' or '.join(short(one, origin) for one in item.addressees)}"
    if item.status == "lent":
        words += f" to {item.holder}"
    if item.return_by is not None:
        words += f", back by {moments.readable_at(item.return_by)[:10]}"
    words += ", overdue" if late else ""
    words += ", absent" if item.absent and refusal is None else ""
    return f"{words}; {_refused(refusal, item.custodian, origin)}" if refusal is not None else words


def _refused(refusal: "Refusal", custodian: str, origin: str) -> str:
    """Who did not receive it; and to whoever answers for it here, what is to be done."""
    how = "reported missing" if refusal.outcome == "missing" else "refused"
    ours = split_person(custodian)[1] == origin
    return f"{how} by {short(refusal.by, origin)}{': record it back in hand' if ours else ''}"


def where(item: "ItemSummary") -> str:
    """Where it was stored, else where its last event with a place happened."""
    return item.stored or ", ".join(part for part in (item.place, item.country) if part)
