"""What PostgreSQL says when it fails, in words that tell an officer what to do. All exit 1: never "tampered"."""

import re

import psycopg

from custody.errors import CustodyError, UsageError
from custody.ledger.store.store import LostError

_TABLES = (
    "has other tables than its schema says",
    "restore the newest backup into an empty database: `custody restore FILE --database URL`",
)
_SAID = {
    "25006": ("can't be written: it is a standby, or read-only", "use the primary server"),
    "25P03": ("ended the session: it did nothing for a minute while others waited", "try again"),
    "42501": ("does not allow this to your role", "docs/national.md says which role may do what"),
    "42701": _TABLES,
    "42703": _TABLES,
    "42P01": _TABLES,
    "42P07": _TABLES,
    "53100": ("can't grow: the disk is full", "free some space; nothing of this act was recorded"),
    "55P03": ("is locked by another program", "wait until it is done, and try again"),
    "58030": ("can't be read or written: the disk reports an error", "check the server's disk"),
    "P0001": ("refuses to change its log", "what was recorded stays; `custody correct` adds what is right"),
    "XX001": ("is damaged", "restore the newest backup beside it, and compare with `custody audit`"),
}
_CONSTRAINT = ("refuses what contradicts its log", "run `custody audit`")
_FULL = ("has too many connections", "try again; raise max_connections on the server")
_AT_THE_DOOR = {
    "the database system is": ("is starting or stopping", "try again in a minute"),
    "too many connections for role": (
        "has as many connections as your role may have",
        "try again; ALTER ROLE … CONNECTION LIMIT allows it more",
    ),
    "too many connections for database": (
        "has as many connections as it may have",
        "try again; ALTER DATABASE … CONNECTION LIMIT allows it more",
    ),
    "too many ": _FULL,
    "connection slots": _FULL,
}
"""By the words of a server that speaks English: of a connection that was refused the driver tells no code."""

_VALUE = re.compile(
    r'bad value for (\w+):|invalid (port) number:|invalid "?(\w+)"? value:|invalid integer value ".*" for .* "(\w+)"'
)
"""What the driver and its library say of a parameter before they ask any server."""

_UNREACHED = (
    "can't be reached",
    "check the network, the server and the URL; a password comes from PGPASSWORD or ~/.pgpass",
)
_LOST = ("no longer answers", "try again when the server runs and the network is up")

_ENDED = ("", "08000", "08003", "08006", "25P03", "57P01", "57P02")
"""After these there is no connection any more. Without a code: the driver's own word, for the server said nothing."""

_UNSURE = ("", "08", "40", "57", "XX")
"""Classes of errors after which nobody knows whether a COMMIT was carried out: the connection was lost."""


def describe(name: str, error: psycopg.Error, *, connecting: bool = False) -> CustodyError:
    """The error for what the driver raised about the database `name`; LostError where a connection ended."""
    state, text = error.sqlstate or "", error.diag.message_primary or " ".join(str(error).split())
    if connecting and (wrong := _VALUE.search(text)):
        return _unusable(next(filter(None, wrong.groups())))
    kind: type[CustodyError] = LostError if state in _ENDED and not connecting else CustodyError
    if state.startswith("23"):
        said, hint = _CONSTRAINT
    elif state in _SAID:
        said, hint = _SAID[state]
    elif isinstance(error, psycopg.OperationalError):
        said, hint = _refused(text) if connecting else _LOST
    else:
        return CustodyError(f"the database {name} failed: {text}")
    return kind(f"the database {name} {said} ({text})", hint=hint)


def _refused(text: str) -> tuple[str, str]:
    return next((told for words, told in _AT_THE_DOOR.items() if words in text), _UNREACHED)


def _unusable(parameter: str) -> UsageError:
    """Its value is not repeated: whoever wrote it may have meant a password."""
    message = f"the parameter {parameter} of the database's URL has a value that can't be used"
    return UsageError(message, hint="correct it there, or in the environment")


def unsure(error: psycopg.Error) -> bool:
    """Whether a COMMIT that was sent with what failed may have been carried out all the same."""
    return (error.sqlstate or "")[:2] in _UNSURE
