"""The tables. Rows stay in this folder: `table=True` models skip validation, so they are never domain values.

`sum` guards a row that nothing else does (custody.ledger.store.sums).
"""

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, func
from sqlmodel import Field, SQLModel

from custody.ledger.store.declared.columns import NUMBER, TEXT


class EntryRow(SQLModel, table=True):
    """An entry. The columns before `body` are copies, so that it can be found; `audit` compares them with it."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_subject", "subject", "index"),)

    index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, sa_type=NUMBER)
    hash: bytes = Field(unique=True)
    nodes: bytes
    subject: str = Field(sa_type=TEXT)
    kind: str = Field(sa_type=TEXT)
    case: str | None = Field(sa_type=TEXT)
    recorded: int = Field(sa_type=NUMBER)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint, the whole note."""

    __tablename__ = "checkpoint"

    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False}, sa_type=NUMBER)
    note: bytes


class SealedRow(SQLModel, table=True):
    """A sealed value: its digest as it stands in the event, who may see it, and the value, encrypted."""

    __tablename__ = "sealed"

    digest: bytes = Field(primary_key=True)
    case: str | None = Field(sa_type=TEXT)
    audiences: str = Field(sa_type=TEXT)
    """Separated by commas."""
    body: bytes
    sum: bytes | None = None


class SeenRow(SQLModel, table=True):
    """A checkpoint of a partner, believed (custody.ledger.others.kept)."""

    __tablename__ = "seen"

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    note: bytes
    sum: bytes | None = None


class CosignedRow(SQLModel, table=True):
    """A witness's line on a checkpoint, a partner's or our own."""

    __tablename__ = "cosigned"

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    witness: bytes = Field(primary_key=True)
    line: bytes
    sum: bytes | None = None


class StampedRow(SQLModel, table=True):
    """A time-stamp over a checkpoint, a partner's or our own."""

    __tablename__ = "stamped"

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    digest: bytes = Field(primary_key=True)
    token: bytes
    sum: bytes | None = None


class JoinedRow(SQLModel, table=True):
    """A consistency proof between two sizes of a partner's ledger."""

    __tablename__ = "joined"

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    old: int = Field(primary_key=True, sa_type=NUMBER)
    proof: bytes
    sum: bytes | None = None


class PartRow(SQLModel, table=True):
    """A checkpoint under which entries were shown, with its statement of heads."""

    __tablename__ = "part"

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    heads: bytes
    sum: bytes | None = None


class ShownRow(SQLModel, table=True):
    """An entry that a partner showed. The columns after `size` but `own` are copies, so that it can be found."""

    __tablename__ = "shown"
    __table_args__ = (Index("shown_subject", "subject", "ledger", "index"), Index("shown_own", "own"))

    ledger: str = Field(primary_key=True, sa_type=TEXT)
    index: int = Field(primary_key=True, sa_type=NUMBER)
    size: int = Field(primary_key=True, sa_type=NUMBER)
    hash: bytes
    subject: str = Field(sa_type=TEXT)
    proof: bytes
    own: int = Field(sa_type=NUMBER)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sum: bytes | None = None


class ArrivalRow(SQLModel, table=True):
    """A bundle that was taken in."""

    __tablename__ = "arrival"

    number: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    digest: bytes = Field(unique=True)
    own: int = Field(sa_type=NUMBER)
    cutter: str = Field(sa_type=TEXT)
    knows: int = Field(sa_type=NUMBER)
    sum: bytes | None = None


class DisputeRow(SQLModel, table=True):
    """Two signed statements that contradict each other."""

    __tablename__ = "dispute"
    # Of any length, and PostgreSQL has no index over long values.
    __table_args__ = (
        UniqueConstraint("proof").ddl_if(dialect="sqlite"),
        Index("dispute_proof", func.sha256(Column("proof", LargeBinary)), unique=True).ddl_if(dialect="postgresql"),
    )

    number: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    ledger: str = Field(sa_type=TEXT)
    code: str = Field(sa_type=TEXT)
    when: int = Field(sa_type=NUMBER)
    proof: bytes
    sum: bytes | None = None


class MetaRow(SQLModel, table=True):
    """What the database is: its schema."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True, sa_type=TEXT)
    value: str = Field(sa_type=TEXT)
    sum: bytes | None = None


class ItemRow(SQLModel, table=True):
    """An item as it stands: what it is found by, and its whole line (custody.ledger.listing) as JSON."""

    __tablename__ = "item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    uuid: str = Field(primary_key=True, sa_type=TEXT)
    label: str = Field(index=True, sa_type=TEXT)
    begun: int = Field(index=True, sa_type=NUMBER)
    summary: bytes
    sum: bytes | None = None
    case: str | None = Field(default=None, index=True, sa_type=TEXT)


DECLARED = SQLModel.metadata.tables
"""The tables, by name."""
