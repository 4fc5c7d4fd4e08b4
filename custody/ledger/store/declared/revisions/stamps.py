"""Schema 3: time-stamps."""

import sqlalchemy as sa
from alembic import op

from custody.ledger.store.declared.columns import NUMBER, TEXT
from custody.ledger.store.guards import guards

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """One table more."""
    op.create_table(
        "stamped",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("token", sa.LargeBinary, nullable=False),
    )
    for statement in guards(op.get_bind().dialect.name, ("stamped",)):
        op.execute(statement)
