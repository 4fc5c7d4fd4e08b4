"""A witness as others run it, litewitness (C2SP tlog-witness), cosigns an honest ledger and refuses a rewritten one.

It is built from the same modules as interop/go/torchwood, keeps its key in an ssh-agent and listens on loopback.
Skipped, saying so, where there is no Go, its modules are not at hand, or there is no ssh-agent.
"""

import http.client
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.protocol.checkpoint import VerifiedCheckpoint, open_checkpoint
from custody.protocol.ed25519 import fingerprint
from custody.protocol.encodings import encode_base64
from custody.protocol.note import add_signatures, format_note, parse_note
from custody.protocol.tree import EMPTY_ROOT
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey, parse_signature_line
from tests.cli.office import Office, office, write_key
from tests.ledger.agency import ORIGIN, key_of

LEDGER = make_vkey(ORIGIN, ED25519, key_of("ledger").public_key)
PARTNER = make_vkey("partner.example/witness", COSIGNATURE_V1, key_of("partner").public_key)


class Answer(NamedTuple):
    """What the witness answered."""

    status: int
    kind: str | None
    body: bytes


class Litewitness:
    """The witness at a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def post(self, request: bytes) -> Answer:
        """An add-checkpoint request."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request("POST", "/add-checkpoint", request)
            answered = link.getresponse()
            return Answer(answered.status, answered.getheader("Content-Type"), answered.read())
        finally:
            link.close()

    def cosigns(self, request: bytes) -> VerifiedCheckpoint:
        """The checkpoint of the request with the cosignature, which we verify."""
        answered = self.post(request)
        assert answered.status == 200, answered
        line = parse_signature_line(answered.body.decode().removesuffix("\n"))
        note = add_signatures(parse_note(note_of(request)), [line])
        opened = open_checkpoint(format_note(note), [LEDGER], [PARTNER])
        assert [one.vkey for one in opened.cosignatures] == [PARTNER]
        return opened


def note_of(request: bytes) -> bytes:
    return request.partition(b"\n\n")[2]


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    """The socket of an ssh-agent with the witness's key."""
    if shutil.which("ssh-agent") is None or shutil.which("ssh-add") is None:
        pytest.skip("no witness was tried: ssh-agent, where it keeps its key, is not installed")
    path, key = tmp_path / "agent", tmp_path / "partner"
    write_key(key, "partner")
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as running:
        try:
            wait_for(path.exists, running)
            subprocess.run(["ssh-add", "-q", str(key)], env={"SSH_AUTH_SOCK": str(path)}, check=True)
            yield path
        finally:
            running.terminate()


@pytest.fixture
def witness(go_build: Callable[[str, str], Path], agent: Path, tmp_path: Path) -> Iterator[Litewitness]:
    """A litewitness that knows our ledger's key and has seen nothing of it."""
    program = go_build("torchwood", "filippo.io/torchwood/cmd/litewitness")
    database, port = tmp_path / "witness.db", free_port()
    command: list[str | Path] = [program, "-db", database, "-ssh-agent", agent, "-listen", f"127.0.0.1:{port}"]
    command += ["-name", PARTNER.name, "-key", fingerprint(PARTNER.public_key)]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stderr=log) as running:
        try:
            wait_for(lambda: answers(port), running)
            with sqlite3.connect(database) as link:  # its own tool for this needs modules that are hard to come by
                link.execute("INSERT INTO log VALUES (?, 0, ?)", (ORIGIN, encode_base64(EMPTY_ROOT)))
                link.execute("INSERT INTO key VALUES (?, ?)", (ORIGIN, format_vkey(LEDGER)))
            link.close()
            yield Litewitness(port)
        finally:
            running.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(ready: Callable[[], bool], running: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        if ready():
            return
        assert running.poll() is None, f"{running.args} ended"
        threading.Event().wait(0.01)
    raise AssertionError(f"{running.args} is not ready after half a minute")


def request_of(station: Office, since: int, seizures: int = 0) -> bytes:
    """What `checkpoint --since` writes after so many more seizures."""
    for _ in range(seizures):
        station.seize(f"JM/{station.ledger.size}")
    done = station.call("checkpoint", "--since", str(since))
    assert done.code == 0, done.err
    return done.data


def test_an_honest_ledger_is_cosigned(witness: Litewitness, tmp_path: Path) -> None:
    seen = 0
    with office(tmp_path) as station:
        for seizures in (0, 1, 5, 0, 20):
            opened = witness.cosigns(request_of(station, seen, seizures))
            assert opened.checkpoint.size == station.ledger.size == max(seen, 7) + seizures
            assert opened.checkpoint.root == station.ledger.root(station.ledger.size)
            seen = opened.checkpoint.size


def rewritten(folder: Path, since: int, seizures: int) -> bytes:
    """The request of another history under the same key."""
    folder.mkdir()
    with office(folder) as station:
        return request_of(station, since, seizures)


def test_a_rewritten_history_is_refused(witness: Litewitness, tmp_path: Path) -> None:
    with office(tmp_path) as station:
        witness.cosigns(request_of(station, 0))
        longer = request_of(station, 7, 3)
    assert witness.post(rewritten(tmp_path / "longer", 7, 3)).status == 422
    # The same size and another root is 409 in tlog-witness; litewitness answers as to a wrong proof.
    assert witness.post(rewritten(tmp_path / "same", 7, 0)).status in (409, 422)
    assert witness.cosigns(longer).checkpoint.size == 10
    assert witness.post(rewritten(tmp_path / "later", 10, 9)).status == 422


def test_what_else_is_refused(witness: Litewitness, tmp_path: Path) -> None:
    with office(tmp_path) as station:
        witness.cosigns(request_of(station, 0))
        request = request_of(station, 7, 2)
        again = request_of(station, 0)
    assert witness.post(again) == (409, "text/x.tlog.size", b"7\n")
    assert witness.post(request.replace(b"\n9\n", b"\n8\n")).status == 403
    assert witness.post(request.replace(ORIGIN.encode(), b"another.example")).status == 404
    head, _, note = request.partition(b"\n\n")
    assert witness.post(b"\n\n".join([head.rpartition(b"\n")[0], note])).status == 422
    assert witness.cosigns(request).checkpoint.size == 9
