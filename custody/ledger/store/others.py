"""What is kept of other ledgers, in SQL (custody.ledger.others.kept). Rows become values and back."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Table, bindparam, delete, func, or_, select
from sqlalchemy.sql import ClauseElement
from sqlmodel import SQLModel

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
from custody.ledger.store.rows import KEPT
from custody.ledger.store.several import any_of, together
from custody.ledger.store.sums import summed

UNDER_CHECKPOINTS = (*KEPT, "stamped")
"""The tables that say under which checkpoint of which ledger."""

_EVERY: dict[type[Any], tuple[str, tuple[str, ...]]] = {
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


class OthersStatements:
    """The texts, with named parameters."""

    def __init__(self, database: Database) -> None:
        self._database = database
        tables, text = SQLModel.metadata.tables, self._text
        seen, cosigned, joined = tables["seen"].c, tables["cosigned"].c, tables["joined"].c
        whole = select(seen.ledger, seen.size, seen.note)
        largest = select(func.max(seen.size)).where(seen.ledger == bindparam("ledger")).scalar_subquery()
        self.pin = text(whole.where(seen.ledger == bindparam("ledger"), seen.size == largest))
        self.checkpoint = text(whole.where(seen.ledger == bindparam("ledger"), seen.size == bindparam("size")))
        self.checkpoints = text(whole.where(seen.ledger == bindparam("ledger")).order_by(seen.size))
        self.ledgers = text(select(seen.ledger).distinct().order_by(seen.ledger))
        lines = select(cosigned.ledger, cosigned.size, cosigned.witness, cosigned.line)
        self.cosigned = text(lines.where(cosigned.ledger == bindparam("ledger")).order_by(cosigned.size))
        stamped = tables["stamped"].c
        tokens = select(stamped.ledger, stamped.size, stamped.digest, stamped.token)
        self.stamped = text(tokens.where(stamped.ledger == bindparam("ledger")).order_by(stamped.size, stamped.digest))
        proofs = select(joined.ledger, joined.old, joined.size, joined.proof).where(
            joined.ledger == bindparam("ledger")
        )
        self.joins_to = text(proofs.where(joined.size == bindparam("size")).order_by(joined.old))
        self.joins_from = text(proofs.where(joined.old == bindparam("old")).order_by(joined.size))
        self._about_shown(tables["part"], tables["shown"], text)
        dispute, arrival = tables["dispute"].c, tables["arrival"].c
        self.disputes = text(select(dispute.ledger, dispute.code, dispute.when, dispute.proof).order_by(dispute.number))
        self.arrived = text(select(func.count()).where(arrival.digest == bindparam("digest")))
        self.known_to = text(select(func.max(arrival.knows)).where(arrival.cutter == bindparam("ledger")))
        kept = ("seen", "cosigned", "stamped", "joined", "part", "shown", "dispute", "arrival")
        self.keep = {name: text(_once(tables[name], database)) for name in kept}

    @cached_property
    def every(self) -> dict[type[Any], str]:
        """All of each kind: for a backup alone."""
        tables = SQLModel.metadata.tables
        return {kind: self._text(_whole(tables[name], names)) for kind, (name, names) in _EVERY.items()}

    @cached_property
    def drop(self) -> dict[str, str]:
        """By table: for when a new partner's card does not vouch for what was kept."""
        return {name: self._text(_gone(SQLModel.metadata.tables[name])) for name in UNDER_CHECKPOINTS}

    @cached_property
    def shown_under(self) -> str:
        """The subjects of what is dropped so."""
        about = SQLModel.metadata.tables["shown"].c
        under = (about.ledger == bindparam("ledger"), about.size == bindparam("size"))
        return self._text(select(about.subject).where(*under))

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._database.dialect))

    def _about_shown(self, part: Table, shown: Table, text: Callable[[ClauseElement], str]) -> None:
        columns = shown.c
        one = select(part.c.ledger, part.c.size, part.c.heads)
        self.part = text(one.where(part.c.ledger == bindparam("ledger"), part.c.size == bindparam("size")))
        self.parts = text(one.where(part.c.ledger == bindparam("ledger")).order_by(part.c.size))
        names = (columns[name] for name in KeptEntry.__struct_fields__)
        whole = select(*names).order_by(columns.ledger, columns.index, columns.size)
        about = whole.where(columns.subject == bindparam("subject"))
        self.entries = text(about)
        self.entries_of_several = text(whole.where(any_of(columns.subject)))
        self.entries_in = text(about.where(columns.ledger == bindparam("ledger")))
        self.entry = text(whole.where(columns.ledger == bindparam("ledger"), columns.index == bindparam("position")))
        self.all_entries = text(whole)
        first = func.min(columns.own)
        came = select(columns.ledger, columns.index, first).group_by(columns.ledger, columns.index)
        self.came = text(came.order_by(first, columns.ledger, columns.index))
        self.subjects = text(
            select(columns.subject)
            .where(columns.subject >= bindparam("start"), columns.subject < bindparam("stop"))
            .distinct()
            .order_by(columns.subject)
        )


