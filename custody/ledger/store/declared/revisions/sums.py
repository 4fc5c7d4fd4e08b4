"""Schema 4: a sum beside each row that nobody signs. What flipped before is not found by that."""

import sqlalchemy as sa
from alembic import op

from custody.ledger.store.guards import guard_name, guards
from custody.ledger.store.sums import SUMMED, summed

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """A column more in eleven tables, for the rows as they are."""
    for name in SUMMED:
        op.add_column(name, sa.Column("sum", sa.LargeBinary))
        _fill(name)


def _fill(name: str) -> None:
    connection = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    if not rows:
        return
    key = [column == sa.bindparam(f"key_{column.name}") for column in table.primary_key]
    statement = sa.update(table).where(*key).values(sum=sa.bindparam("new_sum"))
    named = [{f"key_{one.name}": row[one.name] for one in table.primary_key} for row in rows]
    values = [where | {"new_sum": summed(name, row)["sum"]} for where, row in zip(named, rows, strict=True)]
    _unguarded(name, connection.dialect.name)
    connection.execute(statement, values)
    _guarded(name, connection.dialect.name)


def _unguarded(name: str, dialect: str) -> None:
    for guard in guards(dialect, (name,)):
        if dialect == "sqlite" and "_no_update" in guard:
            op.execute(f"DROP TRIGGER {name}_no_update")
        elif dialect == "postgresql" and guard_name(name) in guard:
            op.execute(f"ALTER TABLE {name} DISABLE TRIGGER {guard_name(name)}")


def _guarded(name: str, dialect: str) -> None:
    for guard in guards(dialect, (name,)):
        if dialect == "sqlite" and "_no_update" in guard:
            op.execute(guard)
        elif dialect == "postgresql" and guard_name(name) in guard:
            op.execute(f"ALTER TABLE {name} ENABLE TRIGGER {guard_name(name)}")
