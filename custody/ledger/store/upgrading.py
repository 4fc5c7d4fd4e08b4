"""Older schemas are brought to the newest by Alembic's revisions, each of which adds to the one before; never back.

The revisions are numbered as the schemas are. Which one a database has, it says itself (`PRAGMA user_version`; the
table `alembic_version`), and says it anew in the same transaction: so an interrupted upgrade never was, and older
programs refuse what they don't know. Alembic is loaded only where there is something to upgrade.
"""

from pathlib import Path

from sqlalchemy import Connection

from custody.ledger.store.rows import SCHEMA

REVISIONS = Path(__file__).with_name("revisions")


def upgrade(connection: Connection, had: int, to: int = SCHEMA) -> None:
    """Runs the revisions after schema `had` (0: all of them) up to `to`, in the caller's transaction."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(REVISIONS), version_locations=[str(REVISIONS)])
    newer = list(script.iterate_revisions(str(to), str(had) if had else "base"))
    with Operations.context(MigrationContext.configure(connection)):
        for revision in reversed(newer):
            revision.module.upgrade()
