"""Checking signatures on other cores while the rules run on this one.

libsodium releases the GIL, and a signature costs more than everything else about an entry; so they are handed, a few
hundred at a time, to threads, and asked for at the end. On one core they are checked at once; so are those of a small
bundle, which does not wait for the threads' own import.
"""

import os
from collections import deque
from typing import TYPE_CHECKING, Self

from custody.protocol.ed25519 import verify

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_BATCH = 256
_WAITING = 16
"""Batches in flight: bounds memory where reading outruns checking."""

Ticket = tuple[str, int, str, str | None]
"""Ledger, index, signer, item: what an invalid signature is about."""

Job = tuple[bytes, bytes, bytes, Ticket]
"""`(public key, message, signature, ticket)`."""


class SignatureChecker:
    """Takes signatures, and says at the end which are not valid. A context manager: its threads end with it."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads if threads is not None else available_cores()
        self._pool: ThreadPoolExecutor | None = None
        self._batch: list[Job] = []
        self._running: deque[Future[list[Ticket]]] = deque()
        self._found: list[Ticket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def add(self, key: bytes, message: bytes, signature: bytes, ticket: Ticket) -> None:
        """Checks one signature, now or on another core."""
        if self._threads < 2:
            if not verify(key, message, signature):
                self._found.append(ticket)
            return
        self._batch.append((key, message, signature, ticket))
        if len(self._batch) >= _BATCH:
            self._flush()

    def finish(self) -> list[Ticket]:
        """Waits for all; the tickets of those that are not valid, in the order of their adding."""
        if self._pool is not None:
            self._flush()
        self._collect(0)
        self._found += _invalid(self._batch)
        self._batch = []
        return self._found

    def _flush(self) -> None:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self._threads)
        batch, self._batch = self._batch, []
        self._running.append(self._pool.submit(_invalid, batch))
        self._collect(_WAITING)

    def _collect(self, keep: int) -> None:
        while len(self._running) > keep:
            self._found += self._running.popleft().result()


def _invalid(batch: list[Job]) -> list[Ticket]:
    return [ticket for key, message, signature, ticket in batch if not verify(key, message, signature)]


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
