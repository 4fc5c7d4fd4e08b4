"""The triggers that keep the log append-only, and on a server its entries in a row. They stop mistakes, and whoever may
only insert; not an administrator, who can drop them: `audit` and every checkpoint given out are for that."""

from collections.abc import Sequence
from typing import NamedTuple

from custody.ledger.store.tables import APPEND_ONLY, DROPPABLE

_SAID = "the log is append-only"

GUARDS_GONE = "the triggers that keep the log append-only are gone or changed"

DROPPING = "custody.dropping"
"""A setting of one transaction on PostgreSQL: whole rows of droppable tables may go. It needs the right to delete."""


class Function(NamedTuple):
    """A function that triggers of PostgreSQL call."""

    name: str
    body: str
    pinned: bool = False
    """Whether its search path is that of the tables: whoever inserts chooses what names mean to him, and may have a
    temporary table `entry`."""


APPENDING = Function(
    "custody_append_only",
    f"""
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = ANY (TG_ARGV) AND current_setting('{DROPPING}', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '{_SAID}';
END
""",
)

IN_ORDER = Function(
    "custody_in_order",
    """
DECLARE
  next bigint;
BEGIN
  SELECT coalesce(max("index") + 1, 0) INTO next FROM entry;
  IF NEW."index" <> next THEN
    RAISE EXCEPTION USING MESSAGE = 'the next entry of the log is ' || next || ', not ' || NEW."index";
  END IF;
  RETURN NEW;
END
""",
    pinned=True,
)

FUNCTIONS = (APPENDING, IN_ORDER)


class Guard(NamedTuple):
    """A trigger on PostgreSQL: as it is made, and as the database defines it."""

    table: str
    name: str
    definition: str
    function: Function


def guards(dialect: str, tables: Sequence[str]) -> list[str]:
    """The statements that make the triggers of those of these tables that have them."""
    if dialect == "postgresql":
        return [*map(_made, FUNCTIONS), *(one.definition for one in guards_of(tables))]
    return [_on_sqlite(table, verb) for table in tables if table in APPEND_ONLY for verb in ("update", "delete")]


def guards_anew() -> list[str]:
    """The statements for PostgreSQL that make all of them in a ledger that has them, or has lost some."""
    again = ([f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}", one.definition] for one in guards_of(APPEND_ONLY))
    return [*map(_made, FUNCTIONS), *(statement for both in again for statement in both)]


def guards_of(tables: Sequence[str]) -> list[Guard]:
    """The triggers of these tables on PostgreSQL."""
    found = [_append_only(table) for table in tables if table in APPEND_ONLY]
    return [*found, _in_order()] if "entry" in tables else found


def guard_name(table: str) -> str:
    """The trigger of a table on PostgreSQL that keeps it append-only."""
    return f"{table}_append_only"


def foreign_trigger(name: str, table: str) -> str:
    """What an audit says of a trigger that is none of these."""
    return f"the trigger {name} on {table} is not the ledger's: it may change or swallow what is recorded"


def _append_only(table: str) -> Guard:
    droppable = f"'{table}'" if table in DROPPABLE else ""
    definition = (
        f"CREATE TRIGGER {guard_name(table)} BEFORE DELETE OR UPDATE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {APPENDING.name}({droppable})"
    )
    return Guard(table, guard_name(table), definition, APPENDING)


def _in_order() -> Guard:
    definition = f"CREATE TRIGGER entry_in_order BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION {IN_ORDER.name}()"
    return Guard("entry", "entry_in_order", definition, IN_ORDER)


def _made(function: Function) -> str:
    head = f"CREATE OR REPLACE FUNCTION {function.name}() RETURNS trigger LANGUAGE plpgsql"
    if not function.pinned:
        return f"{head} AS $${function.body}$$"
    path = f"'{head} SET search_path = ' || quote_ident(current_schema()) || ', pg_temp AS '"
    return f"DO $do$ BEGIN EXECUTE {path} || quote_literal($${function.body}$$); END $do$"


def _on_sqlite(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    )
