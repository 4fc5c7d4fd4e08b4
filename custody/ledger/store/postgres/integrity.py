"""What is wrong with a ledger's database on PostgreSQL as such: settings under which a commit is not durable, triggers
of ours that are gone, and what is not ours and stands between a ledger and its rows."""

from custody.ledger.store.database import Database
from custody.ledger.store.guards import GUARDS_GONE, Guard, foreign_trigger, guards_of
from custody.ledger.store.tables import APPEND_ONLY, TABLES, VERSIONS

_OURS = "c.relnamespace = current_schema()::text::regnamespace AND c.relname = ANY (%(tables)s::text[])"

_TRIGGERS = f"""
SELECT c.relname::text, t.tgname::text, pg_get_triggerdef(t.oid, true), t.tgenabled IN ('O', 'A'),
  p.prosrc, l.lanname::text, p.prosecdef,
  p.proconfig = ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp'], p.proconfig IS NULL
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
  JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND {_OURS} ORDER BY 1, 2
"""  # noqa: S608

_IN_THE_WAY = f"""
SELECT 'the rule ' || r.rulename || ' on ' || c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE {_OURS}
UNION ALL SELECT 'row security on ' || c.relname FROM pg_class c WHERE c.relrowsecurity AND {_OURS}
UNION ALL SELECT 'the table ' || i.inhrelid::regclass || ' under ' || c.relname
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE {_OURS}
ORDER BY 1
"""  # noqa: S608


def problems(database: Database) -> list[str]:
    """In words; empty where it is whole. Nothing is read of the rows: it costs a few milliseconds."""
    found = [
        f"the server's setting {name} is off: a power cut can damage it"
        for name in ("fsync", "full_page_writes")
        if database.rows(f"SHOW {name}") == [("off",)]
    ]
    ours = {"tables": [*TABLES, VERSIONS]}
    found += _triggers(database, ours)
    said = "is not the ledger's: it may change, hide or swallow what is recorded"
    return found + [f"{row[0]} {said}" for row in database.rows(_IN_THE_WAY, ours)]


def _triggers(database: Database, ours: dict[str, list[str]]) -> list[str]:
    """By their definitions as the database gives them, not by their names alone."""
    expected = {(one.table, one.name): one for one in guards_of(APPEND_ONLY)}
    sound: set[tuple[str, str]] = set()
    foreign = []
    for table, name, *defined in database.rows(_TRIGGERS, ours):
        guard = expected.get((table, name))
        if guard is None:
            foreign.append(foreign_trigger(name, table))
        elif tuple(defined) == _defined(guard):
            sound.add((table, name))
    missing = ", ".join(name for table, name in expected if (table, name) not in sound)
    way = "what `custody grants` prints makes them anew"
    return ([f"{GUARDS_GONE}: {missing}; {way}"] if missing else []) + foreign


def _defined(guard: Guard) -> tuple[object, ...]:
    """A row of _TRIGGERS, without the names."""
    function = guard.function
    pinned = (True, False) if function.pinned else (None, True)
    return guard.definition, True, function.body, "plpgsql", False, *pinned
