"""Scripts: which one a letter belongs to, which typefaces set it well, what installs one."""

import unicodedata
from typing import NamedTuple

CJK = "CJK"


class Script(NamedTuple):
    """How the letters of a script come onto a page."""

    families: tuple[str, ...]
    """In the order in which they are tried."""
    package: str
    """Of Debian and its kin."""


_CJK_STYLES = ("Noto Serif CJK {}", "Source Han Serif {}", "Noto Sans CJK {}", "Source Han Sans {}", "Noto Serif {}")
_CJK_OTHERS = {
    "SC": ("Songti SC", "SimSun", "Microsoft YaHei", "AR PL UMing CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "TC": ("Songti TC", "PMingLiU", "Microsoft JhengHei", "AR PL UMing TW"),
    "JP": ("Hiragino Mincho ProN", "Yu Mincho", "MS Mincho", "IPAexMincho", "IPAMincho", "VL Gothic"),
    "KR": ("AppleMyungjo", "Batang", "NanumMyeongjo", "UnBatang", "Malgun Gothic"),
}
_CJK_REGIONS = {"zh-tw": "TC", "zh-hk": "TC", "zh-mo": "TC", "zh-hant": "TC", "ja": "JP", "ko": "KR"}

# Amiri keeps the order of letters when text is copied out of a PDF better than any other that was tried.
_SCRIPTS = {
    "ARABIC": Script(
        ("Amiri", "Noto Naskh Arabic", "Scheherazade New", "Scheherazade", "Traditional Arabic", "Geeza Pro"),
        "fonts-hosny-amiri",
    ),
    "THAI": Script(("Norasi", "Noto Serif Thai", "Noto Sans Thai", "Thonburi", "Leelawadee UI"), "fonts-tlwg-norasi"),
    "DEVANAGARI": Script(
        ("Noto Serif Devanagari", "Noto Sans Devanagari", "Lohit Devanagari", "Kohinoor Devanagari", "Mangal"),
        "fonts-noto-core",
    ),
}  # fmt: skip

_NAMES = {
    **dict.fromkeys(
        ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "BOPOMOFO"), CJK
    ),
    **dict.fromkeys(("ARABIC", "ARABIC-INDIC", "EXTENDED"), "ARABIC"),
    "CANADIAN": "CANADIAN-ABORIGINAL",
    "MEETEI": "MEETEI-MAYEK",
    "OL": "OL-CHIKI",
    "TAI": "TAI-LE",
}
"""Where the first word of a letter's name is not its script."""

_LIVING = frozenset(
    (
        *("ADLAM", "ARABIC", "ARMENIAN", "BALINESE", "BENGALI", "CANADIAN-ABORIGINAL", "CHEROKEE"),
        *("CJK", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HANGUL"),
        *("JAVANESE", "KANNADA", "KHMER", "LAO", "LISU", "MALAYALAM", "MEETEI-MAYEK"),
        *("MONGOLIAN", "MYANMAR", "NKO", "OL-CHIKI", "ORIYA", "SINHALA", "SUNDANESE"),
        *("SYRIAC", "TAI-LE", "TAMIL", "TELUGU", "THAANA", "THAI", "TIBETAN"),
        *("TIFINAGH", "VAI", "YI"),
    )
)
"""Scripts in which people state things today, less those that the embedded faces have."""


def script_of(character: str) -> str | None:
    """The living script that a letter, mark or digit belongs to, by its name in Unicode; None for all else.

    Latin, Greek, Cyrillic and Hebrew are among the rest: the embedded faces have them.
    """
    if character < "\u0530":
        return None
    if "\u3000" <= character <= "\u303f":  # 。「」 are punctuation by name
        return CJK
    word = unicodedata.name(character, "").partition(" ")[0]
    script = _NAMES.get(word, word)
    return script if script in _LIVING else None


def how_to_set(script: str, languages: tuple[str, ...]) -> Script:
    """The script's typefaces; of Chinese characters, those of the first of `languages` that has its own forms."""
    if script in (CJK, "HANGUL"):
        first = "KR" if script == "HANGUL" else _region(languages)
        regions = dict.fromkeys((first, "SC", "JP", "KR", "TC"))
        families = [style.format(region) for region in regions for style in _CJK_STYLES]
        return Script((*families, *(name for region in regions for name in _CJK_OTHERS[region])), "fonts-noto-cjk")
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    name = script.replace("-", " ").title()
    return Script((f"Noto Serif {name}", f"Noto Sans {name}"), "fonts-noto-core")


def _region(languages: tuple[str, ...]) -> str:
    for code in languages:
        if code.lower() in _CJK_REGIONS:
            return _CJK_REGIONS[code.lower()]
        if code.lower().startswith("zh"):
            return "SC"
    return "SC"
