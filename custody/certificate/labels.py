"""Labels for evidence: what a person at a shelf reads, and a QR code that names the item to every command.

The code holds the item's UUID: of all that names it, only this is never given to another. A label says nothing that
is sealed, and no description: whoever carries the bag need not know what is in it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from custody.certificate import fonts
from custody.certificate.sheets import Sheet
from custody.certificate.typeset import render
from custody.errors import CustodyError

SHORT = 8
"""Digits of the UUID that stand below: the fewest that name an item."""

SEALS = 4
"""Seals that are named on a label; of more, how many there are."""

LONGEST = {"label": 48, "case": 40, "seal": 24, "agency": 60}
"""Characters that are printed of each; the rest is an ellipsis, so that what comes after it stays on the paper."""

MAX_LABELS = 2000
"""Labels in one file: what a printer is given at a time."""


class Label(NamedTuple):
    """What stands on a label."""

    uuid: str
    label: str
    case: str
    seals: tuple[str, ...]
    agency: str


def set_labels(
    labels: Sequence[Label], sheet: Sheet, *, moment: int, skip: int = 0, fonts_in: Path | None = None
) -> bytes:
    """A PDF of `labels` on sheets, the first `skip` places left empty. `moment`: its stated creation, seconds.

    Raises CustodyError where Typst or segno is missing, or a script that a label is written in.
    """
    data = {
        "title": "Labels",
        "languages": [{"code": "en", "rtl": False}],
        "skip": skip,
        "labels": [_as_data(one) for one in labels],
    }
    data, faces = fonts.fit(data, folder=fonts_in)
    fonts.describe(data, faces)
    data["sheet"] = sheet._asdict()
    return render("labels", data, faces, moment=moment)


def _as_data(one: Label) -> dict[str, Any]:
    return {
        "label": _cut("label", one.label) or one.uuid[:SHORT],
        "case": _cut("case", one.case),
        "seals": [_cut("seal", number) for number in one.seals[:SEALS]],
        "unseen": len(one.seals[SEALS:]),
        "agency": _cut("agency", one.agency),
        "short": one.uuid[:SHORT],
        "modules": modules(one.uuid),
        "alternative": f"QR code: {one.uuid}",
    }


def _cut(what: str, text: str) -> str:
    return text if len(text) <= LONGEST[what] else text[: LONGEST[what] - 1].rstrip() + "…"


def modules(text: str) -> list[str]:
    """The QR code of `text`: rows of 0 and 1, without the quiet zone; 15 % of it may be soiled (level M)."""
    try:
        import segno
    except ImportError:
        hint = "pip install 'custody[certificate]'"
        raise CustodyError("QR codes are made with segno, which is not installed here", hint=hint) from None
    return ["".join(str(int(dark)) for dark in row) for row in segno.make(text, error="m", micro=False).matrix]
