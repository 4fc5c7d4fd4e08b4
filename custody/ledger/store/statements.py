"""Every statement the store runs, written in SQLAlchemy Core and compiled once for a dialect."""

from functools import cached_property
from typing import cast

from sqlalchemy import Column, ScalarSelect, Table, bindparam, delete, func, insert, literal_column, select, update
from sqlalchemy.sql import ClauseElement
from sqlmodel import SQLModel

from custody.ledger.store.database import Database
from custody.ledger.store.several import any_of
from custody.ledger.store.sums import SUMMED
from custody.ledger.store.translate import ENTRY_COLUMNS
from custody.protocol.tree import HASH_BYTES


class Statements:
    """The texts, with named parameters."""

    def __init__(self, database: Database) -> None:
        self._database = database
        tables = SQLModel.metadata.tables
        self._about_entries(tables["entry"], tables["arrival"])
        self._about_checkpoints(tables["checkpoint"])
        self._about_sealed(tables["sealed"])
        self._about_items(tables["item"])

    @cached_property
    def whole(self) -> dict[str, str]:
        """Every column of each table that has sums: for an audit alone."""
        return {name: self._text(select(*SQLModel.metadata.tables[name].c)) for name in SUMMED}

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._database.dialect))

    def _about_entries(self, entry: Table, arrival: Table) -> None:
        columns, text = entry.c, self._text
        whole = select(*(columns[name] for name in ENTRY_COLUMNS)).order_by(columns.index)
        self.head = text(
            select(
                columns.index,
                columns.hash,
                columns.recorded,
                func.coalesce(_largest(arrival.c.number), literal_column("0")),
            ).where(columns.index == _largest(columns.index))
        )
        self.entries = text(whole.where(columns.index >= bindparam("start"), columns.index < bindparam("stop")))
        self.entries_of = text(whole.where(columns.subject == bindparam("subject")))
        self.entries_of_several = text(whole.where(any_of(columns.subject)))
        self.subjects = text(
            select(columns.subject)
            .where(columns.subject >= bindparam("start"), columns.subject < bindparam("stop"))
            .distinct()
            .order_by(columns.subject)
        )
        self.find_entries = text(
            select(columns.index)
            .where(columns.hash >= bindparam("low"), columns.hash <= bindparam("high"))
            .order_by(columns.hash)
        )
        stored = func.substr(columns.nodes, bindparam("offset"), literal_column(str(HASH_BYTES)))
        self.node = text(select(stored).where(columns.index == bindparam("position")))
        self.add_entry = text(insert(entry))

    def _about_checkpoints(self, checkpoint: Table) -> None:
        columns = checkpoint.c
        whole = select(columns.size, columns.note).order_by(columns.size)
        self.checkpoints = self._text(whole)
        self.last_checkpoint = self._text(whole.where(columns.size == _largest(columns.size)))
        self.add_checkpoint = self._text(insert(checkpoint))

    def _about_sealed(self, sealed: Table) -> None:
        columns = sealed.c
        whole = select(columns.digest, columns.case, columns.audiences, columns.body).order_by(columns.digest)
        self.all_sealed = self._text(whole)
        self.sealed = self._text(whole.where(columns.digest == bindparam("digest")))
        self.add_sealed = self._text(insert(sealed))
        self.drop_sealed = self._text(delete(sealed).where(columns.digest == bindparam("digest")))

    def _about_items(self, item: Table) -> None:
        columns, text = item.c, self._text
        whole = select(columns.summary).order_by(columns.begun)
        self.items = text(whole)
        self.items_beginning = text(whole.where(columns.uuid >= bindparam("start"), columns.uuid < bindparam("stop")))
        self.items_labelled = text(whole.where(columns.label == bindparam("label")))
        self.items_in = text(whole.where(columns.case == bindparam("case")))
        self.labels = text(whole.where(columns.label >= bindparam("start"), columns.label < bindparam("stop")))
        self.clear_items = text(delete(item))
        self.remove_item = text(delete(item).where(columns.uuid == bindparam("uuid")))
        self.put_item = text(_upsert(item, self._database))
        moved = columns.case.is_distinct_from(bindparam("case"))
        self.move_item = text(
            update(item).where(columns.uuid == bindparam("uuid"), moved).values(case=bindparam("case"))
        )


def _largest(column: Column[int]) -> ScalarSelect[int]:
    return select(func.max(column)).scalar_subquery()


def _upsert(table: Table, database: Database) -> ClauseElement:
    statement = database.insert(table)
    key = [column.name for column in table.primary_key]
    # They never change after an item's first entry, or hardly ever (`move_item`); named here, their indexes would be
    # written each time.
    fixed = {*key, "label", "begun", "case"}
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in fixed}
    return cast(ClauseElement, statement.on_conflict_do_update(index_elements=key, set_=changed))
