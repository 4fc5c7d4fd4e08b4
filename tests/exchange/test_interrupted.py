"""Taking in while others do: contradictory bundles let in at most one; a process killed leaves all of it or nothing."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from custody.errors import CustodyError
from custody.exchange.incoming import read_incoming
from custody.ledger.audit import audit
from custody.ledger.opening import open_ledger
from custody.ledger.rebuild import rebuild
from custody.protocol.events.handovers import Basis
from tests.exchange.member import Clock, Member, federation
from tests.exchange.test_contradictions import copy_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = 12


@pytest.mark.parametrize("turn", range(6))
def test_one_of_two_histories_is_let_in(tmp_path: Path, turn: int) -> None:
    a, b = federation(tmp_path / "two", "RO", "DE")
    twin = copy_of(a, tmp_path / "twin")
    packages = [one.package([one.seize("JM/1")]) for one in (a, twin)]
    said: list[str] = []
    ready = threading.Barrier(2)

    def take(package: bytes) -> None:
        ledger = open_ledger(b.folder / "ledger.db", now=b.clock)
        arrival = read_incoming(package, ledger).arrival
        ready.wait()
        try:
            said.append("taken" if ledger.admit(arrival, lock=b.lock) else "known")
        except CustodyError as error:
            said.append(getattr(error, "code", None) or type(error).__name__)
        ledger.close()

    racers = [threading.Thread(target=take, args=(one,)) for one in packages]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(said) == ["L03", "taken"]
    assert [one.ledger for one in b.ledger.store.kept.disputes()] == [a.origin]
    assert not audit(b.ledger).problems


def test_a_release_received_by_one_process_is_refused_to_the_other(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "RO", kind=_Numbered)
    package = a.release([a.seize("JM/1")], b)
    other = b.again()
    stale = other.ledger.items_with(read_incoming(package, other.ledger).arrival, [next(a.ledger.items()).uuid])
    assert stale[0].status == "transit"
    b.receive(package)
    with pytest.raises(CustodyError):
        other.receive(package)
    assert not audit(b.ledger).problems
    assert other.ledger.item(stale[0].uuid).custodian == b.ref("officer")


class _Numbered(Member):
    """Two of one State."""

    made = 0

    def __init__(self, folder: Path, state: str, clock: Clock, **more: Any) -> None:
        _Numbered.made += 1
        super().__init__(folder.with_name(f"n{_Numbered.made}"), state, clock, f"n{_Numbered.made}", **more)

    def again(self) -> "Member":
        import copy

        other = copy.copy(self)
        other.ledger = open_ledger(self.folder / "ledger.db", now=self.clock)
        return other


RECEIVER = """
import sys
from pathlib import Path
from custody.ledger.opening import open_ledger
from tests.exchange.member import START, Clock, Member
folder, packages = Path(sys.argv[1]), sorted(Path(sys.argv[2]).iterdir())
b = Member.__new__(Member)
clock = Clock()
clock.now = START + 100_000
b.resume(folder, "DE", clock)
for number, package in enumerate(packages):
    (b.receive if number % 3 else b.take)(package.read_bytes())
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def _killed(tmp_path: Path, after: int, delay: float) -> None:
    a, b = federation(tmp_path / "two", "RO", "DE")
    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    folder = tmp_path / "packages"
    folder.mkdir()
    items = [a.seize(f"JM/{number}") for number in range(PACKAGES)]
    for number, item in enumerate(items):
        data = a.release([item], b, Basis(request=request, purpose="prosecution"))
        (folder / f"{number:02}").write_bytes(data)
    b.ledger.close()
    command = [sys.executable, "-c", RECEIVER, str(b.folder), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(after)]
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        said += running.stdout.readlines()
    done = len([one for one in said if one.endswith("\n")])
    b.clock.now += 200_000
    b.ledger = open_ledger(b.folder / "ledger.db", now=b.clock)
    assert not audit(b.ledger).problems
    for number, item in enumerate(items):
        arrived = b.ledger.store.kept.arrived(hashlib.sha256((folder / f"{number:02}").read_bytes()).hexdigest())
        assert arrived or number >= done
        stored = {one.uuid: one for one in b.ledger.items()}
        assert arrived == (item in stored)
        if arrived:
            assert stored[item].status == ("held" if number % 3 else "transit")
    assert rebuild(b.ledger) == len(list(b.ledger.items()))
    b.seize("DE/1")


@pytest.mark.parametrize("after", [1, 5])
def test_killed_while_receiving(tmp_path: Path, after: int) -> None:
    _killed(tmp_path, after, 0.002)


@pytest.mark.soak
def test_killed_while_receiving_again_and_again(tmp_path: Path) -> None:
    chance = random.Random(23)
    for number in range(60):
        _killed(tmp_path / str(number), chance.randint(1, PACKAGES - 2), chance.random() * 0.03)
