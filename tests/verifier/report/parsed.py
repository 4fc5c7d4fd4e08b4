"""A page as a parser reads it: balanced, of known tags and attributes, nothing that acts."""

import re
from html.parser import HTMLParser

from custody.protocol.eye import deceives

TAGS = """
html head meta title style body header nav main section h1 h2 h3 p strong b i a ul ol li dl dt dd table
caption thead tbody tr th td code wbr br div span time details summary svg defs pattern rect circle path line text desc
"""
VOID = {"meta", "wbr", "br"}
BLOCKS = {"p", "h1", "h2", "h3", "li", "dt", "dd", "td", "th", "caption", "title", "div", "br"}
ATTRIBUTES = """
lang charset http-equiv content name class id href scope colspan datetime role tabindex aria-label aria-hidden
aria-labelledby aria-describedby
viewbox width height x y x1 y1 x2 y2 cx cy r d fill patternunits patterntransform text-anchor
"""


class Page(HTMLParser):
    """A page's tags, balanced or it raises; its attributes and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._space(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()
        self._space(tag)

    def _space(self, tag: str) -> None:
        if tag in BLOCKS:
            self.words.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def values(self, *names: str) -> list[str]:
        return [value for name, value in self.attributes if name in names]


def check_harmless(html: str) -> Page:
    page = Page(html)
    assert page.tags <= set(TAGS.split())
    assert {name for name, _ in page.attributes} <= set(ATTRIBUTES.split())
    assert not deceives(html)
    assert all(value.startswith("#") for value in page.values("href"))
    assert all(re.fullmatch(r"#\w+-\w+", one) for one in re.findall(r"url\(([^)]*)\)", html))
    return page
