"""A disk is lost: what comes back from a backup, what is refused, how a ledger goes on that can't be brought back."""

import re
import shlex
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from custody.errors import CustodyError
from custody.ledger.store.sqlite.database import SqliteDatabase
from custody.ledger.store.store import UnsureError
from tests.cli.abroad import DE, Abroad
from tests.cli.station import ORIGIN, SEIZE, Station, call
from tests.postgres import Server

AGAIN = "ocrteh.police.example/again"
LOST = ("--why", "the ledger was lost", "--authority", "order 5/2026", "--condition", "good", "--witness", "px")


def lose_database(station: Station) -> None:
    for path in station.home.glob("ledger.db*"):
        path.unlink()


def typed_in(hint: str) -> list[list[str]]:
    """The commands that a hint names."""
    return [shlex.split(one)[1:] for one in re.findall(r"`(custody [^`]+)`", hint)]


def test_a_lost_database_comes_back(station: Station) -> None:
    station.must("checkpoint")
    told = station.must("backup", "-o", "monday.backup", "--json").json
    assert (told["ledger"], told["size"], told["signed"]) == (ORIGIN, station.size(), station.size())
    before = station.must("items", "--json").json, station.must("log", "--json").json
    lose_database(station)
    done = station("items")
    assert (done.code, "custody restore FILE" in done.err) == (1, True)
    station.must("restore", "monday.backup")
    assert (station.must("items", "--json").json, station.must("log", "--json").json) == before
    station.must("audit")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")


def test_a_backup_is_not_overwritten_and_says_what_it_is_not(station: Station) -> None:
    done = station.must("backup", "-o", "monday.backup")
    assert "holds no keys" in done.err
    assert f"{ORIGIN} at {station.size()} entries" in done.out
    assert station("backup", "-o", "monday.backup").code == 2
    station.must("backup", "-o", "monday.backup", "--force")
    assert station("backup", "-o", "-").code == 2
    assert station("backup", "-o", "nowhere/monday.backup").code == 2


def test_the_whole_folder_is_lost(station: Station) -> None:
    """Only a partner's checkpoint can tell how long the ledger was. The configuration comes from the log, the keys from
    where they were kept."""
    station.must("backup", "-o", "monday.backup")
    shutil.copytree(station.home / "keys", station.folder / "keys-kept")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    station.must("checkpoint", "-o", "partners.checkpoint")
    size = station.size()
    shutil.rmtree(station.home)
    done = station("restore", "monday.backup", "--seen", "partners.checkpoint")
    assert (done.code, f"has {size - 1} entries" in done.err, f"knows of {size}" in done.err) == (3, True, True)
    assert not station.home.exists()
    done = station.must("restore", "monday.backup")
    assert "put the folder keys back" in done.err
    shutil.copytree(station.folder / "keys-kept", station.home / "keys")
    station.must("checkpoint")
    assert station.must("audit").err == ""


def test_it_goes_to_another_database(station: Station) -> None:
    station.must("backup", "-o", "monday.backup")
    station.must("restore", "monday.backup", "--database", "sqlite:///fast/ledger.db")
    assert (station.home / "config.toml").read_text().count("database =") == 1
    lose_database(station)
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    assert (station.home / "fast" / "ledger.db").exists()
    assert station("restore", "monday.backup").code == 2
    (station.home / "fast" / "ledger.db").unlink()
    assert station("restore", "monday.backup").code == 3  # the head beside it knows of the new entry


@pytest.mark.parametrize("database", [(), ("--database", "sqlite:///fast/ledger.db")])
def test_a_restore_that_fails_leaves_the_configuration(
    station: Station, monkeypatch: pytest.MonkeyPatch, database: tuple[str, ...]
) -> None:
    station.must("backup", "-o", "monday.backup")
    lose_database(station)
    before = (station.home / "config.toml").read_bytes()

    def full(*_: object) -> None:
        raise CustodyError("the disk is full")

    for home in ("agency", "new"):
        with monkeypatch.context() as patch:
            patch.setattr("custody.ledger.restoring.copy_all", full)
            done = station("restore", "monday.backup", "--home", home, *database)
        assert (done.code, "the disk is full" in done.err) == (1, True)
    assert (station.home / "config.toml").read_bytes() == before
    assert not (station.folder / "new" / "config.toml").exists()
    for home in ("agency", "new"):
        station.must("restore", "monday.backup", "--home", home, *database)
        station.must("audit", "--home", home)


