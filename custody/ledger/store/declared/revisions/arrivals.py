"""Schema 6: what came since an entry is found without reading what came before."""

from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """An index more over what partners showed."""
    op.create_index("shown_own", "shown", ["own"])
