"""The labels of a case's items, while an act gives more: which are taken, and which number comes next."""

import re
import unicodedata

from custody.ledger.listing import ItemSummary
from custody.ledger.store.store import Store

NEXT = "/+"
"""A label that ends so takes the next number after this prefix, within its case."""

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class Labels:
    """Those in the store, and those that the act has given. The store is asked once about a prefix."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._given: dict[str, set[str]] = {}
        """By case."""
        self._highest: dict[tuple[str, str], int] = {}
        """By case and prefix."""

    def give(self, label: str, case: str) -> None:
        """Takes note of an item that the act begins."""
        self._given.setdefault(case, set()).add(label)
        prefix = label[: label.rfind("/") + 1]
        if (case, prefix) in self._highest:
            self._highest[case, prefix] = max(self._highest[case, prefix], _number(label, prefix))

    def taken(self, label: str, case: str) -> bool:
        """Whether an item of the case bears the label, in either spelling; one entered in error gave its label back."""
        if not self._given.get(case, set()).isdisjoint(_spellings(label)):
            return True
        return any(item.end != "voided" for item in labelled(self._store, label, case))

    def numbered(self, label: str, case: str) -> str:
        """`label`, with its `+` replaced by the number after the largest in use, also of items entered in error:
        `JM/+` -> `JM/4`."""
        if not label.endswith(NEXT):
            return label
        prefix = label.removesuffix("+")
        if (case, prefix) not in self._highest:
            known = [
                _number(one, alike)
                for alike in _spellings(prefix)
                for one in (*self._store.labels(alike, case), *self._given.get(case, ()))
            ]
            self._highest[case, prefix] = max(known, default=0)
        return f"{prefix}{self._highest[case, prefix] + 1}"


def labelled(store: Store, label: str, case: str | None) -> list[ItemSummary]:
    """The items that bear a label, in either spelling; `case` None: of every case."""
    return [item for one in _spellings(label) for item in store.items_labelled(one, case)]


def _spellings(label: str) -> list[str]:
    """What looks the same: a label as given, in composed characters as ours are (Unicode NFC), and in decomposed ones,
    as a partner's may be."""
    return list(dict.fromkeys((label, unicodedata.normalize("NFC", label), unicodedata.normalize("NFD", label))))


def _number(label: str, prefix: str) -> int:
    """What follows the prefix; 0 where that is no number, or the label has another prefix."""
    rest = label.removeprefix(prefix) if label.startswith(prefix) else ""
    return int(rest) if _NUMBER.fullmatch(rest) else 0
