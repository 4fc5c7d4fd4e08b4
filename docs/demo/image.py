"""The demo's disk image: made with ordinary tools where they are, else the small one under fixtures/."""

import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

_SIZE = "4M"


def make_image(target: Path, stored: Path) -> None:
    """An ext4 file system with a few messages on it."""
    tool = shutil.which("mke2fs") or shutil.which("mke2fs", path="/sbin:/usr/sbin")
    if tool is not None and _made(tool, target):
        print(f"made {target.name} with {Path(tool).name}")
        return
    target.write_bytes(gzip.decompress(stored.read_bytes()))
    print(f"mke2fs is not installed; {target.name} is the stored image")


def _made(tool: str, target: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        messages = Path(folder) / "messages"
        messages.mkdir()
        for day in range(1, 31):
            (messages / f"2026-04-{day:02}.txt").write_text(f"message of {day} April 2026\n")
        command = [tool, "-q", "-t", "ext4", "-O", "^has_journal", "-d", folder, str(target), _SIZE]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
