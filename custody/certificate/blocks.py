"""What stands on the pages, as data: sections of blocks, blocks of cells, cells of lines. No layout, no markup.

    Texts   a sentence once in each language of the certificate, the authentic one first
    Line    pieces, one after another: Said (Texts), Stated (somebody's own words), Code (an identifier), Digest
    Cell    lines, one under another

The page (page/*.typ) sets them. What somebody stated reaches it as a string of its JSON, never as markup.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import msgspec

Texts: TypeAlias = tuple[str, ...]


class _Piece(msgspec.Struct, frozen=True, tag_field="is"):
    """A part of a line."""


class Said(_Piece, frozen=True, tag="said"):
    """Our words, in each language."""

    texts: Texts
    strong: bool = False


class Stated(_Piece, frozen=True, tag="stated"):
    """Somebody's words, as stated; what deceives the eye is escaped already."""

    text: str
    strong: bool = False


class Code(_Piece, frozen=True, tag="code"):
    """An identifier: an entry, an origin, a key's fingerprint; set in a monospaced face, never translated."""

    text: str


class Digest(_Piece, frozen=True, tag="digest"):
    """A hash in hexadecimal, set in groups of four."""

    text: str


Piece: TypeAlias = Said | Stated | Code | Digest
Line: TypeAlias = tuple[Piece, ...]
Cell: TypeAlias = tuple[Line, ...]


class _Block(msgspec.Struct, frozen=True, kw_only=True, tag_field="is"):
    """A part of a section."""


class Paragraph(_Block, frozen=True, tag="paragraph"):
    """Lines that run over the width of the page; translations stand side by side."""

    cell: Cell
    notice: bool = False
    """Set in a frame: what nobody may overlook."""


class Facts(_Block, frozen=True, tag="facts"):
    """Names and values, a pair a row."""

    rows: tuple[tuple[Texts, Cell], ...]


class Items(_Block, frozen=True, tag="items"):
    """A list: numbered, or with dots."""

    cells: tuple[Cell, ...]
    numbered: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table; `across`: one cell over all columns, a gap that cannot be missed."""

    cells: tuple[Cell, ...]
    across: bool = False


class Table(_Block, frozen=True, tag="table"):
    """Its head is repeated on every page. `widths`: a share of the width for each column."""

    caption: Texts
    head: tuple[Texts, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in a lane of the picture; `start`, `stop`: 0 to 1."""

    kind: Literal["held", "transit", "lent", "silent", "nobody"]
    lane: int
    start: float
    stop: float
    number: int = 0
    """Of a gap, its number in the list below; 0 for none."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A moment: an event's tick, a border crossed, a presentation in court."""

    kind: Literal["event", "border", "court"]
    at: float
    text: str = ""


class Picture(_Block, frozen=True, tag="picture"):
    """Who answered for an item, and when: a lane for each person, in the order in which they come."""

    lanes: tuple[str, ...]
    """Who, with the State: `Ana Ionescu (RO)`."""
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    """Places and times, UTC."""
    legend: tuple[tuple[str, Texts], ...]
    """Kinds of bands and marks that occur, with their meaning."""
    axis: Texts
    alternative: str
    """The picture in words, in the authentic language."""
    caption: Texts


class Code2d(_Block, frozen=True, tag="qr"):
    """A QR code: rows of 0 and 1; the text it holds stands beside it."""

    modules: tuple[str, ...]
    text: str
    alternative: str


class Signatures(_Block, frozen=True, tag="signatures"):
    """Blocks to be filled by hand: each a title and the lines to be filled."""

    boxes: tuple[tuple[Texts, tuple[Texts, ...]], ...]


Block: TypeAlias = Paragraph | Facts | Items | Table | Picture | Code2d | Signatures


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading and what stands under it; `level` 1 or 2. `keep`: on one page if it can be."""

    heading: Texts
    blocks: tuple[Block, ...]
    level: int = 1
    keep: bool = False


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """How the page sets a language."""

    code: str
    rtl: bool


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document."""

    title: Texts
    subtitle: Texts
    languages: tuple[Language, ...]
    paper: Literal["a4", "letter"]
    footer: tuple[str, ...]
    """Repeated on every page: certificate, case and exhibit, head, time of issue."""
    page_of: Texts
    """`page {page} of {pages}`, with these two left in."""
    watermark: str
    """Across every page of a draft; empty otherwise."""
    signed: bool
    """Whether the foot of the last page is kept free for a visible signature (`custody.certificate.signing.Block`)."""
    sections: tuple[Section, ...]


def as_data(pages: Pages) -> dict[str, Any]:
    """As plain lists and strings, for the page's JSON."""
    data: dict[str, Any] = msgspec.to_builtins(pages)
    return data


def cell(*lines: Sequence[Piece]) -> Cell:
    """A cell of lines, the empty ones left out."""
    return tuple(tuple(line) for line in lines if line)
