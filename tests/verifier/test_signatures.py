"""Signatures checked on several cores: the same answer as on one, whatever becomes of the helpers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from custody.keys.signer import SeedSigner
from custody.verifier import helpers, signatures
from custody.verifier.helpers import Helper, start_helper
from custody.verifier.signatures import SignatureChecker, Ticket

SIGNER = SeedSigner(b"\x05" * 32)
COUNT = 500
FORGED = {0, 1, 31, 32, 33, 64, 255, 256, 300, 301, 498, 499}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers are started for the first batch."""
    monkeypatch.setattr(signatures, "_ALONE", 0)


def ticket(number: int) -> Ticket:
    return ("a.example", number, "jm@a.example", None)


def jobs() -> Iterator[tuple[bytes, bytes, bytes]]:
    for number in range(COUNT):
        message = b"m" * (number * 37 % 3000)
        signature = SIGNER.sign(message)
        yield SIGNER.public_key, message + (b"!" if number in FORGED else b""), signature


def found(checker: SignatureChecker) -> set[int]:
    for number, (key, message, signature) in enumerate(jobs()):
        checker.add(key, message, signature, ticket(number))
    tickets = checker.finish()
    assert tickets == [ticket(number) for number in sorted(one[1] for one in tickets)]
    return {one[1] for one in tickets}


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_on_any_number_of_cores(cores: int) -> None:
    with SignatureChecker(cores) as checker:
        assert found(checker) == FORGED
        assert len(checker._helpers) == cores - 1


def test_helpers_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing checked here until they are asked to finish, the answers are the helper's."""
    monkeypatch.setattr(helpers, "_WAITING", COUNT)
    monkeypatch.setattr(signatures, "verify", lambda *_: True)
    with SignatureChecker(2) as checker:
        whole = COUNT // signatures._BATCH * signatures._BATCH
        assert found(checker) == {number for number in FORGED if number < whole}


class Dying(Helper):
    """Is killed when it has answered some batches."""

    def receive(self) -> tuple[int, Any, bytes]:
        number, batch, answer = super().receive()
        if number > 100 and self._process is not None:
            self._process.kill()
            self._process.wait()
        return number, batch, answer


class Unstarted(Helper):
    """Cannot be started."""

    def __init__(self, process: Any) -> None:
        if process is not None:
            process.kill()
            process.communicate()
        super().__init__(None)


class Silent(Helper):
    """Ends before it reads anything."""

    def __init__(self, process: Any) -> None:
        if process is not None:
            process.kill()
            process.wait()
        super().__init__(process)


@pytest.mark.parametrize("kind", [Dying, Unstarted, Silent])
def test_what_a_helper_does_not_answer_is_checked_here(kind: type[Helper], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "Helper", kind)
    with SignatureChecker(2) as checker:
        assert found(checker) == FORGED


def test_a_system_without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert not start_helper().free


@pytest.mark.skipif(sys.platform == "win32", reason="helpers are for systems whose pipes can be asked")
def test_helpers_end_with_the_checker_even_in_the_middle() -> None:
    with pytest.raises(KeyboardInterrupt), SignatureChecker(2) as checker:
        for number, (key, message, signature) in enumerate(jobs()):
            checker.add(key, message, signature, ticket(number))
        process = checker._helpers[0]._process
        assert process is not None
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
