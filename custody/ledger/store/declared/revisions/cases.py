"""Schema 5: the items of a case are found without reading all others."""

import json

import sqlalchemy as sa
from alembic import op

from custody.ledger.store.declared.columns import TEXT
from custody.ledger.store.sums import sum_of

revision = "5"
down_revision = "4"

_CASE = 2
"""Its place in an item's line (custody.ledger.listing)."""


def upgrade() -> None:
    """A column more in the list of items, taken from each line."""
    op.add_column("item", sa.Column("case", TEXT))
    op.create_index("ix_item_case", "item", ["case"])
    connection = op.get_bind()
    table = sa.Table("item", sa.MetaData(), autoload_with=connection)
    rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    for row in rows:
        row["case"] = json.loads(row["summary"])[_CASE]
        row["sum"] = sum_of("item", row)
    if rows:
        changed = sa.update(table).where(table.c.uuid == sa.bindparam("known"))
        values = [{"known": row["uuid"], "new_case": row["case"], "new_sum": row["sum"]} for row in rows]
        connection.execute(changed.values(case=sa.bindparam("new_case"), sum=sa.bindparam("new_sum")), values)
