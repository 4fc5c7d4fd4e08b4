"""age and tar, as an agency without this program has them, open our packages; we open what they make.

Skipped, saying so, where one of them is not installed.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from custody.errors import MalformedError
from custody.evidence.measure import measure
from custody.evidence.package import Payload
from tests.evidence.packages import IDENTITY, RECIPIENT, begun, closed, opened, packed

FILES = {"data/disk.img": b"disk" * 5000, "data/phone/a": b"", "data/phone/sub/é.txt": b"x" * 9000}

pytestmark = pytest.mark.skipif(
    shutil.which("age") is None or shutil.which("tar") is None, reason="not compared with age: age or tar is missing"
)


def run(*command: str | Path, **options: object) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=60, **options).stdout  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """As somebody writes it with nothing but a text editor and sha256sum."""
    for path, content in closed(begun(FILES.items())):
        file = tmp_path / "OP-17" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "OP-17"


def test_age_and_tar_open_ours(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{IDENTITY}\n")
    packed(tmp_path / "p.age", [Payload(bag / "data" / "disk.img"), Payload(bag / "data" / "phone")])
    (tmp_path / "p.tar").write_bytes(run("age", "--decrypt", "-i", tmp_path / "key", tmp_path / "p.age"))
    (tmp_path / "by-tar").mkdir()
    run("tar", "-xf", tmp_path / "p.tar", "-C", tmp_path / "by-tar")
    run("diff", "-r", bag, tmp_path / "by-tar" / "OP-17")


@pytest.mark.parametrize("dialect", ["ustar", "pax"])
def test_we_open_what_age_and_tar_made(dialect: str, bag: Path, tmp_path: Path) -> None:
    if b"GNU tar" not in run("tar", "--version"):
        pytest.skip("not compared with GNU tar: tar is another one")
    names = [f"OP-17/{path}" for path, _ in closed(begun(FILES.items()))]
    options = ["--pax-option=delete=atime,delete=ctime,delete=mtime"] if dialect == "pax" else []
    plain = run("tar", "-c", f"--format={dialect}", *options, "-C", tmp_path, *names)
    (tmp_path / "p.age").write_bytes(run("age", "--recipient", RECIPIENT, input=plain))
    expected = measure([bag / "data" / "disk.img", bag / "data" / "phone"]).measured
    assert opened(tmp_path / "p.age", expected).measured == expected


def test_a_whole_folder_given_to_tar_is_refused_for_its_folders(bag: Path, tmp_path: Path) -> None:
    plain = run("tar", "-c", "--format=ustar", "-C", tmp_path, "OP-17")
    (tmp_path / "p.age").write_bytes(run("age", "--recipient", RECIPIENT, input=plain))
    with pytest.raises(MalformedError, match="not a regular file"):
        opened(tmp_path / "p.age", [])
