"""What every test stands under: no outside environment, no network; and how many third-party vectors ran."""

import ipaddress
import itertools
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.postgres import NAMED, Server, start

# The same examples on every machine, so that a change is judged by itself; a soak asks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")

# Run in the background of a script, a process ignores Ctrl-C; what tests press must arrive all the same.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

KEPT = "CUSTODY_VECTORS"
"""Tests may read it; every other CUSTODY_ variable but the tests' server belongs to whoever runs them."""

STRIPPED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "SSH_AUTH_SOCK", "SSH_ASKPASS", "USERPROFILE", "APPDATA")


@pytest.fixture(scope="session", autouse=True)
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing of the caller's settings, keys or agent; time in UTC. Returns the folder that holds the tests' homes."""
    homes = tmp_path_factory.mktemp("homes")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if (name.startswith(("CUSTODY_", "XDG_", "PG")) and name not in (KEPT, NAMED)) or name in STRIPPED:
                patch.delenv(name)
        patch.setenv("HOME", str(homes))
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield homes
    time.tzset()


@pytest.fixture(scope="session")
def postgres(bare_environment: Path) -> Server:
    """A server. Started when a test first asks for it."""
    return start()


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def home(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, the test's own."""
    folder = bare_environment / str(next(_numbers))
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


class NetworkError(AssertionError):
    """A test tried to reach another machine. Not an OSError: code that shrugs off failing networks must not hide it."""


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Connections stay on this machine: loopback and local sockets. Subprocesses are not reached by this."""

    def guarded(real: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            _refuse_outside(self.family, address)
            return real(self, address)

        return connect

    def looked_up(host: Any, *rest: Any, **options: Any) -> Any:
        _refuse_outside(socket.AF_INET, (host,))
        return real_lookup(host, *rest, **options)

    real_lookup = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", looked_up)
        yield


def _refuse_outside(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkError(f"a test tried to reach {host}: tests use this machine only")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses third-party vectors, so that they can be counted."""
    for item in items:
        if "vectors" in getattr(item, "fixturenames", ()):
            item.add_marker("vector")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many third-party vectors ran: a test says its number by `record_property("vectors", n)`, else it is one."""
    ran = tests = skipped = 0
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            if "vector" not in report.keywords:
                continue
            if outcome == "skipped":
                skipped += 1
            elif report.when == "call":
                tests += 1
                ran += dict(report.user_properties).get("vectors", 1)
    if ran:
        terminalreporter.write_line(f"third-party vectors: {ran} ran, in {tests} tests")
    if skipped:
        terminalreporter.write_line(f"third-party vectors: not run, {skipped} tests skipped: {KEPT} names no folder")
