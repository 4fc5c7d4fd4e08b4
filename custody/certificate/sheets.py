"""Sheets of labels by the names on their boxes: sizes in millimetres, as their makers give them."""

from typing import NamedTuple

from custody.errors import UsageError


class Sheet(NamedTuple):
    """Where the labels are on a page."""

    page_width: float
    page_height: float
    width: float
    """Of a label."""
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    """From the page's edge to the first label."""
    top: float = 0
    pitch_x: float = 0
    """From a label's edge to the next one's."""
    pitch_y: float = 0

    @property
    def places(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows


_A4 = (210.0, 297.0)
_LETTER = (215.9, 279.4)

SHEETS = {
    "avery-l7159": Sheet(*_A4, 63.5, 33.9, 3, 8, 7.2, 12.9, 66.0, 33.9),
    "avery-l7160": Sheet(*_A4, 63.5, 38.1, 3, 7, 7.2, 15.15, 66.0, 38.1),
    "avery-l7163": Sheet(*_A4, 99.1, 38.1, 2, 7, 4.65, 15.15, 101.6, 38.1),
    "avery-l7165": Sheet(*_A4, 99.1, 67.7, 2, 4, 4.65, 13.1, 101.6, 67.7),
    "herma-4464": Sheet(*_A4, 70.0, 37.0, 3, 8, 0.0, 0.5, 70.0, 37.0),
    "avery-5160": Sheet(*_LETTER, 66.675, 25.4, 3, 10, 4.7625, 12.7, 69.85, 25.4),
    "avery-5163": Sheet(*_LETTER, 101.6, 50.8, 2, 5, 3.96875, 12.7, 106.3625, 50.8),
    "brother-62x29": Sheet(62.0, 29.0, 62.0, 29.0),
    "brother-62x100": Sheet(100.0, 62.0, 100.0, 62.0),
    "dymo-89x28": Sheet(89.0, 28.0, 89.0, 28.0),
    "dymo-89x36": Sheet(89.0, 36.0, 89.0, 36.0),
}
DEFAULT = "avery-l7163"


def sheet(name: str) -> Sheet:
    """The sheet of that name. Raises UsageError for another, with the names there are."""
    try:
        return SHEETS[name.lower()]
    except KeyError:
        raise UsageError(f"there is no sheet {name!r}", hint=f"one of {', '.join(SHEETS)}") from None
