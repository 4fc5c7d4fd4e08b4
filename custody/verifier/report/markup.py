"""HTML out of strings: whatever comes from the file passes through `text` before it stands on a page."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from custody.protocol.eye import show

LONG = 600
"""Characters, or a dozen lines, from which a text scrolls on a screen; on paper it stands in full."""

_LINES = 12
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])")
"""A hash in hexadecimal: SHA-256 or BLAKE3, SHA-1, MD5."""

_BREAKS = re.compile(r"(?<=[@/])|(?=#)")
"""Where a reference or an origin may go on in the next line."""


def text(words: str) -> str:
    """For a place where markup is read: what deceives the eye shown as `\\u202e`, then escaped."""
    return escape(show(words))


def prose(words: str) -> str:
    """A statement: its paragraphs kept, digests in groups of four, long ones in a box that scrolls."""
    shown = _DIGEST.sub(lambda match: code(match[0]), escape(show(words, lines=True)))
    if len(words) <= LONG and words.count("\n") < _LINES:
        return f'<span class="said">{shown}</span>' if "\n" in words else shown
    return f'<div class="said long" tabindex="0" role="region" aria-label="long text">{shown}</div>'


def code(words: str) -> str:
    """What is compared character by character. Hexadecimal in groups of four, which copy without the gaps."""
    if _DIGEST.fullmatch(words):
        groups = (words[place : place + 4] for place in range(0, len(words), 4))
        return f'<code class="digest">{"".join(f"<i>{group}</i>" for group in groups)}</code>'
    return f"<code>{'<wbr>'.join(text(part) for part in _BREAKS.split(words))}</code>"


def table(heads: Sequence[str], rows: Iterable[str], *, caption: str, kind: str = "") -> str:
    """A table with a head that repeats on paper; `rows` and `heads` are markup already."""
    shown = f' class="{kind}"' if kind else ""
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(rows)
    if "<tbody" not in body:
        body = f"<tbody>{body}</tbody>"
    return f"<table{shown}><caption>{caption}</caption><thead><tr>{cells}</tr></thead>{body}</table>"


def row(cells: Iterable[str], *, kind: str = "", name: str = "") -> str:
    """A table row whose first cell names it; `name` is its anchor."""
    first, *others = cells
    shown = (f' id="{name}"' if name else "") + (f' class="{kind}"' if kind else "")
    return f'<tr{shown}><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'


def listed(facts: Iterable[tuple[str, str]]) -> str:
    """Names and markup as a description list."""
    return '<dl class="facts">' + "".join(f"<dt>{text(name)}</dt><dd>{value}</dd>" for name, value in facts) + "</dl>"


def rest(count: int, what: str) -> str:
    """That something is not shown; nothing when all is."""
    return f'<p class="rest">… and {count} more {what}.</p>' if count > 0 else ""
