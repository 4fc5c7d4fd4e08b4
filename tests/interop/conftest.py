"""Programs of other people's, built once a run; none is fetched here: `make test` does that, beforehand."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MODULES = Path(__file__).parent / "go"
HOME = os.environ.get("HOME", "")
"""Whoever runs the tests: Go keeps its modules and what it compiled there. Read before the tests get a bare one."""

OFFLINE = {"GOPROXY": "off", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "auto", "CGO_ENABLED": "0"}
"""A newer Go that a module asks for is itself such a module: taken where it lies ready, as every other."""

GoBuilder = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def go_build(tmp_path_factory: pytest.TempPathFactory) -> GoBuilder:
    """`go_build(module, package)`: the program's path. Skips the test where Go or a module of it is missing."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers' common one
    folder = folder / "go"
    folder.mkdir(exist_ok=True)

    def build(module: str, package: str) -> Path:
        built = folder / f"{module}-{package.rpartition('/')[2]}"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not built.exists():
                _go(module, "mod", "download")
                _go(module, "build", "-o", str(built), package)
        return built

    return build


def _go(module: str, *words: str) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip(f"not compared with Go's {module}: `go` is not installed")
    environment = os.environ | OFFLINE | {"HOME": HOME}
    try:
        done = subprocess.run(
            [go, *words], cwd=MODULES / module, env=environment, capture_output=True, text=True, timeout=300
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"not compared with Go's {module}: `go {words[0]}` took over five minutes")
    if done.returncode and words[0] == "mod":
        pytest.skip(f"not compared with Go's {module}: its modules are not on this machine: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
