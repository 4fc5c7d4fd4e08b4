"""How items come into a ledger: seized, or made from others."""

import uuid
from collections.abc import Sequence

import msgspec

from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.events.handling import ItemOpened, OpenedSealsDetails
from custody.protocol.events.items import (
    DerivedDetails,
    ItemDerived,
    ItemSeized,
    ItemYielded,
    Parent,
    SeizedDetails,
    YieldedDetails,
)
from custody.protocol.values import Amount, Document


class Seizure(msgspec.Struct, frozen=True, kw_only=True):
    """One item taken."""

    case: str
    details: SeizedDetails
    documents: tuple[Document, ...] = ()
    """Beside those of the occasion."""
    sealing: dict[str, tuple[str, ...]] = {}
    """Likewise."""
    item: str = msgspec.field(default_factory=lambda: str(uuid.uuid4()))
    """Its UUID."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """An item that another is made from."""

    item: str
    """UUID."""
    taken: Amount | None = None
    left: Amount | None = None
    opened: OpenedSealsDetails | None = None
    """Seals that are opened first, as they were read."""


def seize(occasion: Occasion, seizures: Sequence[Seizure]) -> Act:
    """Records items, all or none. The actor is their custodian."""

    def act(recorder: Recorder) -> None:
        recorder.know(one.item for one in seizures)
        for one in seizures:
            label = recorder.labels.numbered(one.details.label, one.case)
            documents = (*occasion.documents, *one.documents)
            recorder.record(
                Draft(
                    kind=ItemSeized,
                    subject=f"item:{one.item}",
                    case=one.case,
                    details=msgspec.structs.replace(one.details, label=label),
                    occasion=msgspec.structs.replace(occasion.sealed(one.sealing), documents=documents),
                )
            )

    return act


def derive(
    occasion: Occasion,
    sources: Sequence[Source],
    details: DerivedDetails,
    *,
    case: str | None = None,
) -> Act:
    """Records a child of these items, and on each one's chain that it was made; seals are opened first if asked.

    `details.parents` is filled in here. The child belongs to the first parent's case unless `case` names another.
    """

    def act(recorder: Recorder) -> None:
        for source in sources:
            if source.opened is not None:
                subject = f"item:{source.item}"
                recorder.record(Draft(kind=ItemOpened, subject=subject, details=source.opened, occasion=occasion))
        belongs = case or recorder.case_of(f"item:{sources[0].item}") or ""
        label = recorder.labels.numbered(details.label, belongs)
        child = str(uuid.uuid4())
        made = recorder.record(
            Draft(
                kind=ItemDerived,
                subject=f"item:{child}",
                case=belongs,
                details=msgspec.structs.replace(details, label=label, parents=_parents(recorder, sources)),
                occasion=occasion,
            )
        )
        for source in sources:
            yielded = YieldedDetails(child=child, entry=made.hash, left=source.left, taken=source.taken)
            # The documents are cited once, where the child begins.
            plain = msgspec.structs.replace(occasion, documents=())
            subject = f"item:{source.item}"
            recorder.record(Draft(kind=ItemYielded, subject=subject, details=yielded, occasion=plain))

    return act


def _parents(recorder: Recorder, sources: Sequence[Source]) -> tuple[Parent, ...]:
    found = []
    for source in sources:
        head = recorder.item(source.item).head
        if head is not None:
            found.append(Parent(head=head, item=source.item, left=source.left, taken=source.taken))
    return tuple(found)
