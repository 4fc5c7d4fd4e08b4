"""Draws docs/size.svg, cost against size on two logarithmic scales: `python tests/bench/plot.py`."""

import math
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.bench_size import SIZES, compare  # noqa: E402  (found through the line above)

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 130, 20, 45
LEAST, MOST = 1, 1000
"""Milliseconds at the ends of the scale."""
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "12 4")


def draw(seconds: Mapping[str, Mapping[int, float]]) -> str:
    """The SVG: for each act a line through its medians."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img"><title>Milliseconds of an act, by entries in the ledger</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    ]
    for size in SIZES:
        parts.append(
            f'<line x1="{_x(size):.1f}" x2="{_x(size):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#ccc"/>'
            f'<text x="{_x(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,}</text>'
        )
    tick = LEAST
    while tick <= MOST:
        at = _y(tick / 1000)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ccc"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tick} ms</text>'
        )
        tick *= 10
    ends: list[float] = []
    for number, (name, by_size) in enumerate(sorted(seconds.items(), key=lambda one: one[1][SIZES[-1]])):
        points = " ".join(f"{_x(size):.1f},{_y(value):.1f}" for size, value in by_size.items())
        end = _y(by_size[SIZES[-1]])
        label = min(end, ends[-1] - 14) if ends else end  # from below upwards, none over another
        ends.append(label)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="black" stroke-width="1.5" '
            f'stroke-dasharray="{DASHES[number % len(DASHES)]}"/>'
            f'<text x="{WIDTH - RIGHT + 8}" y="{label + 4:.1f}">{name}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">entries in the ledger</text></svg>\n')
    return "".join(parts)


def _x(size: int) -> float:
    span = math.log10(SIZES[-1] / SIZES[0]) or 1
    return LEFT + math.log10(size / SIZES[0]) / span * (WIDTH - RIGHT - LEFT)


def _y(seconds: float) -> float:
    share = math.log10(max(seconds * 1000, LEAST) / LEAST) / math.log10(MOST / LEAST)
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


if __name__ == "__main__":
    medians = {name: {size: timings.seconds(f"{size:,}").median for size in SIZES} for name, timings in compare()}
    (ROOT / "docs" / "size.svg").write_text(draw(medians), encoding="utf-8")
