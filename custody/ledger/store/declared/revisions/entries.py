"""Schema 1: the log, its checkpoints, the list of items."""

import sqlalchemy as sa
from alembic import op

from custody.ledger.store.declared.columns import NUMBER, TEXT
from custody.ledger.store.guards import guards

revision = "1"
down_revision = None


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "entry",
        sa.Column("index", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("nodes", sa.LargeBinary, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("case", TEXT),
        sa.Column("recorded", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("entry_subject", "entry", ["subject", "index"])
    op.create_table(
        "checkpoint",
        sa.Column("size", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table("meta", sa.Column("name", TEXT, primary_key=True), sa.Column("value", TEXT, nullable=False))
    op.create_table(
        "item",
        sa.Column("uuid", TEXT, primary_key=True),
        sa.Column("label", TEXT, nullable=False, index=True),
        sa.Column("begun", NUMBER, nullable=False, index=True),
        sa.Column("summary", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    for statement in guards(op.get_bind().dialect.name, ("entry", "checkpoint", "meta")):
        op.execute(statement)
