"""The two kinds of database as SQLAlchemy knows them: for making tables, and the texts of statements.

Each is loaded for those who use it.
"""

from typing import Any

from sqlalchemy import Dialect, Table

from custody.ledger.store.tables import Kind


def dialect_of(kind: Kind) -> Dialect:
    """How statements are spelled, with the named parameters of the driver."""
    if kind == "sqlite":
        from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

        return SQLiteDialect_pysqlite(paramstyle="named")
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    return PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]


def insertion(kind: Kind, table: Table) -> Any:
    """An INSERT that can say what to do on conflict."""
    from sqlalchemy.dialects import postgresql, sqlite

    return sqlite.insert(table) if kind == "sqlite" else postgresql.insert(table)
