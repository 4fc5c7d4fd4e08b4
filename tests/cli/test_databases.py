"""One story on both kinds of database: an agency changes the URL, and nothing else."""

import shutil
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import make_url

from custody.ledger.store.tables import SCHEMA
from tests.cli.station import INIT, ORIGIN, Station
from tests.postgres import Server, connected


def test_from_seizure_to_a_verified_bundle(empty_station: Station, url: str) -> None:
    station = empty_station
    station.begin(url)
    assert tomllib.loads((station.home / "config.toml").read_text())["database"] == url
    station.seize("JM/1", "phone", "--seal", "A-1001")
    station.seize("JM/2", "notebook", "--sealed", "place=Strada Lungă 4")
    station.must("handover", "JM/1", "--to", "ak", "--reason", "storage", "--condition", "good", "--seal", "A-1001")
    assert station.item("JM/1")["custodian"] == f"ak@{ORIGIN}"
    assert "JM/1" in station.must("history", "JM/1").out
    station.must("bundle", "JM/1", "--as", "px", "-o", "phone.custody")
    station.must("policy", "-o", "trusted.policy")
    assert "UNBROKEN" in station.must("verify", "phone.custody", "--policy", "trusted.policy").out
    station.must("checkpoint", "-o", "today.checkpoint")
    assert station.must("migrate").out == f"schema {SCHEMA}, as before\n"
    assert "items, as the log says" in station.must("rebuild").out
    assert "nothing is wrong" in station.must("audit").out


def test_a_ledger_moves_from_a_file_to_a_server(empty_station: Station, postgres: Server) -> None:
    station, url = empty_station, postgres.create()
    station.begin("sqlite:///log.db")
    station.seize("JM/1", "phone", "--seal", "A-1001")
    station.must("backup", "-o", "monday.backup")
    (station.home / "log.db").rename("log.old")
    secret = str(make_url(url).set(password="sesame").render_as_string(hide_password=False))
    done = station.must("restore", "monday.backup", "--database", secret)
    assert "sesame" not in done.out + done.err + (station.home / "config.toml").read_text()
    assert tomllib.loads((station.home / "config.toml").read_text())["database"] == url
    assert station.item("JM/1")["custodian"] == f"jm@{ORIGIN}"
    station.seize("JM/2", "notebook")
    assert "nothing is wrong" in station.must("audit").out
    again = station("restore", "monday.backup", "--database", url)
    assert (again.code, "already" in again.err) == (2, True), again
    postgres.drop(url)


def test_an_officer_without_the_ledger_key_seizes_and_hands_over(on_server: Station) -> None:
    station, keys = on_server, on_server.home / "keys"
    size = station.size()
    shutil.rmtree(keys)  # the officer's folder holds the configuration alone
    for name in ("head", "checkpoint"):
        (station.home / name).unlink()
    station.seize("JM/1", "phone", "--seal", "A-1001")
    words = ("--reason", "storage", "--condition", "good", "--seal", "A-1001")
    station.must("release", "JM/1", "--to", "ak", *words)
    station.must("receive", "JM/1", *words[2:], "--as", "ak")
    assert station.size() == size + 3
    for command in (
        ("bundle", "JM/1", "--as", "px", "-o", "b.custody"),
        ("checkpoint",),
        ("person", "revoke", "jm", "--reason", "left"),
    ):
        done = station(*command)
        assert (done.code, "it is not on this machine" in done.err, "hint: run it where" in done.err) == (1, True, True)
    assert station.must("audit").code == 0


def test_a_row_that_is_not_the_ledgers_is_named_and_removed_as_the_docs_say(on_server: Station) -> None:
    on_server.must("checkpoint", "-o", "friday.checkpoint")
    size, row = on_server.size(), 'SELECT {}, sha256(hash), nodes, subject, kind, "case", recorded, body FROM entry'
    url = tomllib.loads((on_server.home / "config.toml").read_text())["database"]
    insertion = f'INSERT INTO entry {row.format(10**9)} WHERE "index" = 0'
    with connected(url) as connection:  # as in a ledger of an earlier version
        connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_in_order")
        connection.execute(insertion.encode())
        connection.execute("ALTER TABLE entry ENABLE TRIGGER entry_in_order")
    for words in ((), ("--since", "friday.checkpoint")):
        done = on_server("audit", *words)
        assert done.code == 3
        assert "#1000000000  this row is not the ledger's: it says that it is entry 0" in done.out
        assert "hint: a row that the ledger never wrote is removed by the database's owner" in done.err
        counted = f"since {size}, which nobody searched again: entries: 0" if words else f"entries: {size}"
        assert counted in done.out
    with connected(url) as connection:
        for statement in (
            "BEGIN",
            "ALTER TABLE entry DISABLE TRIGGER entry_append_only",
            'DELETE FROM entry WHERE "index" = 1000000000',
            "ALTER TABLE entry ENABLE TRIGGER entry_append_only",
            "COMMIT",
        ):
            connection.execute(statement.encode())
    assert "nothing is wrong" in on_server.must("audit").out
    on_server.seize("JM/1", "phone")


