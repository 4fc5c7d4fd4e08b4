"""Runs every tests/bench/bench_*.py and prints one table: `make bench`, or `run.py WORD …` for those so named.

Each benchmark is a module with `measure()`, which yields rows (harness.py), and runs in a process of its own, so that
none inherits another's memory or warm caches. Exit 1 when a target was missed or a benchmark failed.
"""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench.harness import Figure, Row  # noqa: E402  (found through the line above)

ROW = "row: "
HEADINGS = ("name", "median", "spread", "target", "")


def main(words: list[str]) -> int:
    """The table of all benchmarks whose names contain one of the words."""
    files = [file for file in sorted(HERE.glob("bench_*.py")) if not words or any(word in file.stem for word in words)]
    if not files:
        print("no benchmark is so named" if words else "no benchmark is here", file=sys.stderr)
        return 1
    table: list[tuple[str, ...]] = [HEADINGS]
    failed = False
    for file in files:
        print(f"running {file.stem} …", file=sys.stderr)
        rows, status = run(file)
        table += [
            (one.name, number(one.figure.median, one.unit), spread(one), one.target, verdict(one)) for one in rows
        ]
        if status:
            table.append((file.stem, "", "", "", f"FAILED, exit {status}"))
        failed = failed or status != 0 or not all(one.passed for one in rows)
    print_table(table)
    return int(failed)


def run(file: Path) -> tuple[list[Row], int]:
    """The rows of one benchmark, from a fresh process, and its exit code; what else it prints goes to stderr."""
    rows = []
    command = [sys.executable, __file__, "--one", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout or ():
            if line.startswith(ROW):
                name, measured, *rest = json.loads(line.removeprefix(ROW))
                rows.append(Row(name, Figure(*measured), *rest))
            else:
                print(line, end="", file=sys.stderr)
    return rows, process.returncode


def run_here(file: Path) -> int:
    """Runs one benchmark in this process."""
    for one in runpy.run_path(str(file))["measure"]():
        print(ROW + json.dumps(one), flush=True)
    return 0


def number(value: float, unit: str) -> str:
    """Three significant digits."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def spread(one: Row) -> str:
    """From the least to the greatest."""
    return f"{number(one.figure.low, '')} – {number(one.figure.high, '')}"


def verdict(one: Row) -> str:
    """Whether the target was met."""
    return "" if not one.target else "pass" if one.passed else "FAIL"


def print_table(table: list[tuple[str, ...]]) -> None:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())


if __name__ == "__main__":
    os.chdir(ROOT)
    if sys.argv[1:2] == ["--one"]:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.exit(run_here(Path(sys.argv[2])))
    sys.exit(main(sys.argv[1:]))
