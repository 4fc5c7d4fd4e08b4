"""How people name items and entries (CLI.md): by label, case and label, UUID or its beginning; by index or hash."""

import re

from custody.errors import AmbiguousItemError, UnknownItemError, UsageError
from custody.ledger.labels import labelled
from custody.ledger.listing import ItemSummary
from custody.ledger.store.store import Store

_SHORTEST = 8
"""Digits of a UUID or hash that are enough to name something."""

_HEX = re.compile(r"[0-9a-f]{8,64}", re.ASCII)
_UUID_WHOLE = 36
_UUID_START = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}", re.ASCII)
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


def find_item(store: Store, text: str) -> str:
    """The UUID of the one item that `text` names. Raises UnknownItemError for none, AmbiguousItemError for more.

    A label is found in composed and in decomposed characters; a UUID may be in capitals.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        hint = "is the terminal's character set UTF-8?"
        raise UnknownItemError(f"there is no item {text}: it is not text in UTF-8", hint=hint) from None
    case, separator, label = text.rpartition(":")
    found = labelled(store, label, case if separator else None)
    # An item entered in error gave its label back: it is meant only where no other bears it.
    found = [item for item in found if item.end != "voided"] or found
    if _UUID_START.fullmatch(text.lower()):
        # A partner chooses its labels, and may choose another item's UUID.
        begun = store.items_beginning(text.lower())
        if len(text) == _UUID_WHOLE:
            found = begun or found
        else:
            found = list({item.uuid: item for item in (*found, *begun)}.values())
    if not found:
        raise UnknownItemError(f"there is no item {text}", hint="`custody items` lists them")
    if len(found) > 1:
        message = f"{text} names {len(found)} items: {_listed(found)}"
        raise AmbiguousItemError(message, [one.uuid for one in found], hint="name one as CASE:LABEL or by UUID")
    return found[0].uuid


def _listed(found: list[ItemSummary]) -> str:
    names = [f"{item.case}:{item.label} ({item.uuid[:8]})" for item in found]
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")


def find_entry(store: Store, origin: str, text: str) -> int:
    """The index of the one entry that `text` names. Raises UsageError when there is none, or more than one."""
    named, separator, index = text.rpartition("#")
    if separator and named != origin:
        raise UsageError(f"{named} is another ledger; this is {origin}", hint="entries of partners stand in bundles")
    if _INDEX.fullmatch(index) and (separator or len(index) < _SHORTEST or int(index) < store.head().size):
        if int(index) < store.head().size:
            return int(index)
        raise UsageError(f"there is no entry {index}: the last is {store.head().size - 1}", hint="`custody log`")
    found = store.find_entries(text) if _HEX.fullmatch(text) else []
    if len(found) != 1:
        said = f"{text} names {len(found)} entries" if found else f"there is no entry {text}"
        raise UsageError(said, hint="an entry is named by its index, or by 8 digits or more of its hash")
    return found[0]
