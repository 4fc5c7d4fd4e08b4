"""Measuring fairly: workload and baseline in one process, in turns, many rounds; the result is a ratio.

A machine drifts (clock, heat, neighbours), so each round runs every workload once and gives one ratio; the median of
the rounds' ratios is reported, and the least and the greatest as its spread. Each round begins with another workload.

    def measure() -> Iterator[Row]:
        timings = interleaved(ours=lambda: verify(bundle), libsodium=lambda: verify_all(signatures))
        yield row("verify ÷ libsodium, 1 core", timings.speed("ours", "libsodium"), at_least=0.6)

in a file `bench_*.py` is a benchmark; `python tests/bench/run.py` finds it.
"""

import contextlib
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """A measured figure: the median of the rounds, and between what they lay."""

    median: float
    low: float
    high: float


def figure(samples: Sequence[float]) -> Figure:
    """The figure of one sample a round."""
    return Figure(statistics.median(samples), min(samples), max(samples))


class Timings(NamedTuple):
    """Seconds of each workload, one a round."""

    rounds: dict[str, list[float]]

    def seconds(self, name: str) -> Figure:
        """How long a workload takes."""
        return figure(self.rounds[name])

    def speed(self, name: str, baseline: str) -> Figure:
        """How fast a workload is beside the baseline doing the same work: 2.0 is twice as fast."""
        return figure([base / own for own, base in zip(self.rounds[name], self.rounds[baseline], strict=True)])

    def cost(self, name: str, baseline: str) -> Figure:
        """How long a workload takes beside the baseline: 2.0 is twice as long."""
        return figure([own / base for own, base in zip(self.rounds[name], self.rounds[baseline], strict=True)])


def interleaved(rounds: int = 7, /, **workloads: Callable[[], object]) -> Timings:
    """Times the workloads in turns, after one round that does not count."""
    names = list(workloads)
    timings = Timings({name: [] for name in names})
    for number in range(-1, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            seconds = _time(workloads[name])
            if number >= 0:
                timings.rounds[name].append(seconds)
    return timings


def _time(workload: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    workload()
    return time.perf_counter() - start


@contextlib.contextmanager
def cores(count: int) -> Iterator[None]:
    """Keeps this thread, and threads and processes it starts from here on, to so many processors."""
    before = os.sched_getaffinity(0)
    if count > len(before):
        raise RuntimeError(f"{count} processors are needed, {len(before)} are there")
    os.sched_setaffinity(0, set(sorted(before)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Row(NamedTuple):
    """A line of the table."""

    name: str
    figure: Figure
    unit: str
    """Empty for a ratio."""
    target: str
    passed: bool


def row(
    name: str, measured: Figure, *, at_least: float | None = None, at_most: float | None = None, unit: str = ""
) -> Row:
    """A measured figure against its target; with no target it passes."""
    low_enough = at_most is None or measured.median <= at_most
    high_enough = at_least is None or measured.median >= at_least
    bounds = [("≥", at_least), ("≤", at_most)]
    target = ", ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
    return Row(name, measured, unit, target, low_enough and high_enough)
