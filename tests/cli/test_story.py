"""An item's whole way by commands, from an empty folder to the verifier's verdict; and what each step leaves behind."""

import pytest

from custody.errors import CustodyError
from tests.cli.station import SEIZE, Station


def test_from_seizure_to_court(station: Station) -> None:
    must = station.must
    must("seize", *SEIZE, "--label", "P/1", "--category", "phone", "--description", "Samsung A5", "--serial", "35391")
    must("seal", "P/1", "--new", "S-1", "--why", "bagged at the scene")
    must("store", "P/1", "--facility", "room B", "--shelf", "4")
    intact = ("--condition", "bag intact", "--seal", "S-1")
    must("release", "P/1", "--to", "lee", "--to", "ak", "--reason", "imaging", *intact)
    assert station.item("P/1")["status"] == "transit"
    must("receive", "P/1", *intact, "--as", "lee")
    image = ("image.dd", "--label", "P/1-IMG", "--method", "image", "--tool", "dc3dd", "--tool-version", "7.3.1")
    must("derive", "P/1", *image, "--format", "raw", "--seal-opened", "S-1", "--witness", "ak", "--as", "lee")
    must("examine", "P/1-IMG", "--purpose", "messages", "--as", "lee")
    must("seal", "P/1", "--new", "S-2", "--why", "imaged", "--as", "lee")
    must("inspect", "P/1-IMG", "image.dd", "--as", "dr")
    must("copy", "P/1-IMG", "image.dd", "--to", "defence", "--purpose", "disclosure", "--as", "lee")
    loan = ("--to", "Dr Rusu", "--organisation", "Hospital", "--reason", "traces", "--condition", "bag intact")
    must("lend", "P/1", *loan, "--receipt", "receipt.pdf", "--seal", "S-2", "--may-open", "--as", "lee")
    assert station.item("P/1")["holder"] == "Hospital"
    changed = ("--removed", "S-2", "--put-on", "H-1", "--seal", "H-1")
    must("recover", "P/1", "--condition", "bag intact", *changed, "--as", "lee")
    both = ("--seal", "P/1=H-1", "--evidence", "image.dd")
    must("handover", "P/1", "P/1-IMG", "--to", "px", "--reason", "trial", "--condition", "good", *both, "--as", "lee")
    exhibits = ("--exhibit", "P/1=P-7", "--exhibit", "P/1-IMG=P-8")
    must("present", "P/1", "P/1-IMG", "--court", "Tribunal Iași", "--hearing", "2026-05-04", *exhibits, "--as", "px")
    assert station.item("P/1")["custodian"].startswith("px@")
    must("bundle", "P/1", "P/1-IMG", "-o", "P.custody", "--as", "px")
    must("policy", "-o", "agency.policy")
    done = station("verify", "P.custody", "--policy", "agency.policy", "--evidence", "image.dd", "--to-court", "--json")
    assert (done.code, done.json["verdict"]) == (0, "UNBROKEN"), done.out
    assert station("audit").code == 0


def test_a_crate_of_twenty_five_is_one_act(station: Station) -> None:
    lines = "".join(f"C/{number},thing\n" for number in range(1, 26))
    (station.folder / "crate.csv").write_text("label,description\n" + lines)
    station.must("seize", "--from", "crate.csv", *SEIZE)
    labels = [f"C/{number}" for number in range(1, 26)]
    crate = ("--consignment", "crate 7", "--outer-seal", "OUT-1", "--condition", "packed")
    assert (
        len(station.must("release", *labels, "--to", "ak", "--reason", "move", *crate, "--json").json["entries"]) == 25
    )
    read = ("--condition", "packed", "--condition", "C/9=lid open", "--discrepancy", "C/9=one page missing")
    done = station.must("receive", *labels, *read, "--outer-seal", "OUT-1", "--as", "ak", "--json")
    assert len(done.json["entries"]) == 25
    assert done.codes == ["P04", "P04"]


def test_what_does_not_match_is_recorded_and_said_loudly(station: Station) -> None:
    words = ("--condition", "bag torn", "--seal", "A-9999:broken", "--as", "ak")
    done = station("receive", "JM/2", *words)
    assert done.code == 0
    assert "warning: P01: JM/2: seal A-1002 was on record, seal A-9999 was read" in done.err
    assert "warning: P02: JM/2: seal A-9999 was broken" in done.err
    assert done.err.index("warning: P02") < done.err.index("remark: P04")
    (station.folder / "chat.json").write_bytes(b"tampered")
    done = station("inspect", "JM/4", "chat.json")
    assert done.code == 0
    assert "warning: H05: JM/4: a digest measured on" in done.err


