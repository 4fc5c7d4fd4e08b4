"""What a command loads before it does anything: the database's libraries alone take three times as long as it does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from custody_cli.main import COMMANDS
from tests.cli.station import ORIGIN, SEIZE

PHONE = Path(__file__).parents[2] / "fixtures" / "valid" / "phone-to-court"
HEAVY = ("sqlmodel", "sqlalchemy", "sqlite3", "pydantic", "cryptography", "pyrage")
PROGRAM = """
import json, sys
from custody_cli.main import custody
from custody_cli.running import run
codes = [run(custody, words) for words in json.loads(sys.argv[1])]
print("\\0" + json.dumps({"codes": codes, "loaded": [one for one in json.loads(sys.argv[2]) if one in sys.modules]}))
"""


def started(folder: Path, *commands: list[str], heavy: tuple[str, ...] = HEAVY) -> tuple[list[int], list[str]]:
    """Exit codes of commands run in one fresh process, and which heavy modules it loaded."""
    words = [sys.executable, "-c", PROGRAM, json.dumps(commands), json.dumps(heavy)]
    environ = {"HOME": str(folder), "CUSTODY_KEYS": str(folder / "people"), "CUSTODY_HOME": str(folder / "agency")}
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)
    told = json.loads(done.stdout.rpartition("\0")[2])
    return told["codes"], told["loaded"]


def test_help_of_every_command_loads_no_library_but_the_protocols(tmp_path: Path) -> None:
    codes, loaded = started(tmp_path, ["--help"], ["--version"], *([name, "--help"] for name in COMMANDS))
    assert set(codes) == {0}
    assert loaded == []


def test_the_list_of_commands_imports_none_of_them(tmp_path: Path) -> None:
    modules = tuple(f"custody_cli.commands.{place.module}" for place in COMMANDS.values())
    _, loaded = started(tmp_path, ["--help"], ["--version"], ["nonsense"], heavy=modules)
    assert loaded == []


def test_completion_loads_no_database(tmp_path: Path) -> None:
    codes, loaded = started(tmp_path, *(["completion", shell] for shell in ("bash", "zsh", "fish")))
    assert codes == [0, 0, 0]
    assert loaded == []


def test_keys_and_the_verifier_load_no_database(tmp_path: Path) -> None:
    (tmp_path / "empty.custody").write_bytes(b"")
    codes, loaded = started(
        tmp_path,
        ["key", "new", "jm", "--no-passphrase"],
        ["key", "request", "jm", "--ledger", "ocrteh.police.example/custody", "-o", "jm.request"],
        ["verify", "empty.custody"],
        heavy=("sqlmodel", "sqlalchemy", "sqlite3", "pydantic"),
    )
    assert codes[:2] == [0, 0]
    assert codes[2] != 0
    assert loaded == []


def test_the_verifier_loads_nothing_but_the_protocol_and_the_report(tmp_path: Path) -> None:
    words = ["verify", str(PHONE / "bundle.custody"), "--policy", str(PHONE / "policy")]
    ours = ("custody.ledger", "custody.keys", "custody.evidence", "custody.certificate", "custody.verifier.timestamps")
    theirs = ("dataclasses", "socket", "subprocess", "shutil", "tomllib", "logging", "concurrent.futures")
    codes, loaded = started(tmp_path, words, heavy=(*HEAVY, *ours, *theirs))
    assert (codes, loaded) == ([0], [])


@pytest.mark.parametrize("script", ["custody", "custody_verify"])
def test_a_console_script_imports_nothing_before_the_collector_waits(script: str, tmp_path: Path) -> None:
    program = f"""
import gc, sys
from custody_cli import process
before = [one for one in ("click", "msgspec", "custody") if one in sys.modules]
threshold = gc.get_threshold()[0]
sys.argv = ["custody", "--help"]
try:
    process.{script}()
finally:
    print("\\0", before, gc.get_threshold()[0] > threshold)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.rpartition("\0")[2].strip()) == (0, "[] True")


def test_a_ledger_in_a_file_is_read_and_written_without_what_its_tables_are_made_with(tmp_path: Path) -> None:
    """They take three times as long to load as such a command takes."""
    seize = ["seize", *SEIZE, "--description", "a phone", "--as", "jm", "--label"]
    begun, _ = started(
        tmp_path,
        ["init", ORIGIN, "--agency", "A", "--jurisdiction", "RO", "--no-passphrase"],
        ["key", "new", "jm", "--no-passphrase"],
        ["person", "enrol", "jm", "--name", "J", "--role", "investigator"],
        ["case", "open", "OP-17", "--title", "T", "--offence", "trafficking in persons", "--lead", "jm", "--as", "jm"],
        [*seize, "JM/1"],
    )
    used, loaded = started(
        tmp_path,
        ["items"],
        ["history", "JM/1"],
        ["store", "JM/1", "--facility", "room 2", "--as", "jm"],
        [*seize, "JM/2"],
        ["checkpoint"],
        heavy=("sqlmodel", "sqlalchemy", "pydantic", "alembic", "psycopg", "asyncio"),
    )
    assert (begun, used, loaded) == ([0] * 5, [0] * 5, [])
    threads_and_sockets = ("concurrent.futures", "logging", "socket", "shutil")
    stored = started(tmp_path, ["store", "JM/1", "--facility", "room 3", "--as", "jm"], heavy=threads_and_sockets)
    assert stored == ([0], [])
    of_signers = ("custody_cli.desk.desk", "custody.keys", "cryptography", "pyrage", "dataclasses")
    assert started(tmp_path, ["items"], heavy=(*threads_and_sockets, *of_signers)) == ([0], [])


@pytest.mark.parametrize(
    "words",
    [
        ["seize", "--at", "10:20"],
        ["seize", "--no-such-option"],
        ["release", "JM/1"],
        ["items"],
        ["init", "Not an origin", "--agency", "A", "--jurisdiction", "RO"],
    ],
)
def test_a_mistake_on_the_command_line_is_told_without_the_database(words: list[str], tmp_path: Path) -> None:
    codes, loaded = started(tmp_path, words, heavy=("sqlmodel", "sqlalchemy"))
    assert (codes, loaded) == ([2], [])


def test_tab_completes_names_without_importing_commands(tmp_path: Path) -> None:
    environ = {
        "HOME": str(tmp_path),
        "_CUSTODY_COMPLETE": "bash_complete",
        "COMP_WORDS": "custody se",
        "COMP_CWORD": "1",
    }
    program = "import sys; from custody_cli.main import custody; from custody_cli.running import run; run(custody, [])"
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["plain,seize", "plain,seal"]
