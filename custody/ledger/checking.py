"""Checking the signatures of stored entries, a batch a thread: libsodium lets go of the interpreter."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from custody.errors import MalformedError
from custody.ledger.signing import key_on_record, signers_of
from custody.protocol import ed25519
from custody.protocol.entry import Entry
from custody.protocol.envelope import event_pae
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World

_BATCH = 256
_WAITING = 64
"""Batches on their way, so that a long log is not held in memory."""

Failed = tuple[int, str]
"""Index of an entry, and what to say."""


class _Check(NamedTuple):
    key: bytes
    message: bytes
    signature: bytes
    failed: Failed


def expected_signatures(fact: Recorded, entry: Entry, world: World) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """`(signer, key, message, signature)` for each signature that can be checked: S03 says whose key is not known.

    Raises MalformedError when the number of signatures is another than of signers.
    """
    signers, signatures = signers_of(fact.event), entry.envelope.signatures
    if len(signers) != len(signatures):
        raise MalformedError(f"S02: it names {len(signers)} signers and has {len(signatures)} signatures")
    message = event_pae(entry.envelope.payload)
    for signer, signature in zip(signers, signatures, strict=True):
        key = key_on_record(fact.event, signer, fact.index, world)
        if key is not None:
            yield signer, key, message, signature.sig


class SignatureCheck:
    """Takes signatures as they are read; `finish` says which are bad."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._batch: list[_Check] = []
        self._running: list[Future[list[Failed]]] = []
        self._failed: list[Failed] = []

    def __enter__(self) -> "SignatureCheck":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, key: bytes, message: bytes, signature: bytes, failed: Failed) -> None:
        """Checks a signature some time before `finish` returns."""
        self._batch.append(_Check(key, message, signature, failed))
        if len(self._batch) == _BATCH:
            self._send()

    def _send(self) -> None:
        self._running.append(self._pool.submit(_check, self._batch))
        self._batch = []
        if len(self._running) > _WAITING:
            self._failed += self._running.pop(0).result()

    def finish(self) -> list[Failed]:
        """What was given for each bad signature."""
        self._send()
        for one in self._running:
            self._failed += one.result()
        self._running = []
        return self._failed


def _check(batch: list[_Check]) -> list[Failed]:
    return [one.failed for one in batch if not ed25519.verify(one.key, one.message, one.signature)]