def test_a_dry_run_changes_nothing(station: Station, tmp_path: Path) -> None:
    station.must("backup", "-o", "monday.backup")
    before = sorted(tmp_path.rglob("*"))
    assert "Nothing was changed" in station.must("restore", "monday.backup", "--home", "elsewhere", "-n").out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("restore", "missing.backup", "--home", "other"), 2, "there is no file"),
        (("restore", "agency", "--home", "other"), 2, "is a folder"),
        (("restore", "chat.json", "--home", "other"), 4, "is no backup"),
        (("restore", "monday.backup"), 2, "already"),
        (("restore", "monday.backup", "--database", "oracle://x"), 2, "not a database"),
        (("restore", "monday.backup", "--home", "other", "--seen", "chat.json"), 4, ""),
        (("import", "monday.backup"), 4, "is a database"),
    ],
)
def test_mistakes(station: Station, words: tuple[str, ...], code: int, said: str) -> None:
    station.must("backup", "-o", "monday.backup")
    done = station(*words)
    assert (done.code, said in done.err) == (code, True), done
    assert not (station.folder / "other").exists()


def test_a_backup_is_audited_anywhere(station: Station) -> None:
    station.must("backup", "-o", "monday.backup")
    shutil.rmtree(station.home)
    told = station.must("audit", "--backup", "monday.backup", "--json").json
    assert (told["ledger"], told["sound"], told["problems"]) == (ORIGIN, True, [])
    with closing(sqlite3.connect("monday.backup", isolation_level=None)) as database:
        (sql,) = database.execute("SELECT sql FROM sqlite_master WHERE name='entry_no_update'").fetchone()
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET kind='item.stored' WHERE \"index\"=3")
        database.execute(sql)
    done = station("audit", "--backup", "monday.backup")
    assert (done.code, done.out.startswith("#3  ")) == (3, True)
    done = station("restore", "monday.backup")
    assert (done.code, "entry 3" in done.err, station.home.exists()) == (4, True, False)


def test_a_ledger_that_is_there_is_not_called_an_old_backup(station: Station) -> None:
    station.must("backup", "-o", "monday.backup")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    for dry in ((), ("-n",)):
        done = station("restore", "monday.backup", *dry)
        assert (done.code, "move it away first" in done.err) == (2, True)


def test_a_backup_of_another_ledger(abroad: Abroad) -> None:
    abroad.de.must("backup", "-o", "de.backup")
    lose_database(abroad.ro)
    done = abroad.ro("restore", "de.backup")
    assert (done.code, DE in done.err) == (2, True)


def test_what_crossed_a_border_comes_back(abroad: Abroad) -> None:
    """What is kept of partners, too: the same acts are possible, and history goes on abroad."""
    ro = abroad.ro
    ro.must("import", "receipt.custody")
    before = ro.must("partner", "list", "--json").json, ro.must("history", "GR/1", "--json").json
    ro.must("backup", "-o", "monday.backup")
    lose_database(ro)
    ro.must("restore", "monday.backup")
    assert (ro.must("partner", "list", "--json").json, ro.must("history", "GR/1", "--json").json) == before
    assert "taken in before" in ro.must("import", "receipt.custody").out
    received = ("--case", "OP-17", "--reason", "x", "--condition", "bag intact", "--seal", "D-77", "-o", "late.receipt")
    ro.must("receive", "--package", "DE-1.custody", *received[:2], *received[4:])
    ro.must("audit")


def test_an_audit_of_what_is_new_across_a_border(abroad: Abroad) -> None:
    ro = abroad.ro
    ro.must("checkpoint", "-o", "old.checkpoint")
    ro.must("import", "receipt.custody")
    received = ("--case", "OP-17", "--condition", "bag intact", "--seal", "D-77", "-o", "late.receipt")
    ro.must("receive", "--package", "DE-1.custody", *received)
    done = ro.must("audit", "--since", "old.checkpoint")
    assert "which nobody searched again" in done.out
    assert "nothing is wrong" in done.out
    assert ro("audit", "--since", "bka.checkpoint").code in (3, 4)
    done = ro("audit", "--since", "5000")
    assert (done.code, "keeps no checkpoint" in done.err) == (2, True)


