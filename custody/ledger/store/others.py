"""What is kept of other ledgers, in SQL (custody.ledger.others.kept). Rows become values and back."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from custody.ledger.others.kept import (
    Arrived,
    Cosigned,
    Dispute,
    Joined,
    KeptCheckpoint,
    KeptEntry,
    KeptPart,
    Row,
    Stamped,
)
from custody.ledger.store.database import Database
from custody.ledger.store.several import rows_about
from custody.ledger.store.sums import summed
from custody.ledger.store.tables import UNDER_CHECKPOINTS
from custody.ledger.store.texts import OthersTexts, TableTexts

EVERY: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    KeptCheckpoint: ("seen", KeptCheckpoint._fields),
    Cosigned: ("cosigned", Cosigned._fields),
    Stamped: ("stamped", Stamped._fields),
    Joined: ("joined", Joined._fields),
    KeptPart: ("part", KeptPart._fields),
    KeptEntry: ("shown", KeptEntry.__struct_fields__),
    Dispute: ("dispute", Dispute._fields),
    Arrived: ("arrival", Arrived._fields),
}
"""Where each kind is kept, and its columns."""


class KeptOthers:
    """Reading. Every entry comes once, under its smallest checkpoint."""

    def __init__(self, sql: OthersTexts, by_table: TableTexts, database: Database) -> None:
        self.sql, self.by_table, self._database = sql, by_table, database

    def _rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._database.rows(statement, values)

    def pin(self, ledger: str) -> KeptCheckpoint | None:
        rows = self._rows(self.sql.pin, ledger=ledger)
        return KeptCheckpoint(*rows[0]) if rows else None

    def checkpoint(self, ledger: str, size: int) -> KeptCheckpoint | None:
        rows = self._rows(self.sql.checkpoint, ledger=ledger, size=size)
        return KeptCheckpoint(*rows[0]) if rows else None

    def checkpoints(self, ledger: str) -> list[KeptCheckpoint]:
        return [KeptCheckpoint(*row) for row in self._rows(self.sql.checkpoints, ledger=ledger)]

    def ledgers(self) -> list[str]:
        return [row[0] for row in self._rows(self.sql.ledgers)]

    def cosigned(self, ledger: str) -> list[Cosigned]:
        return [Cosigned(*row) for row in self._rows(self.sql.cosigned, ledger=ledger)]

    def stamped(self, ledger: str) -> list[Stamped]:
        return [Stamped(*row) for row in self._rows(self.sql.stamped, ledger=ledger)]

    def joins_to(self, ledger: str, size: int) -> list[Joined]:
        return [Joined(*row) for row in self._rows(self.sql.joins_to, ledger=ledger, size=size)]

    def joins_from(self, ledger: str, old: int) -> list[Joined]:
        return [Joined(*row) for row in self._rows(self.sql.joins_from, ledger=ledger, old=old)]

    def part(self, ledger: str, size: int) -> KeptPart | None:
        rows = self._rows(self.sql.part, ledger=ledger, size=size)
        return KeptPart(*rows[0]) if rows else None

    def parts(self, ledger: str) -> list[KeptPart]:
        return [KeptPart(*row) for row in self._rows(self.sql.parts, ledger=ledger)]

    def entries(self, subject: str, ledger: str | None = None) -> list[KeptEntry]:
        if ledger is None:
            return self.entries_of([subject])
        return list(_smallest(self._rows(self.sql.entries, subject=subject, ledger=ledger)))

    def entries_of(self, subjects: Sequence[str]) -> list[KeptEntry]:
        found = rows_about(self._database, subjects, self.sql.entries_of, self.sql.entries_of_several)
        return list(_smallest(sorted(found, key=_PLACE)))

    def entry(self, ledger: str, index: int) -> KeptEntry | None:
        return next(_smallest(self._rows(self.sql.entry, ledger=ledger, position=index)), None)

    def all_entries(self) -> Iterator[KeptEntry]:
        return _smallest(self._database.stream(self.sql.all_entries))

    def every(self, kind: type[Row]) -> Iterator[Row]:
        table, names = EVERY[kind]
        hexed = {"hash", "digest"} if kind in (KeptEntry, Arrived) else set()
        for row in self._database.stream(self.by_table.every[table]):
            yield kind(*(value.hex() if name in hexed else value for name, value in zip(names, row, strict=True)))

    def came(self, since: int = 0) -> list[tuple[str, int, int]]:
        return [(ledger, index, own) for ledger, index, own in self._rows(self.sql.came, own=since)]

    def subjects(self, kind: str) -> list[str]:
        return [row[0] for row in self._rows(self.sql.subjects, start=f"{kind}:", stop=f"{kind};")]

    def disputes(self) -> list[Dispute]:
        return [Dispute(*row) for row in self._rows(self.sql.disputes)]

    def known(self) -> dict[str, int]:
        return {row[0]: row[1] for row in self._rows(self.sql.known) if row[1]}

    def arrived(self, digest: str) -> bool:
        return bool(self._rows(self.sql.arrived, digest=bytes.fromhex(digest))[0][0])


_PLACE = itemgetter(0, 2, 1)
"""Ledger, index, size: the order of the rows of `shown`."""


def _smallest(rows: Iterable[tuple[Any, ...]]) -> Iterator[KeptEntry]:
    """The first row of each entry, and when the first of them came: a late package may show an entry under a smaller
    checkpoint than is kept."""
    for _, group in itertools.groupby(rows, lambda row: (row[0], row[2])):
        first, *more = group
        ledger, size, index, hash_, subject, proof, own, body = first
        own = min([own, *(row[6] for row in more)])
        yield KeptEntry(ledger, size, index, hash_.hex(), subject, proof, own, body)


class KeepOthers:
    """Writing, inside a transaction."""

    def __init__(self, kept: Callable[[], KeptOthers], database: Database) -> None:
        """`kept`: asked for when something is to be kept; most transactions keep nothing."""
        self._kept, self._database = kept, database

    def _keep(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        self._database.run(self._kept().by_table.keep[table], [summed(table, row) for row in rows])

    def keep_checkpoints(self, rows: Collection[KeptCheckpoint]) -> None:
        self._keep("seen", (row._asdict() for row in rows))

    def keep_cosigned(self, rows: Collection[Cosigned]) -> None:
        self._keep("cosigned", (row._asdict() for row in rows))

    def keep_stamped(self, rows: Collection[Stamped]) -> None:
        self._keep("stamped", (row._asdict() for row in rows))

    def keep_joined(self, rows: Collection[Joined]) -> None:
        self._keep("joined", (row._asdict() for row in rows))

    def keep_parts(self, rows: Collection[KeptPart]) -> None:
        self._keep("part", (row._asdict() for row in rows))

    def keep_entries(self, rows: Collection[KeptEntry]) -> None:
        new = []
        for row in rows:
            known = self._kept().entry(row.ledger, row.index)
            if known is None or known.size > row.size:
                new.append(msgspec.structs.asdict(row) | {"hash": bytes.fromhex(row.hash)})
        self._keep("shown", new)

    def keep_dispute(self, dispute: Dispute) -> None:
        self._keep("dispute", [dispute._asdict()])

    def drop(self, ledger: str, sizes: Collection[int]) -> list[str]:
        kept, places = self._kept(), [{"ledger": ledger, "size": size} for size in sizes]
        found = {str(row[0]) for place in places for row in self._database.rows(kept.sql.shown_under, place)}
        with self._database.deleting(UNDER_CHECKPOINTS):
            for table in UNDER_CHECKPOINTS:
                self._database.run(kept.by_table.drop[table], places)
        return sorted(found)

    def keep_arrival(self, digest: str, own: int, cutter: str, knows: int) -> None:
        self._keep("arrival", [{"digest": bytes.fromhex(digest), "own": own, "cutter": cutter, "knows": knows}])
