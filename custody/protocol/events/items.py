"""How an item begins, and how it ends."""

from typing import Annotated, Literal

from msgspec import Meta

from custody.protocol import values
from custody.protocol.events.common import CustodyEvent
from custody.protocol.values import Acquisition, Amount, DigestList, Reference, Seals, Text, Value

Kind = Literal["physical", "digital"]


class SeizedDetails(Value):
    """What was taken, from whom, under what authority, in what condition.

    `manner`: seized by the State, surrendered, found, produced by a provider, captured live (network, memory), or
    paper: the custody before is in paper records.
    """

    condition: Text
    kind: Kind
    label: values.Label
    manner: Literal["seized", "surrendered", "found", "produced", "captured", "paper"]
    acquisition: Acquisition | None = None
    authority: Text | None = None
    category: values.Word | None = None
    description: values.SealableRequired | None = None
    digests: DigestList | None = None
    formerly: values.Uuid | None = None
    """The item under which this object was recorded before it was given back."""
    make: Text | None = None
    model: Text | None = None
    quantity: Amount | None = None
    seals: Seals | None = None
    serial: values.Sealable | None = None
    source: values.SealableRequired | None = None
    state: Literal["on", "off"] | None = None


class ItemSeized(CustodyEvent, tag="item.seized"):
    """The first link: the actor is the custodian."""

    details: SeizedDetails


class Parent(Value):
    """An item that another was made from, and where its chain stood then."""

    head: Reference
    item: values.Uuid
    left: Amount | None = None
    taken: Amount | None = None


class DerivedDetails(Value):
    """What was made from what, how."""

    kind: Kind
    label: values.Label
    method: Literal["image", "copy", "export", "sample", "split"]
    parents: Annotated[tuple[Parent, ...], Meta(min_length=1, max_length=16)]
    acquisition: Acquisition | None = None
    category: values.Word | None = None
    condition: Text | None = None
    description: values.Sealable | None = None
    digests: DigestList | None = None
    seals: Seals | None = None
    tool: Text | None = None


class ItemDerived(CustodyEvent, tag="item.derived"):
    """The first link of a child; its actor is the custodian of every parent, and of the child."""

    details: DerivedDetails


class YieldedDetails(Value):
    """The child's first entry, and the amounts as they concern this parent."""

    child: values.Uuid
    entry: values.Hash
    left: Amount | None = None
    taken: Amount | None = None


class ItemYielded(CustodyEvent, tag="item.yielded"):
    """On the parent's chain: a child was made from it."""

    details: YieldedDetails


class VoidedDetails(Value):
    """Why the item should not have been entered."""

    reason: Text


class ItemVoided(CustodyEvent, tag="item.voided"):
    """Entered in error; ends the chain. Only before any release, derivation or examination, with a witness."""

    details: VoidedDetails


class PresentedDetails(Value):
    """Before which court, as what exhibit; for an item from abroad, under which request and purpose."""

    court: Text
    exhibit: Text
    hearing: values.Date
    purpose: values.Word | None = None
    request: values.Uuid | None = None


class CourtPresented(CustodyEvent, tag="court.presented"):
    """The item, or its record, was put before the court."""

    details: PresentedDetails


class ReturnedDetails(Value):
    """To whom it was given back, by whose order."""

    authority: Text
    to: values.SealableRequired | None = None


class ItemReturned(CustodyEvent, tag="item.returned"):
    """Ends the chain."""

    details: ReturnedDetails


class DestroyedDetails(Value):
    """How it was destroyed, by whose order."""

    authority: Text
    method: Text


class ItemDestroyed(CustodyEvent, tag="item.destroyed"):
    """Ends the chain; before a witness (F02)."""

    details: DestroyedDetails
