"""harness.py: turns, ratios, targets. No test here depends on how long anything takes."""

from typing import Any

import pytest

from tests.bench.harness import Figure, Timings, figure, interleaved, row


def test_every_round_runs_each_workload_once_and_begins_with_another() -> None:
    ran: list[str] = []
    timings = interleaved(3, a=lambda: ran.append("a"), b=lambda: ran.append("b"))
    assert ["".join(ran[at : at + 2]) for at in range(0, len(ran), 2)] == ["ba", "ab", "ba", "ab"]
    assert {name: len(seconds) for name, seconds in timings.rounds.items()} == {"a": 3, "b": 3}


def test_ratios_are_taken_round_by_round() -> None:
    timings = Timings({"ours": [1.0, 2.0, 4.0], "base": [2.0, 2.0, 2.0]})
    assert timings.speed("ours", "base") == Figure(1.0, 0.5, 2.0)
    assert timings.cost("ours", "base") == Figure(1.0, 0.5, 2.0)
    assert timings.seconds("ours") == Figure(2.0, 1.0, 4.0)


@pytest.mark.parametrize(
    ("bounds", "passed", "target"),
    [
        ({}, True, ""),
        ({"at_least": 1.0}, True, "≥ 1"),
        ({"at_least": 1.1}, False, "≥ 1.1"),
        ({"at_most": 1.0}, True, "≤ 1"),
        ({"at_most": 0.9}, False, "≤ 0.9"),
        ({"at_least": 0.5, "at_most": 2.0}, True, "≥ 0.5, ≤ 2"),
    ],
)
def test_the_median_is_held_against_the_target(bounds: dict[str, Any], passed: bool, target: str) -> None:
    one = row("a", figure([1.0, 0.1, 9.0]), **bounds)
    assert (one.passed, one.target) == (passed, target)
