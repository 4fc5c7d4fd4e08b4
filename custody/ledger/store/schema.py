"""What makes a new ledger's tables. An older ledger's are changed by the revisions (custody.ledger.store.upgrading);
a test makes both and finds them equal."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.engine.mock import MockConnection
from sqlmodel import SQLModel

from custody.ledger.store.guards import guards
from custody.ledger.store.rows import TABLES


def creation(dialect: Dialect) -> list[str]:
    """The statements, for a dialect: tables, their indexes, their triggers."""
    statements: list[str] = []

    def take(ddl: Any, *_: object, **__: object) -> None:
        statements.append(str(ddl.compile(dialect=dialect)).strip())

    tables = [SQLModel.metadata.tables[name] for name in TABLES]
    SQLModel.metadata.create_all(MockConnection(dialect, take), tables=tables, checkfirst=False)
    return statements + guards(dialect.name, TABLES)
