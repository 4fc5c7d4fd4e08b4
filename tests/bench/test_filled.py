"""Ledgers that benchmarks fill by the hundred thousand are ones that every act takes: here with few entries."""

from pathlib import Path

from tests.bench.bench_borders import Border
from tests.bench.bench_size import ACTS, Grown


def test_what_is_measured_by_size_runs(tmp_path: Path) -> None:
    grown = Grown(tmp_path, 200)
    for name in ACTS:
        getattr(grown, name.partition(" ")[0])()
    assert grown.member.ledger.size == grown.size + 2, "an entry, and the disclosure of the bundle"


def test_what_is_measured_at_a_border_runs(tmp_path: Path) -> None:
    border = Border(tmp_path / "200", 1_000)
    border.cut()
    border.receive()
    assert len(border.taker.ledger.history(f"item:{border.item}")) > 1
