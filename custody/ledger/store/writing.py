"""What a transaction writes: statements about values, in the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence

from custody.ledger.listing import ItemSummary
from custody.ledger.sealing import LockedValue
from custody.ledger.store.database import Database
from custody.ledger.store.others import KeepOthers, KeptOthers
from custody.ledger.store.several import batches
from custody.ledger.store.store import LoggedEntry, StoredCheckpoint
from custody.ledger.store.texts import OwnTexts
from custody.ledger.store.translate import row_of_entry, row_of_item, row_of_sealed


class SqlWriting(KeepOthers):
    """Writing (custody.ledger.store.store), and what the end of the transaction has to know of it."""

    def __init__(self, sql: OwnTexts, kept: Callable[[], KeptOthers], database: Database) -> None:
        super().__init__(kept, database)
        self._sql = sql
        self.signed = False
        """Whether a checkpoint is among it."""
        self.last: str | None = None
        """Hash of the last entry."""

    def add_entries(self, entries: Sequence[LoggedEntry]) -> None:
        self.last = entries[-1].hash
        self._database.add(self._sql.add_entry, [row_of_entry(entry) for entry in entries])

    def add_sealed(self, values: Sequence[LockedValue]) -> None:
        self._database.add(self._sql.add_sealed, [row_of_sealed(value) for value in values])

    def drop_sealed(self, digests: Sequence[str]) -> None:
        with self._database.deleting(("sealed",)):
            self._database.run(self._sql.drop_sealed, [{"digest": bytes.fromhex(one)} for one in digests])

    def put_items(self, items: Iterable[ItemSummary]) -> None:
        for some in batches(items):
            rows = [row_of_item(item) for item in some]
            self._database.run(self._sql.put_item, rows)
            self._database.run(self._sql.move_item, [{"uuid": row["uuid"], "case": row["case"]} for row in rows])

    def remove_items(self, uuids: Sequence[str]) -> None:
        self._database.run(self._sql.remove_item, [{"uuid": one} for one in uuids])

    def clear_items(self) -> None:
        self._database.run(self._sql.clear_items, [{}])

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self.signed = True
        self._database.add(self._sql.add_checkpoint, [{"size": checkpoint.size, "note": checkpoint.note}])
