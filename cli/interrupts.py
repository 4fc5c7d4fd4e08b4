"""Ctrl-C: at any moment but two. Once the signatures are made, an append runs to its end, so that what the person is
told was recorded is what was; and that message is told to its end."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custody.protocol.ed25519 import Signer


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Ctrl-C has no effect inside; the databases' own time limits still have."""
    with _interrupts(signal.SIG_IGN):
        yield


class Signing:
    """A signer that can be interrupted, even inside `held_back`: a hardware key may wait for a touch forever."""

    __slots__ = ("_signer", "public_key")

    def __init__(self, signer: "Signer") -> None:
        self._signer = signer
        self.public_key = signer.public_key

    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature."""
        with _interrupts(signal.default_int_handler):
            return self._signer.sign(message)


@contextlib.contextmanager
def _interrupts(handler: signal.Handlers | Callable[[int, FrameType | None], object]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