def test_a_file_at_a_handover_finds_its_item(station: Station) -> None:
    station.must("seize", "image.dd", *SEIZE, "--label", "JM/7", "--description", "image")
    words = ("--to", "ak", "--reason", "storage", "--condition", "good")
    files = ("--evidence", "image.dd", "--evidence", "chat.json")
    assert station.must("handover", "JM/4", "JM/7", *words, *files, "--json").codes == []
    (station.folder / "other").write_bytes(b"other")
    again = ("--to", "jm", "--reason", "back", "--condition", "good", "--as", "ak")
    done = station("handover", "JM/4", "JM/7", *again, "--evidence", "other")
    assert (done.code, "--evidence ITEM=FILE says which it should be" in done.err) == (2, True)
    done = station.must("handover", "JM/4", "JM/7", *again, "--evidence", "JM/7=other", "--json")
    assert "H05" in done.codes


def test_a_copy_and_its_source_are_told_apart_at_a_handover(station: Station) -> None:
    (station.folder / "copy.json").write_bytes((station.folder / "chat.json").read_bytes())
    station.must("derive", "JM/4", "copy.json", "--label", "JM/4-C", "--method", "copy")
    words = ("JM/4", "JM/4-C", "--to", "ak", "--reason", "storage", "--condition", "good", "--evidence", "copy.json")
    done = station.must("handover", *words, "--evidence", "chat.json", "--json")
    assert done.codes == []
    received = [one["index"] for one in done.json["entries"]][1::2]
    shown = [station.must("show", str(index)).out for index in received]
    assert [name in text for name, text in zip(("chat.json", "copy.json"), shown, strict=True)] == [True, True]


def test_after_a_change_of_key_the_ledger_goes_on(station: Station) -> None:
    station.must("rekey", "--reason", "yearly", "--no-passphrase")
    station.must("rekey", "--reason", "again", "--no-passphrase")
    station.must("person", "revoke", "dr", "--reason", "left")
    assert sorted(path.name for path in (station.folder / "agency" / "keys").glob("ledger*.pub")) == [
        "ledger-2.pub",
        "ledger-3.pub",
        "ledger.pub",
    ]
    station.must("policy", "-o", "agency.policy")
    station.must("bundle", "JM/1", "--as", "px", "-o", "JM-1.custody")
    assert station("verify", "JM-1.custody", "--policy", "agency.policy").code == 0


def test_a_change_of_key_that_is_given_up_leaves_no_key(station: Station) -> None:
    station.must("rekey", "--reason", "yearly", "--no-passphrase", "-n")
    assert [path.name for path in (station.folder / "agency" / "keys").glob("ledger-*")] == []
    station.must("person", "revoke", "dr", "--reason", "left")


def test_a_key_in_force_is_never_given_up(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise CustodyError("after the commit")

    with monkeypatch.context() as patch:
        patch.setattr("custody_cli.desk.desk.Desk.acknowledge", fail)
        assert station("rekey", "--reason", "yearly", "--no-passphrase").code == 1
    station.must("person", "revoke", "dr", "--reason", "left")


def test_who_is_revoked_leaves_items_behind(station: Station) -> None:
    done = station("person", "revoke", "jm", "--reason", "lost key", "--effective", "2026-05-01")
    assert "warning: jm still answers for JM/1, JM/2," in done.err
    taken = ("--why", "lost key", "--authority", "head of unit", "--condition", "good", "--seal", "A-1001")
    station.must("assume", "JM/1", *taken, "--witness", "px", "--as", "ak")
    assert station.item("JM/1")["custodian"].startswith("ak@")


def test_an_item_like_the_last_one(station: Station) -> None:
    station.must("seize", *SEIZE, "--label", "X/1", "--category", "cash", "--description", "notes", "--make", "BNR")
    station.must("seize", "--like", "last", "--label", "X/+", "--description", "coins", "--serial", "7")
    item = station.item("X/2")
    assert (item["case"], item["category"], item["description"]) == ("OP-17", "cash", "coins")


def test_a_lost_ledger_is_continued(station: Station) -> None:
    station.must("checkpoint", "-o", "last.checkpoint")
    where = ("--home", "again", "--no-passphrase", "--continues", "last.checkpoint")
    station.must("init", "ocrteh.police.example/again", "--agency", "OCRTEH", "--jurisdiction", "RO", *where)
    shown = station.must("show", "0", "--home", "again").out
    assert "ocrteh.police.example/custody" in shown
