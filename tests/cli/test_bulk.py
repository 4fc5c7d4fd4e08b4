"""Releases and receipts from a list: all or nothing, and every error, and every refusal, by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody_cli.lists import bulk, formulas, table
from tests.cli.abroad import Abroad
from tests.cli.station import ORIGIN, SEIZE, Done, Station

GOING = "item;condition;seal;reason\nJM/1;bag intact;A-1001;\nJM/6;good;;trial\n"


def release(station: Station, text: str | bytes, *more: str) -> Done:
    (station.folder / "list.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return station("release", "--from", "list.csv", "--to", "ak", "--reason", "storage", *more)


def receive(station: Station, text: str, *more: str, to: str = "ak") -> Done:
    (station.folder / "list.csv").write_text(text, "utf-8")
    return station("receive", "--from", "list.csv", "--as", to, *more)


def event_of(station: Station, entry: dict[str, int]) -> dict[str, object]:
    """What was recorded, as its details."""
    from base64 import b64decode
    from json import loads

    envelope = station("show", str(entry["index"]), "--json").json["envelope"]
    found: dict[str, object] = loads(b64decode(envelope["payload"]))
    return found


def test_a_list_is_released_in_one_act(station: Station) -> None:
    before = station.size()
    done = release(station, GOING, "--courier", "M. Dinu", "--json")
    assert done.code == 0, done.err
    first, second = (event_of(station, one) for one in done.json["entries"])
    assert station.size() == before + 2
    assert first["details"] == {
        "addressees": [f"ak@{ORIGIN}"],
        "condition": "bag intact",
        "courier": "M. Dinu",
        "reason": "storage",
        "seals": [{"seal": "A-1001", "state": "intact"}],
    }
    assert second["details"]["reason"] == "trial"  # type: ignore[index]
    assert [station.item(label)["status"] for label in ("JM/1", "JM/6")] == ["transit", "transit"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lists_as_spreadsheets_write_them(station: Station, separator: str, mark: str, end: str) -> None:
    quoted = f'"bag{separator} ""taped"""'
    rows = [["Item", "SEAL", "Condition", "Return by"], ["JM/1", "A-1001", quoted, ""], ["", "", "", ""]]
    text = mark + end.join(separator.join(row) for row in rows) + end * 3
    done = release(station, text, "--json")
    assert done.code == 0, done.err
    assert event_of(station, done.json["entries"][0])["details"]["condition"] == f'bag{separator} "taped"'  # type: ignore[index]


def test_excel_may_be_told_the_separator(station: Station) -> None:
    assert release(station, "sep=;\r\nitem;condition\r\nJM/6;a, b, c\r\n").code == 0
    assert "line 3, column 1 (item)" in release(station, "sep=;\r\nitem;condition\r\nNO/1;a\r\n").err


def test_an_item_is_named_as_anywhere(station: Station) -> None:
    uuid = station.item("JM/6")["item"]
    for name in (uuid, uuid[:8], "OP-17:JM/6", "JM/6"):
        assert release(station, f"item,condition\n{name},good\n", "-n").code == 0


def test_one_row_may_have_addressees_and_seals_of_its_own(station: Station) -> None:
    text = (
        "item,to,condition,seal,outer-seal,return-by,use-limits\nJM/1,px|lee,torn,A-1001:broken|B-7,K-1,2026-12-01,x\n"
    )
    details = event_of(station, release(station, text, "--json").json["entries"][0])["details"]
    assert isinstance(details, dict)
    assert details["addressees"] == [f"px@{ORIGIN}", f"lee@{ORIGIN}"]
    assert [one["state"] for one in details["seals"]] == ["broken", "intact"]
    assert details["outer_seal"] == "K-1"


FAULTY = """\
item,condition,seal,to,return-by
JM/1,,A 1,,
JM/6,good,,xy,soon
JM/77,good,,,
JM/6,good,,,
,good,,,
JM/4,good,,,,one more
JM/2,good,,ak|px|lee|dr,
"""

