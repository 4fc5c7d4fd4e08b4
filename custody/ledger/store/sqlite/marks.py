"""What a ledger's file says of itself in its header: whose it is, and which schema it has.

A bit that flips there must not make it another program's, or a newer version's: the tables tell.
"""

from custody.errors import CustodyError
from custody.ledger.store.database import Database
from custody.ledger.store.tables import SCHEMA

APPLICATION = 0x43555354
"""`CUST`: `file` and we know what it is."""

RESTORE = "restore the newest backup beside it, compare with `custody audit`, and keep the damaged file"

_OURS = {"application_id": APPLICATION, "user_version": SCHEMA}


def check_marks(database: Database) -> None:
    """Refuses another program's file, one that a newer version of this program wrote, and a damaged mark."""
    marks = {name: _read(database, name) for name in _OURS}
    for name, ours in _OURS.items():
        if marks[name] != ours and _has_newest_tables(database) and _read(database, name) != ours:
            # Read once more, for another process may have upgraded it just now.
            hint = (
                f"keep a copy of the file; then `sqlite3 {database.name} 'PRAGMA {name} = {ours}'`, and `custody audit`"
            )
            raise CustodyError(f"{database.name} is damaged: its {name} is {marks[name]}, not {ours}", hint=hint)
    if marks["application_id"] != APPLICATION:
        hint = "check --home; the ledger's file is ledger.db"
        raise CustodyError(f"{database.name} is a database of another program", hint=hint)
    schema = marks["user_version"]
    if schema < 1:
        raise CustodyError(f"{database.name} is damaged: it does not say which schema it has", hint=RESTORE)
    if schema > SCHEMA:
        said = f"{database.name} was written by a newer version of custody (schema {schema})"
        raise CustodyError(said, hint="install the newer version")


def _read(database: Database, name: str) -> int:
    return int(database.rows(f"PRAGMA {name}")[0][0])


def _has_newest_tables(database: Database) -> bool:
    """Whether it has all tables of the newest schema, and no other: those of every older one are others."""
    from custody.ledger.store.sqlite.integrity import foreign  # it loads what declares them

    return not foreign(database)
