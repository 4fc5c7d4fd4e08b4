"""Lists of items: all or nothing, one signature, every error with its line and column."""

import pytest

from custody_cli.desk import files
from custody_cli.lists import intake
from tests.cli.station import SEIZE, Done, Station

GOOD = """\
label;category;description;seal;manner;quantity;file
JM/+;phone;"Nokia; old";S-1;;;
JM/+;cash;notes;S-2|S-3;found;40 EUR-50;

JM/+;export;log;;;;chat.json
"""


def take(station: Station, text: str | bytes, *more: str, name: str = "list.csv") -> Done:
    (station.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return station("seize", "--from", name, *SEIZE, *more)


def test_a_list_is_recorded_in_one_act(station: Station) -> None:
    before = station.size()
    done = take(station, GOOD, "--json")
    assert done.code == 0, done.err
    assert [one["label"] for one in done.json["items"]] == ["JM/7", "JM/8", "JM/9"]
    assert station.size() == before + 3
    cash, log = station.item("JM/8"), station.item("JM/9")
    assert [seal["seal"] for seal in cash["seals"]] == ["S-2", "S-3"]
    assert (log["kind"], log["description"]) == ("digital", "log")
    assert station.item("JM/7")["description"] == "Nokia; old"


def test_thirty_items_are_one_act(station: Station) -> None:
    text = "Label,Description\n" + "".join(f"JM/+,thing {number}\n" for number in range(30))
    done = take(station, text, "--json")
    assert len(done.json["entries"]) == 30


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_write_lists_in_many_ways(station: Station, separator: str, mark: str, end: str) -> None:
    lines = [separator.join(("LABEL", "Write Blocker", "tool", "description")), separator.join(("X/1", "W", "dd", "ș"))]
    assert take(station, mark + end.join(lines) + end).code == 0
    assert station.item("X/1")["description"] == "ș"


def test_a_dry_run_shows_the_list_and_records_nothing(station: Station) -> None:
    before = station.size()
    done = take(station, GOOD, "--dry-run")
    assert done.code == 0
    assert station.size() == before
    for shown in ("item.seized, 3 items", "JM/7", "JM/9", "S-2; S-3", "40 EUR-50", "chat.json, 12 bytes"):
        assert shown in done.out


FAULTY = """\
label,category,description,seal,manner,quantity
JM/+,phone,Nokia,S 1,,
JM/40,cash,notes,S-2,stolen,40
JM/40,cash,,S-2,,"1,5 g"
JM/41,cash,a,b,c,d,e
JM/42,two words,fine,,,
"""

TOLD = (
    "list.csv, line 2, column 4 (seal): 'S 1' is not a seal number",
    "list.csv, line 3, column 5 (manner): 'stolen' is none of seized,",
    "list.csv, line 3, column 6 (quantity): '40' is not an amount",
    "list.csv, line 4: --description is missing",
    "list.csv, line 4, column label: JM/40 stands in line 3 already",
    "list.csv, line 5, column 7: the line has 7 cells, the first has 6",
    "list.csv, line 6, column 2 (category): 'two words' is not one word",
)


def test_every_error_is_told_with_line_and_column(station: Station) -> None:
    before = station.size()
    done = take(station, FAULTY)
    assert done.code == 4
    for told in TOLD:
        assert f"error: {told}" in done.err
    assert "errors in 5 lines" in done.err
    assert "nothing was recorded" in done.err
    assert station.size() == before


def test_with_json_the_errors_are_in_the_object(station: Station) -> None:
    told = take(station, FAULTY, "--json").json["error"]
    assert told["exit"] == 4
    assert len(told["faults"]) == 9


NO_LISTS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "blank": ("\n \n", "is empty"),
    "heads only": ("label,description\n", "has no items"),
    "unknown column": ("label,descripton\nJM/+,x\n", "line 1, column 2: 'descripton' is no column"),
    "column twice": ("label,seal,seals\nJM/+,a,b\n", "line 1, column 3: 'seal' stands twice"),
    "open quote": ('label,description\nJM/+,"x\n', "line 2: "),
    "Latin-1": ("label,description\nJM/+,Iași\n".encode("iso-8859-16"), "is not a list in UTF-8"),
    "UTF-16": ("label,description\nJM/+,x\n".encode("utf-16"), "is not a list in UTF-8"),
    "zeros": ("label\0,description\nJM/+,x\n", "is not a list"),
    "a private key": ("-----BEGIN OPENSSH PRIVATE KEY-----\n", "is a private key, not a list"),
    "a bundle": ('{"bundle":{}}\n', "is a bundle, not a list"),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_is_malformed(station: Station, name: str) -> None:
    data, message = NO_LISTS[name]
    done = take(station, data)
    assert (done.code, message in done.err) == (4, True), done.err


def test_a_list_has_an_end(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_FORM", intake._FORM._replace(max_rows=2, max_bytes=60))
    assert "has 3 items; one act may have 2" in take(station, "label\nJM/+\nJM/+\nJM/+\n").err
    assert "is larger than 60 bytes" in take(station, "label\n" * 20).err


def test_a_file_that_a_line_names_has_to_be_there(station: Station) -> None:
    for name in ("gone.dd", "a description in the wrong column" * 20):
        done = take(station, f"label,description,file\nJM/+,x,chat.json\nJM/+,y,{name}\n")
        assert (done.code, f"list.csv, line 3, column 3 (file): there is no file {name[:9]}" in done.err) == (2, True)


def test_every_file_that_is_gone_is_told_before_any_is_measured(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "measure", None)
    done = take(station, "label,description,file\nA/1,x,chat.json\nA/2,y,gone.dd\nA/3,z,chat.json|away.dd\n")
    assert [line for line in done.err.splitlines() if "there is no file" in line] == [
        "error: list.csv, line 3, column 3 (file): there is no file gone.dd",
        "error: list.csv, line 4, column 3 (file): there is no file away.dd",
    ]
    done = take(station, "label,description,file\nA/1,x,chat.json\nJM/1,y,\n")
    assert (done.code, "line 3: case OP-17 has an item JM/1 already" in done.err) == (2, True)


def test_what_is_wrong_in_the_list_and_what_the_ledger_does_not_allow_is_told_at_once(station: Station) -> None:
    text = "label,description,file\nA/1,x,gone.dd\nJM/1,y,\n"
    done = take(station, text)
    assert (done.code, "gone.dd" in done.err, "has an item JM/1 already" in done.err) == (2, True, True), done.err
    done = take(station, text.replace("description", "description,seal").replace(",x,", ",x,S 1,"))
    assert (done.code, "'S 1' is not" in done.err, "has an item JM/1 already" in done.err) == (4, True, True), done.err
    done = take(station, text, "--as", "px")
    assert (done.code, "gone.dd" in done.err, "refused (A05)" in done.err) == (3, True, True), done.err


TITLES = ("Seized at Strada Lunga\n", "Strada Lunga, cellar, 3 May\n", "\n\nSeized,,\n")


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_told_once(station: Station, title: str) -> None:
    done = take(station, title + "label,description\nA/1,x\nA/2,y\n")
    line = 3 if title.startswith("\n") else 1
    assert (done.code, done.err.count("error: ")) == (4, 1), done.err
    assert f"error: list.csv, line {line} names no column\nhint: the first line names them: case, label" in done.err


def test_the_line_of_the_columns_is_told_where_it_is(station: Station) -> None:
    done = take(station, "\n\nlabel,descripton\nA/1,x\n")
    assert "list.csv, line 3, column 2: 'descripton' is no column" in done.err


def test_what_is_on_record_is_not_seized_again(station: Station) -> None:
    done = take(station, station("items", "--csv").data)
    assert (done.code, done.err.count("error: ")) == (4, 1), done.err
    assert (
        "list.csv says status, custodian, holder, addressees, since, back-by, as `custody items --csv` does" in done.err
    )


def test_each_line_has_its_own_files(station: Station) -> None:
    text = "label,description,file\nA/1,x,image.dd|chat.json\nA/2,y,\nA/3,z,chat.json\n"
    done = take(station, text, "-n", "--json")
    digests = [one["details"].get("digests") or () for one in done.json["events"]]
    assert [[one["name"] for one in each] for each in digests] == [["image.dd", "chat.json"], [], ["chat.json"]]


@pytest.mark.parametrize("words", [("--seal", "S-9"), ("--serial", "123")])
def test_what_tells_objects_apart_is_not_said_of_all(station: Station, words: tuple[str, str]) -> None:
    done = take(station, "label,description\nA/1,x\nA/2,y\n", *words)
    assert (done.code, f"{words[0]} would be said of 2 items" in done.err) == (2, True)
    name = words[0].removeprefix("--")
    assert take(station, f"label,description,{name}\nA/1,x,1\nA/2,y,\n", *words).code == 0


def test_a_seal_on_two_items_may_be_a_cell_copied_down(station: Station) -> None:
    done = take(station, "label,description,seal\nA/1,x,S-7\nA/2,y,S-8\nA/3,z,S-7\n")
    assert done.code == 0, done.err
    assert done.err.count("warning: seal ") == 1
    assert "warning: seal S-7 is on several items, in lines 2, 4: one bag?" in done.err


def test_columns_that_a_spreadsheet_left_empty_are_none(station: Station) -> None:
    done = take(station, "label,description,,\nA/1,x,,\nA/2,y,,,\n")
    assert done.code == 0, done.err
    done = take(station, "label,,description\nA/3,,x\n")
    assert done.code == 0, done.err
    done = take(station, "label,,description\nA/4,lost,x\n")
    assert (done.code, "line 1, column 2: it has no name" in done.err) == (4, True)


@pytest.mark.parametrize(
    "rows",
    ['A/1,"x,S-1\nA/2,y"\nA/3,z,S-3\n', 'A/1,5" disk,S-1\nA/2,"y,S-2\r\nA/3,z,\nA/4,"\n', 'A/1,x,"S-1\nA/2","y,S-2"\n'],
)
def test_rows_between_two_stray_quotes_are_not_lost(station: Station, rows: str) -> None:
    done = take(station, "label,description,seal\n" + rows)
    line = 3 if "disk" in rows else 2
    assert (done.code, f"list.csv, line {line}" in done.err) == (4, True), done.err


def test_a_row_that_ends_in_an_empty_cell_is_not_lost_either(station: Station) -> None:
    done = take(station, 'label,description,condition\nA/1,x,"good\nA/2,y",\n')
    assert (done.code, "line 2: a cell holds what looks like other rows" in done.err) == (4, True), done.err


def test_a_text_may_have_lines(station: Station) -> None:
    done = take(station, 'label,description,seal\nA/1,"Nokia, old\nno battery",S-1\n', "-n", "--json")
    assert done.json["events"][0]["details"]["description"] == "Nokia, old\nno battery"
    done = take(station, 'label,description,serial\nA/1,x,"1\n2"\n')
    assert (done.code, "column 3 (serial): it goes over several lines" in done.err) == (4, True), done.err


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize(
    "text", ["Samsung A5, black\r\ncracked, no SIM, scratched", "111,112,113,114,115\n116,117", "a, b\nc, d\ne, f"]
)
def test_a_text_of_several_lines_is_no_row(station: Station, separator: str, text: str) -> None:
    text = text.replace(",", separator)
    rows = [("label", "description", "seal"), ("A/1", f'"{text}"', "S-1"), ("A/2", f'"{text}"', "")]
    done = take(station, "".join(separator.join(row) + "\r\n" for row in rows), "-n", "--json")
    assert done.code == 0, done.err
    assert [one["details"]["description"] for one in done.json["events"]] == [text, text]


def test_a_text_that_looks_like_rows_goes_with_columns_separated_by_tabs(station: Station) -> None:
    done = take(station, 'label,description\nA/1,"notes\n111,112"\n')
    assert (done.code, "or separate the columns by tabs" in done.err) == (4, True), done.err
    assert take(station, 'label\tdescription\nA/1\t"notes\n111,112"\n', "-n").code == 0


def test_a_hash_is_read_as_one(station: Station) -> None:
    text = "label,description,file,tool,content-md5\nA/1,x,image.dd,dd,{}\n"
    assert take(station, text.format("AB" * 16), "-n").code == 0
    done = take(station, text.format("AB"))
    assert (done.code, "column 5 (content-md5): 'AB' is not a hash" in done.err) == (4, True), done.err


def test_an_open_quote_is_told_where_it_was_opened(station: Station) -> None:
    done = take(station, 'label,description\nA/1,"x\n' + "A/2,y\n" * 50)
    assert (done.code, "list.csv, line 2: " in done.err) == (4, True)


def test_a_column_that_is_nearly_one_is_guessed(station: Station) -> None:
    assert "(did you mean description?)" in take(station, "label,descripton\nA/1,x\n").err


def test_files_are_relative_to_the_list(station: Station) -> None:
    (station.folder / "scene").mkdir()
    (station.folder / "scene" / "log.txt").write_bytes(b"x")
    assert take(station, "label,description,file\nJM/+,x,log.txt\n", name="scene/list.csv").code == 0


UNKNOWN = "label,case,description\nX/1,,a\nJM/1,,b\nX/2,OP-99,c\nJM/2,,d\n"


def test_a_label_that_stands_twice_in_a_list_is_not_told_to_be_in_the_case(station: Station) -> None:
    done = take(station, "label,description\nX/1,a\nX/1,b\n")
    assert (done.code, "line 3, column label: X/1 stands in line 2 already" in done.err) == (2, True)
    assert "has an item X/1" not in done.err, done.err


@pytest.mark.parametrize("more", [(), ("-n",), ("-y",)])
def test_what_the_ledger_does_not_allow_is_told_of_every_line(station: Station, more: tuple[str, ...]) -> None:
    before = station.size()
    done = take(station, UNKNOWN, *more)
    assert done.code == 2
    told = [line for line in done.err.splitlines() if ", line " in line]
    assert [line.partition(" (")[0] for line in told] == [
        "error: list.csv, line 3: case OP-17 has an item JM/1 already",
        "error: list.csv, line 4: there is no case OP-99",
        "error: list.csv, line 5: case OP-17 has an item JM/2 already",
    ]
    assert "list.csv has errors in 3 lines\nhint: nothing was recorded" in done.err
    assert station.size() == before


def test_every_refusal_is_told_with_its_line(station: Station) -> None:
    before = station.size()
    done = take(station, "label,description\nX/1,a\nX/2,b\n", "--as", "px")
    assert done.code == 3, done.err
    assert "list.csv, line 2: refused (A05)" in done.err
    assert "list.csv, line 3: refused (A05)" in done.err
    assert "the rules do not allow 2 lines of list.csv" in done.err
    assert station.size() == before


def test_numbers_go_on_after_those_of_the_same_list(station: Station) -> None:
    done = take(station, "label,description\nX/+,a\nX/7,b\nX/+,c\nX/y/9,d\nX/+,e\n", "--json")
    assert [one["label"] for one in done.json["items"]] == ["X/1", "X/7", "X/8", "X/y/9", "X/9"]


def test_a_list_and_files_on_the_command_line_exclude_each_other(station: Station) -> None:
    assert take(station, GOOD, "chat.json").code == 2


def test_a_list_that_is_not_there(station: Station) -> None:
    assert station("seize", "--from", "none.csv", *SEIZE).code == 2