def test_a_lost_ledger_goes_on_in_a_new_one(station: Station) -> None:
    """The disk is lost. There is last week's backup, and a checkpoint that is newer: refused; but not the end."""
    station.must("bundle", "JM/5", "--as", "px", "-o", "given-out.custody")
    station.must("backup", "-o", "week.backup")
    old = station.size()
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    station.must("checkpoint")
    lose_database(station)

    done = station("restore", "week.backup")
    assert (done.code, "refused (L03)" in done.err) == (3, True)
    assert f"has {old} entries" in done.err
    assert f"knows of {station.size()}: 1 entries" in done.err
    assert not list(station.home.glob("ledger.db*"))

    (begin, take) = typed_in(done.err)
    assert take == ["import"]
    words = [{"NEW-ORIGIN": AGAIN, "NEW-FOLDER": "again"}.get(one, one) for one in begin]
    station.must(*words, "--agency", "OCRTEH Iași", "--jurisdiction", "RO", "--no-passphrase")
    here = ("--home", "again")
    taken = station.must("import", "week.backup", "--json", *here).json
    assert {one["label"] for one in taken["items"]} >= {"JM/1", "JM/5"}
    assert "JM/9" not in {one["label"] for one in taken["items"]}
    assert "nothing changed" in station.must("import", "week.backup", *here).out

    for person, role in (("jm", "investigator"), ("ak", "supervisor"), ("px", "prosecutor")):
        station.must("person", "enrol", person, "--name", person, "--role", role, *here)
    opened = ("--title", "Lantern", "--offence", "trafficking in persons", "--lead", "jm")
    station.must("case", "open", "OP-17", *opened, *here)
    done = station("assume", "JM/5", *LOST, "--as", "ak", *here)
    assert (done.code, "--case REF" in done.err) == (2, True)
    station.must("assume", "JM/5", *LOST, "--case", "OP-17", "--as", "ak", *here)
    (item,) = [one for one in station.must("items", "--json", *here).json["items"] if one["label"] == "JM/5"]
    assert item["custodian"] == f"ak@{AGAIN}"
    station.must("audit", *here)
    station.must("rebuild", *here)
    station.must("audit", *here)

    station.must("policy", "-o", "both.policy", *here)
    station.must("bundle", "JM/5", "--as", "px", "-o", "JM-5.custody", *here)
    report = call("verify", "JM-5.custody", "--policy", "both.policy", "--json")
    assert report.code == 5  # what stands in the entries that are lost nobody can say
    found = {(one["code"], one["severity"]) for one in report.json["findings"]}
    assert {("L06", "N"), ("C09", "R")} <= found
    assert not {one for one in found if one[1] == "B"}
    assert {one for one in found if one[1] == "N"} == {("L06", "N")}
    alone = ["\n".join(line for line in Path("both.policy").read_text().splitlines() if ORIGIN not in line) + "\n"]
    Path("new.policy").write_text(alone[0])
    codes = {one["code"] for one in call("verify", "JM-5.custody", "--policy", "new.policy", "--json").json["findings"]}
    assert "L04" in codes


def test_a_newer_backup_is_taken_over_later(station: Station) -> None:
    station.must("checkpoint")
    station.must("backup", "-o", "week.backup")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    station.must("checkpoint", "-o", "last.checkpoint")
    station.must("backup", "-o", "found-later.backup")
    where = ("--home", "again", "--no-passphrase", "--continues", "last.checkpoint")
    station.must("init", AGAIN, "--agency", "OCRTEH", "--jurisdiction", "RO", *where)
    station.must("import", "week.backup", "--home", "again")
    labels = [one["label"] for one in station.must("items", "--json", "--home", "again").json["items"]]
    assert "JM/9" not in labels
    station.must("import", "found-later.backup", "--home", "again")
    labels = [one["label"] for one in station.must("items", "--json", "--home", "again").json["items"]]
    assert "JM/9" in labels
    station.must("audit", "--home", "again")