def test_a_password_is_neither_kept_nor_shown(empty_station: Station, postgres: Server) -> None:
    url = postgres.create()
    secret = make_url(url).set(password="sesame").render_as_string(hide_password=False)
    done = empty_station.must(*INIT, secret)
    assert "was not written down: set PGPASSWORD" in done.err
    written = [path.read_bytes() for path in empty_station.home.rglob("*") if path.is_file()]
    assert not [data for data in written if b"sesame" in data]
    assert "sesame" not in done.out + done.err
    (empty_station.home / "config.toml").write_text(f'origin = "{ORIGIN}"\ndatabase = "{secret}"\n')
    empty_station.must("items")
    with connected(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '99'")
    done = empty_station("items")
    assert (done.code, "newer version" in done.err, "sesame" in done.err) == (1, True, False)
    postgres.drop(url)
    done = empty_station("items")
    assert (done.code, "can't be reached" in done.err, "sesame" in done.err) == (1, True, False)


UNUSABLE = {
    "another kind": "mysql://u:sesame@h/d",
    "a password as a parameter": "postgresql+psycopg://u@h/d?password=sesame",
    "a path": "ledger.db",
    "nothing": "",
    "a ? in the password": "postgresql+psycopg://w1:Top?sesame@127.0.0.1:54777/dw1",
    "a # in the password": "postgresql+psycopg://w1:Top#sesame@127.0.0.1:54777/dw1",
    "a / in the password": "postgresql+psycopg://w1:Top/sesame@127.0.0.1:54777/dw1",
    "an @ in the password": "postgresql+psycopg://w1:Top@sesame@127.0.0.1:54777/dw1",
    "no scheme": "w1:sesame@127.0.0.1:54777/dw1",
    "half a scheme": "postgresql+psycopg:/w1:sesame@127.0.0.1:54777/dw1",
    "keywords": "host=127.0.0.1 password=sesame",
    "keywords, and a URL": "password=sesame://h",
}


@pytest.mark.parametrize("dry", [(), ("-n",)])
@pytest.mark.parametrize("defect", UNUSABLE)
def test_a_url_that_can_not_be_used(empty_station: Station, defect: str, dry: tuple[str, ...]) -> None:
    for more in (dry, ("--json", *dry)):
        done = empty_station(*INIT, UNUSABLE[defect], *more)
        said = done.out + done.err
        assert (done.code, [one for one in ("sesame", "Top") if one in said], "hint" in said) == (2, [], True), done
    assert list(empty_station.folder.iterdir()) == []


@pytest.mark.parametrize("defect", [one for one in UNUSABLE if one not in ("a password as a parameter", "nothing")])
def test_a_url_that_can_not_be_used_in_the_configuration(empty_station: Station, defect: str) -> None:
    empty_station.home.mkdir()
    config = empty_station.home / "config.toml"
    config.write_text(f'origin = "{ORIGIN}"\ndatabase = "{UNUSABLE[defect]}"\n')
    for words in (("items",), ("items", "--json"), ("migrate",), ("backup", "-o", "x.backup")):
        done = empty_station(*words)
        said = done.out + done.err
        assert (done.code, [one for one in ("sesame", "Top") if one in said], "hint" in said) == (2, [], True), done
        assert "config.toml: " in said


def test_the_owner_migrates_without_the_configuration_of_an_officer(on_server: Station) -> None:
    config = on_server.home / "config.toml"
    owner, kept = tomllib.loads(config.read_text())["database"], config.read_text()
    secret = make_url(owner).set(password="sesame").render_as_string(hide_password=False)
    config.write_text(f'origin = "{ORIGIN}"\ndatabase = "postgresql+psycopg://nobody@127.0.0.1:1/ledger"\n')
    assert on_server("migrate").code == 1
    done = on_server.must("migrate", "--database", secret)
    assert done.out == f"schema {SCHEMA}, as before\n"
    assert on_server.must("migrate", "--database", owner, "--home", "nowhere", "--json").json["to"] == SCHEMA
    assert "sesame" not in done.err + config.read_text()
    config.write_text(kept)
    on_server.must("audit")
    done = on_server("migrate", "--database", "w1:sesame@127.0.0.1/ledger")
    assert (done.code, "sesame" in done.err) == (2, False)


def test_without_the_driver_the_extra_is_named(empty_station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = empty_station(*INIT, "postgresql+psycopg://h/d")
    assert (done.code, "custody[postgres]" in done.err) == (2, True)


def test_a_beginning_that_fails_leaves_nothing_on_the_server(
    empty_station: Station, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create()
    with monkeypatch.context() as patch:
        patch.setattr("custody_cli.commands.init.write_config", lambda *_: 1 / 0)
        assert empty_station(*INIT, url).code == 1
    assert list(empty_station.folder.iterdir()) == []
    empty_station.must(*INIT, url)
    done = empty_station(*INIT, url, "--home", "another")
    assert (done.code, "there is a ledger in" in done.err) == (2, True)
    assert not (empty_station.folder / "another").exists()
    empty_station.must("audit")
    postgres.drop(url)


def test_grants_are_printed(on_server: Station) -> None:
    for more, deletes in (((), False), (("--custodian",), True)):
        sql = on_server.must("grants", "officers", *more).out
        assert ("GRANT DELETE ON sealed" in sql) == deletes
        assert sql.splitlines()[0] == "BEGIN;"
        assert "GRANT INSERT ON entry" in sql
    assert on_server.must("grants", "officers", "--json").json["sql"].startswith("BEGIN;")
    assert on_server("grants", "Robert'); DROP TABLE").code == 2


def test_the_driver_is_not_loaded_for_a_file(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom pathlib import Path\nfrom custody.ledger.store.sql import SqlStore\n"
        f"SqlStore.create(Path({str(tmp_path / 'x.db')!r})).close()\n"
        "heavy = ('psycopg', 'alembic', 'sqlalchemy.dialects.postgresql')\n"
        "print([one for one in sys.modules if one.startswith(heavy)])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
