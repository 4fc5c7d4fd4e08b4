"""The statements about what is kept of other ledgers, in SQLAlchemy Core over the tables. Their texts: texts.py."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, delete, exists, func, or_, select
from sqlalchemy.sql import ClauseElement

from custody.ledger.others.kept import KeptEntry
from custody.ledger.store.declared.columns import any_of
from custody.ledger.store.declared.dialects import insertion
from custody.ledger.store.declared.rows import DECLARED
from custody.ledger.store.declared.statements import Statements, subjects_from
from custody.ledger.store.others import EVERY
from custody.ledger.store.tables import UNDER_CHECKPOINTS, Kind


def others_statements() -> Statements:
    """By name."""
    return {
        **_about_checkpoints(DECLARED["seen"], DECLARED["cosigned"], DECLARED["stamped"], DECLARED["joined"]),
        **_about_shown(DECLARED["part"], DECLARED["shown"]),
        **_about_arrivals(DECLARED["arrival"], DECLARED["dispute"]),
    }


def others_by_table(kind: Kind) -> dict[str, Statements]:
    """By name and table: what keeps a row once, what drops those under a checkpoint, what finds all for a backup."""
    return {
        "keep": {name: _once(DECLARED[name], kind) for name, _ in EVERY.values()},
        "drop": {name: _gone(DECLARED[name]) for name in UNDER_CHECKPOINTS},
        "every": {name: _whole(DECLARED[name], columns) for name, columns in EVERY.values()},
    }


def _about_checkpoints(seen: Table, cosigned: Table, stamped: Table, joined: Table) -> Statements:
    size: BindParameter[int] = bindparam("size")
    ledger: BindParameter[str] = bindparam("ledger")
    whole = select(seen.c.ledger, seen.c.size, seen.c.note).where(seen.c.ledger == ledger)
    largest = select(func.max(seen.c.size)).where(seen.c.ledger == ledger).scalar_subquery()
    lines = select(cosigned.c.ledger, cosigned.c.size, cosigned.c.witness, cosigned.c.line)
    tokens = select(stamped.c.ledger, stamped.c.size, stamped.c.digest, stamped.c.token)
    proofs = select(joined.c.ledger, joined.c.old, joined.c.size, joined.c.proof).where(joined.c.ledger == ledger)
    return {
        "pin": whole.where(seen.c.size == largest),
        "checkpoint": whole.where(seen.c.size == size),
        "checkpoints": whole.order_by(seen.c.size),
        "ledgers": select(seen.c.ledger).distinct().order_by(seen.c.ledger),
        "cosigned": lines.where(cosigned.c.ledger == ledger).order_by(cosigned.c.size),
        "stamped": tokens.where(stamped.c.ledger == ledger).order_by(stamped.c.size, stamped.c.digest),
        "joins_to": proofs.where(joined.c.size == size).order_by(joined.c.old),
        "joins_from": proofs.where(joined.c.old == bindparam("old")).order_by(joined.c.size),
    }


def _about_shown(part: Table, shown: Table) -> Statements:
    columns = shown.c
    ledger: BindParameter[str] = bindparam("ledger")
    one = select(part.c.ledger, part.c.size, part.c.heads).where(part.c.ledger == ledger)
    names = (columns[name] for name in KeptEntry.__struct_fields__)
    whole = select(*names).order_by(columns.ledger, columns.index, columns.size)
    first, before = func.min(columns.own), shown.alias()
    earlier = exists().where(
        before.c.ledger == columns.ledger, before.c.index == columns.index, before.c.own < bindparam("own")
    )
    came = (
        select(columns.ledger, columns.index, first)
        .where(columns.own >= bindparam("own"), ~earlier)
        .group_by(columns.ledger, columns.index)
    )
    under = (columns.ledger == ledger, columns.size == bindparam("size"))
    return {
        "part": one.where(part.c.size == bindparam("size")),
        "parts": one.order_by(part.c.size),
        "entries": whole.where(columns.subject == bindparam("subject"), columns.ledger == ledger),
        "entries_of": whole.where(columns.subject == bindparam("subject")),
        "entries_of_several": whole.where(any_of(columns.subject)),
        "entry": whole.where(columns.ledger == ledger, columns.index == bindparam("position")),
        "all_entries": whole,
        "came": came.order_by(first, columns.ledger, columns.index),
        "subjects": subjects_from(columns.subject),
        "shown_under": select(columns.subject).where(*under),
    }


def _about_arrivals(arrival: Table, dispute: Table) -> Statements:
    columns = dispute.c
    return {
        "disputes": select(columns.ledger, columns.code, columns.when, columns.proof).order_by(columns.number),
        "arrived": select(func.count()).where(arrival.c.digest == bindparam("digest")),
        "known": select(arrival.c.cutter, func.max(arrival.c.knows)).group_by(arrival.c.cutter),
    }


def _whole(table: Table, names: Sequence[str]) -> ClauseElement:
    """All of a table, by its key; an entry shown under several checkpoints with the largest first."""
    key = [table.c[one.name].desc() if one.name == "size" else table.c[one.name] for one in table.primary_key]
    return select(*(table.c[name] for name in names)).order_by(*key)


def _once(table: Table, kind: Kind) -> Any:
    """An insertion that passes over what is there."""
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name != "number"}
    return insertion(kind, table).values(values).on_conflict_do_nothing()


def _gone(table: Table) -> ClauseElement:
    """A deletion of what stands under one checkpoint, or is joined to it."""
    sizes = [column for column in (table.c.get("size"), table.c.get("old")) if column is not None]
    here = or_(*(column == bindparam("size") for column in sizes))
    return delete(table).where(table.c.ledger == bindparam("ledger"), here)
