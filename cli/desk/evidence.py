"""Files measured at a handover, each with the item it belongs to: by `ITEM=FILE`, else by its digests."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.errors import UsageError
from custody.evidence.digest import Measured as Measurement
from custody.protocol.values import Digests

from ..typed.parsing import ForItem
from .desk import Desk, Meant
from .files import measured
from .perhaps import named_item

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


Measured = Mapping[str, tuple[Digests, ...] | None]
"""What was measured of each item, by UUID; None where nothing was."""


Owned = tuple[Meant | None, Path]
"""A file, and whose it is said to be."""


def measured_in(
    desk: Desk,
    given: Sequence[ForItem],
    items: Sequence[Meant],
    act: "Callable[[Measured], Act]",
    owned: Sequence[Owned] = (),
) -> "Act":
    """The act with what was measured. The rules are asked first: measuring may take hours."""
    if given or owned:
        desk.ledger.rehearse(act(dict.fromkeys(item.uuid for item in items)))
    return act(by_item(given, items, owned))


def by_item(given: Sequence[ForItem], items: Sequence[Meant], owned: Sequence[Owned] = ()) -> Measured:
    """The files' digests, each with its item.

    A file that has no item's digests belongs to the only digital item there is, and differs; where there are several,
    UsageError asks which.
    """
    owners = [*owned, *(_stated(one, items) for one in given)]
    digests = measured([path for _, path in owners]) if owners else ()
    return _assign(list(zip(owners, digests, strict=True)), items)


def assigned(found: Sequence[Measurement], items: Sequence[Meant]) -> Measured:
    """What came with a package and was measured as it was unpacked, each with its item."""
    digests = (
        Digests(
            blake3=one.blake3,
            sha256=one.sha256,
            size=one.size,
            name=one.name or None,
            files=one.files,
            total=one.total,
        )
        for one in found
    )
    return _assign([((None, Path(one.name or "")), one) for one in digests], items)


def _assign(held: Sequence[tuple[Owned, Digests]], items: Sequence[Meant]) -> Measured:
    digital = [item for item in items if item.state.digests]
    found: dict[str, list[Digests]] = {item.uuid: [] for item in items}
    for (owner, path), one in held:
        item = owner or _by_digests(one, items, found) or (digital[0] if len(digital) == 1 else None)
        if item is None:
            whose = "no item here is digital" if not digital else "it has the digests of none of these items"
            raise UsageError(f"{path}: {whose}", hint="--evidence ITEM=FILE says which it should be")
        found[item.uuid].append(one)
    return {uuid: tuple(held) or None for uuid, held in found.items()}


def _stated(one: ForItem, items: Sequence[Meant]) -> Owned:
    """`ITEM=FILE`; a name with `=` that exists is a file."""
    if one.item is None or Path(one.text).exists():
        return None, Path(one.text)
    item = named_item(one.item, items)
    if item is None:
        raise UsageError(f"--evidence {one.text}: {one.item} is not among the items of this command")
    return item, Path(one.value)


def _by_digests(one: Digests, items: Sequence[Meant], found: Mapping[str, Sequence[Digests]]) -> Meant | None:
    """The item with these digests. A copy has its source's: the one of the same name goes first, then whichever was
    not measured yet."""
    matching = [item for item in items if any(one.same_bytes(fixed) for fixed in item.state.digests)]
    waiting = [item for item in matching if not any(one.same_bytes(held) for held in found[item.uuid])]
    named = [item for item in waiting if any(fixed.name == one.name for fixed in item.state.digests)]
    return next(iter([*named, *waiting, *matching]), None)
