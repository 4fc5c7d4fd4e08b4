"""Pages set with Typst, as PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), files attached.

The same pages, attachments, moment and faces give the same bytes. Text reaches the typesetter in a JSON file: none of
it is markup. The typesetter reads a folder made for it, nothing else, and no network.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from custody.certificate import fonts
from custody.certificate.blocks import Pages, as_data
from custody.errors import CustodyError

ATTACHED = {
    "bundle.custody": (
        "source",
        "application/x-ndjson",
        "Bundle: the records that these pages state, with their proofs",
    ),
    "report.json": (
        "data",
        "application/json",
        "Report of the verifier on the bundle, from which these pages were made",
    ),
}
"""Relationship (ISO 32000-2, 7.11.3), media type and description of what may be attached."""

STANDARDS = ("a-3a", "ua-1")


def typeset(pages: Pages, attachments: Mapping[str, bytes], *, moment: int, fonts_in: Path | None = None) -> bytes:
    """A PDF, and a line feed (docs/format.md, "Certificates"). `moment`: seconds since 1970, its stated creation.

    `attachments`: names of ATTACHED. `fonts_in`: a folder of fonts to be preferred to the system's.
    Raises CustodyError where Typst is missing, or a script that the text is written in.
    """
    codes = tuple(language.code for language in pages.languages)
    data, faces = fonts.fit(as_data(pages), codes, folder=fonts_in)
    fonts.describe(data, faces)
    data["attachments"] = [_attached(name) for name in attachments]
    return render("page", data, faces, attachments, moment=moment) + b"\n"


def _attached(name: str) -> dict[str, str]:
    relationship, media_type, description = ATTACHED[name]
    return {"name": name, "relationship": relationship, "type": media_type, "description": description}


def render(
    template: str,
    data: Any,
    faces: fonts.Faces,
    attachments: Mapping[str, bytes] | None = None,
    *,
    moment: int,
    standards: Sequence[str] = STANDARDS,
    tagged: bool = True,
) -> bytes:
    """The template page/`template`.typ, set with `data`. Raises CustodyError, never what the typesetter raises."""
    typst = fonts.typesetter()
    with fonts.linked(faces.files) as folder, tempfile.TemporaryDirectory(prefix="custody-") as name:
        root = Path(name)
        for file in resources.files("custody.certificate").joinpath("page").iterdir():
            (root / file.name).write_bytes(file.read_bytes())
        (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
        for file_name, content in (attachments or {}).items():
            (root / file_name).write_bytes(content)
        try:
            rendered: bytes = typst.compile(
                str(root / f"{template}.typ"),
                root=str(root),
                font_paths=[str(folder)],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=list(standards),
                pdf_tags=tagged,
                timestamp=moment,
            )
        except typst.TypstError as error:
            raise CustodyError(f"the pages can't be set: {error.message}") from error
        except OSError as error:
            raise CustodyError(f"the pages can't be set: {error.strerror or error}") from error
    return rendered
