"""Builds dist/custody-verify.pyz (or the path given), the single file an expert runs: `make verifier`.

    custody-verify.pyz = a line naming the interpreter + a zip of
        site-packages/custody/        without ledger/: nothing in it can open or write a ledger
        site-packages/custody_cli/    cli/
        site-packages/…               the distributions below, as installed beside the tests
        _bootstrap/, environment.json shiv's: unpacks under ~/.shiv (or SHIV_ROOT), then calls the entry point

The distributions hold native code: the file runs with the Python and on the platform that built it. The same tree,
versions, Python and platform give the same bytes; nothing that depends on time or place goes in.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import PackagePath, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "dist" / "custody-verify.pyz"
ENTRY_POINT = "custody_cli.process:custody_verify"

# cffi only for its compiled backend, through which PyNaCl calls libsodium: its parser of C is not needed. The two that
# check time-stamps are three quarters of the file; without them its reader would have to install them.
DISTRIBUTIONS = ("blake3", "cffi", "click", "cryptography", "msgspec", "pynacl", "pypdf", "rfc3161-client")

# What an installer writes about one installation: it differs from machine to machine, and nothing reads it here.
_INSTALLERS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


def main(target: Path) -> None:
    """Builds the file whole or not at all, and says what it is."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        site, built = Path(scratch, "site"), Path(scratch, target.name)
        copy_project(site)
        versions = [copy_distribution(name, site) for name in DISTRIBUTIONS]
        pack(site, built)
        built.replace(target)
    content = target.read_bytes()
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f"{os.path.relpath(target)}: {len(content):,} bytes, for {python} on {sysconfig.get_platform()}")
    print(f"holds: {', '.join(versions)}")
    print(f"SHA-256: {hashlib.sha256(content).hexdigest()}")


def copy_project(site: Path) -> None:
    """Our own code, from the tree."""
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "custody", site / "custody", ignore=leave_out)
    shutil.rmtree(site / "custody" / "ledger")
    shutil.copytree(ROOT / "cli", site / "custody_cli", ignore=leave_out)


def copy_distribution(name: str, site: Path) -> str:
    """An installed distribution's files; returns its name and version."""
    installed = distribution(name)
    for file in installed.files or ():
        if not _needed(file):
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(installed.locate_file(file)), target)
    return f"{name} {installed.version}"


def _needed(file: PackagePath) -> bool:
    inside = ".." not in file.parts and "__pycache__" not in file.parts
    return inside and file.parts[0] != "cffi" and file.name not in _INSTALLERS


def pack(site: Path, built: Path) -> None:
    """The archive; every time in it is the same fixed one, every file's mode 0644."""
    for path in site.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    python = f"/usr/bin/env python{sys.version_info.major}.{sys.version_info.minor}"
    options = ["--reproducible", "--compressed", "--python", python, "--entry-point", ENTRY_POINT]
    command = [sys.executable, "-m", "shiv", "--site-packages", str(site), "--output-file", str(built), *options]
    environ = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, check=True, env=environ)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
