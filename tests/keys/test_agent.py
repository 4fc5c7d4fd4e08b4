"""Signing with a key in ssh-agent, a real one; and with agents that lie."""

import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.errors import CustodyError
from custody.keys import agent as agent_module
from custody.keys.agent import agent_signer
from custody.keys.openssh import create_pair
from custody.keys.signer import SeedSigner
from custody.protocol.ed25519 import ssh_wire, verify


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    if shutil.which("ssh-agent") is None or shutil.which("ssh-add") is None:
        pytest.skip("ssh-agent is not installed: it was not tried")
    path = str(tmp_path / "agent")
    running = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if Path(path).exists():
                break
            running.poll()
            threading.Event().wait(0.01)
        yield path
    finally:
        running.terminate()
        running.wait()


def test_a_key_in_the_agent_signs(agent: str, tmp_path: Path) -> None:
    public = create_pair(tmp_path / "jm", "jm", None)
    assert agent_signer(public, {"SSH_AUTH_SOCK": agent}) is None
    subprocess.run(["ssh-add", "-q", str(tmp_path / "jm")], env={"SSH_AUTH_SOCK": agent}, check=True)
    signer = agent_signer(public, {"SSH_AUTH_SOCK": agent})
    assert signer is not None
    assert verify(public, b"message", signer.sign(b"message"))


def test_without_an_agent_there_is_no_signer(tmp_path: Path) -> None:
    assert agent_signer(bytes(32), {}) is None
    assert agent_signer(bytes(32), {"SSH_AUTH_SOCK": str(tmp_path / "none")}) is None


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def serve(path: Path, replies: list[bytes]) -> None:
    """An agent that answers each connection with the next reply, whatever is asked."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def answer() -> None:
        with server:
            for reply in replies:
                link, _ = server.accept()
                with link:
                    link.recv(65536)
                    link.sendall(reply)

    threading.Thread(target=answer, daemon=True).start()


KEY = SeedSigner(bytes(range(32)))
IDENTITIES = struct.pack(">I", 1) + string(ssh_wire(KEY.public_key)) + string(b"jm")
LISTED = struct.pack(">IB", len(IDENTITIES) + 1, 12) + IDENTITIES


def signed(kind: bytes, signature: bytes) -> bytes:
    body = string(string(kind) + string(signature))
    return struct.pack(">IB", len(body) + 1, 14) + body


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (signed(b"ssh-ed25519", bytes(64)), "does not verify"),
        (signed(b"ssh-rsa", KEY.sign(b"m")), "does not verify"),
        (struct.pack(">IB", 1, 5), "refused"),
        (struct.pack(">I", 0), "malformed"),
        (struct.pack(">I", 1 << 30), "malformed"),
        (struct.pack(">IB", 9, 14) + struct.pack(">II", 4, 99), "malformed"),
        (b"\x00\x00", "closed the connection"),
    ],
    ids=["bad signature", "other kind", "refusal", "empty", "huge", "inner length", "cut off"],
)
def test_an_agent_that_lies_is_caught(reply: bytes, said: str, tmp_path: Path) -> None:
    serve(tmp_path / "agent", [LISTED, reply])
    signer = agent_signer(KEY.public_key, {"SSH_AUTH_SOCK": str(tmp_path / "agent")})
    assert signer is not None
    with pytest.raises(CustodyError, match=said):
        signer.sign(b"m")


def listed(body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, 12) + body


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (listed(b""), "malformed"),
        (listed(b"\x00\x00"), "malformed"),
        (listed(struct.pack(">I", 2) + IDENTITIES[4:]), "malformed"),
        (listed(IDENTITIES + b"\x00"), "malformed"),
        (listed(struct.pack(">I", 1 << 31)), "malformed"),
        (listed(struct.pack(">I", 1) + struct.pack(">I", 1 << 31)), "malformed"),
        (struct.pack(">IB", 1, 5), "refused"),
        (b"HTTP/1.1 400 Bad Request", "malformed"),
        (b"", "closed the connection"),
    ],
    ids=["no count", "half a count", "too few", "more after", "too many", "string", "refusal", "no agent", "silence"],
)
def test_a_list_that_is_none(reply: bytes, said: str, tmp_path: Path) -> None:
    serve(tmp_path / "agent", [reply])
    with pytest.raises(CustodyError, match=said):
        agent_signer(KEY.public_key, {"SSH_AUTH_SOCK": str(tmp_path / "agent")})


def test_members_after_the_signature_are_refused(tmp_path: Path) -> None:
    body = string(string(b"ssh-ed25519") + string(KEY.sign(b"m")) + b"x")
    serve(tmp_path / "agent", [LISTED, struct.pack(">IB", len(body) + 1, 14) + body])
    signer = agent_signer(KEY.public_key, {"SSH_AUTH_SOCK": str(tmp_path / "agent")})
    assert signer is not None
    with pytest.raises(CustodyError, match="malformed"):
        signer.sign(b"m")


def test_an_agent_that_does_not_answer_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_module, "_LIST_TIMEOUT", 0.05)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "agent"))
        server.listen()
        assert agent_signer(KEY.public_key, {"SSH_AUTH_SOCK": str(tmp_path / "agent")}) is None


def test_an_agent_that_goes_away_before_it_signs(tmp_path: Path) -> None:
    serve(tmp_path / "agent", [LISTED])
    signer = agent_signer(KEY.public_key, {"SSH_AUTH_SOCK": str(tmp_path / "agent")})
    assert signer is not None
    (tmp_path / "agent").unlink()
    with pytest.raises(CustodyError, match="did not sign"):
        signer.sign(b"m")
