"""A helper: another process of the same Python, which checks signatures on another core.

Threads would not do: a signature takes some 50 microseconds, after which a thread asks for the interpreter lock and
waits for it a hundred times as long. A helper is started with this process's module path and nothing else of its
program; its pipes carry, in both directions,

    batch    length of the rest (4 bytes) || of each signature: key (32) || signature (64) || length (4) || message
    answer   of each signature of the batch, in order: 01 valid, 00 not

What a helper does not answer, for whatever reason, its owner checks itself.
"""

import io
import os
import select
import subprocess
import sys
from collections import deque
from collections.abc import Iterator

from custody.protocol.ed25519 import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verify

Signed = tuple[bytes, bytes, bytes]
"""`(public key, signature, message)`."""

_LENGTH = 4
_WAITING = 2
"""Batches a helper has at once: one in hand, and one so that it need not wait."""


class Helper:
    """The owner's end."""

    def __init__(self, process: "subprocess.Popen[bytes] | None") -> None:
        """`process` None: one that could not be started, and is never free."""
        self._process = process
        self._sent: deque[tuple[int, list[Signed]]] = deque()

    @property
    def busy(self) -> bool:
        """Whether it still owes an answer."""
        return bool(self._sent)

    @property
    def free(self) -> bool:
        """Whether it would take another batch."""
        return self._process is not None and len(self._sent) < _WAITING

    @property
    def answered(self) -> bool:
        """Whether `receive` would return at once."""
        if not self._sent or self._process is None or self._process.stdout is None:
            return bool(self._sent)
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def send(self, number: int, batch: list[Signed]) -> None:
        """Gives it a batch, known by `number`."""
        self._sent.append((number, batch))
        if self._process is not None and self._process.stdin is not None:
            try:
                rest = memoryview(_frame(batch))
                while rest:
                    rest = rest[self._process.stdin.write(rest) :]
            except OSError:
                self.close()

    def receive(self) -> tuple[int, list[Signed], bytes]:
        """The oldest batch and its answer, which is too short when the helper is gone. Waits for it."""
        number, batch = self._sent.popleft()
        answer = b""
        if self._process is not None and self._process.stdout is not None:
            while len(answer) < len(batch) and (read := self._process.stdout.read(len(batch) - len(answer))):
                answer += read
            if len(answer) < len(batch):
                self.close()
        return number, batch, answer

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def start_helper() -> Helper:
    """A helper at work, or one that never is free where this system or this program can't have any."""
    if os.name != "posix" or not sys.executable:  # elsewhere a pipe can't be asked whether it has an answer
        return Helper(None)
    program = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve()"
    command = [sys.executable, "-I", "-c", program]
    pipe = subprocess.PIPE
    try:
        return Helper(
            subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0)  # noqa: S603
        )
    except OSError:
        return Helper(None)


def serve() -> None:
    """The helper's program: answers batches until its owner closes the pipe."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while length := requests.read(_LENGTH):
        data = requests.read(int.from_bytes(length))
        answers.write(bytes(verify(key, message, signature) for key, signature, message in _unframe(data)))
        answers.flush()


def _frame(batch: list[Signed]) -> bytes:
    pieces = [
        piece
        for key, signature, message in batch
        for piece in (key, signature, len(message).to_bytes(_LENGTH), message)
    ]
    body = b"".join(pieces)
    return len(body).to_bytes(_LENGTH) + body


def _unframe(data: bytes) -> Iterator[Signed]:
    stream = io.BytesIO(data)
    while key := stream.read(PUBLIC_KEY_BYTES):
        yield key, stream.read(SIGNATURE_BYTES), stream.read(int.from_bytes(stream.read(_LENGTH)))