def continued(station: Station) -> tuple[str, str]:
    """A ledger that continues this one, by a backup as it is now; the words that name it."""
    station.must("checkpoint", "-o", "last.checkpoint")
    station.must("backup", "-o", "week.backup")
    here = ("--home", "again")
    begin = ("--agency", "OCRTEH", "--jurisdiction", "RO", "--no-passphrase", "--continues", "last.checkpoint")
    station.must("init", AGAIN, *begin, *here)
    station.must("import", "week.backup", *here)
    for person, role in (("jm", "investigator"), ("ak", "supervisor"), ("px", "prosecutor")):
        station.must("person", "enrol", person, "--name", person, "--role", role, *here)
    opened = ("--title", "Lantern", "--offence", "trafficking in persons", "--lead", "jm")
    station.must("case", "open", "OP-17", *opened, *here)
    station.must("assume", "JM/5", *LOST, "--case", "OP-17", "--as", "ak", *here)
    return here


def verified(station: Station, here: tuple[str, str]) -> list[str]:
    """The codes of what is not established about JM/5."""
    station.must("policy", "-o", "both.policy", "--force", *here)
    station.must("bundle", "JM/5", "--as", "px", "-o", "JM-5.custody", "--force", *here)
    found = call("verify", "JM-5.custody", "--policy", "both.policy", "--json").json["findings"]
    return [one["code"] for one in found if one["severity"] == "N"]


def test_what_a_lost_ledger_does_not_state_is_said_once(station: Station) -> None:
    here = continued(station)
    station.must("report", "JM/5", "--text", "found later")
    station.must("checkpoint")
    station.must("backup", "-o", "found-later.backup")
    station.must("import", "found-later.backup", *here)
    assert verified(station, here) == ["L06"]


def test_a_bundle_that_was_given_out_before_the_loss_is_shown_back(station: Station) -> None:
    station.must("bundle", "JM/5", "--as", "px", "-o", "given-out.custody")
    here = continued(station)
    assert verified(station, here) == ["L06"]
    station.must("import", "given-out.custody", *here)
    assert verified(station, here) == []


def test_a_lost_ledger_is_no_stranger_before_its_backup(station: Station) -> None:
    station.must("bundle", "JM/5", "--as", "px", "-o", "given-out.custody")
    station.must("checkpoint", "-o", "last.checkpoint")
    begin = ("--agency", "OCRTEH", "--jurisdiction", "RO", "--no-passphrase", "--continues", "last.checkpoint")
    station.must("init", AGAIN, *begin, "--home", "again")
    done = station("import", "given-out.custody", "--home", "again")
    assert (done.code, "`custody import` its newest backup first" in done.err) == (5, True), done.err


def test_a_lost_ledger_that_lives_on_is_found_out(station: Station) -> None:
    here = continued(station)
    words = ("--reason", "storage", "--condition", "good", "--to", "ak")
    station.must("release", "JM/5", *words, "--as", "px")
    station.must("checkpoint")
    station.must("backup", "-o", "newer.backup")
    done = station("import", "newer.backup", *here)
    assert (done.code, "refused (L02)" in done.err) == (3, True), done.err
    assert f"handover.released {ORIGIN}#" in done.err and f"item.assumed {AGAIN}#" in done.err
    station.must("partner", "disputes", "-o", "both.json", *here)


def test_a_backup_of_a_ledger_that_is_not_continued(abroad: Abroad) -> None:
    abroad.de.must("backup", "-o", "de.backup")
    abroad.ro.must("checkpoint", "-o", "last.checkpoint")
    where = ("--home", "again", "--no-passphrase", "--continues", "last.checkpoint")
    abroad.ro.must("init", AGAIN, "--agency", "OCRTEH", "--jurisdiction", "RO", *where)
    done = abroad.ro("import", "de.backup", "--home", "again")
    assert (done.code, f"does not continue {DE}" in done.err) == (2, True)


def test_a_backup_of_another_history_is_not_taken_over(station: Station) -> None:
    station.must("checkpoint", "-o", "common.checkpoint")
    shutil.copytree(station.home, station.folder / "copy")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    station.must("checkpoint", "-o", "last.checkpoint")
    other = ("--home", "copy")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "fork", *other)
    station.must("checkpoint", *other)
    station.must("backup", "-o", "copy.backup", *other)
    where = ("--home", "again", "--no-passphrase", "--continues", "last.checkpoint")
    station.must("init", AGAIN, "--agency", "OCRTEH", "--jurisdiction", "RO", *where)
    done = station("import", "copy.backup", "--home", "again")
    assert (done.code, "another history" in done.err) == (3, True)