TOLD = (
    "line 2, column 2 (condition): it is missing, and --condition is not given for all rows",
    "line 2, column 3 (seal): 'A 1' is not a seal number",
    f"line 3, column 4 (to): xy@{ORIGIN} is not enrolled",
    "line 3, column 5 (return-by): 'soon' is not a date (a date is written 2026-05-03, a time 2026-",
    "line 4, column 1 (item): there is no item JM/77 (`custody items` lists them)",
    "line 5, column 1 (item): JM/6 stands in line 3 already",
    "line 6, column 1 (item): it is missing",
    "line 7, column 6: the line has 6 cells, the first has 5",
    "line 8, column 3 (seal): a seal is on record for JM/2, and none was read",
    "line 8, column 4 (to): --to names one to three persons, each once",
)


def test_every_error_is_told_with_line_and_column(station: Station) -> None:
    before = station.size()
    done = release(station, FAULTY)
    told = [line for line in done.err.splitlines() if ", line " in line]
    assert done.code == 4, done.err
    assert len(told) == len(TOLD), done.err
    for one in TOLD:
        assert f"error: list.csv, {one}" in done.err
    assert "error: list.csv has errors in 7 lines\nhint: nothing was recorded" in done.err
    assert station.size() == before
    faults = release(station, FAULTY, "--json").json["error"]["faults"]
    assert len(faults) == len(TOLD)


def test_of_very_many_errors_fifty_are_told(station: Station) -> None:
    done = release(station, "item,condition\n" + "NO/1,good\n" * 200)
    assert done.err.count("there is no item") == 50
    assert "… and 150 more" in done.err


def test_a_long_cell_is_not_quoted_whole(station: Station) -> None:
    done = release(station, f"item,condition,seal\n{'x' * 9_000},good,{'y z' * 3_000}\n")
    assert done.code == 4
    assert max(map(len, done.err.splitlines())) < 400


def test_where_no_line_names_an_item_that_is_told(station: Station) -> None:
    text = "item,condition\nJM/77,good\n"
    for done in (
        release(station, text, "--seal", "A-1001"),
        receive(station, text, "--seal", "A-1002"),
        receive(station, text, "--discrepancy", "torn"),
    ):
        assert (done.code, "line 2, column 1 (item): there is no item JM/77" in done.err) == (2, True), done.err


REFUSED = "item,condition\nAK/1,good\nJM/6,good\nJM/5,good\n"


@pytest.mark.parametrize("more", [(), ("-n",), ("-y",)])
def test_every_refusal_is_told_with_its_line(station: Station, more: tuple[str, ...]) -> None:
    before = station.size()
    done = release(station, REFUSED, *more)
    assert done.code == 3
    assert "list.csv, line 2: refused (C03): AK/1" in done.err
    assert "list.csv, line 4: refused (C03): JM/5" in done.err
    assert "line 3" not in done.err
    assert "error: refused (C03): the rules do not allow 2 lines of list.csv" in done.err
    assert station.size() == before


def test_a_dry_run_shows_the_list_and_records_nothing(station: Station) -> None:
    before = station.size()
    done = release(station, GOING, "-n")
    assert done.code == 0
    for shown in ("handover.released, 2 items", "JM/1", "bag intact", "A-1001"):
        assert shown in done.out
    assert station.size() == before


def test_what_is_shown_of_many_is_summed_up(station: Station) -> None:
    rows = [(f"X/{number}", f"X-{number}") for number in range(20)]
    (station.folder / "seized.csv").write_text("label,description,seal\n" + "".join(f"{a},x,{b}\n" for a, b in rows))
    station.must("seize", *SEIZE, "--from", "seized.csv")
    text = "item,condition,seal\n" + "".join(f"{label},good,{seal}\n" for label, seal in rows[1:])
    done = release(station, f"{text}{rows[0][0]},torn,{rows[0][1]}:broken\n", "-n")
    assert "handover.released  jm (Jana Marin)  20               19 intact, 1 broken" in done.out


