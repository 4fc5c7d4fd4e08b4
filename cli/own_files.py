"""Files of an agency, and of persons, that no output replaces, `--force` or not: nothing would bring them back."""

from pathlib import Path

from .home import CONFIG
from .kinds import described

_WAL_MODE = 18
"""Where an SQLite file says how it is written: 2 in a ledger's, which has a write-ahead log; a backup has none."""

_BESIDE_A_LEDGER = frozenset((CONFIG, "head", "checkpoint"))
_FOLDERS = frozenset(("keys", "cases"))


def own(path: Path) -> str | None:
    """What a file that is there is, of an agency's or a person's own; None where it may be replaced."""
    parents = (*path.absolute().parents, *path.resolve().parents)  # `keys` and `cases` may be links to a share
    path = path.resolve()
    database = path.with_name(path.name.removesuffix("-wal").removesuffix("-shm"))
    if is_database(database):
        return "a ledger's database" if database == path else "part of a ledger's database"
    known = described(_beginning(path))
    if known is not None and known.name in ("a private key", "an age identity"):
        return known.name
    if any(one.name in _FOLDERS and (one.parent / CONFIG).exists() for one in parents):
        return "one of the agency's keys"
    others = [one for one in _BESIDE_A_LEDGER if one != path.name and (path.parent / one).exists()]
    if path.name in _BESIDE_A_LEDGER and others:
        return "the agency's own, beside its ledger"
    return None


def is_database(path: Path) -> bool:
    """Whether it is a ledger's database itself, not a backup."""
    data = _beginning(path)
    known = described(data)
    return known is not None and known.name == "a database" and data[_WAL_MODE : _WAL_MODE + 1] == b"\2"


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(100)
    except OSError:
        return b""
