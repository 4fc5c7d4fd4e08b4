"""The statements that the store runs, as texts with named parameters, one file for each kind of database.

They are compiled from the tables (custody.ledger.store.declared) by `make statements`, and a test compiles them
again: what SQLAlchemy needs for that takes four times as long to load as a command takes to run.
"""

from functools import cache
from pathlib import Path

import msgspec

from custody.ledger.store.tables import Kind

FOLDER = Path(__file__).with_name("texts")


class Whole(msgspec.Struct, frozen=True):
    """All of a table: its columns, and the query that finds them."""

    columns: tuple[str, ...]
    text: str


class OwnTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """About the ledger itself (declared/statements.py)."""

    head: str
    entries: str
    entries_of: str
    entries_of_several: str
    subjects: str
    find_entries: str
    node: str
    add_entry: str
    checkpoints: str
    checkpoint_at: str
    signed: str
    last_checkpoint: str
    add_checkpoint: str
    all_sealed: str
    sealed: str
    add_sealed: str
    drop_sealed: str
    items: str
    items_beginning: str
    items_labelled: str
    items_in: str
    items_newest: str
    labels: str
    clear_items: str
    remove_item: str
    put_item: str
    move_item: str


class OthersTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """About what is kept of other ledgers (declared/statements_of_others.py)."""

    pin: str
    checkpoint: str
    checkpoints: str
    ledgers: str
    cosigned: str
    stamped: str
    joins_to: str
    joins_from: str
    part: str
    parts: str
    entries: str
    entries_of: str
    entries_of_several: str
    entry: str
    all_entries: str
    came: str
    subjects: str
    disputes: str
    arrived: str
    known: str
    shown_under: str


class TableTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same, by table."""

    keep: dict[str, str]
    drop: dict[str, str]
    every: dict[str, str]


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    own: OwnTexts
    others: OthersTexts
    by_table: TableTexts
    whole: dict[str, Whole]
    """Of each table that has sums: for an audit."""


@cache
def read_texts(kind: Kind) -> Texts:
    """Those for one kind of database."""
    return msgspec.json.decode((FOLDER / f"{kind}.json").read_bytes(), type=Texts)
