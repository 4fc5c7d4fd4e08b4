"""Each mistake gets its exit code, a message that says what would be needed, and records nothing."""

import pytest

from custody_cli.main import COMMANDS
from tests.cli.mistakes import MISTAKES
from tests.cli.station import Station, joined


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_and_records_nothing(name: str, station: Station) -> None:
    made = MISTAKES[name]
    before = station.size()
    done = station(*made.words)
    assert done.code == made.code, f"{joined(made.words)}\n{done.out}{done.err}"
    assert done.err.startswith("error: ")
    assert made.error in done.err
    assert made.hint in done.err.partition("hint: ")[2]
    assert done.data == b""
    assert station.size() == before
    assert not (station.folder / "h").exists()


def test_a_label_in_two_cases_needs_its_case(station: Station) -> None:
    station.must("case", "open", "OP-18", "--title", "t", "--offence", "o", "--lead", "jm")
    words = ("--case", "OP-18", "--label", "JM/1", "--source", "s", "--condition", "c", "--description", "d")
    station.must("seize", *words)
    done = station("history", "JM/1")
    assert done.code == 2
    assert "OP-17:JM/1" in done.err
    assert "OP-18:JM/1" in done.err
    assert station("history", "OP-18:JM/1").code == 0
    uuid = station.item("JM/6")["item"]
    assert station("history", uuid[:8]).code == 0
    assert station("history", uuid[:7]).code == 2


def test_nobody_acts(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUSTODY_AS")
    done = station("report", "JM/1", "--text", "t")
    assert (done.code, done.err) == (2, "error: who is acting is not said\nhint: --as ID, or CUSTODY_AS\n")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("key", "completion", "verify")])
def test_no_command_shows_a_traceback_without_a_ledger(name: str, empty_station: Station) -> None:
    done = empty_station(name)
    assert done.code in (2, 4) or name == "init"
    assert "internal error" not in done.err
