"""Typefaces: the embedded ones where they are enough; else one is found, or it is said which is missing."""

import shutil
from pathlib import Path

import pytest

from custody.certificate import fonts
from custody.certificate.scripts import how_to_set, script_of
from custody.errors import CustodyError
from tests.certificate.typefaces import FONTS, need


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without fonts but the embedded ones."""
    monkeypatch.setattr(fonts, "_installed", lambda _: {})


def test_europe_needs_no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda _: pytest.fail("fonts were looked for"))
    said = ["Ștefan Țîrlea, Ångström, ŁÓDŹ, Ελλάδα, Олена Шевченко, שלום", {"a": ["ß ¿ § € № – … „“ «»"]}]
    fitted = fonts.fit(said, ("ro", "ru"))
    assert fitted.data == said
    assert fitted.faces == fonts.Faces((fonts.BODY,), ())


@pytest.mark.parametrize(
    ("words", "script", "package"),
    [
        ("شهادة", "Arabic", "fonts-hosny-amiri"),
        ("证据", "Cjk", "fonts-noto-cjk"),
        ("한국", "Hangul", "fonts-noto-cjk"),
        ("प्रमाण", "Devanagari", "fonts-noto-core"),
        ("ใบรับรอง", "Thai", "fonts-tlwg-norasi"),
        ("საქართველო", "Georgian", "fonts-noto-core"),
    ],
)
@pytest.mark.usefixtures("no_fonts")
def test_a_script_without_a_font_is_named_with_what_installs_one(words: str, script: str, package: str) -> None:
    with pytest.raises(CustodyError) as caught:
        fonts.fit({"text": f"Iași {words}"})
    assert f"the letters of the script {script}" in caught.value.message
    assert caught.value.hint is not None
    assert f"apt install {package}" in caught.value.hint
    assert "CUSTODY_FONTS" in caught.value.hint


@pytest.mark.usefixtures("no_fonts")
def test_signs_are_set_where_an_embedded_face_has_them_in_each_style_else_named() -> None:
    fitted = fonts.fit(["a → b ▲", "😀x𓀀", "✔"])
    assert fitted.data == ["a → b ▲", "U+1F600 x U+13000", "U+2714"]
    assert fitted.faces.families == (fonts.BODY, fonts.MONO)


def test_a_face_of_the_folder_comes_before_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own, other = (fonts._Face(name, ()) for name in ("Somebody's", "Amiri"))
    monkeypatch.setattr(fonts, "_installed", lambda folder: {one.family: one for one in ([own] if folder else [other])})
    monkeypatch.setattr(fonts, "_missing", lambda families, files, letters: [])
    assert fonts._find("ARABIC", {"ش"}, (), tmp_path) == own
    assert fonts._find("ARABIC", {"ش"}, (), None) == other


def test_a_font_of_a_folder_is_found_and_linked() -> None:
    need("شهادة", "ar")
    faces = fonts.fit(["شهادة"], ("ar",), folder=FONTS).faces
    assert len(faces.families) == 3
    with fonts.linked(faces.files) as folder:
        assert len(list(folder.iterdir())) == len(faces.files) > 0
    assert not folder.exists()


def test_a_face_that_varies_is_left_out(tmp_path: Path) -> None:
    def font(*tags: bytes) -> bytes:
        return b"\0\1\0\0" + len(tags).to_bytes(2) + bytes(6) + b"".join(tag + bytes(12) for tag in tags)

    for name, data in (("a", font(b"cmap", b"fvar")), ("b", font(b"cmap", b"glyf")), ("c", b"")):
        (tmp_path / name).write_bytes(data)
    assert [fonts._varies(tmp_path / name) for name in "abc"] == [True, False, False]
    collection = b"ttcf" + bytes(8) + (16).to_bytes(4) + font(b"fvar")
    (tmp_path / "d").write_bytes(collection)
    assert fonts._varies(tmp_path / "d")
    assert fonts._varies(tmp_path / "none")
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize(
    ("letter", "script"),
    [
        ("a", None),
        ("ё", None),
        ("ש", None),
        ("ش", "ARABIC"),
        ("٣", "ARABIC"),
        ("證", "CJK"),
        ("。", "CJK"),
        ("か", "CJK"),
        ("한", "HANGUL"),
        ("ა", "GEORGIAN"),
        ("😀", None),
        ("→", None),
        ("𓀀", None),
        ("\ue000", None),
        ("\n", None),
    ],
)
def test_scripts_of_letters(letter: str, script: str | None) -> None:
    assert script_of(letter) == script


@pytest.mark.parametrize(
    ("codes", "first"), [(("zh",), "SC"), (("zh-TW",), "TC"), (("ja",), "JP"), (("en", "ko"), "KR"), ((), "SC")]
)
def test_chinese_characters_have_the_forms_of_the_language(codes: tuple[str, ...], first: str) -> None:
    assert how_to_set("CJK", codes).families[0] == f"Noto Serif CJK {first}"
