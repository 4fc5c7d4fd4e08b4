"""What the ledger's tests begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.agency import Agency
from tests.postgres import Server

BOTH = pytest.mark.parametrize("agency", ["sqlite", "postgres"], indirect=True)
"""On tests of what a ledger does on either kind of database."""


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """An agency with five persons and a case, closed: to be copied."""
    agency = Agency(tmp_path_factory.mktemp("agency")).staffed()
    agency.ledger.close()
    return agency


@pytest.fixture(scope="session")
def staffed_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Agency:
    """The same on a server."""
    agency = Agency(tmp_path_factory.mktemp("agency"), postgres.create()).staffed()
    agency.ledger.close()
    return agency


@pytest.fixture
def agency(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agency]:
    """A copy of it."""
    folder = tmp_path / "home"
    url = None
    if getattr(request, "param", "sqlite") == "postgres":
        staffed, server = request.getfixturevalue("staffed_on_postgres"), request.getfixturevalue("postgres")
        url = server.create(staffed.where)
    else:
        staffed = request.getfixturevalue("staffed")
    shutil.copytree(staffed.folder, folder)
    agency = Agency(folder, url)
    agency.clock = staffed.clock
    agency.ledger = agency.opened()
    yield agency
    agency.ledger.close()
    if url is not None:
        server.drop(url)


@pytest.fixture
def empty(postgres: Server) -> Iterator[str]:
    """The URL of an empty database."""
    url = postgres.create()
    yield url
    postgres.drop(url)
