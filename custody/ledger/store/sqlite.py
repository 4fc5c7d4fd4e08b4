"""SQLite: how a ledger's file is made, recognised and kept append-only.

`synchronous=FULL` in WAL mode: a commit that returned survives a power cut. The triggers stop mistakes, not an
administrator, who can drop them: `audit` and every checkpoint given out are for that.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path

from sqlalchemy import URL, Engine, Integer, LargeBinary, create_engine
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from custody.errors import CustodyError
from custody.ledger.store.rows import SCHEMA
from custody.ledger.store.sums import SUMMED, summed

APPLICATION = 0x43555354
"""`CUST`, in the file's header: `file` and we know what it is."""

BUSY_MS = 10_000

KEPT = ("seen", "cosigned", "joined", "part", "shown", "arrival", "dispute")
"""What schema 2 added: of other ledgers."""

ADDED: dict[int, tuple[str, ...]] = {2: KEPT, 3: ("stamped",), 4: ()}
"""The tables that each schema added to the one before."""

_OF_LEDGERS = (*KEPT[:5], *ADDED[3])
"""Those of them that say under which checkpoint of which ledger."""

APPEND_ONLY = ("entry", "checkpoint", "sealed", "meta", *chain.from_iterable(ADDED.values()))
_TABLES = (*APPEND_ONLY, "item")
_HEADER = 100

_STORED = ((LargeBinary, "blob"), (Integer, "integer"))
"""What SQLite calls the types of our columns; others are `text`."""


def open_engine(path: Path) -> Engine:
    """An engine with one connection, which SQLAlchemy never begins a transaction on: the store does."""
    url = URL.create("sqlite", database=str(path))
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=StaticPool, paramstyle="named")


