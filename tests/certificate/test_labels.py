"""Labels: the code on paper is the item's UUID, whatever stands beside it."""

import io
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest
import segno

from custody.certificate.labels import Label, modules, set_labels
from custody.certificate.sheets import SHEETS, sheet
from custody.errors import UsageError
from tests.certificate.typefaces import FONTS, need

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
PLAIN = Label(UUID, "JM/1", "OP-17", ("IS-000123", "DE-7781"), "OCRTEH Iași")


def made(*labels: Label, name: str = "brother-62x29", skip: int = 0) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(set_labels(labels, SHEETS[name], moment=0, skip=skip, fonts_in=FONTS)))


def test_the_code_is_the_uuid() -> None:
    matrix = segno.make(UUID, error="m", micro=False).matrix
    assert modules(UUID) == ["".join(map(str, row)) for row in matrix]


def test_the_code_is_on_paper_as_made(tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: the printed code was not looked at")
    file, rows = tmp_path / "l.pdf", modules(UUID)
    file.write_bytes(set_labels([PLAIN], SHEETS["brother-62x29"], moment=0))
    drawn = subprocess.run(["pdftoppm", "-gray", "-r", "508", str(file)], capture_output=True, check=True).stdout
    _, size, _, pixels = drawn.split(b"\n", 3)  # PGM: 20 pixels a millimetre
    width = int(size.split()[0])
    side = 57 * 0.42
    unit = side / (len(rows) + 8)
    left, top = 2.5, (29 - side) / 2

    def dark(x: int, y: int) -> str:
        across, down = round(20 * (left + (x + 4.5) * unit)), round(20 * (top + (y + 4.5) * unit))
        return "1" if pixels[down * width + across] < 128 else "0"

    assert ["".join(dark(x, y) for x in range(len(rows))) for y in range(len(rows))] == rows
    assert all(dark(x, y) == "0" for x in range(-4, 0) for y in range(-4, len(rows)))


def test_what_stands_on_a_label() -> None:
    text = made(PLAIN).pages[0].extract_text()
    for words in ("JM/1", "OP-17", "IS-000123", "DE-7781", "OCRTEH Iași", UUID[:8]):
        assert words in text


def test_of_many_seals_the_first_and_how_many_more() -> None:
    seals = tuple(f"S-{number:03}" for number in range(50))
    text = made(PLAIN._replace(seals=seals)).pages[0].extract_text()
    assert "S-003" in text
    assert "S-004" not in text
    assert "+46" in text


@pytest.mark.parametrize("name", SHEETS)
def test_labels_are_inside_their_page(name: str) -> None:
    of = SHEETS[name]
    assert of.left + (of.columns - 1) * of.pitch_x + of.width <= of.page_width + 0.01
    assert of.top + (of.rows - 1) * of.pitch_y + of.height <= of.page_height + 0.01
    assert of.columns == 1 or of.pitch_x >= of.width
    assert of.rows == 1 or of.pitch_y >= of.height
    page = made(PLAIN, name=name).pages[0].mediabox
    assert (float(page.width) / 72 * 25.4, float(page.height) / 72 * 25.4) == pytest.approx(of[:2], abs=0.01)


def test_a_sheet_that_was_begun_goes_on() -> None:
    assert len(made(*[PLAIN] * 14, name="avery-l7163").pages) == 1
    assert len(made(*[PLAIN] * 14, name="avery-l7163", skip=1).pages) == 2
    assert len(made(*[PLAIN] * 3).pages) == 3


@pytest.mark.parametrize("label", ["A" * 300, "#strong[x] $x$ @y *z*", "a/b-" * 40, "\u202eevil", "JM/1 😀"])
def test_any_label_is_set(label: str) -> None:
    assert made(PLAIN._replace(label=label, case=label, agency=label)).pages


def test_a_label_that_is_not_told_is_the_uuid() -> None:
    assert made(PLAIN._replace(label="")).pages[0].extract_text().count(UUID[:8]) == 2


@pytest.mark.parametrize("label", ["هاتف/1", "证物/12"])
def test_other_scripts(label: str) -> None:
    need(label, "en")
    assert "U+" not in made(PLAIN._replace(label=label)).pages[0].extract_text()


def test_an_unknown_sheet() -> None:
    assert sheet("Avery-L7163") is SHEETS["avery-l7163"]
    with pytest.raises(UsageError) as caught:
        sheet("a4")
    assert caught.value.hint is not None
    assert "avery-l7163" in caught.value.hint
