"""What README, tutorial and the pages on data protection and on keeping a ledger tell a reader to type does what they
say."""

import shutil
from pathlib import Path

import pytest

from tests.docs.console import read_commands, run_commands

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("document", ["README.md", "docs/tutorial.md", "docs/data-protection.md", "docs/keeping.md"])
def test_console_blocks_run(document: str, tmp_path: Path, home: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed: the documents' commands were not run")
    commands = read_commands(ROOT / document)
    assert commands, f"{document} has no console block"
    run_commands(commands, tmp_path, home)
