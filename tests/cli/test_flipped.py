"""One bit flips somewhere in the database: `custody audit` finds it, and says where.

CUSTODY_EVERY_ROW=1 python -m pytest tests/cli/test_flipped.py      every column of every row: minutes
"""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.ledger.others.kept import Dispute
from custody.ledger.outside import NothingOutside
from custody.ledger.problems import Problem
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.sums import SUMMED
from custody.protocol.note import parse_note
from fixtures.authority import VALID, TimeStamper, reply
from tests.cli.abroad import Abroad
from tests.cli.station import ORIGIN

RANDOM = random.Random(20261125)


class Flip(NamedTuple):
    """A bit of one value: the row by its key."""

    table: str
    column: str
    key: dict[str, Any]
    old: Any
    new: Any


def test_a_bit_that_flips_is_named(abroad: Abroad) -> None:
    database = lived(abroad)
    assert not [one.message for one in audited(database)]
    flips = some(list(every_flip(database)))
    tables = {one.table for one in flips}
    assert tables == {"entry", "checkpoint", *SUMMED}
    assert not missed(flips, database)


@pytest.mark.soak
def test_a_bit_that_flips_in_any_row_is_named(abroad: Abroad) -> None:
    database = lived(abroad)
    assert not missed(every_flip(database), database)


def missed(flips: Iterable[Flip], database: Path) -> list[Flip]:
    """Those that the audit does not find, or not name."""
    sealed, work = digests(database), database.with_name("flipped.db")
    found = []
    for flip in flips:
        shutil.copy(database, work)
        if apply(work, flip) and not named(flip, audited(work), sealed):
            found.append(flip)
    return found


def lived(abroad: Abroad) -> Path:
    """RO's database with something in every table, settled in one file."""
    ro = abroad.ro
    ro.must("import", "receipt.custody")
    ro.must("cosign", "bka.checkpoint", "-o", "bka.cosigned")
    ro.must("seize", "--case", "OP-17", "--label", "S/1", "--category", "phone", "--description", "phone", *SEALED)
    text = parse_note(ro.must("checkpoint").data).text
    (abroad.folder / "now.tsr").write_bytes(reply(TimeStamper().stamp(text, VALID[0])))
    ro.must("timestamp", "add", "now.tsr")
    store = SqlStore.open(ro.home / "ledger.db")
    with store.transaction(store.head()) as writing:
        writing.keep_dispute(Dispute("bka.police.example/custody", "L03", 7, b"both statements"))
    store.close()
    with closing(sqlite3.connect(ro.home / "ledger.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")
    return Path(shutil.copy(ro.home / "ledger.db", abroad.folder / "sound.db"))


SEALED = ("--source-person", "Ioana P.", "--condition", "good", "--authority", "warrant 1")


def audited(path: Path) -> list[Problem]:
    """What `custody audit` would say, without the files outside."""
    store = SqlStore.open(path)
    try:
        return audit(Ledger(store, ORIGIN, now=lambda: 0, outside=NothingOutside())).problems
    finally:
        store.close()


def digests(path: Path) -> dict[str, int]:
    """Where each sealed value of the log stands."""
    store = SqlStore.open(path)
    facts = Ledger(store, ORIGIN, now=lambda: 0, outside=NothingOutside()).facts()
    found = {digest: fact.index for fact in facts for digest in fact.event.sealed.values()}
    store.close()
    return found


def every_flip(path: Path) -> Iterator[Flip]:
    """One bit in every column of every row."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            keys = [row["name"] for row in database.execute(f"PRAGMA table_info({table})") if row["pk"]]
            for row in database.execute(f"SELECT * FROM {table}"):
                for column in row.keys():  # noqa: SIM118  (a Row yields its values)
                    if row[column] not in (None, b"", ""):
                        key = {name: row[name] for name in keys}
                        yield Flip(table, column, key, row[column], flipped(row[column]))


def flipped(value: Any) -> Any:
    if isinstance(value, int):
        return value ^ (1 << RANDOM.randrange(31))
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    data[RANDOM.randrange(len(data))] ^= 1 << RANDOM.randrange(8)
    return bytes(data)


def some(flips: list[Flip]) -> list[Flip]:
    """Two rows for each column, and the first entry."""
    RANDOM.shuffle(flips)
    counted: Counter[tuple[str, str]] = Counter()
    chosen = [one for one in flips if one.table == "entry" and one.key["index"] == 0]
    for one in flips:
        counted[one.table, one.column] += 1
        if counted[one.table, one.column] <= 2:
            chosen.append(one)
    return chosen


def apply(path: Path, flip: Flip) -> bool:
    """Writes it past the triggers, which come back; False where it can't be: two rows would have one key."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("BEGIN")
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        new = "CAST(:_new AS TEXT)" if isinstance(flip.old, str) else ":_new"
        where = " AND ".join(f'"{name}" = :{name}' for name in flip.key)
        values = flip.key | {"_new": flip.new}
        try:
            done = database.execute(f'UPDATE {flip.table} SET "{flip.column}" = {new} WHERE {where}', values)
        except sqlite3.IntegrityError:
            return False
        assert done.rowcount == 1
        for _, sql in triggers:
            database.execute(sql)
        database.execute("COMMIT")
    return True


def named(flip: Flip, problems: list[Problem], sealed: dict[str, int]) -> bool:
    """Whether the problems say where it is: the entry, or what is kept and of whom."""
    if flip.table == "entry":
        return flip.key["index"] in {one.entry for one in problems}
    if flip.table == "sealed" and (index := sealed.get(flip.key["digest"].hex())) is not None:
        return index in {one.entry for one in problems}
    words = {
        "checkpoint": f"at {flip.new if flip.column == 'size' else flip.key.get('size')} entries",
        "item": "items",
        "arrival": "arrival",
        "dispute": "dispute",
        "meta": "meta",
    }
    wanted = words.get(flip.table, flip.table)
    return any(wanted in one.message for one in problems)
