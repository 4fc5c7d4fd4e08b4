"""Setting up: an agency's folder is there whole or not at all; its keys are protected, its people enrolled."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from custody.errors import CustodyError
from custody.protocol.possession import parse_request
from custody_cli.desk import home
from tests.cli.station import ORIGIN, Station, call

INIT = ("init", ORIGIN, "--agency", "OCRTEH Iași", "--jurisdiction", "ro")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_new_agency_has_its_keys_its_ledger_and_its_configuration(empty_station: Station) -> None:
    done = empty_station.must(*INIT, "--no-passphrase", "--json")
    folder = empty_station.folder / "agency"
    keys = [f"keys/{name}" for name in ("identity", "ledger", "ledger.pub", "witness", "witness.pub")]
    assert files(folder) == sorted(["checkpoint", "config.toml", "head", "ledger.db", *keys])
    assert [one["index"] for one in done.json["entries"]] == [0]
    assert done.json["vkey"].startswith(f"{ORIGIN}+")
    assert done.json["fingerprint"].startswith("SHA256:")
    if os.name != "nt":
        for name in ("keys/ledger", "keys/witness", "keys/identity", "config.toml"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    shown = empty_station.must("show", "0").out
    assert "OCRTEH Iași" in shown
    assert "RO" in shown


def test_a_passphrase_protects_every_key_of_the_agency(
    empty_station: Station, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import pyrage

    (tmp_path / "word").write_bytes(b"sesame\r\n")
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", str(tmp_path / "word"))
    empty_station.must(*INIT)
    keys = empty_station.folder / "agency" / "keys"
    opened = pyrage.passphrase.decrypt((keys / "identity").read_bytes(), "sesame")
    assert b"AGE-SECRET-KEY-1" in opened
    empty_station.must("key", "new", "jm", "--no-passphrase")
    enrol = ("person", "enrol", "jm", "--name", "J", "--role", "investigator")
    empty_station.must(*enrol)
    for word, message in ((b"guess", "is wrong"), (b"", "does not begin with a passphrase"), (b"\xff", "is not UTF-8")):
        (tmp_path / "word").write_bytes(word)
        done = empty_station("person", "revoke", "jm", "--reason", "r")
        assert (done.code, message in done.err) == (1, True), done.err
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", str(tmp_path / "none"))
    assert "can't be read" in empty_station("person", "revoke", "jm", "--reason", "r").err
    monkeypatch.delenv("CUSTODY_PASSPHRASE_FILE")
    done = empty_station("person", "revoke", "jm", "--reason", "r")
    assert (done.code, "needs its passphrase" in done.err) == (1, True)


STEPS = (
    "custody_cli.desk.agency.create_keys",
    "custody.ledger.opening.create_ledger",
    "custody_cli.commands.init.write_config",
)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_left_of_a_beginning_that_failed(
    step: str, empty_station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise CustodyError("the disk is full")

    monkeypatch.setattr(step, fail)
    done = empty_station(*INIT, "--no-passphrase")
    assert (done.code, "the disk is full" in done.err) == (1, True)
    assert list(empty_station.folder.iterdir()) == []


def test_an_empty_folder_that_was_there_stays(empty_station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_station.folder / "agency").mkdir()
    monkeypatch.setattr("custody_cli.commands.init.write_config", lambda *_: 1 / 0)
    assert empty_station(*INIT, "--no-passphrase").code == 1
    assert files(empty_station.folder) == []
    assert (empty_station.folder / "agency").is_dir()


def test_a_folder_that_holds_something_else_is_left_alone(empty_station: Station) -> None:
    (empty_station.folder / "agency").mkdir()
    (empty_station.folder / "agency" / "letter.txt").write_text("x")
    done = empty_station(*INIT, "--no-passphrase")
    assert (done.code, "is not empty" in done.err) == (2, True)
    assert files(empty_station.folder) == ["agency/letter.txt"]


def test_the_database_can_be_elsewhere(empty_station: Station) -> None:
    place = empty_station.folder / "disk" / "log.db"
    empty_station.must(*INIT, "--no-passphrase", "--database", f"sqlite:///{place}")
    assert place.exists()
    assert not (empty_station.folder / "agency" / "ledger.db").exists()
    assert empty_station("items").code == 0
    done = empty_station(*INIT, "--no-passphrase", "--home", "other", "--database", f"sqlite:///{place}")
    assert (done.code, "is not empty" in done.err) == (2, True)
    assert empty_station("items").code == 0


def test_a_dry_run_begins_nothing(empty_station: Station) -> None:
    done = empty_station(*INIT, "-n", "--json")
    assert (done.code, done.json["entries"]) == (0, [])
    assert list(empty_station.folder.iterdir()) == []


def test_a_pair_made_by_ssh_keygen_serves(station: Station) -> None:
    import shutil

    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "nadia@desk", "-f", "mine"]
    subprocess.run(made, cwd=station.folder, check=True)
    enrol = ("person", "enrol", "nt", "--name", "Nadia", "--role", "investigator")
    assert station.must(*enrol, "--public-key", "mine.pub").code == 0
    station.must("report", "JM/1", "--text", "t", "--as", "nt", "--key", "mine")
    assert station("report", "JM/1", "--text", "t", "--as", "nt").code == 2


def test_a_request_enrols_a_person_whose_key_is_elsewhere(station: Station) -> None:
    station.must("key", "new", "nt", "--no-passphrase")
    station.must("key", "request", "nt", "--ledger", ORIGIN, "-o", "nt.request")
    assert parse_request((station.folder / "nt.request").read_bytes()).id == "nt"
    (station.folder / "people" / "nt").rename(station.folder / "people" / "gone")
    enrol = ("--name", "Nadia", "--role", "investigator", "--request", "nt.request")
    assert station("person", "enrol", "other", *enrol).code == 2
    assert station("person", "enrol", "nt", *enrol).code == 0
    altered = (station.folder / "nt.request").read_text().replace('"id":"nt"', '"id":"nu"')
    (station.folder / "nu.request").write_text(altered)
    done = station("person", "enrol", "nu", *enrol[:-1], "nu.request")
    assert (done.code, "proof does not match" in done.err) == (4, True)


def test_roles_hold_from_and_until(station: Station) -> None:
    station.must("key", "new", "nt", "--no-passphrase")
    term = ("--from", "2026-05-01", "--until", "2026-05-02")
    station.must("person", "enrol", "nt", "--name", "Nadia", "--role", "supervisor", "--office", "Unit 4", *term)
    listed = {one["id"]: one for one in station.must("person", "list", "--json").json["persons"]}
    assert listed["nt"]["roles"] == [
        {"role": "supervisor", "from": "2026-05-01T00:00:00+00:00", "until": "2026-05-02T23:59:59+00:00"}
    ]
    assert listed["jm"]["roles"] == [{"role": "investigator"}]
    assert "supervisor from 2026-05-01 00:00 +00:00 until 2026-05-02 23:59:59 +00:00" in station("person", "list").out
    done = station("case", "close", "OP-17", "--reason", "r", "--as", "nt")
    assert (done.code, "refused (A05)" in done.err) == (3, True)


def test_where_an_agencys_folder_is_by_default() -> None:
    assert home.default_folder({"HOME": "/h"}, "linux") == Path("/h/.local/share/custody")
    assert home.default_folder({"HOME": "/h", "XDG_DATA_HOME": "/x"}, "linux") == Path("/x/custody")
    assert home.default_folder({"HOME": "/h"}, "darwin") == Path("/h/Library/Application Support/custody/agency")
    assert home.default_folder({"LOCALAPPDATA": "/l"}, "win32") == Path("/l/custody/agency")


def test_a_configuration_is_written_as_toml(tmp_path: Path) -> None:
    import tomllib

    home.write_config(tmp_path, "a.example", 'sqlite:///a "b"\\\x7f\n', "RO")
    assert tomllib.loads((tmp_path / "config.toml").read_text())["database"] == 'sqlite:///a "b"\\\x7f\n'


def test_what_an_interrupted_beginning_left_is_named(tmp_path: Path) -> None:
    (tmp_path / "agency" / "keys").mkdir(parents=True)
    (tmp_path / "agency" / "head").write_text("x")
    words = ("init", ORIGIN, "--agency", "A", "--jurisdiction", "RO", "--no-passphrase")
    done = call(*words, "--home", str(tmp_path / "agency"))
    assert (done.code, "an interrupted `custody init` left" in done.err) == (2, True)
    (tmp_path / "agency" / "letter.txt").write_text("x")
    assert "is not empty" in call(*words, "--home", str(tmp_path / "agency")).err
