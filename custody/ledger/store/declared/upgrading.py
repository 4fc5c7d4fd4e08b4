"""Older schemas are brought to the newest by Alembic's revisions, each of which adds to the one before; never back.

The revisions are numbered as the schemas are. Which one a database has, it says itself (`PRAGMA user_version`; the
table `alembic_version`), and says it anew in the same transaction: so an interrupted upgrade never was, and older
programs refuse what they don't know. Alembic is loaded only where there is something to upgrade.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from custody.ledger.store.tables import SCHEMA

REVISIONS = Path(__file__).with_name("revisions")


@contextmanager
def connected(url: str, connection: Any) -> Iterator[Connection]:
    """A driver's connection as SQLAlchemy has it. `url`: which driver's. Transactions are the caller's.

    What fails inside is raised as the driver raised it: the caller knows how to name that, and not SQLAlchemy's errors.
    """
    engine = create_engine(url, creator=lambda: connection, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as made:
            yield made
    except DBAPIError as error:
        raise error.orig or error from None


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
