"""Checking signatures on other cores while the rules run on this one.

libsodium releases the GIL, and a signature costs more than everything else about an entry; so they are handed, a few
hundred at a time, to threads, and asked for at the end. On one core they are checked at once.
"""

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from custody.protocol.ed25519 import verify

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
        count = threads if threads is not None else available_cores()
        self._pool = ThreadPoolExecutor(count) if count > 1 else None
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
        if self._pool is None:
            if not verify(key, message, signature):
                self._found.append(ticket)
            return
        self._batch.append((key, message, signature, ticket))
        if len(self._batch) >= _BATCH:
            self._flush(self._pool)

    def finish(self) -> list[Ticket]:
        """Waits for all; the tickets of those that are not valid, in the order of their adding."""
        if self._pool is not None:
            self._flush(self._pool)
        self._collect(0)
        return self._found

    def _flush(self, pool: ThreadPoolExecutor) -> None:
        batch, self._batch = self._batch, []
        self._running.append(pool.submit(_invalid, batch))
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
