"""What the tests of protocol/ share: third-party vectors, and keys with fixed seeds."""

import os
from pathlib import Path

import pytest

from custody.protocol.vkey import COSIGNATURE_V1, ED25519
from tests.protocol.fixed_signers import Signer, make_signer


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of third-party vectors."""
    folder = os.environ.get("CUSTODY_VECTORS")
    if not folder:
        pytest.skip("third-party vectors not run: CUSTODY_VECTORS names no folder")
    return Path(folder)


@pytest.fixture(scope="session")
def log() -> Signer:
    """The ledger of the worked examples."""
    return make_signer("log.example/a", ED25519, 1)


@pytest.fixture(scope="session")
def other_log() -> Signer:
    return make_signer("log.example/b", ED25519, 3)


@pytest.fixture(scope="session")
def witness() -> Signer:
    """The witness of the worked examples."""
    return make_signer("w.example", COSIGNATURE_V1, 2)


@pytest.fixture(scope="session")
def witnesses() -> list[Signer]:
    """Seven witnesses with seven keys."""
    return [make_signer(f"w{number}.example", COSIGNATURE_V1, 10 + number) for number in range(7)]
