"""The names of the tables (declared/rows.py says what is in them), and the number of their schema."""

from typing import Literal

Kind = Literal["sqlite", "postgresql"]
"""Of database."""

SCHEMA = 6
"""Raised when a table changes, with a revision that changes it; an older program refuses a newer database."""

KEPT = ("seen", "cosigned", "joined", "part", "shown")
"""What is kept of other ledgers, under a checkpoint of which: dropped where nobody vouches for it."""

UNDER_CHECKPOINTS = (*KEPT, "stamped")
"""The tables that say under which checkpoint of which ledger."""

DROPPABLE = ("sealed", "stamped", *KEPT)
APPEND_ONLY = ("entry", "checkpoint", "meta", "arrival", "dispute", *DROPPABLE)
"""Tables that triggers guard; of the droppable ones whole rows may go, and only as the ledger's own act."""

TABLES = (*APPEND_ONLY, "item")

VERSIONS = "alembic_version"
"""Alembic's own table, on PostgreSQL: which revision the schema is of."""
