"""What the ledger's tests begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.ledger.opening import open_ledger
from tests.ledger.agency import Agency


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """An agency with five persons and a case, closed: to be copied."""
    agency = Agency(tmp_path_factory.mktemp("agency")).staffed()
    agency.ledger.close()
    return agency


@pytest.fixture
def agency(staffed: Agency, tmp_path: Path) -> Iterator[Agency]:
    """A copy of it."""
    folder = tmp_path / "home"
    shutil.copytree(staffed.folder, folder)
    agency = Agency(folder)
    agency.clock = staffed.clock
    agency.ledger = open_ledger(agency.path, now=agency.now)
    yield agency
    agency.ledger.close()
