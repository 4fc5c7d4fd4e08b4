"""ssh-agent: signing with a key that never leaves the agent (draft-miller-ssh-agent §4).

    request  = u32 length || byte type || body          reply likewise
    11 -> 12   identities: u32 count, then (string key, string comment) each
    13 -> 14   sign: string key, string data, u32 flags -> string (string "ssh-ed25519", string signature)

A string is u32 length || bytes. Nothing may follow the last member. The agent signs raw bytes; the pre-authentication
encoding keeps our domain apart from the others it signs for.
"""

import os
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

from custody.errors import CustodyError
from custody.protocol.ed25519 import ssh_wire, verify

if TYPE_CHECKING:
    import socket

_LIST_TIMEOUT = 10
"""Seconds: the agent knows its list; one that does not answer hangs."""
_SIGN_TIMEOUT = 120
"""Seconds: a hardware key may wait for a touch, or the agent for a confirmation."""
_MAX_REPLY = 256 * 1024
"""Bytes: OpenSSH's own limit (AGENT_MAX_LEN)."""
_MAX_KEYS = 2048
"""Identities: OpenSSH's own limit."""


class AgentSigner:
    """A signer whose private key is in the agent."""

    __slots__ = ("_path", "public_key")

    def __init__(self, path: str, public_key: bytes) -> None:
        """`path`: the agent's socket; `public_key`: raw, as `check_public_key` accepted it."""
        self._path = path
        self.public_key = public_key

    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature, verified before it is used. Raises CustodyError when the agent does not sign."""
        body = _string(ssh_wire(self.public_key)) + _string(message) + struct.pack(">I", 0)
        try:
            reply = _ask(self._path, 13, body, 14, _SIGN_TIMEOUT)
        except OSError as error:
            raise CustodyError(
                f"the ssh-agent did not sign: {error.strerror or error}", hint="ssh-add -l shows whether it runs"
            ) from error
        blob, end = _take(reply, 0)
        kind, offset = _take(blob, 0)
        signature, blob_end = _take(blob, offset)
        if (end, blob_end) != (len(reply), len(blob)):
            raise _malformed()
        if kind != b"ssh-ed25519" or not verify(self.public_key, message, signature):
            raise CustodyError("the ssh-agent's signature does not verify")
        return signature


def agent_signer(public_key: bytes, environ: Mapping[str, str] = os.environ) -> AgentSigner | None:
    """A signer for this raw key, when an agent is running and has it.

    None where no agent is reached (none is named, its socket is gone, it does not answer). Raises CustodyError when
    what answers is not an agent, or refuses to list its keys.
    """
    path = environ.get("SSH_AUTH_SOCK")
    if not path:
        return None
    try:
        reply = _ask(path, 11, b"", 12, _LIST_TIMEOUT)
    except OSError:
        return None
    return AgentSigner(path, public_key) if ssh_wire(public_key) in _identities(reply) else None


def _identities(reply: bytes) -> list[bytes]:
    """The keys, of whatever type, as their wire forms."""
    if len(reply) < 4:
        raise _malformed()
    count = struct.unpack_from(">I", reply)[0]
    if count > _MAX_KEYS:
        raise _malformed()
    keys, offset = [], 4
    for _ in range(count):
        key, offset = _take(reply, offset)
        _, offset = _take(reply, offset)
        keys.append(key)
    if offset != len(reply):
        raise _malformed()
    return keys


def _ask(path: str, kind: int, body: bytes, expected: int, timeout: float) -> bytes:
    """The body of the reply. Raises OSError when the agent is not reached or silent, CustodyError when it refuses."""
    import socket

    if not hasattr(socket, "AF_UNIX"):
        raise OSError("this system has no Unix sockets")
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(timeout)
        link.connect(path)
        link.sendall(struct.pack(">IB", len(body) + 1, kind) + body)
        length = struct.unpack(">I", _receive(link, 4))[0]
        if not 0 < length <= _MAX_REPLY:
            raise _malformed()
        reply = _receive(link, length)
    if reply[0] != expected:
        raise CustodyError("the ssh-agent refused", hint="ssh-add -l lists its keys; it may be locked")
    return reply[1:]


def _receive(link: "socket.socket", count: int) -> bytes:
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
    """The string at `offset`, and where it ends."""
    if offset + 4 > len(data):
        raise _malformed()
    end = offset + 4 + struct.unpack_from(">I", data, offset)[0]
    if end > len(data):
        raise _malformed()
    return data[offset + 4 : end], end


def _malformed() -> CustodyError:
    return CustodyError("the ssh-agent's reply is malformed", hint="SSH_AUTH_SOCK may name something else")
