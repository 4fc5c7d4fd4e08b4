"""ssh-agent: signing with a key that never leaves the agent (draft-miller-ssh-agent §4).

    request  = u32 length || byte type || body          reply likewise
    11 -> 12   identities: u32 count, then (string key, string comment) each
    13 -> 14   sign: string key, string data, u32 flags -> string (string "ssh-ed25519", string signature)

The agent signs raw bytes; the pre-authentication encoding keeps our domain apart from the others it signs for.
"""

import os
import socket
import struct
from collections.abc import Mapping

from custody.errors import CustodyError
from custody.protocol.ed25519 import ssh_wire, verify

_TIMEOUT = 120
"""Seconds: a hardware key may wait for a touch."""
_MAX_REPLY = 256 * 1024


class AgentSigner:
    """A signer whose private key is in the agent."""

    __slots__ = ("_path", "public_key")

    def __init__(self, path: str, public_key: bytes) -> None:
        self._path = path
        self.public_key = public_key

    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature, verified before it is used."""
        body = _string(ssh_wire(self.public_key)) + _string(message) + struct.pack(">I", 0)
        reply = _ask(self._path, 13, body, 14)
        blob, _ = _take(reply, 0)
        kind, offset = _take(blob, 0)
        signature, _ = _take(blob, offset)
        if kind != b"ssh-ed25519" or len(signature) != 64 or not verify(self.public_key, message, signature):
            raise CustodyError("the ssh-agent's signature does not verify")
        return signature


def agent_signer(public_key: bytes, environ: Mapping[str, str] = os.environ) -> AgentSigner | None:
    """A signer for this raw key, when an agent is running and has it."""
    path = environ.get("SSH_AUTH_SOCK")
    if not path or not hasattr(socket, "AF_UNIX"):
        return None
    try:
        reply = _ask(path, 11, b"", 12)
    except OSError:
        return None
    wanted, offset = ssh_wire(public_key), 4
    for _ in range(min(struct.unpack_from(">I", reply)[0], 1024)):
        key, offset = _take(reply, offset)
        _, offset = _take(reply, offset)
        if key == wanted:
            return AgentSigner(path, public_key)
    return None


def _ask(path: str, kind: int, body: bytes, expected: int) -> bytes:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(_TIMEOUT)
        link.connect(path)
        link.sendall(struct.pack(">IB", len(body) + 1, kind) + body)
        length = struct.unpack(">I", _receive(link, 4))[0]
        if not 0 < length <= _MAX_REPLY:
            raise CustodyError("the ssh-agent's reply is malformed")
        reply = _receive(link, length)
    if reply[0] != expected:
        raise CustodyError("the ssh-agent refused", hint="ssh-add -l lists its keys; it may be locked")
    return reply[1:]


def _receive(link: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = link.recv(count - len(data))
        if not piece:
            raise CustodyError("the ssh-agent closed the connection")
        data += piece
    return data


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take(data: bytes, offset: int) -> tuple[bytes, int]:
    if offset + 4 > len(data):
        raise CustodyError("the ssh-agent's reply is malformed")
    length = struct.unpack_from(">I", data, offset)[0]
    end = offset + 4 + length
    if end > len(data):
        raise CustodyError("the ssh-agent's reply is malformed")
    return data[offset + 4 : end], end
