"""What deceives the eye: characters that make text look like what it is not (docs/format.md, X03).

Bidirectional controls reorder what is read ("Trojan Source", CVE-2021-42574), zero-width characters hide inside
words, control characters drive terminals. They are allowed in a record, for a record says what was stated; they are
flagged, and no report shows them as themselves.
"""

import re

_RANGES = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u3164\uffa0"  # invisible fillers, soft hyphen
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls (Unicode UAX #9 §2)
    r"\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # zero width
    r"\u2028\u2029\ufff9-\ufffb"  # line and paragraph separators, interlinear annotation
    r"\ud800-\udfff"  # surrogates, from file names that are not UTF-8
    r"\U000e0000-\U000e0fff"  # tags and variation selectors supplement
)
_DECEPTIVE = re.compile(f"[{_RANGES}]")


def deceives(text: str) -> bool:
    """Whether `text` holds a character of X03. Line feed and tab do not count: statements have paragraphs."""
    return _DECEPTIVE.search(text) is not None


def show(text: str, *, lines: bool = False) -> str:
    """`text` for a terminal or a page: each such character as `\\u202e`; tabs and, unless `lines`, line feeds too."""
    text = _DECEPTIVE.sub(lambda match: _escape(match[0]), text).replace("\t", " ")
    return text if lines else text.replace("\n", "\\n")


def _escape(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