def test_an_append_behind_its_checkpoint_names_the_way_on(station: Station) -> None:
    shutil.copy(station.home / "ledger.db", "old.db")
    station.must("seize", *SEIZE, "--label", "JM/9", "--category", "thing", "--description", "knife")
    lose_database(station)
    shutil.copy("old.db", station.home / "ledger.db")
    done = station("seize", *SEIZE, "--label", "JM/10", "--category", "thing", "--description", "spoon")
    assert done.code == 1
    assert "--continues agency/checkpoint" in done.err
    assert "custody import" in done.err
    (station.home / "checkpoint").unlink()
    done = station("seize", *SEIZE, "--label", "JM/10", "--category", "thing", "--description", "spoon")
    assert "--continues CHECKPOINT` with the newest that a partner has" in done.err
    for words in (("checkpoint",), ("backup", "-o", "b"), ("timestamp", "query", "-o", "q")):
        done = station(*words)
        assert (done.code, done.err.count("this database was restored from a backup")) == (1, 1), done.err


# -- nothing that was acknowledged is lost by moving


@pytest.mark.parametrize("database", ["sqlite:///ledger.db", "sqlite:///data/ledger.db", "sqlite:///../far/ledger.db"])
def test_what_the_folder_knows_counts_wherever_the_database_goes(station: Station, database: str) -> None:
    station.must("backup", "-o", "monday.backup")
    station.must("report", "JM/1", "--text", "later")
    lose_database(station)
    before = (station.home / "config.toml").read_bytes()
    done = station("restore", "monday.backup", "--database", database)
    assert (done.code, "refused (L03)" in done.err) == (3, True), done.err
    assert (station.home / "config.toml").read_bytes() == before


def test_what_stands_beside_the_database_that_was_configured_counts(station: Station) -> None:
    station.must("backup", "-o", "one.backup")
    station.must("restore", "one.backup", "--database", "sqlite:///data/ledger.db")
    station.must("report", "JM/1", "--text", "later")
    (station.home / "data" / "ledger.db").unlink()
    for name in ("head", "checkpoint"):
        (station.home / name).unlink()
    done = station("restore", "one.backup", "--database", "sqlite:///other/ledger.db")
    assert (done.code, "data/head knows of" in done.err) == (3, True), done.err


def test_a_ledger_that_went_on_is_not_left_behind(station: Station, url: str) -> None:
    station.must("backup", "-o", "monday.backup")
    station.must("report", "JM/1", "--text", "later")
    for name in ("head", "checkpoint"):
        (station.home / name).unlink()  # it is asked itself
    for words in ((), ("-n",)):
        done = station("restore", "monday.backup", "--database", url, *words)
        assert (done.code, "1 entries that were acknowledged would be lost" in done.err) == (3, True), done.err
    station.must("backup", "-o", "tuesday.backup")
    done = station.must("restore", "tuesday.backup", "--database", url)
    assert "warning: agency/ledger.db has the same ledger: let nobody record there" in done.err
    assert ("`custody grants`" in done.err) == url.startswith("postgresql")
    station.must("report", "JM/1", "--text", "in the new one")
    assert "nothing is wrong" in station.must("audit").out