NO_LISTS: dict[str, tuple[str | bytes, int, str, str]] = {
    "empty": ("", 4, "is empty", "names the columns"),
    "blank": (";;\r\n\r\n", 4, "is empty", ""),
    "heads only": ("item,condition\n", 4, "has no items", ""),
    "unknown column": ("item,conditon\nJM/6,x\n", 4, "line 1, column 2: 'conditon' is no column", ""),
    "column twice": ("item,seal,seal\nJM/6,a,b\n", 4, "line 1, column 3: 'seal' stands twice", ""),
    "no item column": ("condition\ngood\n", 2, "line 2, column item: it is missing", ""),
    "open quote": ('item,condition\nJM/6,"x\n', 4, "line 2: ", ""),
    "Latin-1": ("item,condition\nJM/6,Iași\n".encode("iso-8859-16"), 4, "is not a list in UTF-8", "CSV UTF-8"),
    "UTF-16": ("item,condition\nJM/6,x\n".encode("utf-16"), 4, "is not a list in UTF-8", "CSV UTF-8"),
    "NUL": ("item,condition\nJM/6,x\0\n", 4, "has a NUL byte", "CSV UTF-8"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", 4, "is a workbook", "saved as CSV UTF-8"),
    "a PDF": (b"%PDF-1.7\n", 4, "is a PDF, not a list", "custody verify"),
    "a bundle": ('{"bundle":{}}\n', 4, "is a bundle, not a list", "custody verify"),
    "rows in a cell": ('item,condition\nJM/6,"x\nJM/4,y"\n', 4, "line 2: a cell holds what looks like other rows", ""),
    "an item of two lines": ('condition,item\nx,"JM/6\nJM/4"\n', 4, "line 2, column 2 (item): ", "is a quote open"),
    "a long cell": (f"item,condition\nJM/6,{'x' * 10_001}\n", 4, "it has more than 10000 characters", ""),
    "a very long cell": (f"item,condition\nJM/6,{'x' * 200_000}\n", 4, "line 2: field larger", ""),
    "a formula for a seal": ("item,condition,seal\nJM/6,x,=A1\n", 4, "'=A1' is not a seal number", ""),
    "an item that is a file": ("item,condition\nchat.json,x\n", 2, "chat.json is a file", ""),
    "several addressees at once": ("item,condition,to\nJM/6,x,ak;ak\n", 2, "each once", ""),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_records_nothing(station: Station, name: str) -> None:
    data, code, message, hint = NO_LISTS[name]
    before = station.size()
    done = release(station, data)
    assert (done.code, message in done.err, hint in done.err) == (code, True, True), done.err
    assert station.size() == before


def test_a_list_has_an_end(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "RELEASED", bulk.RELEASED._replace(max_rows=2, max_bytes=60))
    assert "has 3 items; one act may have 2" in release(station, "item\nJM/1\nJM/2\nJM/3\n").err
    assert "is larger than 60 bytes" in release(station, "item\n" * 20).err


def test_text_that_looks_like_a_formula_is_text(station: Station) -> None:
    done = release(station, "item,condition\nJM/6,'=1+1\n", "--json")
    assert event_of(station, done.json["entries"][0])["details"]["condition"] == "=1+1"  # type: ignore[index]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from("item,;seal\t\"\r\n='\x0b\u2028sp"), max_size=60).map(str.encode),
    )
)
def test_no_bytes_make_anything_but_rows_faults_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    for form in (bulk.RELEASED, bulk.SCANNED):
        try:
            read = table.read_table(path, form)
        except MalformedError:
            continue
        assert read.rows
        assert all(1 <= row.line <= data.count(b"\n") + data.count(b"\r") + 1 for row in read.rows)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\r", "  =1", "'=1", "'", "plain", "'plain", ""])
