"""Files of an agency, and of persons, that no output replaces, `--force` or not: nothing would bring them back.

Four rules. The first three go by the place, and hold where no such file is there yet: it would be taken for one.

    under keys or cases of an agency's folder         the agency's keys
    a database, and what SQLite puts beside it        a ledger's has a write-ahead log, a backup has none
    config.toml, ledger.db, head, checkpoint          the ledger's, where another of them or a database is beside it
    what begins as a key, or as one that is locked    a person's or an agency's, wherever it is
"""

import os
import re
from pathlib import Path

from ..typed.kinds import SQLITE
from .home import CONFIG

_FOLDERS = frozenset(("keys", "cases"))
_BESIDE_A_LEDGER = frozenset((CONFIG, "ledger.db", "head", "checkpoint"))
_OF_SQLITE = re.compile(r"-(wal|shm|journal)\Z")

_WAL_MODE = slice(18, 19)
"""Where an SQLite file says how it is written: 2 with a write-ahead log."""

_KEY = re.compile(
    rb"^(-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----|(ssh|ecdsa|sk)-\S+ AAAA|PuTTY-User-Key-File-|AGE-SECRET-KEY-"
    rb"|age-encryption\.org/v1\n-> scrypt |-----BEGIN AGE ENCRYPTED FILE-----)",
    re.MULTILINE,
)
"""A key with what `age-keygen` and others say of it in lines before; an identity of age as `age -p` locks it."""


def own(path: Path) -> str | None:
    """What a file is, or would be, of an agency's or a person's own; None where an output may go there."""
    for place in (Path(os.path.abspath(path)), path.resolve()):  # noqa: PTH100 - folders and files may be links
        if any(one.name in _FOLDERS and (one.parent / CONFIG).exists() for one in (place, *place.parents)):
            return "among the agency's keys"
        database = place.parent / _OF_SQLITE.sub("", place.name)
        if is_database(database):
            return "a ledger's database" if database == place else "part of a ledger's database"
        if database.name in _BESIDE_A_LEDGER and _beside_a_ledger(database):
            return "the agency's own, beside its ledger"
    return "a key, or locked as keys are" if _KEY.search(_beginning(path)) else None


def is_database(path: Path) -> bool:
    """Whether it is a ledger's database itself, not a backup."""
    data = _beginning(path)
    return data.startswith(SQLITE) and data[_WAL_MODE] == b"\2"


def _beside_a_ledger(path: Path) -> bool:
    others = _BESIDE_A_LEDGER - {path.name}
    if any((path.parent / one).exists() for one in others):
        return True
    return path.parent.is_dir() and any(is_database(one) for one in path.parent.iterdir())


def _beginning(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would wait for who writes to it
            return b""
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError:
        return b""
