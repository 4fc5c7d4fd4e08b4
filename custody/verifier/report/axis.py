"""The time axis of a picture: in order, to scale as far as short stretches can still be seen.

Between two neighbouring moments lies at least a few units, whatever the scale, so that ten minutes stay visible in ten
years; what is left is shared out in proportion to time. The same events give the same places.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from custody.protocol.times import DAY, HOUR, format_utc

LEAST = 14.0
"""Units between two moments, while there is room."""

_STEPS = (60, 300, 900, 1800, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY)
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 300, 1200, 12000)
_TICKS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Axis(NamedTuple):
    """Moments, ascending, and where each is drawn."""

    moments: tuple[int, ...]
    places: tuple[float, ...]

    def at(self, moment: int) -> float:
        """Where a moment is drawn; outside the axis, its nearer end."""
        place = bisect_right(self.moments, moment) - 1
        if place < 0:
            return self.places[0]
        if place + 1 >= len(self.moments):
            return self.places[-1]
        start, stop = self.moments[place], self.moments[place + 1]
        return self.places[place] + (self.places[place + 1] - self.places[place]) * (moment - start) / (stop - start)


def make_axis(moments: Iterable[int], left: float, right: float) -> Axis:
    """The axis from `left` to `right` on which all of `moments` (at least one) can be told apart."""
    ordered = tuple(sorted(set(moments)))
    count, total = len(ordered) - 1, ordered[-1] - ordered[0]
    if count == 0:
        return Axis(ordered, (left,))
    least = min(LEAST, (right - left) / 2 / count)
    free = right - left - least * count
    places = (left + least * number + free * (one - ordered[0]) / total for number, one in enumerate(ordered))
    return Axis(ordered, tuple(places))


def list_ticks(axis: Axis, *, apart: float) -> list[tuple[float, str]]:
    """Places and labels, in UTC: both ends, and round times between them at least `apart` from any other."""
    first, last = axis.moments[0], axis.moments[-1]
    ends = [(axis.places[0], _label(first)), (axis.places[-1], _label(last))]
    found = ends[: 1 if axis.places[-1] - axis.places[0] < apart else 2]
    for moment in _round_times(first, last):
        place = axis.at(moment)
        if all(abs(place - other) >= apart for other, _ in found):
            found.append((place, _label(moment)))
    return sorted(found)


def _label(moment: int) -> str:
    """`2026-05-04 09:20`, or the date alone at midnight."""
    return format_utc(moment)[: 10 if moment % DAY == 0 else 16].replace("T", " ")


def _round_times(first: int, last: int) -> Iterator[int]:
    step = next((one for one in _STEPS if (last - first) // one <= _TICKS), None)
    if step is not None:
        yield from range(first - first % step + step, last, step)
        return
    start = _EPOCH + timedelta(seconds=first)
    begin = start.year * 12 + start.month
    span = (last - first) // (28 * DAY)
    months = next(one for one in _MONTHS if span // one <= _TICKS)
    for month in range(begin - begin % months + months, begin + span + 2, months):
        moment = _month(month)
        if first < moment < last:
            yield moment


def _month(month: int) -> int:
    """The first second of a month counted from year 0."""
    return int((datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
