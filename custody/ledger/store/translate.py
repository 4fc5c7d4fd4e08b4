"""Rows to values and back."""

from typing import Any

import msgspec

from custody.errors import CustodyError
from custody.ledger.listing import ItemSummary
from custody.ledger.sealing import LockedValue
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.ledger.store.sums import summed

ENTRY_COLUMNS = LoggedEntry.__struct_fields__

_decode = msgspec.json.Decoder(ItemSummary).decode
_encode = msgspec.json.Encoder().encode


def entry_of(row: tuple[Any, ...]) -> LoggedEntry:
    """The entry in a row of ENTRY_COLUMNS."""
    index, hash_, *rest = row
    return LoggedEntry(index, hash_.hex(), *rest)


def row_of_entry(entry: LoggedEntry) -> dict[str, Any]:
    """The values of an entry's row."""
    return {**msgspec.structs.asdict(entry), "hash": bytes.fromhex(entry.hash)}


def checkpoint_of(row: tuple[Any, ...]) -> StoredCheckpoint:
    """The checkpoint in a row; SQLite lets a stranger's be text."""
    size, note = row
    return StoredCheckpoint(size, note.encode() if isinstance(note, str) else bytes(note))


def sealed_of(row: tuple[Any, ...]) -> LockedValue:
    """The sealed value in a row."""
    digest, case, audiences, body = row
    return LockedValue(digest.hex(), case, tuple(audiences.split(",")), bytes(body))


def row_of_sealed(value: LockedValue) -> dict[str, Any]:
    """The values of a sealed value's row."""
    row = {**value._asdict(), "digest": bytes.fromhex(value.digest), "audiences": ",".join(value.audiences)}
    return summed("sealed", row)


def item_of(row: tuple[Any, ...]) -> ItemSummary:
    """The item in a row of the summary alone. Raises CustodyError for one that can't be read."""
    try:
        return _decode(row[0])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CustodyError(
            f"the list of items can't be read: {error}", hint="`custody rebuild` makes it anew"
        ) from error


def row_of_item(item: ItemSummary) -> dict[str, Any]:
    """The values of an item's row."""
    named = {"uuid": item.uuid, "label": item.label, "begun": item.begun, "case": item.case}
    return summed("item", {**named, "summary": _encode(item)})
