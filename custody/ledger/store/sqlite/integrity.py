"""What is wrong with a ledger's SQLite file as such: damaged pages, what is not ours, values of other types than we
write, triggers that are gone."""

import re

from sqlalchemy import Integer, LargeBinary

from custody.ledger.store.database import Database
from custody.ledger.store.declared.rows import DECLARED
from custody.ledger.store.declared.schema import creation
from custody.ledger.store.guards import GUARDS_GONE, foreign_trigger, guards
from custody.ledger.store.tables import APPEND_ONLY, TABLES

_MADE = re.compile(r"CREATE (?:UNIQUE )?(TABLE|INDEX) \"?(\w+)")

_STORED = ((LargeBinary, "blob"), (Integer, "integer"))
"""What SQLite calls the types of our columns; others are `text`."""


def problems(database: Database, *, hurried: bool) -> list[str]:
    """In words; empty where it is whole. `hurried`: by what is declared alone, no row is read."""
    found = foreign(database)
    if found:
        return found  # whatever it is, nobody reads further
    if not hurried:
        found = [str(row[0]) for row in database.rows("PRAGMA integrity_check(20)") if row[0] != "ok"]
        found += _mistyped(database) + _misnumbered(database)
    return found + _triggers(database)


def _triggers(database: Database) -> list[str]:
    """Ours by their text, and those of others: one that says RAISE(IGNORE) swallows what is recorded."""
    listed = database.rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE type='trigger' ORDER BY name")
    present = {str(sql): (str(name), str(table)) for name, table, sql in listed}
    ours = set(guards("sqlite", APPEND_ONLY))
    found = [] if ours <= present.keys() else [GUARDS_GONE]
    return found + [foreign_trigger(*present[sql]) for sql in present if sql not in ours]


def foreign(database: Database) -> list[str]:
    """Tables that are none of the newest schema, and what else is not ours: a view in a table's place runs a stranger's
    query."""
    made = (_MADE.match(statement) for statement in creation(database.kind))
    ours = {(one[1].lower(), one[2]) for one in made if one is not None}
    listed = database.rows("SELECT type, name FROM sqlite_master WHERE sql NOT NULL AND type != 'trigger'")
    present = {(str(kind), str(name)) for kind, name in listed}
    return [f"{kind} {name} is not one of a ledger, or is gone" for kind, name in sorted(present ^ ours)]


def _mistyped(database: Database) -> list[str]:
    """Columns that hold values of another type than we write: SQLite lets them."""
    found = []
    for table in TABLES:
        for column in DECLARED[table].c:
            stored = next((name for kind, name in _STORED if isinstance(column.type, kind)), "text")
            kinds = f"'{stored}'" + (", 'null'" if column.nullable else "")
            key = next(iter(DECLARED[table].primary_key)).name
            query = f'SELECT count(*), min("{key}") FROM {table} WHERE typeof("{column.name}") NOT IN ({kinds})'  # noqa: S608
            ((count, first),) = database.rows(query)
            said = f"{table}.{column.name} holds what is no {stored} ({count} times, first where {key} is {first})"
            found += [said] if count else []
    return found


def _misnumbered(database: Database) -> list[str]:
    """What came is numbered from 1 without a gap."""
    query = "SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0) FROM {}"
    counted = {table: database.rows(query.format(table))[0] for table in ("arrival", "dispute")}
    return [
        f"the numbers in {table} are not 1 to {count}"
        for table, (count, low, high) in counted.items()
        if (low, high) != (1, count)
    ]
