"""What no output replaces, `--force` or not, and what may be replaced."""

import base64
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from tests.cli.station import Station

OWN = (
    "agency/ledger.db",
    "agency/config.toml",
    "agency/head",
    "agency/checkpoint",
    "agency/keys/ledger",
    "agency/keys/identity",
    "people/jm",
)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("words", [("backup",), ("checkpoint",), ("items", "--csv"), ("bundle", "JM/1", "--as", "px")])
def test_no_output_replaces_what_is_the_agencys_own(station: Station, name: str, words: tuple[str, ...]) -> None:
    before, size = (station.folder / name).read_bytes(), station.size()
    for more in ((), ("--force",)):
        done = station(*words, "-o", name, *more)
        assert (done.code, "no output goes there" in done.err) == (2, True), done.err
    if name != "agency/ledger.db":
        assert (station.folder / name).read_bytes() == before
    assert station.size() == size
    assert "nothing is wrong" in station.must("audit").out


@pytest.mark.parametrize(
    "name",
    ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal", "head", "checkpoint", "keys/x", "cases"],
)
def test_no_output_takes_the_place_of_what_is_not_there(station: Station, name: str) -> None:
    shutil.copytree(station.home, "copy")
    (station.folder / "copy" / name).unlink(missing_ok=True)
    before = sorted(station.folder.glob("copy/**/*"))
    done = station("policy", "-o", f"copy/{name}")
    assert (done.code, "no output goes there" in done.err) == (2, True), done.err
    assert sorted(station.folder.glob("copy/**/*")) == before


@pytest.mark.parametrize("name", ["log.db", "log.db-wal", "head", "checkpoint"])
def test_a_database_elsewhere_has_the_same_beside_it(station: Station, name: str) -> None:
    (station.folder / "log").mkdir()
    shutil.copy(station.home / "ledger.db", station.folder / "log" / "log.db")
    done = station("policy", "-o", f"log/{name}", "--force")
    assert (done.code, "no output goes there" in done.err) == (2, True), done.err


def locked() -> bytes:
    return pyrage.passphrase.encrypt(b"AGE-SECRET-KEY-1\n", "secret")


KEYS: dict[str, Callable[[], bytes]] = {
    "public": lambda: Path("people/jm.pub").read_bytes(),
    "identity": lambda: Path("agency/keys/identity").read_bytes(),
    "identity locked": locked,
    "identity locked, armored": lambda: b"-----BEGIN AGE ENCRYPTED FILE-----\n" + base64.encodebytes(locked()),
    "of another program": lambda: b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n",
}


@pytest.mark.parametrize("kind", KEYS)
def test_no_output_replaces_a_key_wherever_it_is(station: Station, kind: str) -> None:
    data = KEYS[kind]()
    path = station.folder / "mine"
    path.write_bytes(data)
    done = station("policy", "-o", "mine", "--force")
    assert (done.code, "is a key" in done.err, path.read_bytes()) == (2, True, data), done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(station: Station) -> None:
    os.mkfifo(station.folder / "pipe")
    done = station("policy", "-o", "pipe", "--force")
    assert (done.code, "pipe is a device, a pipe" in done.err) == (2, True), done.err


def test_what_looks_like_it_elsewhere_may_be_replaced(station: Station) -> None:
    for name in ("head", "config.toml", "monday.backup"):
        (station.folder / name).write_bytes(b"")
        for _ in range(2):
            station.must("backup", "-o", name, "--force")
        (station.folder / name).unlink()


def test_keys_and_cases_may_be_links(station: Station) -> None:
    for name in ("keys", "cases"):
        (station.home / name).mkdir(exist_ok=True)
        (station.home / name).rename(station.folder / f"shared-{name}")
        (station.home / name).symlink_to(station.folder / f"shared-{name}")
    (station.home / "cases" / "identity.age").write_bytes(b"x")
    for name in ("keys/identity", "keys/ledger.pub", "cases/identity.age"):
        done = station("policy", "-o", f"agency/{name}", "--force")
        assert (done.code, "no output goes there" in done.err) == (2, True), done.err