def create_schema(connection: sqlite3.Connection, engine: Engine) -> None:
    """Tables, triggers and marks, in one transaction. An interrupted creation leaves an empty file."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("BEGIN IMMEDIATE")
    _create(connection, engine, _TABLES)
    row = summed("meta", {"name": "schema", "value": str(SCHEMA)})
    connection.execute("INSERT INTO meta (name, value, sum) VALUES (:name, :value, :sum)", row)
    connection.execute(f"PRAGMA application_id={APPLICATION}")
    connection.execute(f"PRAGMA user_version={SCHEMA}")
    connection.execute("COMMIT")


def upgrade(connection: sqlite3.Connection, engine: Engine) -> None:
    """Adds to a database of an earlier schema what later ones have; all of it, or nothing."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        had = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster
        if had < SCHEMA:
            _add_sums(connection, [name for name in SUMMED if not _added_after(had, name)])
            _create(connection, engine, [name for schema in range(had, SCHEMA) for name in ADDED[schema + 1]])
            connection.execute(f"PRAGMA user_version={SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _added_after(schema: int, table: str) -> bool:
    return any(table in tables for later, tables in ADDED.items() if later > schema)


def _add_sums(connection: sqlite3.Connection, tables: Sequence[str]) -> None:
    """What schema 4 added. The rows are summed as they are: what flipped before is not found by that."""
    for table in tables:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN sum BLOB")
        guarded = [one for one in _triggers((table,)) if "_no_update" in one]
        if guarded:
            connection.execute(f"DROP TRIGGER {table}_no_update")
        columns = [column.name for column in SQLModel.metadata.tables[table].c]
        key = [column.name for column in SQLModel.metadata.tables[table].primary_key]
        named = ", ".join(f'"{one}"' for one in columns)
        where = " AND ".join(f'"{one}"=:{one}' for one in key)
        for values in connection.execute(f"SELECT {named} FROM {table}").fetchall():  # noqa: S608
            row = summed(table, dict(zip(columns, values, strict=True)))
            connection.execute(f"UPDATE {table} SET sum=:sum WHERE {where}", row)  # noqa: S608
        for trigger in guarded:
            connection.execute(trigger)


def _create(connection: sqlite3.Connection, engine: Engine, tables: Sequence[str]) -> None:
    for name in tables:
        table = SQLModel.metadata.tables[name]
        connection.execute(str(CreateTable(table).compile(engine)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            connection.execute(str(CreateIndex(index).compile(engine)))
    for trigger in _triggers(tables):
        connection.execute(trigger)


def _triggers(tables: Sequence[str] = APPEND_ONLY) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for table in tables
        if table in APPEND_ONLY
        for verb in ("update", "delete")
    ]


def drop_kept(cursor: sqlite3.Cursor, ledger: str, sizes: Collection[int]) -> list[str]:
    """Deletes what is kept of a ledger under these checkpoints. Returns the subjects of the entries deleted."""
    found: set[str] = set()
    places = [(ledger, size) for size in sizes]
    for place in places:
        cursor.execute("SELECT subject FROM shown WHERE ledger = ? AND size = ?", place)
        found.update(str(row[0]) for row in cursor.fetchall())
    with _deletable(cursor, _OF_LEDGERS):
        for table in _OF_LEDGERS:
            cursor.executemany(f"DELETE FROM {table} WHERE ledger = ? AND size = ?", places)  # noqa: S608
        cursor.executemany("DELETE FROM joined WHERE ledger = ? AND old = ?", places)
    return sorted(found)


def drop_sealed(cursor: sqlite3.Cursor, digests: Collection[str]) -> None:
    """Deletes the sealed values with these digests."""
    with _deletable(cursor, ("sealed",)):
        cursor.executemany("DELETE FROM sealed WHERE digest = ?", [(bytes.fromhex(one),) for one in digests])


@contextlib.contextmanager
def _deletable(cursor: sqlite3.Cursor, tables: Sequence[str]) -> Iterator[None]:
    """The triggers make way, in the caller's transaction: left by an error, it never was."""
    for table in tables:
        cursor.execute(f"DROP TRIGGER {table}_no_delete")
    yield
    for trigger in _triggers(tables):
        if "_no_delete" in trigger:
            cursor.execute(trigger)


def prepare(connection: sqlite3.Connection) -> None:
    """What holds for each connection."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.text_factory = _text  # a byte that flipped must not keep an audit from naming its row


def leave_one_file(connection: sqlite3.Connection) -> None:
    """No write-ahead log beside it: it can be copied, and read where nothing can be written."""
    connection.execute("PRAGMA journal_mode=DELETE")


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def check_file(path: Path) -> None:
    """Refuses, before anything is opened, a file that is missing, empty or cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
    except FileNotFoundError:
        hint = "`custody init` makes one; --home names its folder"
        raise CustodyError(f"there is no ledger at {path}", hint=hint) from None
    except OSError as error:
        raise CustodyError(f"the database {path} can't be read: {error.strerror}") from error
    if size == 0:
        raise CustodyError(f"the database {path} is empty", hint="restore a backup; `custody init` begins a new ledger")
    if not header.startswith(b"SQLite format 3\0"):
        raise CustodyError(f"{path} is not a custody ledger", hint="check --home; the ledger's file is ledger.db")
    # While a write-ahead log is there, the file itself may lag behind its own header.
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return
    page = int.from_bytes(header[16:18], "big") or 1
    wanted = (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if size < wanted:
        hint = "restore the newest backup, and keep this file for comparison"
        raise CustodyError(f"the database {path} is cut off: {size} bytes of {wanted}", hint=hint)


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuses another program's database, and one that a newer version of this program wrote."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION:
        hint = "check --home; the ledger's file is ledger.db"
        raise CustodyError(f"{path} is a database of another program", hint=hint)
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    if schema > SCHEMA:
        hint = "install the newer version"
        raise CustodyError(f"{path} was written by a newer version of custody (schema {schema})", hint=hint)


def integrity(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with its file, and which of our triggers are gone."""
    found = _foreign(connection)
    if found:
        return found  # whatever it is, nobody reads further
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    found += _mistyped(connection) + _misnumbered(connection)
    present = {str(row[0]) for row in connection.execute("SELECT sql FROM sqlite_master WHERE type='trigger'")}
    if not present.issuperset(_triggers()):
        found.append("the triggers that keep the log append-only are gone or changed")
    return found


def _foreign(connection: sqlite3.Connection) -> list[str]:
    """Tables that are none, and what else we did not put there: a view in a table's place runs a stranger's query."""
    tables = [SQLModel.metadata.tables[name] for name in _TABLES]
    ours = {("table", one.name) for one in tables} | {("index", str(i.name)) for one in tables for i in one.indexes}
    listed = connection.execute("SELECT type, name FROM sqlite_master WHERE sql NOT NULL AND type != 'trigger'")
    present = {(str(kind), str(name)) for kind, name in listed}
    return [f"{kind} {name} is not one of a ledger, or is gone" for kind, name in sorted(present ^ ours)]


def _mistyped(connection: sqlite3.Connection) -> list[str]:
    """Columns that hold values of another type than we write: SQLite lets them."""
    found = []
    for table in _TABLES:
        for column in SQLModel.metadata.tables[table].c:
            stored = next((name for kind, name in _STORED if isinstance(column.type, kind)), "text")
            kinds = [stored, *(["null"] if column.nullable else [])]
            query = f'SELECT count(*) FROM {table} WHERE typeof("{column.name}") NOT IN ({", ".join("?" * len(kinds))})'  # noqa: S608
            (count,) = connection.execute(query, kinds).fetchone()
            found += [f"{table}.{column.name} holds what is no {kinds[0]} ({count} times)"] if count else []
    return found


def _misnumbered(connection: sqlite3.Connection) -> list[str]:
    """What came is numbered from 1 without a gap."""
    query = "SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0) FROM {}"
    counted = {table: connection.execute(query.format(table)).fetchone() for table in ("arrival", "dispute")}
    return [
        f"the numbers in {table} are not 1 to {count}"
        for table, (count, low, high) in counted.items()
        if (low, high) != (1, count)
    ]
