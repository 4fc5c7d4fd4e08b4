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
        ("Amiri", "Noto Naskh Arabic", "Scheherazade New", "Scheherazade", "KacstBook", "Traditional Arabic", "Geeza Pro"),
        "fonts-hosny-amiri",
    ),
    "THAI": Script(("Norasi", "Kinnari", "Noto Serif Thai", "Noto Sans Thai", "Thonburi", "Leelawadee UI"), "fonts-tlwg-norasi"),
    "DEVANAGARI": Script(
        ("Noto Serif Devanagari", "Noto Sans Devanagari", "Lohit Devanagari", "Kohinoor Devanagari", "Mangal"),
        "fonts-noto-core",
    ),
}  # fmt: skip

_WORDS = {
    **dict.fromkeys(
        ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "BOPOMOFO"), CJK
    ),
    "HANGUL": "HANGUL",
}
_NO_SCRIPTS = frozenset(
    (
        *("LATIN", "GREEK", "CYRILLIC", "HEBREW", "COMBINING", "MODIFIER", "MATHEMATICAL", "DOUBLE-STRUCK", "SCRIPT"),
        *("BLACK-LETTER", "SUPERSCRIPT", "SUBSCRIPT", "FEMININE", "MASCULINE", "MICRO", "OHM", "KELVIN", "ANGSTROM"),
        *("CIRCLED", "PARENTHESIZED", "NEGATIVE", "SQUARED", "REGIONAL", "PLANCK", "INFORMATION", "ROMAN", "DIGIT"),
        *("SEGMENTED", "OUTLINED", "VARIATION", "ENCLOSING", "TURNED", "DOTLESS"),
    )
)
"""First words of names of letters that the embedded faces have, or that are signs rather than a script's."""


def script_of(character: str) -> str | None:
    """The script, by the first word of the letter's name, in capitals; None for what is no letter of one.

    The letters of Latin, Greek, Cyrillic and Hebrew are none's: the embedded faces have those in use.
    """
    word = unicodedata.name(character, "").partition(" ")[0]
    if word in _WORDS:
        return _WORDS[word]
    if "\u3000" <= character <= "\u303f":  # 。「」 are punctuation by name
        return CJK
    letter = unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"
    if not (letter or word in _SCRIPTS) or word in _NO_SCRIPTS:
        return None
    return word or None


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
