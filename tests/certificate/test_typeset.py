"""The pages: the same bytes each time; what people stated stands there as they did, and nothing runs off an edge."""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from custody.certificate import fonts, typeset
from custody.certificate.blocks import (
    Code,
    Digest,
    Facts,
    Items,
    Pages,
    Paragraph,
    Picture,
    Row,
    Section,
    Signatures,
    Stated,
    Table,
)
from custody.errors import CustodyError
from tests.certificate.sample import HEX, Sample
from tests.certificate.typefaces import FONTS, need

MOMENT = 1_772_445_600
ATTACHED = {"bundle.custody": b'{"bundle":1}\n' * 50, "report.json": '{"verdict":"ușă"}\n'.encode()}


def made(pages: Pages, attachments: dict[str, bytes] | None = None) -> bytes:
    return typeset.typeset(pages, attachments or {}, moment=MOMENT, fonts_in=FONTS)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(data: bytes) -> str:
    """The words of all pages, without white space: lines and columns break anywhere."""
    return "".join("".join(page.extract_text() for page in read(data).pages).split())


@pytest.fixture(scope="module")
def english() -> bytes:
    return made(Sample("en").pages(), ATTACHED)


def test_the_same_pages_are_the_same_bytes(english: bytes) -> None:
    assert made(Sample("en").pages(), ATTACHED) == english
    assert english.endswith(b"%%EOF\n")


def test_another_moment_or_attachment_is_another_file(english: bytes) -> None:
    pages = Sample("en").pages()
    assert typeset.typeset(pages, ATTACHED, moment=MOMENT + 1) != english
    assert made(pages, ATTACHED | {"report.json": b"{}"}) != english


def test_what_is_attached_comes_out_as_it_went_in(english: bytes) -> None:
    root: Any = read(english).trailer["/Root"]
    found = [one.get_object() for one in root["/AF"]]
    assert {one["/UF"]: one["/AFRelationship"] for one in found} == {
        "bundle.custody": "/Source",
        "report.json": "/Data",
    }
    assert {one["/UF"]: one["/EF"]["/F"].get_data() for one in found} == ATTACHED
    assert all(one["/Desc"] for one in found)


def test_it_claims_both_standards_and_has_what_they_ask_for(english: bytes) -> None:
    reader = read(english)
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfaid:part>3<" in metadata
    assert "pdfaid:conformance>A<" in metadata
    assert "pdfuaid:part>1<" in metadata
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of custody"
    assert [one["/Title"] for one in reader.outline if not isinstance(one, list)][:2] == ["1 Issue", "2 The item"]


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_paper(paper: str, size: tuple[int, int]) -> None:
    page = read(made(Sample("en", events=1, paper=paper).pages())).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == size


def test_every_page_says_which_certificate_it_is_of_and_how_many_there_are(english: bytes) -> None:
    pages = read(english).pages
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"page {number} of {len(pages)}" in text
        assert "C-2026-0001" in text


def test_the_head_of_a_table_is_on_each_of_its_pages_and_a_draft_says_so_on_all() -> None:
    data = made(Sample("en", events=40, watermark="DRAFT").pages())
    texts = [page.extract_text() for page in read(data).pages]
    assert all("DRAFT" in text for text in texts)
    handed = [text for text in texts if "2026-03-" in text and "Handover" in text]
    assert len(handed) > 2
    assert all("Received" in text for text in handed)


def test_two_languages_stand_both_and_ours_stand_once_where_they_are_the_same() -> None:
    text = text_of(made(Sample("fr", "ro").pages())).replace("rele-vé", "relevé")  # a narrow column
    for words in ("Juridiction", "Instanța", "Scellés", "Sigilii", "pagesur", "paginadin"):
        found = words if words in text else words.replace("pagesur", "page1sur").replace("paginadin", "pagina1din")
        assert found in text
    assert text.count("IS-000123intact") == text.count("DE-7781nonrelevé") == text.count("DE-7781necitit") == 13


def one(*blocks: Any, code: str = "en", keep: bool = False) -> Pages:
    """A page with these blocks and nothing else."""
    sample = Sample(code, events=1)
    section = Section(heading=("Words",), blocks=blocks, keep=keep)
    empty = sample.pages()
    return Pages(**{name: getattr(empty, name) for name in Pages.__struct_fields__} | {"sections": (section,)})


HOSTILE = {
    "a function": '#strong[x] #eval("1") #read("/etc/passwd")',
    "a formula": "$x^2$ and $$ y $$",
    "a tag": "<script>alert(1)</script>",
    "a reference and a label": "@x <label>",
    "emphasis": "*bold* _slanted_ `raw` = heading",
    "comments": "// gone /* gone */ ~ --- ...",
    "backslashes": r"\ \\ \u{1F600} \n",
    "quotes": "\"'«»„“",
    "braces": '{ "a": 1 } ] [ ) (',
    "an address": "https://example.org/a?b=c&d=e#f",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_is_words(name: str) -> None:
    cell = ((Stated(HOSTILE[name]), Code(HOSTILE[name])),)
    data = made(one(Paragraph(cell=cell), Facts(rows=((("a",), cell),)), Items(cells=(cell,))))
    assert text_of(data).count("".join(HOSTILE[name].split())) == 6


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("safe\u202egpj.exe", "safe U+202E gpj.exe"),
        ("bell\x07", "bell U+0007"),
        ("null\x00null", "null U+0000 null"),
        ("private \ue000", "private U+E000"),
        ("fine 😀👍", "fine U+1F600 U+1F44D"),
        ("unassigned \U000e01f0", "unassigned U+E01F0"),
        ("tab\there", "tab here"),
    ],
)
def test_what_no_font_can_show_is_named(stated: str, shown: str) -> None:
    assert "".join(shown.split()) in text_of(made(one(Paragraph(cell=((Stated(stated),),)))))


