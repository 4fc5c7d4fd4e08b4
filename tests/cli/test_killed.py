"""Killed at any instant: what was acknowledged on stdout is in the ledger, nothing is there by half, and it goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from custody.protocol.entry import hash_entry
from tests.cli.station import Station

PROGRAM = """
import itertools
from custody_cli.main import custody
from custody_cli.running import run
for number in itertools.count():
    run(custody, ["report", "JM/1", "--text", f"number {number}", "--json"])
"""


def acknowledged(folder: Path, after: int, delay: float) -> list[dict[str, object]]:
    """What a process that appends without pause said it recorded, until it was killed."""
    environ = {**os.environ, "CUSTODY_HOME": str(folder / "agency"), "CUSTODY_AS": "jm"}
    command = [sys.executable, "-c", PROGRAM]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, env=environ, **pipes) as running:  # type: ignore[call-overload]
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(after)]
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        said += running.stdout.readlines()
    return [json.loads(line)["entries"][0] for line in said if line.endswith(b"\n")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are ended in another way there")
@pytest.mark.parametrize("delay", [0.0, 0.003, 0.007, 0.013])
def test_what_was_acknowledged_is_there(delay: float, station: Station) -> None:
    station.clock.move_to("2126-01-01T00:00:00Z")  # later than the clock of the process to be killed
    told = acknowledged(station.folder, 3, delay)
    assert len(told) >= 3
    for one in told:
        body = station.must("show", str(one["index"]), "--json").data.rstrip(b"\n")
        assert hash_entry(body) == one["entry"]
    assert station.size() - told[-1]["index"] in (1, 2)  # type: ignore[operator]
    assert station("audit").code == 0
    assert station("report", "JM/1", "--text", "and on").code == 0
