"""The mutation campaign: does a fixture notice when a rule is taken away?

    python tests/soak/campaign_mutants.py [WORD …]       only files whose path contains one of the words

Each finding that the rules and the verifier can state is silenced in turn, in a copy of `custody/`: its key is
replaced by that of a remark which every honest bundle has. So is each refusal of malformed bytes, and each finding
said again in milder words. What is judged at a border depends on more than it says: `words` changes it by hand. Then
all fixtures are judged and, where none of them notices, the tests of the rules are run; a mutant that survives both is
reported. Exit 1 when one survives that is not in EXPECTED.
"""

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from custody.protocol.findings import SENTENCES  # noqa: E402  (found through the line above)
from tests.soak.words import WORDS  # noqa: E402

ROOMS = ("custody/protocol/rules", "custody/verifier")

EXPECTED: dict[str, str] = {}
"""Mutants that may survive, by `FILE:FUNCTION:WHAT`, and why."""

MUTED, MUTED_TOO = "T03", "L05"

TESTS = ("tests/protocol/rules", "tests/verifier/test_parts.py", "tests/verifier/test_statements.py")
"""The tests of the rules, and of what each part states."""

_DOCUMENTS = ("tests/certificate/test_verifying.py", "tests/certificate/test_command.py")
_STAMPS = ("tests/verifier/test_timestamps.py",)
TESTS_OF = {
    "certified.py": _DOCUMENTS,
    "elsewhere.py": ("tests/verifier/test_elsewhere.py",),
    "stamping.py": _STAMPS,
    "timestamps.py": _STAMPS,
    "verify.py": _DOCUMENTS,
}
"""What is judged of more than a bundle has its tests elsewhere."""

MILDER = ("lower", "as_remarks_after", "lower_mismatch", "lower_conflict")

JUDGE = """
import json, sys
from fixtures.defect import BASELINE
from fixtures.judge import folders, judge_folder, read_expected
for folder in folders():
    expected = read_expected(folder)
    wanted = set(expected["findings"])
    try:
        judged = judge_folder(folder)
    except Exception as error:
        print(f"{folder.name}: {error!r}"); break
    same = (judged.verdict, judged.exit) == (expected["verdict"], expected["exit"])
    same = same and set(judged.findings) - (BASELINE - wanted) == wanted
    if not same or (expected["error"] or "") not in judged.error:
        print(folder.name); break
"""


class Mutant(NamedTuple):
    """A file changed in one place."""

    file: Path
    name: str
    line: int
    source: str


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of one file."""
    tree = ast.parse(file.read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for place, node in enumerate(ast.walk(function)):
                what = _target(node)
                if what is not None:
                    yield _mutant(file, tree, function, place, what)


def reworded(file: Path) -> Iterator[Mutant]:
    """The changes of `words` to one file."""
    name, text = str(file.relative_to(ROOT)), file.read_text()
    for old, new in WORDS.get(name, ()):
        if text.count(old) != 1:
            raise SystemExit(f"{name} has {text.count(old)} times {old!r}: mend tests/soak/words.py")
        line = text[: text.index(old)].count("\n") + 1
        yield Mutant(file, f"{name}:{line}:{old.strip()} -> {new.strip() or 'nothing'}", line, text.replace(old, new))


def _mutant(file: Path, tree: ast.Module, function: ast.FunctionDef, place: int, what: str) -> Mutant:
    changed = copy.deepcopy(tree)
    wanted = (function.name, function.lineno)
    twin = next(
        node for node in ast.walk(changed) if isinstance(node, ast.FunctionDef) and (node.name, node.lineno) == wanted
    )
    node = list(ast.walk(twin))[place]
    _silence(node, twin)
    name = f"{file.relative_to(ROOT)}:{function.name}:{what}"
    return Mutant(file, name, getattr(node, "lineno", 0), ast.unparse(ast.fix_missing_locations(changed)))


def _target(node: ast.AST) -> str | None:
    """What can be silenced here: a key, a refusal, a milder word."""
    if isinstance(node, ast.Constant) and node.value in SENTENCES:
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and any(
        isinstance(part, ast.Constant) and part.value == "C03." for part in node.values
    ):
        return "C03.*"
    if (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func) == "MalformedError"
    ):
        return f"raise {ast.unparse(node.exc.args[0])[:60]}"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = ast.unparse(node.value.func).rpartition(".")[2]
        return f"{called}()" if called in MILDER else None
    return None


def _silence(node: ast.AST, function: ast.FunctionDef) -> None:
    if isinstance(node, ast.Constant):
        _drop_severity(node, function)
        node.value = MUTED if node.value != MUTED else MUTED_TOO
        return
    for parent in ast.walk(function):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list) and node in value:
                value[value.index(node)] = ast.Constant(MUTED) if isinstance(node, ast.JoinedStr) else ast.Pass()
                return
            if value is node:
                setattr(parent, field, ast.Constant(MUTED))
                return


def _drop_severity(node: ast.Constant, function: ast.FunctionDef) -> None:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and any(inner is node for inner in ast.walk(call)):
            call.keywords = [one for one in call.keywords if one.arg != "severity"]


def survives(mutant: Mutant) -> bool:
    """Whether every fixture is judged as expected all the same, and the tests of the rules pass."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "custody", Path(folder) / "custody", ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / mutant.file.relative_to(ROOT)).write_text(mutant.source)
        environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        run = subprocess.run(
            [sys.executable, "-c", JUDGE], env=environment, cwd=folder, capture_output=True, text=True, check=False
        )
        if run.returncode or run.stdout:
            return False
        return _passes(Path(folder), environment, (*TESTS, *TESTS_OF.get(mutant.file.name, ())))


def _passes(folder: Path, environment: dict[str, str], tests: Sequence[str]) -> bool:
    for name in ("fixtures", "tests", ".ci"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n')
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    run = subprocess.run(
        words, env=environment | {"PYTHONPATH": str(folder)}, cwd=folder, capture_output=True, text=True, check=False
    )
    return run.returncode == 0


def main(words: list[str]) -> int:
    """Runs the campaign."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).glob("*.py"))]
    chosen = [file for file in files if not words or any(word in str(file) for word in words)]
    made = list({mutant.source: mutant for file in chosen for mutant in (*mutants(file), *reworded(file))}.values())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        alive = [mutant for mutant, lives in zip(made, pool.map(survives, made), strict=True) if lives]
    unexpected = [mutant for mutant in alive if mutant.name not in EXPECTED]
    for mutant in alive:
        reason = EXPECTED.get(mutant.name)
        print(f"survived: {mutant.name} (line {mutant.line}){f': {reason}' if reason else ''}")
    print(f"{len(made)} mutants, {len(made) - len(alive)} noticed, {len(alive)} survived, {len(unexpected)} unexpected")
    return int(bool(unexpected))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
