"""Schema 2: what is sealed; what is kept of other ledgers."""

import sqlalchemy as sa
from alembic import op

from custody.ledger.store.declared.columns import NUMBER, TEXT
from custody.ledger.store.guards import guards

revision = "2"
down_revision = "1"

_ADDED = ("seen", "cosigned", "joined", "part", "shown", "arrival", "dispute")


def upgrade() -> None:
    """Eight tables more; between two releases the first of them came without a number of its own."""
    dialect = op.get_bind().dialect.name
    if not sa.inspect(op.get_bind()).has_table("sealed"):
        _create_sealed()
    _create_checkpoints()
    op.create_table(
        "shown",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("index", NUMBER, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("proof", sa.LargeBinary, nullable=False),
        sa.Column("own", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("shown_subject", "shown", ["subject", "ledger", "index"])
    op.create_table(
        "arrival",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("own", NUMBER, nullable=False),
        sa.Column("cutter", TEXT, nullable=False),
        sa.Column("knows", NUMBER, nullable=False),
    )
    short = [sa.UniqueConstraint("proof")] if dialect == "sqlite" else []
    op.create_table(
        "dispute",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("ledger", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("when", NUMBER, nullable=False),
        sa.Column("proof", sa.LargeBinary, nullable=False),
        *short,
    )
    if dialect == "postgresql":
        op.create_index("dispute_proof", "dispute", [sa.text("sha256(proof)")], unique=True)
    for statement in guards(dialect, _ADDED):
        op.execute(statement)


def _create_sealed() -> None:
    op.create_table(
        "sealed",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("case", TEXT),
        sa.Column("audiences", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    for statement in guards(op.get_bind().dialect.name, ("sealed",)):
        op.execute(statement)


def _create_checkpoints() -> None:
    op.create_table(
        "seen",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cosigned",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("witness", sa.LargeBinary, primary_key=True),
        sa.Column("line", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "joined",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("old", NUMBER, primary_key=True),
        sa.Column("proof", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "part",
        sa.Column("ledger", TEXT, primary_key=True),
        sa.Column("size", NUMBER, primary_key=True),
        sa.Column("heads", sa.LargeBinary, nullable=False),
    )
