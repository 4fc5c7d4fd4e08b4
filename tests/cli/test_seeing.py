"""items, history, show, log: what the ledger says, to people, to programs, to spreadsheets."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import blake3
import pytest

from custody.ledger.acts import beginnings, compose, notes
from custody.protocol.events.handling import ItemLent, ItemSealed, LentDetails, SealedDetails
from custody.protocol.events.items import DerivedDetails
from custody.protocol.events.notes import CopiedDetails, ItemCopied
from custody.protocol.times import DAY
from custody.protocol.values import Digests, SealReading
from tests.cli.office import Office, office, rewrite
from tests.cli.station import call
from tests.ledger.agency import ORIGIN, START, local

DIGESTS = Digests(blake3="b" * 64, sha256="a" * 64, size=7, name="phone.img")


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """JM/1 went to the laboratory, JM/2 is on its way, JM/3 is lent; nobody changes them."""
    with office(tmp_path_factory.mktemp("station")) as made:
        one = made.seize("JM/1", category="phone")
        two = made.seize("JM/2", description="=HYPERLINK(1)", serial="-1")
        three = made.seize("JM/3")
        seal = compose.state(ItemSealed, made.by("jm"), one, SealedDetails(seal="A-1", why="bagged"))
        made.do(seal)
        made.release(one, "jm", "lab", seals=(SealReading(seal="A-1", state="intact"),))
        made.receive(one, "lab")
        made.release(two, "jm", "lab", "ana", return_by=local(START + DAY))
        lent = LentDetails(
            organisation="County Hospital", reason="swabs", condition="good", receipt=DIGESTS, to="Dr Ion"
        )
        made.do(compose.state(ItemLent, made.by("jm"), three, lent))
        yield made


def labels(station: Office, *words: str) -> list[str]:
    return [one["label"] for one in station.call("items", "--json", *words).json["items"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["JM/1", "JM/2", "JM/3"]),
        (("--case", "OP-17"), ["JM/1", "JM/2", "JM/3"]),
        (("--holder", "lab"), ["JM/1"]),
        (("--holder", "jm"), ["JM/2", "JM/3"]),
        (("--in-transit",), ["JM/2"]),
        (("--holder", "ana"), []),
        (("--holder", "lab", "--in-transit"), []),
    ],
)
def test_items_are_chosen(station: Office, words: tuple[str, ...], found: list[str]) -> None:
    assert labels(station, *words) == found


def test_overdue_is_judged_by_todays_clock(station: Office) -> None:
    assert labels(station, "--overdue") == []
    now = station.clock
    station.clock = START + DAY + 60
    assert labels(station, "--overdue") == ["JM/2"]
    assert "overdue" in station.call("items").out
    station.clock = START + 40 * DAY
    assert labels(station, "--overdue") == ["JM/2", "JM/3"]
    station.clock = now


def test_an_item_for_programs(station: Office) -> None:
    item = station.call("items", "--json").json["items"][1]
    assert item["item"] and item["seals"] == []
    assert {name: item[name] for name in ("label", "case", "kind", "status", "custodian", "addressees")} == {
        "label": "JM/2",
        "case": "OP-17",
        "kind": "physical",
        "status": "transit",
        "custodian": f"jm@{ORIGIN}",
        "addressees": [f"lab@{ORIGIN}", f"ana@{ORIGIN}"],
    }
    assert item["return_by"] == "2026-05-04T09:20:00Z"


def test_the_table_claims_no_more_than_the_record(station: Office) -> None:
    done = station.call("items")
    assert done.code == 0
    assert "in transit to lab or ana, back by 2026-05-04" in done.out
    assert "lent to County Hospital" in done.out
    assert " held" not in done.out and " has " not in done.out


def test_no_cell_of_the_csv_is_a_formula(station: Office) -> None:
    rows = list(csv.DictReader(io.StringIO(station.call("items", "--csv").out)))
    assert [row["label"] for row in rows] == ["JM/1", "JM/2", "JM/3"]
    assert rows[1]["description"] == "'=HYPERLINK(1)"
    assert rows[0]["seals"] == "A-1 (intact)"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("items", "--case", "OP-18"), "there is no case OP-18"),
        (("items", "--holder", "nobody"), "not enrolled"),
        (("items", "--csv", "--json"), "two forms"),
        (("history", "JM/9"), "there is no item JM/9"),
        (("history",), "Missing argument 'ITEM'"),
        (("show", "99"), "there is no entry 99"),
        (("show", "abc"), "there is no entry abc"),
        (("show", "other.example/log#1"), "another ledger"),
        (("log", "-n", "0"), "0 is not in the range"),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_2(station: Office, words: tuple[str, ...], said: str) -> None:
    done = station.call(*words)
    assert done.code == 2
    assert said in done.err and "Traceback" not in done.err


def test_no_ledger(tmp_path: Path) -> None:
    for command in (["items"], ["history", "JM/1"], ["show", "0"], ["log"]):
        done = call(*command, "--home", str(tmp_path))
        assert done.code == 2 and "there is no ledger in" in done.err


def test_the_whole_history_in_order(station: Office) -> None:
    done = station.call("history", "JM/1")
    assert done.code == 0
    order = ["item.seized", "item.sealed", "handover.released", "handover.received", "What the rules have to say"]
    places = [done.out.index(word) for word in order]
    assert places == sorted(places)
    assert "jm (Jm) answers for it; in transit" in done.out
    assert "lab (Lab) answers for it; in custody" in done.out
    assert "P01 not established: seal A-1 was on record and was not read" in done.out


def test_the_history_for_programs(station: Office) -> None:
    told = station.call("history", "JM/1", "--json").json
    assert [one["type"] for one in told["events"]] == [
        "item.seized",
        "item.sealed",
        "handover.released",
        "handover.received",
    ]
    assert [one["status"] for one in told["events"]] == ["held", "held", "transit", "held"]
    assert told["custodian"] == f"lab@{ORIGIN}"
    assert told["events"][0]["event"]["details"]["label"] == "JM/1"
    assert {"P01", "C08"} <= {one["code"] for one in told["findings"]}
    assert all(one["item"] == told["item"] for one in told["findings"])


def test_notes_and_what_was_given_stand_among_the_events(tmp_path: Path) -> None:
    with office(tmp_path) as station:
        item = station.seize("JM/1", serial="12")
        copied = CopiedDetails(to="defence", purpose="expert opinion", digests=(DIGESTS,))
        station.do(compose.state(ItemCopied, station.by("jm"), item, copied))
        seized = station.ledger.history(f"item:{item}")[0]
        correct = notes.correct(station.by("jm", "chief"), seized, field="serial", value="21", why="transposed")
        station.do(correct)
        station.release(item, "jm", "lab")
        station.call("bundle", "JM/1", "--as", "pros", "--audience", "defence", "-o", str(tmp_path / "b.custody"))
        told = station.call("history", "JM/1", "--json").json
        assert [one["type"] for one in told["events"]] == [
            "item.seized",
            "item.copied",
            "entry.corrected",
            "handover.released",
            "disclosure.made",
        ]
        text = station.call("history", "JM/1").out
        assert "copy to defence, expert opinion, by jm (Jm)" in text
        assert "a bundle for defence, by pros (Pros)" in text
        shown = station.call("show", str(seized.index)).out
        assert "serial" in shown and "12" in shown and "/details/serial: 21 (transposed; jm (Jm))" in shown


def test_what_an_item_was_made_from_is_judged_with_it(tmp_path: Path) -> None:
    with office(tmp_path) as station:
        disk = station.seize("JM/1", by="jm", authority=None)
        details = DerivedDetails(
            label="JM/1-img", kind="digital", method="image", parents=(), digests=(DIGESTS,), tool="dd"
        )
        station.do(beginnings.derive(station.by("jm"), [beginnings.Source(item=disk)], details))
        text = station.call("history", "JM/1-img").out
        assert "A01 not established: no legal authority" in text


def test_history_shows_no_character_that_deceives(tmp_path: Path) -> None:
    with office(tmp_path) as station:
        station.seize("JM/1", description="evil \u202etxt.exe\x1b[2J")
        for done in (station.call("history", "JM/1"), station.call("items"), station.call("items", "--csv")):
            assert "\u202e" not in done.out and "\x1b[2J" not in done.out
            assert "\\u202e" in done.out


def test_show_finds_an_entry_by_every_name(station: Office) -> None:
    fact = station.ledger.fact(7)
    for name in ("7", f"{ORIGIN}#7", fact.hash[:8], fact.hash):
        done = station.call("show", name)
        assert done.code == 0
        assert f"{ORIGIN}#7" in done.out and fact.hash in done.out
        assert "SHA256:" in done.out and "  valid" in done.out


@pytest.mark.parametrize("index", [0, 1, 6, 7])
def test_show_as_json_is_the_entry_itself(station: Office, index: int) -> None:
    done = station.call("show", str(index), "--json")
    assert done.data == station.ledger.entry(index) + b"\n"
    assert blake3.blake3(done.data[:-1]).hexdigest() == station.ledger.fact(index).hash
    assert json.loads(done.data)["index"] == index


def test_show_says_that_a_signature_is_not_valid(tmp_path: Path) -> None:
    with office(tmp_path) as station:
        station.seize("JM/1")
        mine, other = (json.loads(station.ledger.entry(index))["envelope"]["signatures"][0]["sig"] for index in (7, 6))
        station.ledger.close()
        rewrite(station.path, 7, lambda body: body.replace(mine.encode(), other.encode()), rehash=True)
        station.reopen()
        done = station.call("show", "7")
        assert done.code == 3
        assert "NOT VALID" in done.out and "S01" in done.err


def test_log_ends_with_the_newest(station: Office) -> None:
    size = station.ledger.size
    told = station.call("log", "-n", "3", "--json").json
    assert [one["index"] for one in told["entries"]] == [size - 3, size - 2, size - 1]
    assert told["size"] == size
    assert set(told["entries"][0]) >= {"entry", "index", "ledger", "subject", "type", "actor", "recorded_at"}
    lines = station.call("log", "-n", "3").out.splitlines()
    assert len(lines) == 4 and lines[-1].startswith(f"#{size - 1}")
    assert "item.lent" in lines[-1] and "JM/3" in lines[-1]
    assert len(station.call("log", "-n", "999999").out.splitlines()) == size + 1
