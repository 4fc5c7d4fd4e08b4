"""The triggers that keep the log append-only. They stop mistakes, not an administrator, who can drop them: `audit` and
every checkpoint given out are for that."""

from collections.abc import Sequence

from custody.ledger.store.tables import APPEND_ONLY, DROPPABLE

_SAID = "the log is append-only"

FUNCTION = "custody_append_only"
"""PostgreSQL's triggers call it."""

DROPPING = "custody.dropping"
"""A setting of one transaction on PostgreSQL: whole rows of droppable tables may go. It needs the right to delete."""

BODY = f"""
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = ANY (TG_ARGV) AND current_setting('{DROPPING}', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '{_SAID}';
END
"""


def guards(dialect: str, tables: Sequence[str]) -> list[str]:
    """The statements that make the triggers of those of these tables that have them."""
    guarded = [table for table in tables if table in APPEND_ONLY]
    if dialect == "postgresql":
        function = f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$"
        return [function, *(_on_postgres(table) for table in guarded)]
    return [_on_sqlite(table, verb) for table in guarded for verb in ("update", "delete")]


def guard_name(table: str) -> str:
    """The trigger of a table on PostgreSQL."""
    return f"{table}_append_only"


def _on_postgres(table: str) -> str:
    droppable = f"'{table}'" if table in DROPPABLE else ""
    return (
        f"CREATE TRIGGER {guard_name(table)} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}({droppable})"
    )


def _on_sqlite(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    )
