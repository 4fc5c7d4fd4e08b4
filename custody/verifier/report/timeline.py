"""The timeline of one item as an SVG picture: who answered for it when. Legible in black and white.

solid bar    somebody answered for it and it was in custody
hatched      in transit between release and receipt: the releaser's bar, and a band through the whole picture
dotted       lent on a paper receipt, likewise
hollow       no statement by anyone for a month or more, likewise
crossed      nobody answers for it on record, likewise
diamond      presented in court
strokes      below: every statement about the item
numbers      above: the gaps, as listed beside the picture
thick line   across all lanes: from then on somebody of another State answered for it
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from custody.errors import MalformedError
from custody.protocol.times import parse_local
from custody.verifier.report.axis import Axis, list_ticks, make_axis
from custody.verifier.report.markup import text
from custody.verifier.report.model import ItemReport, Person
from custody.verifier.report.stretches import TITLES, Stretch, say_gap, say_when
from custody.verifier.report.words import say_person

WIDTH = 860
LANES = 24
"""Persons drawn, a page's worth; the table names all."""

_LEFT, _RIGHT = 250, WIDTH - 45
_LANE = 44
_BAR = 20
_BADGE = 22
_BADGE_ROWS = 3
_STROKES = 1_000
_SIGN = 18
"""Height of the row of borders."""

_PATTERNS = (
    '<defs><pattern id="{id}-transit" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="ink" width="3.5" height="8"/></pattern>'
    '<pattern id="{id}-lent" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle class="ink" cx="3" cy="3" r="1.6"/></pattern>'
    '<pattern id="{id}-nobody" width="9" height="9" patternUnits="userSpaceOnUse">'
    '<path class="line" d="M0 0L9 9M9 0L0 9"/></pattern>'
    '<pattern id="{id}-band" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="ink faint" width="1" height="7"/></pattern></defs>'
)


def draw_timeline(item: ItemReport, stretches: Sequence[Stretch], persons: Mapping[str, Person], name: str) -> str:
    """The SVG element; `name` makes its ids unique on the page. Empty where there is nothing to draw."""
    if not stretches:
        return ""
    marks = _marks(item, stretches)
    axis = make_axis(
        [*(one.start for one in stretches), *(one.stop for one in stretches), *(moment for moment, _ in marks)],
        _LEFT,
        _RIGHT,
    )
    lanes = {person: row for row, person in enumerate(dict.fromkeys(one.person for one in stretches)) if row < LANES}
    gaps = [one for one in stretches if one.gap]
    badges, rows = _badges(gaps, axis)
    borders = list(_borders(stretches, persons))
    sign = rows * _BADGE + 4
    top = sign + 2 + (_SIGN if borders else 0)
    base = top + len(lanes) * _LANE
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {base + 72}" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-text">',
        f'<title id="{name}-title">Who answered for item {text(item.label)}, and when</title>',
        f'<desc id="{name}-text">{text(_describe(stretches, persons))}</desc>',
        _PATTERNS.format(id=name),
        *(_band(one, axis, top, base, name) for one in gaps),
        *badges,
        *(_lane(person, top + row * _LANE, persons) for person, row in lanes.items()),
        *(_bar(one, axis, top + lanes[one.person] * _LANE, name) for one in stretches if one.person in lanes),
        *_crossings(borders, axis, sign, base),
        *(_diamond(place, top + row * _LANE) for place, row in _presented(item, axis, lanes)),
        *_strokes(marks, axis, base),
        *_scale(axis, base + 30),
        "</svg>",
    ]
    return "".join(parts)


def _marks(item: ItemReport, stretches: Sequence[Stretch]) -> list[tuple[int, str]]:
    """When each statement says it happened, as far as the picture reaches."""
    first, last = stretches[0].start, stretches[-1].stop
    found = []
    for step in item.steps[:_STROKES]:
        try:
            moment = parse_local(step.occurred_at)
        except MalformedError:
            continue
        if first <= moment <= last:
            found.append((moment, step.type))
    return found


def _badges(gaps: Sequence[Stretch], axis: Axis) -> tuple[list[str], int]:
    """The numbers above, in as many rows as keep them apart; beyond three, neighbours share a dot."""
    ends = [-float("inf")] * _BADGE_ROWS
    found, used = [], 0
    for number, one in enumerate(gaps, 1):
        x = (axis.at(one.start) + axis.at(one.stop)) / 2
        row = next((row for row, end in enumerate(ends) if x - end >= _BADGE), None)
        if row is None:
            found.append(f'<circle class="ink" cx="{x:.1f}" cy="{_BADGE_ROWS * _BADGE}" r="2"/>')
            continue
        ends[row], used = x, max(used, row + 1)
        y = row * _BADGE + 12
        found.append(
            f'<circle class="ink" cx="{x:.1f}" cy="{y}" r="10"/>'
            f'<text class="number" x="{x:.1f}" y="{y + 4}" text-anchor="middle">{number}</text>'
        )
    return found, used