def test_what_is_written_for_a_spreadsheet_is_read_back(text: str) -> None:
    assert formulas.unescape_formula(formulas.escape_formula(text)) == text or text == "'=1"
    assert not formulas.escape_formula(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_two_ways_to_name_items_exclude_each_other(station: Station) -> None:
    assert release(station, GOING, "JM/1").code == 2
    assert receive(station, GOING, "JM/1").code == 2
    for words in (("release",), ("release", "JM/1"), ("release", "JM/1", "--to", "ak", "--reason", "x"), ("receive",)):
        done = station(*words)
        assert (done.code, "Missing " in done.err) == (2, True)


def test_receipts_refusals_and_what_is_missing(station: Station) -> None:
    release(station, GOING + "JM/4;good;;\n")
    text = (
        "item,condition,seal,discrepancy,refuse,missing,evidence\n"
        "JM/1,bag torn,A-1001:broken,corner open,,,\n"
        "JM/2,,,,bag open,,\n"
        "JM/6,,,,,yes,\n"
        "JM/4,good,,,,no,chat.json\n"
    )
    done = receive(station, text, "--json")
    assert done.code == 0, done.err
    received, refused, missing, digital = (event_of(station, one) for one in done.json["entries"])
    assert received["details"]["discrepancies"] == "corner open"  # type: ignore[index]
    assert refused["details"]["reason"] == "bag open"  # type: ignore[index]
    assert missing["details"]["outcome"] == "missing"  # type: ignore[index]
    assert digital["details"]["digests"][0]["name"] == "chat.json"  # type: ignore[index]
    assert {one["code"] for one in done.json["findings"]} >= {"P02"}
    assert station.item("JM/1")["custodian"] == f"ak@{ORIGIN}"
    assert station.item("JM/2")["refused"]["outcome"] == "refused"


def test_errors_of_receipts(station: Station) -> None:
    release(station, "item,condition,outer-seal,seal\nJM/6,x,K-1,\nJM/1,x,K-2,A-1001\n")
    rows = "JM/2,,torn,yes,,\nJM/6,,,no,,\nJM/1,x,,,A-1001|A-1001:broken,K-2\n"
    text = f"item,condition,refuse,missing,seal,outer-seal\n{rows}"
    done = receive(station, text)
    assert done.code == 2
    for told in (
        "line 2, column 4 (missing): the item is both refused and missing",
        "line 3, column 2 (condition): it is missing",
        "line 3, column 6 (outer-seal): it is missing",
        "line 4, column 5 (seal): seal A-1001 of JM/1 was given in two states",
    ):
        assert told in done.err, done.err


def test_where_it_is_not_clear_whether_it_came_nothing_else_is_asked(station: Station) -> None:
    done = receive(station, "item,condition,missing\nJM/2,,perhaps\n")
    assert done.err.count(", line ") == 1
    assert "line 2, column 3 (missing): 'perhaps' is none of yes, no" in done.err


def test_of_what_is_not_received_nothing_is_dropped_in_silence(station: Station) -> None:
    text = "item,condition,seal,evidence,refuse\nJM/2,torn,A-1002:broken,chat.json,bag open\n"
    done = receive(station, text, "--condition", "good")
    assert done.code == 2
    assert done.err.count("what is not received has only a reason") == 3
    done = receive(station, "item,refuse\nJM/2,seal A-1002 is broken\n", "--condition", "good")
    assert done.code == 0, done.err


def test_one_crate_has_one_seal_and_it_may_be_said_once(station: Station) -> None:
    release(station, "item,condition\nJM/6,x\nJM/4,x\n", "--outer-seal", "K-1")
    done = receive(station, "item,condition\nJM/6,x\nJM/4,x\n", "--outer-seal", "K-1", "--json")
    assert [event_of(station, one)["details"]["outer_seal"] for one in done.json["entries"]] == [  # type: ignore[index]
        {"seal": "K-1", "state": "intact"}
    ] * 2


def test_a_list_goes_to_a_partner_in_a_package(abroad: Abroad) -> None:
    station = abroad.ro
    (station.folder / "list.csv").write_text(
        "item;to;condition\nJM/4;km@bka.police.example/custody;one file\n", "utf-8"
    )
    words = ("release", "--from", "list.csv", "--request", "DE-9", "--reason", "analysis", "--evidence", "chat.json")
    done = station(*words, "-o", "list.custody")
    assert done.code == 0, done.err
    (station.folder / "list.csv").write_text("item;to;condition\nJM/6;ak;x\nJM/5;km@bka.police.example/custody;x\n")
    done = station("release", "--from", "list.csv", "--reason", "r", "-o", "x")
    assert (done.code, "these items go to several ledgers" in done.err) == (2, True)


def test_what_has_no_column_is_told_by_the_name_it_would_have(station: Station) -> None:
    release(station, "item,condition,outer-seal,seal\nJM/1,x,K-1,A-1001\n")
    done = receive(station, "item,condition\nJM/1,x\n")
    assert "line 2, column seal: a seal is on record for JM/1" in done.err
    assert "line 2, column outer-seal: it is missing, and --outer-seal is not given" in done.err


def test_nothing_of_a_package_belongs_to_a_list(station: Station) -> None:
    done = receive(station, GOING, "--missing", "JM/1")
    assert (done.code, "a column of the list says it" in done.err) == (2, True)
    done = receive(station, GOING, "--package", "x", "--case", "OP-17", "-o", "y")
    assert (done.code, "a package is received by its own items" in done.err) == (2, True)


def test_a_list_of_items_is_edited_and_read_back(station: Station) -> None:
    station.must("items", "--holder", "jm", "--csv", "-o", "table.csv")
    text = (station.folder / "table.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["label"] in ("JM/1", "JM/4", "JM/6")]
    for row in rows:
        row |= {"condition": "good", "seal": "A-1001" if row["label"] == "JM/1" else ""}
    edited = io.StringIO(newline="")
    writer = csv.DictWriter(edited, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    done = release(station, edited.getvalue().encode("utf-8-sig"))
    assert done.code == 0, done.err
    assert "remark: columns that say nothing here: kind" in done.err
    done = receive(station, edited.getvalue())
    assert done.code == 0, done.err
    assert {station.item(row["label"])["custodian"] for row in rows} == {f"ak@{ORIGIN}"}


def test_the_table_is_a_file_only_as_csv(station: Station) -> None:
    assert station("items", "-o", "x.csv").code == 2
    (station.folder / "x.csv").write_bytes(b"")
    assert "--force overwrites it" in station("items", "--csv", "-o", "x.csv").err


def released(station: Station, text: str, *more: str) -> list[dict[str, object]]:
    done = release(station, text, "-n", "--json", *more)
    assert done.code == 0, done.err
    return [event["details"] for event in done.json["events"]]


def test_what_is_on_record_is_no_deadline_of_what_is_to_be_recorded(station: Station) -> None:
    station.must("release", "JM/1", "--to", "ak", "--reason", "r", "--condition", "c", "--seal", "A-1001")
    station.must("release", "JM/4", "--to", "ak", "--reason", "r", "--condition", "c", "--return-by", "2027-06-01")
    rows = list(csv.DictReader(io.StringIO(station.must("items", "--csv").out)))
    due = {row["label"]: row["back_by"] for row in rows}
    assert (due["JM/1"], due["JM/4"][:10]) == ("", "2027-06-01")
    on_record = f"label,back_by,condition\nJM/6,{due['JM/4']},good\n"  # cut from that table
    assert "return_by" not in released(station, on_record)[0]
    assert released(station, on_record, "--return-by", "2027-01-01")[0]["return_by"][:10] == "2027-01-01"  # type: ignore[index]
    assert "columns that say nothing here: back-by" in release(station, on_record, "-n").err
    assert not set(rows[0]) & {column.replace("-", "_") for column in bulk.RELEASED.columns} - {"item", "label", "case"}
    for column in ("return_by", "return-by", "Return by"):
        own = f"item,{column},condition\nJM/6,2027-03-01,good\n"
        assert released(station, own)[0]["return_by"][:10] == "2027-03-01"  # type: ignore[index]


def test_nothing_is_to_be_back_before_it_leaves(station: Station) -> None:
    for words in (("--return-by", "2026-05-02"), ("--return-by", "2026-05-02T10:00Z")):
        done = release(station, "item,condition\nJM/6,good\n", *words)
        assert (done.code, "JM/6 would have to be back, by 2026-05-02" in done.err) == (2, True)
        assert station("release", "JM/6", "--to", "ak", "--reason", "r", "--condition", "good", *words).code == 2
    done = release(station, "item,condition,return-by\nJM/6,good,2026-05-02\nJM/4,,2026-05-01\n")
    for told in (
        "line 2, column 3 (return-by): JM/6 would have to be back, by 2026-05-02",
        "line 3, column 2 (condition): it is missing",
        "line 3, column 3 (return-by): JM/4 would have to be back, by 2026-05-01",
    ):
        assert told in done.err, done.err


def test_two_names_in_a_line_are_of_one_item(station: Station) -> None:
    uuid = station.item("JM/6")["item"]
    assert release(station, f"label,item,condition\nJM/6,{uuid.upper()},good\n", "-n").code == 0
    accented = station.seize("\u00c9/1", "thing", "--json").json["items"][0]["item"]
    assert release(station, f"label,item,condition\nE\u0301/1,{accented},good\n", "-n").code == 0
    done = release(station, f"label,item,condition\nJM/4,{uuid},good\n", "-n")
    assert (done.code, f"line 2, column 1 (label): {uuid} is JM/6, not JM/4" in done.err) == (2, True), done.err


def test_the_case_that_a_line_states_is_the_items(station: Station) -> None:
    station.must("case", "open", "OP-18", "--title", "T", "--offence", "trafficking in persons", "--lead", "jm")
    other = station.must("seize", "--label", "JM/6", "--description", "x", *SEIZE[2:], "--case", "OP-18", "--json")
    uuid = other.json["items"][0]["item"]
    done = release(station, "case,label,condition\nOP-18,JM/6,good\n", "-n", "--json")
    assert [one["subject"] for one in done.json["events"]] == [f"item:{uuid}"], done.err
    done = release(station, "case,label,condition\nOP-18,JM/4,good\n,JM/6,good\nOP-19,JM/6,good\n")
    assert done.code == 2
    assert "line 2, column 1 (case): JM/4 belongs to OP-17, not OP-18" in done.err, done.err
    assert done.err.count("column 2 (item): JM/6 names 2 items") == 2, done.err


def test_a_code_may_be_scanned_twice(station: Station) -> None:
    (station.folder / "list").write_text("JM/6\nJM/4\nJM/6\n")
    done = station("store", "--from", "list", "--facility", "Room B", "-n", "--json")
    assert (done.code, len(done.json["events"])) == (0, 2), done.err
    (station.folder / "list").write_text("item,shelf\nJM/6,1\nJM/6,2\n")
    done = station("store", "--from", "list", "--facility", "Room B", "-n")
    assert (done.code, "line 3, column 1 (item): JM/6 stands in line 2 already" in done.err) == (2, True), done.err


NO_REASONS = "no|-|--|0|Nein|yes|n/a|N. A.|none|keine|/|?|x|não|Néant|нет|无"


@pytest.mark.parametrize("said", NO_REASONS.split("|"))
def test_what_is_no_word_for_a_reason_is_no_reason_to_refuse(station: Station, said: str) -> None:
    done = receive(station, f"item,condition,seal,refuse\nJM/2,,,{said}\n")
    assert (done.code, f"column 4 (refuse): {said!r} is no reason" in done.err) == (4, True), done.err


@pytest.mark.parametrize("said", ["-", "none", "n/a"])
def test_none_is_no_discrepancy(station: Station, said: str) -> None:
    done = receive(station, f"item,condition,seal,discrepancy\nJM/2,good,A-1002,{said}\n")
    assert (done.code, f"column 4 (discrepancy): {said!r} is no discrepancy" in done.err) == (4, True), done.err


@pytest.mark.parametrize("said", ["no seal", "wet", "封条破损", "keine Plombe", "Öl"])
def test_a_reason_is_in_words(station: Station, said: str) -> None:
    assert receive(station, f"item,refuse\nJM/2,{said}\n", "-n").code == 0


def test_one_outer_seal_is_not_said_of_several_crates(station: Station) -> None:
    release(station, "item,condition,outer-seal\nJM/6,x,K-1\nJM/4,x,K-2\n")
    done = receive(station, "item,condition,outer-seal\nJM/6,x,K-1\nJM/4,x,\n", "--outer-seal", "K-1")
    assert (done.code, "--outer-seal would be said of 2 crates" in done.err) == (2, True)


def test_every_file_that_is_gone_is_told_by_line(station: Station) -> None:
    release(station, "item,condition\nJM/4,x\nJM/6,x\n")
    long = "a condition in the wrong column" * 9
    done = receive(station, f"item,condition,evidence\nJM/4,x,gone\nJM/6,x,{long}\n")
    assert done.code == 2
    for line, name in ((2, "gone"), (3, long[:20])):
        assert f"list.csv, line {line}, column 3 (evidence): there is no file {name}" in done.err


def test_two_lists_are_two_acts(station: Station) -> None:
    done = release(station, GOING, "--from", "list.csv")
    assert (done.code, "--from is given twice" in done.err) == (2, True)
    done = station("seize", *SEIZE, "--label", "X/1", "--description", "x", "--physical", "--digital")
    assert (done.code, "--physical and --digital exclude each other" in done.err) == (2, True)
    assert station("--json", "items", "--json", "--json").code == 0
    assert station("--home", "agency", "items", "--home", "agency").code == 0


HIDDEN = ("JM/4\u200b", "\ufeffJM/4", "JM/4\u00a0", "\u00a0 JM/4\t")


@pytest.mark.parametrize("code", HIDDEN, ids=[ascii(one) for one in HIDDEN])
def test_what_nobody_sees_around_a_cell_is_none_of_it(station: Station, code: str) -> None:
    assert release(station, f"item;condition\n{code};good\n", "-n").code == 0


@pytest.mark.parametrize(
    ("text", "written"),
    [("a;=cmd|calc;b", "a;'=cmd|calc;b"), ('a; "=1', "a;' \"=1"), ("a\n@x", "a\n'@x"), ("5,-7; x-ray", "5,-7; x-ray")],
)
def test_no_part_of_a_cell_is_calculated_where_semicolons_separate(text: str, written: str) -> None:
    assert formulas.escape_formula(text) == written


def test_a_list_goes_into_storage(station: Station) -> None:
    text = "item,shelf,container\nJM/1,12,\nJM/6,,crate 7\n"
    (station.folder / "list.csv").write_text(text)
    words = ("store", "--from", "list.csv", "--facility", "Room B", "--shelf", "9")
    done = station(*words, "-n", "--json")
    details = [event["details"] for event in done.json["events"]]
    assert details == [
        {"facility": "Room B", "shelf": "12"},
        {"container": "crate 7", "facility": "Room B", "shelf": "9"},
    ]
    assert station(*words).code == 0
    assert station.item("JM/6")["stored"] == "Room B, 9, crate 7"
    done = station("store", "--from", "list.csv")
    assert (done.code, done.err.count("(facility)"), done.err.count("column facility: it is missing")) == (2, 0, 2)
    for words in (("store",), ("store", "JM/1"), ("store", "JM/1", "--facility", "x", "--from", "list.csv")):
        assert station(*words).code == 2


def test_scanned_codes_go_into_storage(station: Station) -> None:
    (station.folder / "list").write_text("JM/1\r\nJM/6\r\n")
    done = station("store", "--from", "list", "--facility", "Room B")
    assert done.code == 0, done.err
    assert station.item("JM/6")["stored"] == "Room B"
