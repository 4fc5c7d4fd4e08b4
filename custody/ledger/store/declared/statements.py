"""The statements about the ledger itself, written in SQLAlchemy Core over the tables. Their texts: texts.py."""

from typing import Any

from sqlalchemy import Column, ScalarSelect, Table, bindparam, delete, func, insert, literal_column, select, update
from sqlalchemy.sql import ClauseElement

from custody.ledger.store.declared.columns import any_of
from custody.ledger.store.declared.dialects import insertion
from custody.ledger.store.declared.rows import DECLARED
from custody.ledger.store.several import BATCH
from custody.ledger.store.tables import Kind
from custody.ledger.store.translate import ENTRY_COLUMNS
from custody.protocol.tree import HASH_BYTES

Statements = dict[str, ClauseElement]


def own_statements(kind: Kind) -> Statements:
    """By name."""
    return {
        **_about_entries(DECLARED["entry"], DECLARED["arrival"], kind),
        **_about_checkpoints(DECLARED["checkpoint"], kind),
        **_about_sealed(DECLARED["sealed"], kind),
        **_about_items(DECLARED["item"], kind),
    }


def _about_entries(entry: Table, arrival: Table, kind: Kind) -> Statements:
    columns = entry.c
    whole = select(*(columns[name] for name in ENTRY_COLUMNS)).order_by(columns.index)
    stored = func.substr(columns.nodes, bindparam("offset"), literal_column(str(HASH_BYTES)))
    return {
        "head": select(
            columns.index,
            columns.hash,
            columns.recorded,
            func.coalesce(_largest(arrival.c.number), literal_column("0")),
        ).where(columns.index == _largest(columns.index)),
        "entries": whole.where(columns.index >= bindparam("start"), columns.index <= bindparam("last"))
        .limit(literal_column(str(BATCH)))
        .offset(literal_column("0")),
        "entries_of": whole.where(columns.subject == bindparam("subject")),
        "entries_of_several": whole.where(any_of(columns.subject)),
        "subjects": subjects_from(columns.subject),
        "find_entries": select(columns.index)
        .where(columns.hash >= bindparam("low"), columns.hash <= bindparam("high"))
        .order_by(columns.hash),
        "node": select(stored).where(columns.index == bindparam("position")),
        "add_entry": _one(entry, kind),
    }


def subjects_from(subject: Column[str]) -> ClauseElement:
    """Each once, from `start` to before `stop`."""
    between = (subject >= bindparam("start"), subject < bindparam("stop"))
    return select(subject).where(*between).distinct().order_by(subject)


def _about_checkpoints(checkpoint: Table, kind: Kind) -> Statements:
    columns = checkpoint.c
    whole = select(columns.size, columns.note).order_by(columns.size)
    return {
        "checkpoints": whole.where(columns.size > bindparam("since")),
        "checkpoint_at": whole.where(columns.size == bindparam("size")),
        "signed": select(columns.size).order_by(columns.size.desc()),
        "last_checkpoint": whole.where(columns.size == _largest(columns.size)),
        "add_checkpoint": _one(checkpoint, kind),
    }


def _about_sealed(sealed: Table, kind: Kind) -> Statements:
    columns = sealed.c
    whole = select(columns.digest, columns.case, columns.audiences, columns.body).order_by(columns.digest)
    return {
        "all_sealed": whole,
        "sealed": whole.where(columns.digest == bindparam("digest")),
        "add_sealed": _one(sealed, kind),
        "drop_sealed": delete(sealed).where(columns.digest == bindparam("digest")),
    }


def _about_items(item: Table, kind: Kind) -> Statements:
    columns = item.c
    whole = select(columns.summary).order_by(columns.begun)
    this, moved = columns.uuid == bindparam("uuid"), columns.case.is_distinct_from(bindparam("case"))
    return {
        "items": whole,
        "items_beginning": whole.where(columns.uuid >= bindparam("start"), columns.uuid < bindparam("stop")),
        "items_labelled": whole.where(columns.label == bindparam("label")),
        "items_in": whole.where(columns.case == bindparam("case")),
        "items_newest": select(columns.summary).order_by(columns.begun.desc()),
        "labels": select(columns.label).where(
            columns.case == bindparam("case"), columns.label >= bindparam("start"), columns.label < bindparam("stop")
        ),
        "clear_items": delete(item),
        "remove_item": delete(item).where(this),
        "put_item": _upsert(item, kind),
        "move_item": update(item).where(this, moved).values(case=bindparam("case")),
    }


def _one(table: Table, kind: Kind) -> ClauseElement:
    """An insertion of one row. On PostgreSQL, where it is not waited for, it fails itself where a trigger swallows the
    row: it divides by the number of those that were taken. SQLite tells their number (Database.add)."""
    plain = insert(table)
    if kind == "sqlite":
        return plain
    taken = plain.values({column.name: bindparam(column.name) for column in table.c})
    return select(literal_column("1 / count(*)")).select_from(taken.returning(literal_column("1")).cte("taken"))


def _largest(column: Column[int]) -> ScalarSelect[int]:
    return select(func.max(column)).scalar_subquery()


def _upsert(table: Table, kind: Kind) -> Any:
    statement = insertion(kind, table)
    key = [column.name for column in table.primary_key]
    # They never change after an item's first entry, or hardly ever (`move_item`); named here, their indexes would be
    # written each time.
    fixed = {*key, "label", "begun", "case"}
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in fixed}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)
