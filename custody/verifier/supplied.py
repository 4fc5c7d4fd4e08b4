"""Files the reader supplies, against the digests in the chain (H01, H04)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from custody.protocol.rules.docket import Docket
from custody.protocol.rules.item import ItemState
from custody.protocol.values import Digests


class SuppliedFile(NamedTuple):
    """A file or folder as the reader measured it; digests in hex, size in bytes."""

    name: str
    size: int
    blake3: str
    sha256: str

    def matches(self, digests: Digests) -> bool:
        """All digests and the size."""
        return (self.size, self.blake3, self.sha256) == (digests.size, digests.blake3, digests.sha256)


def judge_supplied(items: Sequence[ItemState], files: Sequence[SuppliedFile], shown: Collection[ItemState]) -> set[str]:
    """Adds H01 and H04 to the items' dockets; returns the UUIDs of items all of whose files were supplied and match.

    A file is known by its digests, never by its name. H01 needs a supplied file that belongs to no item `shown`,
    ancestors among them: only then may it be the item's own, altered.
    """
    fixed = [digests for item in shown for digests in item.digests]
    strangers = [file.name for file in files if not any(file.matches(digests) for digests in fixed)]
    matched = set()
    for item in items:
        missing = [one for one in item.digests if not any(file.matches(one) for file in files)]
        for one in missing:
            _report(item.docket, item, one, strangers)
        if item.digests and not missing:
            matched.add(item.uuid)
    return matched


def _report(docket: Docket, item: ItemState, digests: Digests, strangers: list[str]) -> None:
    name = digests.name or item.label or "the item"
    about = (item.first,) if item.first else ()
    if strangers:
        supplied = ", ".join(strangers[:8]) + (" …" if len(strangers) > 8 else "")
        docket.add("H01", *about, name=name, date=item.condition.fixed, supplied=supplied)
    else:
        docket.add("H04", *about, name=name)