def _whole(table: Table, names: Sequence[str]) -> ClauseElement:
    """All of a table, by its key; an entry shown under several checkpoints with the largest first."""
    key = [table.c[one.name].desc() if one.name == "size" else table.c[one.name] for one in table.primary_key]
    return select(*(table.c[name] for name in names)).order_by(*key)


def _once(table: Table, database: Database) -> Any:
    """An insertion that passes over what is there."""
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name != "number"}
    return database.insert(table).values(values).on_conflict_do_nothing()


def _gone(table: Table) -> ClauseElement:
    """A deletion of what stands under one checkpoint, or is joined to it."""
    sizes = [column for column in (table.c.get("size"), table.c.get("old")) if column is not None]
    here = or_(*(column == bindparam("size") for column in sizes))
    return delete(table).where(table.c.ledger == bindparam("ledger"), here)


class KeptOthers:
    """Reading. Every entry comes once, under its smallest checkpoint."""

    def __init__(self, sql: OthersStatements, database: Database) -> None:
        self.sql, self._database = sql, database

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
            return list(_smallest(self._rows(self.sql.entries, subject=subject)))
        return list(_smallest(self._rows(self.sql.entries_in, subject=subject, ledger=ledger)))

    def entries_of(self, subjects: Sequence[str]) -> list[KeptEntry]:
        one, several = self.sql.entries, self.sql.entries_of_several
        found = (row for text, values in together(subjects, one, several) for row in self._rows(text, **values))
        return list(_smallest(sorted(found, key=_PLACE)))

    def entry(self, ledger: str, index: int) -> KeptEntry | None:
        return next(_smallest(self._rows(self.sql.entry, ledger=ledger, position=index)), None)

    def all_entries(self) -> Iterator[KeptEntry]:
        return _smallest(self._database.stream(self.sql.all_entries))

    def every(self, kind: type[Row]) -> Iterator[Row]:
        _, names = _EVERY[kind]
        hexed = {"hash", "digest"} if kind in (KeptEntry, Arrived) else set()
        for row in self._database.stream(self.sql.every[kind]):
            yield kind(*(value.hex() if name in hexed else value for name, value in zip(names, row, strict=True)))

    def came(self) -> list[tuple[str, int, int]]:
        return [(ledger, index, own) for ledger, index, own in self._rows(self.sql.came)]

    def subjects(self, kind: str) -> list[str]:
        return [row[0] for row in self._rows(self.sql.subjects, start=f"{kind}:", stop=f"{kind};")]

    def disputes(self) -> list[Dispute]:
        return [Dispute(*row) for row in self._rows(self.sql.disputes)]

    def known_to(self, ledger: str) -> int:
        return int(self._rows(self.sql.known_to, ledger=ledger)[0][0] or 0)

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
        self._database.run(self._kept().sql.keep[table], [summed(table, row) for row in rows])

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
        sql, places = self._kept().sql, [{"ledger": ledger, "size": size} for size in sizes]
        found = {str(row[0]) for place in places for row in self._database.rows(sql.shown_under, place)}
        with self._database.deleting(UNDER_CHECKPOINTS):
            for table in UNDER_CHECKPOINTS:
                self._database.run(sql.drop[table], places)
        return sorted(found)

    def keep_arrival(self, digest: str, own: int, cutter: str, knows: int) -> None:
        self._keep("arrival", [{"digest": bytes.fromhex(digest), "own": own, "cutter": cutter, "knows": knows}])
