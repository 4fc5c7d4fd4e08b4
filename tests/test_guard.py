"""The guards of conftest.py: a test that reaches outside fails, one that stays on this machine does not."""

import os
import socket
import time
from pathlib import Path

import pytest

from tests.conftest import KEPT


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, ("192.0.2.1", 80)),
        (socket.AF_INET, ("ledger.example", 80)),
        (socket.AF_INET6, ("2001:db8::1", 80, 0, 0)),
    ],
)
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_no_connection_leaves_this_machine(family: int, address: tuple[str, int], method: str) -> None:
    with socket.socket(family) as one, pytest.raises(AssertionError, match="tried to reach"):
        getattr(one, method)(address)


def test_no_name_is_looked_up() -> None:
    with pytest.raises(AssertionError, match="tried to reach ledger"):
        socket.create_connection(("ledger.example", 80))


def test_loopback_and_local_sockets_are_allowed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_the_environment_is_bare(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    assert time.localtime().tm_zone == "UTC"
    ours = [name for name in os.environ if name.startswith(("CUSTODY_", "XDG_"))]
    assert ours in ([], [KEPT])
    assert "NO_COLOR" not in os.environ
