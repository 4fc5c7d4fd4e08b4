"""Who may do what on PostgreSQL, as SQL for the role that owns the tables.

    officers     read and append; the log can't be changed or emptied by them, whatever they type
    custodian    the same, keeps the checkpoints that the ledger key signs, and drops what was kept of a ledger on
                 another's word (custody.ledger.others.vouching)

Neither writes `meta` and `alembic_version`, which say what the database is. Officers take in what partners send, and
so add to what is kept of others.

The list of items is no log: both write it, and `custody rebuild` makes it anew.
"""

import re

from custody.errors import UsageError
from custody.ledger.store.guards import guards_anew
from custody.ledger.store.tables import APPEND_ONLY, DROPPABLE, TABLES, VERSIONS

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NOBODY = frozenset(("public", "none"))
"""Words that PostgreSQL takes for everybody and for nobody, in quotes, too."""

_NUMBERED = ("arrival_number_seq", "dispute_number_seq")


def grants(role: str, *, custodian: bool) -> str:
    """The statements, in one transaction. Raises UsageError for a name that PostgreSQL would spell otherwise, and for
    everybody's.
    """
    if not _NAME.fullmatch(role) or role in _NOBODY:
        hint = "small letters, digits and _, as CREATE ROLE makes it without quotes; `public` would be everybody"
        raise UsageError(f"{role} is not the name of a role", hint=hint)
    role = f'"{role}"'  # it may be a word of SQL
    everything = ", ".join((*TABLES, VERSIONS))
    added = [table for table in APPEND_ONLY if table != "meta" and (custodian or table != "checkpoint")]
    lines = [
        "BEGIN;",
        *(f"{statement};" for statement in guards_anew()),
        f"REVOKE ALL ON {everything} FROM PUBLIC, {role};",
        f"GRANT SELECT ON {everything} TO {role};",
        f"GRANT INSERT ON {', '.join(added)} TO {role};",
        f"GRANT INSERT, UPDATE, DELETE ON item TO {role};",
        f"GRANT USAGE ON SEQUENCE {', '.join(_NUMBERED)} TO {role};",
    ]
    if custodian:
        lines.append(f"GRANT DELETE ON {', '.join(DROPPABLE)} TO {role};")
    return "\n".join([*lines, "COMMIT;"]) + "\n"