def test_paragraphs_of_a_statement_stay_apart() -> None:
    lines = read(made(one(Paragraph(cell=((Stated("first\nsecond"),),))))).pages[0].extract_text().splitlines()
    assert "first" in lines
    assert "second" in lines


def edges(data: bytes) -> Iterator[tuple[float, float, float]]:
    """Where each piece of text begins and must at least end, with the page's width: no letter is under 0.2 em wide."""
    for page in read(data).pages:
        found: list[tuple[float, float, float]] = []

        def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
            if text.strip():
                start, longest = tm[4] * cm[0] + cm[4], max(map(len, text.split("\n")))
                found.append((start, start + longest * size * 0.2, float(page.mediabox.width)))  # noqa: B023

        page.extract_text(visitor_text=visit)
        yield from found


@pytest.mark.parametrize("letter", ["x", "W", "0123456789abcdef", "/", "long-and-"])
def test_ten_thousand_letters_without_a_space_stay_on_the_page(letter: str) -> None:
    word = (letter * 10_000)[:10_000]
    cell = ((Stated(word), Code("y" * 300)),)
    table = Table(
        caption=("",),
        head=(("a",), ("b" * 40,), ("c",)),
        widths=(1, 2, 3),
        rows=(Row(cells=((), cell, ())), Row(cells=(cell,), across=True)),
    )
    data = made(one(Paragraph(cell=cell, notice=True), Facts(rows=((("n" * 60,), cell),)), table, keep=True))
    assert text_of(data).count(letter[0]) >= 4 * (10_000 // len(letter))
    assert all(0 < start < end < width - 40 for start, end, width in edges(data))


def test_a_digest_breaks_between_its_groups_only() -> None:
    table = Table(caption=("",), head=(("d",), ("e",)), widths=(1, 3), rows=(Row(cells=(((Digest(HEX),),), ())),))
    text = read(made(one(table))).pages[0].extract_text()
    groups = [HEX[n : n + 4] for n in range(0, 64, 4)]
    assert [word for word in text.split() if word in groups] == groups


def test_a_picture_of_forty_people_stays_on_its_page() -> None:
    sample = Sample("en", events=200)
    picture = sample.picture(lanes=40)
    data = made(one(picture))
    assert len(read(data).pages) <= 2
    text = text_of(data)
    assert all(f"{number}." in text for number in range(6, 40))


def test_a_picture_of_nobody_is_one() -> None:
    empty = Picture(
        lanes=(), bands=(), marks=(), ticks=(), legend=(), axis=("t",), alternative="Nothing is known.", caption=("c",)
    )
    assert b"Nothing is known" in made(one(empty)) or read(made(one(empty))).pages


def test_many_signature_blocks_go_on_over_pages() -> None:
    box = (("Certifier",), tuple((f"line {n}",) for n in range(8)))
    assert len(read(made(one(Signatures(boxes=(box,) * 12)))).pages) > 1


@pytest.mark.parametrize("languages", [("ar",), ("ar", "en"), ("en", "ar"), ("zh",), ("zh", "en")])
def test_scripts_that_need_fonts(languages: tuple[str, ...]) -> None:
    need("شهادة" if "ar" in languages else "证据", languages[0])
    data = made(Sample(*languages, events=6).pages(), ATTACHED)
    assert data == made(Sample(*languages, events=6).pages(), ATTACHED)
    assert read(data).trailer["/Root"]["/Lang"] == languages[0]
    assert "U+06" not in text_of(data)


def test_the_words_are_read_in_the_order_of_the_page(english: bytes, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the order of reading was not checked")
    file = tmp_path / "c.pdf"
    file.write_bytes(english)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
    order = ("Certificate of custody", "Issue", "Issuing authority", "Inspectoratul", "for the court", "The item")
    order += ("Exhibit", "Digests", "FTK Imager", "Custody in time", "Gave", "Gap 1", "What this does not prove")
    order += ("How to verify", "Declaration", "Certifier", "Interpreter")
    places = [0]
    for words in order:
        places.append(text.find(words, places[-1]))
        assert places[-1] >= 0, words


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(CustodyError) as caught:
        made(Sample("en").pages())
    assert caught.value.hint == "pip install 'custody[certificate]'"
    assert caught.value.exit_code == 1


def test_what_the_typesetter_raises_is_told_as_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = fonts.typesetter().compile

    def fail(*_: Any, **__: Any) -> None:
        compile_(b"#panic()")

    monkeypatch.setattr(fonts.typesetter(), "compile", fail)
    with pytest.raises(CustodyError, match="the pages can't be set"):
        made(Sample("en", events=1).pages())
