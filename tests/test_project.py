"""The project as others get it: what the tree says, what the wheel installs, what an import costs."""

import fnmatch
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

OURS = ("custody", "cli", "tests", "fixtures", "docs", ".ci")
"""Folders of the project, with the files beside them."""


def ignored(path: Path) -> bool:
    """Whether .gitignore keeps a path out; it names folders only."""
    inside = path.relative_to(ROOT).parts
    for line in (ROOT / ".gitignore").read_text().split():
        name = line.strip("/")
        places = inside[:1] if line.startswith("/") else inside
        if any(fnmatch.fnmatch(part, name) for part in places):
            return True
    return False


def project_files() -> Iterator[Path]:
    """Every file that is, or is about to be, part of the project."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    for folder in OURS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and not ignored(path))


# Each pattern has a bracket in it, so that this file does not match itself.
FORBIDDEN = {
    "a package registry": (
        r"pypi[.]org|pythonhosted[.]org|crates[.]io|npmjs[.](com|org)|proxy[.]golang|rubygems[.]org|/simple[/]\s|"
        r"(extra-)?index-url[ =]"
    ),
    "a path of one machine": r"(?<![\w.])/(work|root|farm)[/]|(?<![\w.])/(home|Users)[/][a-z]",
}


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_file_names(pattern: str) -> None:
    named = re.compile(pattern.encode())
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.decode(errors='replace').strip()}"
        for path in project_files()
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1)
        if named.search(line)
    ]
    assert found == []


def test_the_patterns_match_what_they_are_for() -> None:
    registry, machine = FORBIDDEN.values()
    for host in ("pypi", "test.pypi", "files.pythonhosted"):
        assert re.search(registry, f"https://{host}.org/x")
    for path in ("/work", "/root", "/home"):
        assert re.search(machine, f"see {path}/someone")
        assert not re.search(machine, f"docs{path}/someone")


def modules(folder: Path, package: str) -> set[str]:
    """What the wheel must hold of a source folder."""
    return {
        f"{package}/{path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.suffix in (".py", ".typ", ".toml", ".json") or path.name == "py.typed"
    }


def test_the_wheel_installs_custody_and_custody_cli_whole_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in ("custody", "cli", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(tmp_path), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == modules(source / "custody", "custody") | modules(source / "cli", "custody_cli")


@pytest.mark.parametrize(
    "module",
    [
        "custody.protocol",
        "custody.protocol.rules",
        "custody.evidence",
        "custody.keys",
        "custody.verifier",
        "custody.verifier.report",
        "custody_cli",
        "custody_cli.main",
        "custody_cli.commands.verify",
    ],
)
def test_importing_does_not_load_the_database(module: str) -> None:
    heavy = "{'sqlmodel', 'sqlalchemy', 'pydantic', 'custody.ledger'}"
    code = f"import sys, {module}; print(sorted({heavy} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def run_alone(file: Path, *arguments: str, unpacked: Path) -> subprocess.CompletedProcess[str]:
    """Runs the single file with an interpreter that sees no installed package, in an empty environment."""
    command = [sys.executable, "-I", "-S", str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={"SHIV_ROOT": str(unpacked)}, cwd=unpacked)


def test_the_single_file_is_reproducible_and_runs_alone(tmp_path: Path) -> None:
    files = [tmp_path / "a" / "custody-verify.pyz", tmp_path / "b" / "custody-verify.pyz"]
    for file in files:
        built = subprocess.run([sys.executable, ROOT / ".ci" / "verifier.py", file], capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        assert hashlib.sha256(file.read_bytes()).hexdigest() in built.stdout
    assert files[0].read_bytes() == files[1].read_bytes()

    names = zipfile.ZipFile(files[0]).namelist()
    assert not [name for name in names if re.search("sqlmodel|sqlalchemy|custody/ledger", name)]

    nothing = tmp_path / "nothing.custody"
    nothing.touch()
    helped = run_alone(files[0], "--help", unpacked=tmp_path)
    assert (helped.returncode, helped.stderr) == (0, "")
    refused = run_alone(files[0], str(nothing), unpacked=tmp_path)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr.startswith("error: ")
    stamped = ROOT / "fixtures/valid/time-stamped"
    given = ("bundle.custody", "--policy", "policy", "--tsa", "tsa.pem")
    words = [one if one.startswith("--") else str(stamped / one) for one in given]
    verified = run_alone(files[0], *words, unpacked=tmp_path)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "time-stamped by CN=Time" in verified.stdout and "T03" not in verified.stdout


FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)#>\s]+)")


def test_local_links_resolve() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in project_files()
        if document.suffix == ".md"
        for link in LINK.findall(FENCED.sub("", document.read_text(encoding="utf-8")))
        if "://" not in link and not (document.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("target", ["help", "test", "demo", "soak", "bench", "verifier", "fixtures", "format", "clean"])
def test_make_help_names_every_target(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{target}:.* ## \S", makefile, re.MULTILINE)


def test_the_readme_names_only_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
