"""What the ledger's tests begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.agency import Agency
from tests.postgres import Server, connected

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


@pytest.fixture
def roles(postgres: Server) -> Iterator[dict[str, str]]:
    """An officers' and a custodian's role; the grants are still to be made."""
    names = {"officer": "custody_test_officer", "custodian": "custody_test_custodian"}
    with connected(postgres.url) as connection:
        for name in names.values():
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchall()
            if not found:
                connection.execute(f"CREATE ROLE {name} LOGIN".encode())
    yield names
