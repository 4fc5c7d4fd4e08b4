"""Labels: the code on paper is the item's UUID, whatever stands beside it."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from uuid import UUID as Uuid

import pypdf
import pytest
import segno
import zxingcpp

from custody.certificate.labels import LONGEST, Label, modules, set_labels
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


def drawn(data: bytes, dots: int) -> Iterator[tuple[int, int, bytes]]:
    """Width, height and grey dots of each page, at `dots` per inch."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: the printed codes were not looked at")
    done = subprocess.run(["pdftoppm", "-gray", "-r", str(dots)], input=data, capture_output=True, check=True).stdout
    while done:
        _, size, _, rest = done.split(b"\n", 3)  # PGM
        width, height = (int(one) for one in size.split())
        yield width, height, rest[: width * height]
        done = rest[width * height :]


def scanned(data: bytes, dots: int) -> list[str]:
    """What a scanner reads from page after page; on each, in the order of letters."""
    found: list[str] = []
    for width, height, grey in drawn(data, dots):
        codes = zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)))
        assert {one.format for one in codes} <= {zxingcpp.BarcodeFormat.QRCode}
        found += sorted(one.text for one in codes)
    return found


@pytest.mark.parametrize("name", SHEETS)
def test_a_scanner_reads_the_uuid_from_what_a_label_printer_printed(name: str) -> None:
    """203 dots an inch: the coarsest of those that are sold."""
    uuids = [str(Uuid(int=number, version=4)) for number in range(1, SHEETS[name].places + 2)]
    labels = [PLAIN._replace(uuid=uuid) for uuid in uuids]
    assert scanned(set_labels(labels, SHEETS[name], moment=0), 203) == uuids


def test_a_scanner_reads_it_beside_words_that_are_too_many() -> None:
    full = PLAIN._replace(label="W" * 64, case="W" * 64, seals=("W" * 64,) * 9, agency="W " * 99)
    assert scanned(set_labels([full], SHEETS["avery-5160"], moment=0), 203) == [UUID]


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


def test_labels_stand_where_the_sheet_has_them() -> None:
    of = SHEETS["avery-l7160"]
    ((width, height, grey),) = drawn(set_labels([PLAIN] * 20, of, moment=0, skip=1), 254)  # ten dots a millimetre

    def dark(column: int, row: int) -> bool:
        x, y = (
            round(10 * (start + n * pitch))
            for start, n, pitch in ((of.left, column, of.pitch_x), (of.top, row, of.pitch_y))
        )
        lines = (
            grey[line * width + x : line * width + x + round(10 * of.width)]
            for line in range(y, y + round(10 * of.height))
        )
        return any(dot < 128 for line in lines for dot in line)

    assert [(c, r) for r in range(of.rows) for c in range(of.columns) if not dark(c, r)] == [(0, 0)]
    assert (width, height) == (2101, 2971)  # what is begun of a dot is one


HOSTILE = (
    "#strong[x]#eval($x^2$)",
    "<script>x(1)</script>",
    "*a*_b_`c`//d/*e*/",
    r"\u{41}\\#[]{}",
    "~--...&amp;%s{0}",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_is_words(words: str) -> None:
    text = made(PLAIN._replace(label=words, case=words, seals=(words,), agency=words), name="avery-l7165").pages[0]
    assert "".join(text.extract_text().split()).replace("\u200b", "").count(words) == 4


def test_what_is_too_long_ends_with_an_ellipsis_and_what_follows_stays() -> None:
    long = PLAIN._replace(label="A" * 64, case="B" * 64, seals=("C" * 64,), agency="D" * 64)
    for name in SHEETS:
        text = made(long, name=name).pages[0].extract_text()
        joined = "".join(text.split())
        for one in (
            *(letter * (LONGEST[what] - 1) + "…" for letter, what in zip("ABCD", LONGEST, strict=True)),
            UUID[:8],
        ):
            assert one in joined, (name, one)


@pytest.mark.parametrize(
    ("label", "shown"),
    [("\u202eevil", "U+202E evil"), ("JM/1 😀", "JM/1 U+1F600"), ("Гарда/ţ", "Гарда/ţ"), ("Ελλάδα/7", "Ελλάδα/7")],
)
def test_letters_that_no_font_shows_are_named(label: str, shown: str) -> None:
    assert shown in made(PLAIN._replace(label=label)).pages[0].extract_text()


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
