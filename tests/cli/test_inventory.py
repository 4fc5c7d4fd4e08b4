"""What was scanned in a room, and what the ledger says is there."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from tests.cli.station import SEIZE, Done, Station

ROOM = ("--facility", "Evidence room B")


@pytest.fixture
def room(station: Station) -> Station:
    """JM/1, JM/4 and JM/6 lie in the room; AK/1 in another."""
    station.must("store", "JM/1", "JM/4", "JM/6", "--facility", "Evidence room B", "--shelf", "12")
    station.must("store", "AK/1", "--facility", "Evidence room BB", "--as", "ak")
    return station


def scan(station: Station, text: str, *more: str, room: Sequence[str] = ROOM) -> Done:
    (station.folder / "list").write_bytes(text.encode())
    return station("inspect", "--from", "list", *room, *more)


def labels(found: list[dict[str, Any]]) -> list[str]:
    return [one["label"] for one in found]


def test_four_lists(room: Station) -> None:
    before = room.size()
    done = scan(room, "JM/4\r\nJM/4\r\n4006381333931\r\nAK/1\r\nJM/6\r\n\r\n", "--json")
    assert done.code == 5, done.err
    told = done.json
    assert labels(told["expected"]) == ["JM/1", "JM/4", "JM/6"]
    assert [(one["label"], one["expected"]) for one in told["found"]] == [
        ("JM/4", True),
        ("AK/1", False),
        ("JM/6", True),
    ]
    assert labels(told["missing"]) == ["JM/1"]
    assert told["unknown"] == [{"line": 3, "text": "4006381333931"}]
    assert room.size() == before + 4 == before + len(told["entries"])
    assert "warning: AK/1 was scanned; on record: in custody, Evidence room BB" in done.err
    assert "warning: missing: 1\nwarning: unknown: 1" in done.err


def test_it_is_told_and_recorded_as_what_the_format_has(room: Station) -> None:
    done = scan(room, "JM/4\nJM/6\n")
    assert done.code == 5
    for line in ("expected in Evidence room B: 3", "found: 2", "missing: 1", "unknown: 0"):
        assert line in done.out.splitlines()
    assert "absent" in room("history", "JM/1").out
    assert labels(room("items", "--absent", "--json").json["items"]) == ["JM/1"]
    assert "in custody, absent" in room("items", "--absent").out
    assert [row["absent"] for row in csv.DictReader(io.StringIO(room("items", "--csv").out))].count("yes") == 1
    assert "as-expected" in room("history", "JM/4").out
    assert scan(room, "JM/1\nJM/4\nJM/6\n").code == 0
    assert room("items", "--absent").out == ""


def test_what_was_scanned_can_neither_flood_nor_drive_the_terminal(room: Station) -> None:
    done = scan(room, f"JM/1\nJM/4\nJM/6\n{'9' * 9_000}\n\x1b[2J\u202eevil\n", "-n")
    assert done.code == 0, done.err
    assert "unknown: 2" in done.out
    assert max(map(len, done.out.splitlines())) < 200
    assert not {"\x1b", "\u202e"} & set(done.out)


def test_a_dry_run_records_nothing(room: Station) -> None:
    before = room.size()
    done = scan(room, "JM/4\n", "-n", "--json")
    assert (done.code, len(done.json["events"]), labels(done.json["missing"])) == (5, 3, ["JM/1", "JM/6"])
    assert room.size() == before


def test_a_list_may_say_seals_and_condition(room: Station) -> None:
    text = "item;seal;condition;differs\nJM/1;A-1001:broken;torn;\nJM/4;;;yes\nJM/6;;;\n"
    done = scan(room, text, "--condition", "dusty", "-n", "--json")
    assert done.code == 0, done.err
    details = [one["details"] for one in done.json["events"]]
    assert [one["outcome"] for one in details] == ["differs", "differs", "as-expected"]
    assert [one["condition"] for one in details] == ["torn", "dusty", "dusty"]
    assert details[0]["seals"] == [{"seal": "A-1001", "state": "broken"}]
    assert "seals" not in details[2]


def test_where_seals_are_read_none_is_left_out(room: Station) -> None:
    done = scan(room, "item,seal\nJM/1,\nJM/1,A-1\n")
    assert (done.code, "line 2, column 2 (seal): a seal is on record for JM/1" in done.err) == (2, True)
    assert "line 3, column 1 (item): JM/1 stands in line 2 already" in done.err


def test_what_left_or_ended_is_found_and_not_recorded(room: Station) -> None:
    room.must("return", "AK/1", "--to", "owner", "--authority", "order", "--as", "ak")
    done = scan(room, "JM/1\nJM/4\nJM/6\nAK/1\n", "--json")
    assert (done.code, len(done.json["entries"])) == (0, 3)
    assert "AK/1 was scanned; on record: returned" in done.err


@pytest.mark.parametrize(
    ("room_said", "code"),
    [
        (("--facility", "evidence ROOM b"), 0),
        (("--facility", "Evidence room B, 12"), 0),
        (("--place", "Evidence room B"), 0),
        (("--facility", "Evidence room"), 2),
        ((), 2),
    ],
)
def test_the_room(room: Station, room_said: tuple[str, ...], code: int) -> None:
    done = scan(room, "JM/1\nJM/4\nJM/6\n", "-n", room=room_said)
    assert done.code == code, done.err
    if code:
        assert ("nothing is on record in" in done.err) == bool(room_said)


def test_a_room_whose_name_begins_alike_is_another(room: Station) -> None:
    room.must("store", "AK/1", "--facility", "Evidence room B, annex", "--as", "ak")
    scanned = "JM/1\nJM/4\nJM/6\n"
    assert labels(scan(room, scanned, "-n", "--json").json["expected"]) == ["JM/1", "JM/4", "JM/6"]
    done = scan(room, scanned + "AK/1\n", "-n", "--json")
    assert [one["details"]["outcome"] for one in done.json["events"]][-1] == "differs"
    done = scan(room, "AK/1\n", "-n", "--json", room=("--facility", "Evidence room B, annex"))
    assert (done.code, labels(done.json["expected"])) == (0, ["AK/1"]), done.err


def test_rooms_that_have_something_are_named(room: Station) -> None:
    for said in ("Evidence room", "Cellar"):
        done = scan(room, "JM/1\n", room=("--facility", said))
        assert "hint: on record: Evidence room B, 12; " in done.err, done.err
    room.must("store", "JM/1", "JM/4", "JM/6", "--facility", "Strada Lungă 4, room B")
    room.must("store", "AK/1", "--facility", "Strada Lungă 4, room C", "--as", "ak")
    done = scan(room, "JM/1\n", room=("--facility", "Strada Lungă 4"))
    assert "hint: on record: Strada Lungă 4, room B; Strada Lungă 4, room C" in done.err, done.err


def test_a_room_is_the_same_however_it_is_spaced(room: Station) -> None:
    room.must("store", "JM/6", "--facility", "  Evidence  room B", "--shelf", " 12 ")
    assert room.item("JM/6")["stored"] == "Evidence room B, 12"
    done = scan(room, "JM/1\nJM/4\nJM/6\n", "--json", room=("--facility", "Evidence room  B "))
    assert (done.code, done.json["room"], len(done.json["expected"])) == (0, "Evidence room B", 3), done.err
    (room.folder / "list").write_text("item,facility\nJM/6,E\u0301vidence  B\n", "utf-8")
    room.must("store", "--from", "list")
    assert room.item("JM/6")["stored"] == "\u00c9vidence B"


def test_of_two_with_one_label_the_one_that_should_be_there_is_meant(room: Station) -> None:
    case = ("--title", "Other", "--offence", "theft", "--lead", "jm")
    room.must("case", "open", "OP-18", *case)
    room.must("seize", *SEIZE[2:], "--case", "OP-18", "--label", "JM/1", "--description", "namesake")
    done = scan(room, "JM/1\nJM/4\nJM/6\n", "-n", "--json")
    assert (done.code, {one["case"] for one in done.json["found"]}) == (0, {"OP-17"}), done.err
    room.must("store", "OP-18:JM/1", "--facility", "Evidence room B")
    done = scan(room, "JM/1\nJM/4\nJM/6\n", "-n")
    assert (done.code, "list, line 1, column 1 (item): JM/1 names 2 items" in done.err) == (2, True), done.err
    assert scan(room, "OP-17:JM/1\nJM/4\nJM/6\nOP-18:JM/1\n", "-n").code == 0


def test_two_persons_where_the_profile_asks(room: Station) -> None:
    rules = 'name = "two at every inventory"\n[witnesses]\n"item.inspected" = 1\n'
    (room.folder / "two.toml").write_text(rules, "utf-8")
    room.must("profile", "adopt", "two.toml")
    done = scan(room, "JM/1\nJM/4\n")
    assert done.code == 3
    assert "line 1: refused (S02): JM/1" in done.err
    done = scan(room, "JM/1\nJM/4\n", "--witness", "ak")
    assert done.code == 5, done.err


@pytest.mark.parametrize("words", [("JM/1",), ("--seal", "A-1"), ("--absent",), ("--differs",)])
def test_a_list_of_scans_stands_alone(room: Station, words: tuple[str, ...]) -> None:
    assert scan(room, "JM/1\n", *words).code == 2


def test_a_room_belongs_to_a_list(room: Station) -> None:
    assert room("inspect", "JM/4", "--facility", "x").code == 2
    assert room("inspect").code == 2


def test_codes_between_two_stray_quotes_are_not_one_code(room: Station) -> None:
    done = scan(room, 'JM/1\n"JM/4\r\nJM/6"\nAK/1\n')
    assert done.code == 4
    assert "list, line 2, column 1 (item): it goes over several lines" in done.err, done.err


def test_a_code_that_several_items_bear_is_told_where_there_is_no_other(room: Station) -> None:
    room.must("case", "open", "OP-18", "--title", "T", "--offence", "trafficking in persons", "--lead", "jm")
    room.must("seize", "--label", "JM/6", "--description", "x", *SEIZE[2:], "--case", "OP-18")
    done = scan(room, "JM/6\n", room=("--facility", "Evidence room BB"))
    assert (done.code, "list, line 1, column 1 (item): JM/6 names 2 items" in done.err) == (2, True), done.err


UNREADABLE = {
    "a blank line before the first": "\r\nitem;seal;condition\r\nJM/1;A-1001;ok\r\nJM/4;;ok\r\nJM/6;;ok\r\n",
    "a title": "Inventory 26 November\r\nitem;seal\r\nJM/1;A-1001\r\n",
    "another list": "export HOME=/x\nexport PATH=/y\n",
}


def test_a_table_is_not_taken_for_codes(room: Station) -> None:
    before = room.size()
    assert scan(room, UNREADABLE["a blank line before the first"], "-n").code == 0
    done = scan(room, UNREADABLE["a title"])
    assert (done.code, "line 1 names no column" in done.err, "line 2 has several cells" in done.err) == (4, True, True)
    done = scan(room, UNREADABLE["another list"])
    assert (done.code, "no line of list names an item of this ledger" in done.err) == (2, True), done.err
    assert room.size() == before


def test_what_is_found_astray_is_not_as_expected(room: Station) -> None:
    """AK/1 is stored in another room, JM/3 lent; JM/2, on its way, may be anywhere; JM/5 was never stored."""
    done = scan(room, "JM/1\nJM/4\nJM/6\nAK/1\nJM/2\nJM/3\nJM/5\n", "-n", "--json")
    assert done.code == 0, done.err
    named = {f"item:{one['item']}": one["label"] for one in room("items", "--json").json["items"]}
    outcomes = {named[event["subject"]]: event["details"]["outcome"] for event in done.json["events"]}
    assert {label for label, one in outcomes.items() if one == "differs"} == {"AK/1", "JM/3"}
    assert {label for label, one in outcomes.items() if one == "as-expected"} == {
        "JM/1",
        "JM/4",
        "JM/6",
        "JM/2",
        "JM/5",
    }


def test_the_room_is_the_place(room: Station) -> None:
    text = "JM/1\nJM/4\n"
    places = {one["place"]["name"] for one in scan(room, text, "-n", "--json").json["events"]}
    assert places == {"Evidence room B"}
    more = ("-n", "--json", "--place", "Cellar")
    assert {one["place"]["name"] for one in scan(room, text, *more).json["events"]} == {"Cellar"}


def test_a_scanner_with_caps_lock(room: Station) -> None:
    uuids = [room.item(label)["item"].upper() for label in ("JM/1", "JM/4", "JM/6")]
    assert scan(room, "\n".join(uuids), "-n").code == 0
