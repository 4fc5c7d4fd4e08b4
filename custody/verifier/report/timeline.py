"""The timeline of one item as an SVG picture: who answered for it when. Legible in black and white.

solid bar    somebody had answered for it and it was in hand
hatched      in transit between release and receipt
dotted       lent on a paper receipt
diamond      presented in court
"""

from html import escape
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol.eye import show
from custody.protocol.times import parse_local
from custody.verifier.report.model import ItemReport, Step

WIDTH = 960
_ROW = 30
_LEFT = 260
_RIGHT = 40

_PATTERNS = (
    '<defs><pattern id="{id}-transit" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="8" height="8" fill="none"/><rect width="3" height="8" fill="currentColor"/></pattern>'
    '<pattern id="{id}-lent" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle cx="3" cy="3" r="1.4" fill="currentColor"/></pattern></defs>'
)


class Span(NamedTuple):
    """A stretch of time with one person answering and one state."""

    person: str
    status: str
    start: int
    stop: int
    begins: str
    ends: str


def spans(item: ItemReport) -> list[Span]:
    """The stretches between events that change who answers or how the item is kept; the last ends at its last event."""
    moments = [(parse_local(step.occurred_at), step) for step in item.steps if not step.type.startswith("entry.")]
    found: list[Span] = []
    for (start, step), (stop, after) in zip(moments, [*moments[1:], moments[-1]] if moments else [], strict=True):
        status = "ended" if step.status == "ended" else step.status
        last = found[-1] if found else None
        if last and (last.person, last.status) == (step.custodian, status):
            found[-1] = last._replace(stop=max(stop, start), ends=after.occurred_at)
        else:
            found.append(Span(step.custodian, status, start, max(stop, start), step.occurred_at, after.occurred_at))
    return found


def draw_timeline(item: ItemReport, name: str) -> str:
    """The SVG element; `name` makes its ids unique on the page. Empty where there is nothing to draw."""
    try:
        stretches = [one for one in spans(item) if one.status != "ended"]
    except MalformedError:
        return ""
    if not stretches:
        return ""
    first, last = min(one.start for one in stretches), max(one.stop for one in stretches)
    scale = (WIDTH - _LEFT - _RIGHT) / max(1, last - first)
    people = list(dict.fromkeys(one.person for one in stretches))
    height = _ROW * (len(people) + 2)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" color="currentColor" '
        f'aria-labelledby="{name}-title {name}-text" font-family="Georgia, serif" font-size="13">',
        f'<title id="{name}-title">Who answered for item {_text(item.label)}, and when</title>',
        f'<desc id="{name}-text">{_text(_describe(stretches))}</desc>',
        _PATTERNS.format(id=name),
    ]
    for row, person in enumerate(people):
        y = _ROW * row + 8
        parts.append(f'<text x="0" y="{y + 15}">{_text(_short(person))}</text>')
        parts.append(
            f'<line x1="{_LEFT}" y1="{y + 10}" x2="{WIDTH - _RIGHT}" y2="{y + 10}" stroke="currentColor" stroke-width=".4"/>'
        )
        parts += [_bar(one, y, first, scale, name) for one in stretches if one.person == person]
    parts += _marks(item.steps, people, first, scale)
    base = _ROW * len(people) + 20
    parts.append(f'<text x="{_LEFT}" y="{base}">{_text(stretches[0].begins[:16].replace("T", " "))}</text>')
    parts.append(
        f'<text x="{WIDTH - _RIGHT}" y="{base}" text-anchor="end">{_text(stretches[-1].ends[:16].replace("T", " "))}</text>'
    )
    parts.append("</svg>")
    return "".join(parts)


def _bar(one: Span, y: int, first: int, scale: float, name: str) -> str:
    x, width = _LEFT + (one.start - first) * scale, max(2.0, (one.stop - one.start) * scale)
    fill = {"transit": f"url(#{name}-transit)", "lent": f"url(#{name}-lent)"}.get(one.status, "currentColor")
    words = {"transit": "in transit", "lent": "lent", "held": "answered for"}.get(one.status, one.status)
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" fill="{fill}" stroke="currentColor">'
        f"<title>{_text(one.person)}: {words}, {_text(one.begins)} to {_text(one.ends)}</title></rect>"
    )


def _marks(steps: tuple[Step, ...], people: list[str], first: int, scale: float) -> list[str]:
    found = []
    for step in steps:
        if step.type == "court.presented" and step.custodian in people:
            x = _LEFT + (parse_local(step.occurred_at) - first) * scale
            y = _ROW * people.index(step.custodian) + 18
            found.append(
                f'<path d="M{x:.1f} {y - 12} l9 12 l-9 12 l-9 -12 z" fill="none" stroke="currentColor" stroke-width="2">'
                f"<title>presented in court, {_text(step.occurred_at)}</title></path>"
            )
    return found


def _describe(stretches: list[Span]) -> str:
    words = {"transit": "in transit", "lent": "lent out", "held": "in hand"}
    return "; ".join(
        f"{one.person} from {one.begins} to {one.ends} ({words.get(one.status, one.status)})" for one in stretches
    )


def _short(person: str) -> str:
    return person if len(person) <= 38 else person[:37] + "…"


def _text(text: str) -> str:
    return escape(show(text))
