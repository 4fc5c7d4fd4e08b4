"""A station, built once for all tests of a process, copied for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.abroad import Abroad, at_border
from tests.cli.station import Station, at_station
from tests.postgres import Server

LATER = "2026-05-03T12:00:00Z"
AFTERWARDS = "2026-05-03T14:00:00Z"


@pytest.fixture(scope="session")
def ready_station(tmp_path_factory: pytest.TempPathFactory, bare_environment: Path) -> Path:
    """The station's folder as its story left it. Not to be changed: `station` is a copy."""
    folder = tmp_path_factory.mktemp("station")
    with pytest.MonkeyPatch.context() as patch, at_station(folder, patch) as station:
        station.build()
    return folder


@pytest.fixture
def station(ready_station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """A station with the story of `station.py` behind it."""
    with at_station(tmp_path, monkeypatch, ready_station, LATER) as made:
        yield made


@pytest.fixture(scope="session")
def ready_abroad(ready_station: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two stations' folder as their story left it. Not to be changed: `abroad` is a copy."""
    folder = tmp_path_factory.mktemp("abroad")
    with pytest.MonkeyPatch.context() as patch, at_border(folder, patch, ready_station, LATER) as abroad:
        abroad.build()
    return folder


@pytest.fixture
def abroad(ready_abroad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Abroad]:
    """The stations of RO and DE with the story of `abroad.py` behind them."""
    with at_border(tmp_path, monkeypatch, ready_abroad, AFTERWARDS) as made:
        yield made


@pytest.fixture
def empty_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """A folder in which nothing has happened yet."""
    with at_station(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the log is to be."""
    if request.param == "sqlite":
        yield "sqlite:///log.db"
        return
    server = request.getfixturevalue("postgres")
    made = server.create()
    yield made
    server.drop(made)


@pytest.fixture
def on_server(postgres: Server, empty_station: Station) -> Iterator[Station]:
    """A station whose log is on a server."""
    url = postgres.create()
    empty_station.begin(url)
    yield empty_station
    postgres.drop(url)