@pytest.mark.parametrize("damage", ["nodes = x'00'", "hash = 'x'"])
def test_a_damaged_database_that_is_still_there_does_not_hinder_its_backup(station: Station, damage: str) -> None:
    station.must("backup", "-o", "monday.backup")
    with closing(sqlite3.connect(station.home / "ledger.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute(f'UPDATE entry SET {damage} WHERE "index" = (SELECT max("index") FROM entry)')
    station.must("restore", "monday.backup", "--database", "sqlite:///other.db")
    assert "nothing is wrong" in station.must("audit").out


def test_a_dry_run_says_what_the_server_would(station: Station, postgres: Server) -> None:
    station.must("backup", "-o", "monday.backup")
    latin, closed = postgres.create(), postgres.create()
    name = make_url(latin).database
    postgres.drop(latin)
    postgres.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    nowhere = make_url(closed).update_query_dict({"options": "-csearch_path=nowhere"})
    closed = nowhere.render_as_string(hide_password=False)
    for url, code, said in ((latin, 2, "is not in UTF-8"), (closed, 1, "does not allow your role to make tables")):
        for words in (("-n",), ()):
            done = station("restore", "monday.backup", "--home", "new", "--database", url, *words)
            assert (done.code, said in done.err) == (code, True), done.err
    assert not (station.folder / "new").exists()


def test_a_file_that_was_not_closed_is_no_backup(station: Station) -> None:
    (station.folder / "copy").mkdir()
    with closing(sqlite3.connect(station.home / "ledger.db")) as held:
        held.execute("SELECT 1 FROM entry").fetchall()
        station.must("report", "JM/1", "--text", "in the write-ahead log")
        for name in ("ledger.db", "ledger.db-wal"):
            shutil.copy(station.home / name, station.folder / "copy")
        for words in (("restore", "copy/ledger.db", "--home", "new"), ("audit", "--backup", "copy/ledger.db")):
            done = station(*words)
            assert (done.code, "ledger.db-wal has what is not in it yet" in done.err) == (2, True), done.err


def test_what_a_full_disk_left_of_a_restore_is_taken_over(station: Station) -> None:
    station.must("backup", "-o", "monday.backup")
    (station.folder / "new").mkdir()
    with closing(sqlite3.connect(station.folder / "new" / "ledger.db")) as begun:
        begun.execute("PRAGMA journal_mode=WAL")
    station.must("restore", "monday.backup", "--home", "new")
    assert "nothing is wrong" in station.must("audit", "--home", "new").out


def test_a_restore_of_which_nobody_knows_leaves_the_way_to_find_out(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.must("backup", "-o", "monday.backup")

    def unsure(*_: object, **__: object) -> None:
        raise UnsureError("the server stopped answering")

    commit = SqliteDatabase.commit
    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "commit", lambda *a, **k: (commit(*a, **k), unsure()))
        done = station("restore", "monday.backup", "--home", "new")
    assert (done.code, "it may have been restored" in done.err, "`custody audit` tells" in done.err) == (1, True, True)
    assert "nothing is wrong" in station.must("audit", "--home", "new").out


@pytest.mark.parametrize("left", [b"", b"\0" * 96, b"ocrteh"])
@pytest.mark.parametrize("words", [(), ("-n",), ("--database", "sqlite:///fast/ledger.db"), ("--seen", "before")])
def test_a_damaged_head_is_no_missing_one(station: Station, left: bytes, words: tuple[str, ...]) -> None:
    station.must("checkpoint", "-o", "before")
    station.must("backup", "-o", "monday.backup")
    station.must("report", "JM/1", "--text", "later")
    lose_database(station)
    (station.home / "head").write_bytes(left)
    done = station("restore", "monday.backup", *words)
    assert (done.code, "agency/head is damaged" in done.err, "--seen CHECKPOINT" in done.err) == (1, True, True)
    assert not list(station.home.glob("*/ledger.db*")) + list(station.home.glob("ledger.db*"))
    (station.home / "head").rename("head.damaged")
    station.must("restore", "monday.backup", *words)


def test_who_works_beside_a_damaged_head_is_told(station: Station) -> None:
    (station.home / "head").write_bytes(b"")
    for words in (("items",), ("audit",), ("backup", "-o", "b"), ("report", "JM/1", "--text", "x")):
        assert "warning: agency/head is damaged" in station.must(*words).err
    assert station.must("audit").err == ""


def test_a_log_that_was_emptied_is_no_interrupted_creation(station: Station) -> None:
    with closing(sqlite3.connect(station.home / "ledger.db")) as database:
        database.execute("DROP TRIGGER entry_no_delete")
        database.execute("DELETE FROM entry")
        database.commit()
    done = station("items")
    assert (done.code, "shows no entry" in done.err, "takes it over" in done.err) == (1, True, False), done.err
    for name in ("head", "checkpoint"):
        (station.home / name).unlink()
    assert "its own checkpoint knows of some" in station("items").err


def test_who_reads_an_old_copy_is_told(station: Station) -> None:
    shutil.copy(station.home / "ledger.db", "old.db")
    assert station.must("items").err == ""
    station.must("report", "JM/1", "--text", "later")
    lose_database(station)
    shutil.copy("old.db", station.home / "ledger.db")
    for words in (("items",), ("log",), ("history", "JM/1")):
        done = station.must(*words)
        assert "warning: this database was restored from a backup or replaced" in done.err
    assert "warning" not in station("report", "JM/1", "--text", "x").err


def test_a_ledger_is_not_continued_under_its_own_name(station: Station) -> None:
    station.must("checkpoint", "-o", "last")
    words = ("init", ORIGIN, "--agency", "A", "--jurisdiction", "RO", "--no-passphrase", "--home", "second")
    for more in ((), ("-n",)):
        done = station(*words, "--continues", "last", *more)
        assert (done.code, f"{ORIGIN} is the ledger that was lost" in done.err) == (2, True)


def test_what_only_looks_writes_nothing(station: Station) -> None:
    (station.home / "checkpoint").unlink()
    for words in (("items",), ("audit",), ("log",)):
        station.must(*words)
        assert not (station.home / "checkpoint").exists()
    station.must("report", "JM/1", "--text", "x")
    assert (station.home / "checkpoint").exists()


@pytest.mark.parametrize(
    "words",
    [("restore", "monday.backup", "--home", "new", "--seen", "agency/head"), ("audit", "--since", "agency/head")],
)
def test_an_unsigned_head_is_named(station: Station, words: tuple[str, ...]) -> None:
    station.must("backup", "-o", "monday.backup")
    done = station(*words)
    assert (done.code, "agency/head is not a signed checkpoint" in done.err) == (4, True), done.err


def test_what_was_restored_is_known_of_at_once(station: Station) -> None:
    station.must("backup", "-o", "one.backup")
    station.must("report", "JM/1", "--text", "later")
    station.must("backup", "-o", "two.backup")
    station.must("restore", "two.backup", "--home", "new")
    (station.folder / "new" / "ledger.db").unlink()
    done = station("restore", "one.backup", "--home", "new")
    assert (done.code, "new/head knows of" in done.err) == (3, True), done.err


def test_a_copied_database_is_told_from_a_backup(station: Station) -> None:
    station.must("backup", "-o", "monday.backup")
    shutil.copy(station.home / "ledger.db", "copied.db")
    station.must("checkpoint", "-o", "last")
    station.must("restore", "monday.backup", "--home", "one")
    done = station("restore", "copied.db", "--home", "two")
    assert (done.code, "copied.db is a copy of a database" in done.err) == (2, True), done.err
    assert not (station.folder / "two").exists()


def test_a_copied_database_that_is_known_to_be_all_is_taken(station: Station) -> None:
    station.must("checkpoint", "-o", "last")
    shutil.copy(station.home / "ledger.db", "copied.db")
    station.must("restore", "copied.db", "--home", "one", "--seen", "last")
    shutil.copytree(station.home, "copied")
    station.must("restore", "copied/ledger.db", "--home", "two")
    lose_database(station)
    station.must("restore", "copied.db")
    assert "nothing is wrong" in station.must("audit").out


def test_a_copied_database_that_lacks_something_is_not(station: Station) -> None:
    """It is whole by itself, and what stood in its write-ahead log is nowhere any more."""
    station.must("checkpoint", "-o", "last")
    with closing(sqlite3.connect(station.home / "ledger.db")) as held:
        held.execute("SELECT 1 FROM entry").fetchall()
        station.must("report", "JM/1", "--text", "in the write-ahead log")
        shutil.copy(station.home / "ledger.db", "copied.db")
    shutil.rmtree(station.home)
    done = station("restore", "copied.db")
    assert (done.code, "nothing here says" in done.err) == (2, True), done.err


def test_a_copied_database_that_is_all_that_is_left_has_a_way(station: Station) -> None:
    shutil.copy(station.home / "ledger.db", "copied.db")
    shutil.rmtree(station.home)
    said = station("restore", "copied.db").err
    station.home.mkdir()
    (station.home / "config.toml").write_text(re.findall(r'origin = "[^"]+"', said)[0])
    shutil.copy("copied.db", station.home / "ledger.db")
    station.must("backup", "-o", "all.backup")
    station.must("restore", "all.backup", "--home", "new")
