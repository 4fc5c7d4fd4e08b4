"""What scripts depend on: one JSON object on stdout, its members, and messages on stderr."""

import json

import pytest

from custody.protocol.entry import hash_entry, parse_entry
from tests.cli.station import ORIGIN, SEIZE, Station

ENTRY = {"entry", "index", "ledger", "subject"}

HANDOVER = ("handover", "JM/4", "--to", "ak", "--reason", "r", "--condition", "c")

APPENDING: dict[str, tuple[str, ...]] = {
    "one": ("report", "JM/1", "--text", "t"),
    "two": (*HANDOVER, "--evidence", "chat.json"),
    "of the ledger key": ("person", "revoke", "dr", "--reason", "r"),
    "a case": ("case", "amend", "OP-17", "--offence", "o", "--why", "w"),
    "an item": ("seize", *SEIZE, "--label", "JM/+", "--description", "d"),
    "with findings": ("receive", "JM/2", "--condition", "c", "--seal", "A-9:broken", "--as", "ak"),
}


@pytest.mark.parametrize("name", APPENDING)
def test_an_appending_command_gives_its_entries(name: str, station: Station) -> None:
    before = station.size()
    done = station.must(*APPENDING[name], "--json")
    assert done.out.count("\n") == 1
    told = done.json
    assert [one["index"] for one in told["entries"]] == list(range(before, station.size()))
    for one in told["entries"]:
        assert set(one) == ENTRY
        assert one["ledger"] == ORIGIN
        body = station.must("show", str(one["index"]), "--json").data.rstrip(b"\n")
        assert (hash_entry(body), parse_entry(body).index) == (one["entry"], one["index"])
    assert {"code", "entries", "item", "message", "severity"} >= {key for one in told["findings"] for key in one}
    assert bool(told["findings"]) == (name == "with findings")
    assert ("warning: P01" in done.err) == (name == "with findings")


def test_a_new_item_says_its_label(station: Station) -> None:
    told = station.must(*APPENDING["an item"], "--json").json
    assert told["items"] == [{"case": "OP-17", "item": told["entries"][0]["subject"][5:], "label": "JM/7"}]


LISTING = {"items": ("items",), "persons": ("person", "list"), "cases": ("case", "list")}


@pytest.mark.parametrize("name", LISTING)
def test_a_listing_gives_its_list(name: str, station: Station) -> None:
    told = station.must(*LISTING[name], "--json").json
    assert list(told) == [name]
    assert told[name]
    table = station.must(*LISTING[name]).out.splitlines()
    assert len(table) == len(told[name]) + 1


def test_json_may_stand_before_the_command(station: Station) -> None:
    done = station("--json", "--home", "agency", "--as", "ak", "items")
    assert "items" in done.json
    assert station("--home", "nowhere", "items", "--home", "agency").code == 2  # which of them is not guessed
    assert station("--home", "nowhere", "items").code == 2


def test_a_dry_run_tells_the_events_and_records_nothing(station: Station) -> None:
    before = station.size()
    told = station.must(*APPENDING["two"], "-n", "--json").json
    assert told["entries"] == []
    assert told["dry_run"] is True
    assert [event["type"] for event in told["events"]] == ["handover.released", "handover.received"]
    assert station.size() == before


def test_a_refusal_in_json_names_the_rule(station: Station) -> None:
    done = station("release", "JM/2", "--to", "px", "--reason", "r", "--condition", "c", "--seal", "A-1", "--json")
    assert done.code == 3
    assert done.json["error"]["rule"] == "C03"
    assert json.loads(done.out) == done.json


def test_what_the_command_line_says_stands_in_the_event(station: Station) -> None:
    words = ("--at", "2026-05-03T10:00+02:00", "--place", "Strada Lungă 4", "--country", "md", "--witness", "ak")
    told = station.must("report", "JM/1", "--text", "t", *words, "--document", "photo=chat.json", "-n", "--json").json
    event = told["events"][0]
    assert event["occurred_at"] == "2026-05-03T10:00:00+02:00"
    assert event["place"] == {"country": "MD", "name": "Strada Lungă 4"}
    assert event["witnesses"] == [f"ak@{ORIGIN}"]
    assert [(one["kind"], one["title"], one["size"]) for one in event["documents"]] == [("photo", "chat.json", 12)]


def test_a_place_gets_the_agencys_country(station: Station) -> None:
    words = ("report", "JM/1", "--text", "t", "-n", "--json")
    assert station.must(*words).json["events"][0]["place"] is None
    placed = station.must(*words, "--place", "court").json["events"][0]["place"]
    assert placed == {"country": "RO", "name": "court"}
    config = station.folder / "agency" / "config.toml"
    config.write_text(config.read_text() + 'place = "room B"\n')
    assert station.must(*words).json["events"][0]["place"] == {"country": "RO", "name": "room B"}


def test_the_table_of_a_statement_shows_what_differs(station: Station) -> None:
    both = ("--condition", "good", "--condition", "JM/6=scratched")
    done = station.must("release", "JM/4", "JM/6", "--to", "ak", "--reason", "storage", *both, "-n")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["handover.released,", "2", "items"] in lines
    assert ["addressees", "ak", "(Ana", "Kos)"] in lines
    assert ["JM/4", "good"] in lines
    assert ["JM/6", "scratched"] in lines