def _band(one: Stretch, axis: Axis, top: float, base: float, name: str) -> str:
    x, stop = axis.at(one.start), axis.at(one.stop)
    edge = "".join(f'<line class="edge" x1="{at:.1f}" y1="{top - 4}" x2="{at:.1f}" y2="{base}"/>' for at in (x, stop))
    size = f'width="{stop - x:.1f}" height="{base - top + 4}"'
    return f'<rect class="band" fill="url(#{name}-band)" x="{x:.1f}" y="{top - 4}" {size}/>{edge}'


def _borders(stretches: Sequence[Stretch], persons: Mapping[str, Person]) -> Iterator[tuple[int, str]]:
    """When somebody of another State took it over, and `RO → FR`; States as their ledgers name themselves."""
    for one, after in pairwise(stretches):
        states = [persons[who].jurisdiction if who in persons else "" for who in (one.person, after.person)]
        if all(states) and states[0] != states[1]:
            yield after.start, " → ".join(_cut(state, 8) for state in states)


def _crossings(borders: Sequence[tuple[int, str]], axis: Axis, y: float, base: float) -> list[str]:
    """A line for each, and a sign above it where there is room."""
    found, free = [], -float("inf")
    for moment, words in borders:
        x = axis.at(moment)
        title = f"<title>{text(f'border crossed, {words}, {say_when(moment)}')}</title>"
        found.append(f'<path class="border" d="M{x:.1f} {y + _SIGN - 2}V{base}">{title}</path>')
        if x >= free:
            found.append(f'<text class="sign" x="{x:.1f}" y="{y + 12}" text-anchor="middle">{text(words)}</text>')
            free = x + 6 * len(words) + 24
    return found


def _lane(person: str, y: float, persons: Mapping[str, Person]) -> str:
    """Name above, ledger and State below; the table of persons has what is cut here."""
    known = persons.get(person)
    identity, _, origin = person.partition("@")
    first = f"{identity} · {known.name}" if known and known.name else identity or "nobody on record"
    second = f"{_cut(origin, 34)}{f' ({known.jurisdiction})' if known and known.jurisdiction else ''}"
    return (
        f'<text class="who" x="0" y="{y + 14}">{text(_cut(first, 32))}</text>'
        f'<text class="where" x="0" y="{y + 29}">{text(second)}</text>'
        f'<line class="line thin" x1="{_LEFT}" y1="{y + 14}" x2="{_RIGHT}" y2="{y + 14}"/>'
    )


def _bar(one: Stretch, axis: Axis, y: float, name: str) -> str:
    x = axis.at(one.start)
    width = max(3.0, axis.at(one.stop) - x)
    fill = f' fill="url(#{name}-{one.kind})"' if one.kind in ("transit", "lent", "nobody") else ""
    look = {"held": "ink", "silent": "hollow"}.get(one.kind, "filled")
    place = f'x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{_BAR}"'
    title = f"{one.person}: {TITLES[one.kind]}, {say_when(one.start)} to {say_when(one.stop)}, {one.length}"
    under = f'<rect class="paper" {place}/>' if fill else ""
    return f'{under}<rect class="{look}"{fill} {place}><title>{text(title)}</title></rect>'


def _presented(item: ItemReport, axis: Axis, lanes: Mapping[str, int]) -> list[tuple[float, int]]:
    found = []
    for step in item.steps:
        if step.type == "court.presented" and step.custodian in lanes:
            try:
                found.append((axis.at(parse_local(step.occurred_at)), lanes[step.custodian]))
            except MalformedError:
                continue
    return found[:LANES]


def _diamond(x: float, y: float) -> str:
    return (
        f'<path class="mark" d="M{x:.1f} {y} l14 14 l-14 14 l-14 -14 z"><title>presented in court</title></path>'
        f'<text class="where" x="{x:.1f}" y="{y + 41}" text-anchor="middle">in court</text>'
    )


def _strokes(marks: Sequence[tuple[int, str]], axis: Axis, base: float) -> list[str]:
    path = "".join(f"M{axis.at(moment):.1f} {base + 6}v14" for moment, _ in marks)
    return [
        f'<text class="where" x="0" y="{base + 18}">statements about it</text>',
        f'<path class="line" d="{path}"/>' if path else "",
    ]


def _scale(axis: Axis, y: float) -> list[str]:
    found = [
        f'<text class="where" x="0" y="{y + 22}">time, UTC</text>',
        f'<line class="line" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>',
    ]
    for x, label in list_ticks(axis, apart=104):
        found.append(f'<path class="line" d="M{x:.1f} {y}v7"/>')
        found.append(f'<text class="tick" x="{x:.1f}" y="{y + 22}" text-anchor="middle">{label}</text>')
    return found


def _describe(stretches: Sequence[Stretch], persons: Mapping[str, Person]) -> str:
    """The picture in words, for who can't see it."""
    borders = dict(_borders(stretches, persons))
    said = []
    for one in stretches[:200]:
        if one.start in borders:
            said.append(f"Border crossed, {borders.pop(one.start)}, {say_when(one.start)}.")
        person = say_person(one.person, persons)
        if one.kind == "held":
            said.append(f"{person} answered for it from {say_when(one.start)} to {say_when(one.stop)}.")
        else:
            said.append(f"{TITLES[one.kind].capitalize()} {say_gap(one, person)}")
    return " ".join(said)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
