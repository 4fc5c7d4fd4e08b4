"""What makes a new ledger's tables. An older ledger's are changed by the revisions (upgrading.py); a
test makes both and finds them equal."""

from typing import Any

from sqlalchemy.engine.mock import MockConnection
from sqlmodel import SQLModel

from custody.ledger.store.declared.dialects import dialect_of
from custody.ledger.store.declared.rows import DECLARED
from custody.ledger.store.guards import guards
from custody.ledger.store.tables import TABLES, Kind


def creation(kind: Kind) -> list[str]:
    """The statements, for a kind of database: tables, their indexes, their triggers."""
    statements: list[str] = []
    dialect = dialect_of(kind)

    def take(ddl: Any, *_: object, **__: object) -> None:
        statements.append(str(ddl.compile(dialect=dialect)).strip())

    tables = [DECLARED[name] for name in TABLES]
    SQLModel.metadata.create_all(MockConnection(dialect, take), tables=tables, checkfirst=False)
    return statements + guards(kind, TABLES)
