"""A station, built once for all tests of a process, copied for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.station import Station, at_station

LATER = "2026-05-03T12:00:00Z"


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


@pytest.fixture
def empty_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """A folder in which nothing has happened yet."""
    with at_station(tmp_path, monkeypatch) as made:
        yield made
