"""Checking signatures while the rules run: on this core, and on others where there are any.

A signature costs about as much as everything else about an entry. Signatures are taken a batch at a time; a batch goes
to a helper on another core that has nothing to do (helpers.py), and is checked here when none has. So the work spreads
itself, and a helper that dies or never starts costs time, not an answer. The first batches are checked here in any
case: a small bundle does not wait for another process to start.
"""

import os
from typing import TYPE_CHECKING, Self

from custody.protocol.ed25519 import verify

if TYPE_CHECKING:
    from custody.verifier.helpers import Helper, Signed

_BATCH = 32
"""Signatures checked together: about a millisecond's work; two batches fit a pipe, which holds 64 KiB or more."""

_ALONE = 512
"""Signatures checked before helpers are started: about as long as one takes to start."""

Ticket = tuple[str, int, str, str | None]
"""Ledger, index, signer, item: what an invalid signature is about."""


class SignatureChecker:
    """Takes signatures, and says at the end which are not valid. A context manager: its helpers end with it."""

    def __init__(self, cores: int | None = None) -> None:
        """`cores`: how many to use; None: all that this process may."""
        self._wanted = (available_cores() if cores is None else cores) - 1
        self._helpers: list[Helper] = []
        self._signed: list[Signed] = []
        self._tickets: list[Ticket] = []
        self._taken = 0
        self._batches: dict[int, list[Ticket]] = {}
        """Tickets of the batches that helpers have, by the number taken before."""
        self._found: list[tuple[int, Ticket]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self._helpers:
            helper.close()

    def add(self, key: bytes, message: bytes, signature: bytes, ticket: Ticket) -> None:
        """Takes one signature."""
        self._signed.append((key, signature, message))
        self._tickets.append(ticket)
        if len(self._signed) == _BATCH:
            self._hand_out()

    def finish(self) -> list[Ticket]:
        """Waits for all; the tickets of those that are not valid, in the order of their adding."""
        self._check_here(self._signed, self._tickets, self._taken)
        self._signed, self._tickets = [], []
        for helper in self._helpers:
            while helper.busy:
                self._collect(helper)
        return [ticket for _, ticket in sorted(self._found, key=lambda one: one[0])]

    def _hand_out(self) -> None:
        signed, tickets, first = self._signed, self._tickets, self._taken
        self._signed, self._tickets, self._taken = [], [], first + len(signed)
        if first >= _ALONE and len(self._helpers) < self._wanted:
            self._start_helpers()
        for helper in self._helpers:
            while helper.answered:
                self._collect(helper)
            if helper.free:
                self._batches[first] = tickets
                helper.send(first, signed)
                return
        self._check_here(signed, tickets, first)

    def _start_helpers(self) -> None:
        from custody.verifier.helpers import start_helper

        self._helpers = [start_helper() for _ in range(self._wanted)]

    def _check_here(self, signed: "list[Signed]", tickets: list[Ticket], first: int) -> None:
        for number, (key, signature, message) in enumerate(signed):
            if not verify(key, message, signature):
                self._found.append((first + number, tickets[number]))

    def _collect(self, helper: "Helper") -> None:
        """Takes a helper's oldest answer; checks here what it failed to answer."""
        first, signed, valid = helper.receive()
        tickets = self._batches.pop(first)
        if len(valid) != len(signed):
            self._check_here(signed, tickets, first)
            return
        self._found += [(first + number, tickets[number]) for number, one in enumerate(valid) if one != 1]


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
