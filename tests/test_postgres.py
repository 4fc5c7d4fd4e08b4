"""The tests' own PostgreSQL is gone with the run that started it, however that ended."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[1]

PROGRAM = """
import os, signal
from tests.postgres import OwnServer
print(OwnServer().url, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_that_is_killed_leaves_no_server() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    url = make_url(done.stdout)
    folder = Path(str(url.query["host"]))
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    while folder.exists():
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.05)
