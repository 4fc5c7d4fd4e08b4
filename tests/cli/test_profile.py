"""profile: rules of evidence adopted, shown, and held to from then on."""

from pathlib import Path

import pytest

from tests.cli.station import ORIGIN, SEIZE, Station

EXAMPLES = Path(__file__).parents[2] / "docs/profiles"
STRICT = str(EXAMPLES / "example-strict.toml")
TWO = ("--witness", "ak", "--witness", "dr", "--place", "Strada Lungă 4")


def seize(label: str, *more: str) -> tuple[str, ...]:
    return ("seize", *SEIZE, "--label", label, "--category", "phone", "--description", "phone", "--seal", "B-1", *more)


def test_without_a_profile_the_base_rules_are_shown(station: Station) -> None:
    assert station.must("profile", "show", "--json").json == {
        "profile": {
            "deadlines": {"decision": 30, "execution": 90, "receipt": 7},
            "late_hours": 24,
            "late_statement_days": 7,
            "name": "base rules",
            "transit_days": 30,
        },
        "since": None,
    }
    lines = station.must("profile", "show").out.splitlines()
    assert lines[0] == "base rules (no profile was adopted)"
    assert [line.split(maxsplit=1) for line in lines[1:2]] == [["late_hours", "24 hours"]]


def test_a_profile_is_adopted_and_shown(station: Station) -> None:
    index = station.size()
    told = station.must("profile", "adopt", "rules.toml", "--json").json
    assert [(one["index"], one["subject"]) for one in told["entries"]] == [(index, "ledger")]
    assert told["findings"] == []
    shown = station.must("profile", "show", "--json").json
    assert shown == {
        "profile": {"late_hours": 12, "name": "rules of Ruritania", "witnesses": {"item.opened": 1}},
        "since": f"{ORIGIN}#{index}",
    }
    lines = station.must("profile", "show").out.splitlines()
    assert lines[0] == f"rules of Ruritania (adopted by entry #{index}, 2026-05-03 12:01 +00:00)"
    stated = dict(line.split(maxsplit=1) for line in lines[1:])
    assert stated["late_hours"] == "12 hours"
    assert stated["deadlines.receipt"] == "7 days (base rules)"
    assert (stated["spontaneous"], stated["urgent"]) == ("not allowed", "not allowed")
    assert stated["witnesses"].split() == ["item.opened", "1"]


def test_a_dry_run_shows_the_profile_and_adopts_nothing(station: Station) -> None:
    before = station.size()
    done = station.must("profile", "adopt", STRICT, "-n")
    words = " ".join(done.out.split())
    assert "profile.adopted, ledger by the ledger key" in words
    assert "profile name Example: strict rules of seizure" in words
    assert "profile required item.seized /details/seals, /details/category, /place; item.destroyed /doc" in words
    assert "profile witnesses item.seized 2; item.opened 1; item.destroyed 2" in words
    assert station.size() == before
    told = station.must("profile", "adopt", STRICT, "-n", "--json").json
    assert told["events"][0]["details"]["profile"]["transit_days"] == 10


def test_the_ledger_holds_its_people_to_the_example(station: Station) -> None:
    assert "warning" not in station.must("profile", "adopt", STRICT).err
    alone = station(*seize("JM/7"))
    assert (alone.code, "refused (S02)" in alone.err) == (3, True)
    other = station(*seize("AK/2", "--as", "ak", "--witness", "jm", "--witness", "dr"))
    assert other.code == 3
    assert f"refused (A05): AK/2: the profile leaves item.seized to investigator, and ak@{ORIGIN} had no" in other.err
    assert "custody profile show" in other.err
    assert station.must(*seize("JM/7", *TWO, "--json")).json["findings"] == []
    blank = station.must("seize", *SEIZE, "--label", "JM/8", "--description", "d", *TWO, "--json")
    assert {one["code"] for one in blank.json["findings"]} == {"F01"}


def test_a_profile_that_asks_less_is_said_to_before_it_is_signed(station: Station) -> None:
    dry = station.must("profile", "adopt", str(EXAMPLES / "example-executing-state.toml"), "-n")
    assert dry.err.startswith(
        "warning: it asks less, or permits more, than base rules: transit_days, spontaneous; every report says so\n"
    )
    station.must("profile", "adopt", STRICT)
    done = station.must("profile", "adopt", "rules.toml", "--json")
    assert [one["code"] for one in done.json["findings"]] == ["F03"]
    less = "late_hours, late_statement_days, transit_days, required, roles, witnesses; every report says so"
    assert f"than Example: strict rules of seizure: {less}" in done.err


@pytest.mark.parametrize("file", sorted(EXAMPLES.iterdir()), ids=lambda one: one.name)
def test_every_example_can_be_adopted(file: Path, station: Station) -> None:
    station.must("profile", "adopt", str(file))
    assert station.must("profile", "show", "--json").json["profile"]["name"].startswith("Example: ")
    assert station.must("audit").code == 0
