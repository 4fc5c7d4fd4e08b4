"""The Library of Congress's bagit validates an unpacked package, and finds what is wrong with an edited one.

Paths with a percent sign are left out: RFC 8493 §2.1.3 has them encoded in manifests, and this program does not decode
them.
"""

from pathlib import Path

import pytest

from custody.evidence.package import Payload
from tests.evidence.packages import opened, packed

bagit = pytest.importorskip("bagit", reason="not validated by bagit: it is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:bagit")  # its own, from Python 3.13 on


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    files = {"a": b"", "sub/é.txt": b"x" * 9000, "sub/" + "n" * 120: b"long", "漢字": b"\0" * 512}
    for name, content in files.items():
        (tmp_path / "phone" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "phone" / name).write_bytes(content)
    (tmp_path / "disk.img").write_bytes(b"disk" * 1000)
    sent = packed(tmp_path / "p.age", [Payload(tmp_path / "disk.img"), Payload(tmp_path / "phone")])
    return opened(tmp_path / "p.age", sent.measured).folder


def test_bagit_validates_what_was_unpacked(bag: Path) -> None:
    read = bagit.Bag(str(bag))
    assert read.validate()
    assert (read.version_info, read.encoding, read.algorithms) == ((1, 0), "UTF-8", ["sha256"])
    assert len(read.payload_entries()) == 5
    assert read.info == {"Payload-Oxum": "13516.5"}


@pytest.mark.parametrize("name", ["data/disk.img", "bundle.custody", "manifest-sha256.txt", "bag-info.txt"])
def test_bagit_finds_what_was_edited(name: str, bag: Path) -> None:
    """That it does check."""
    (bag / name).write_bytes((bag / name).read_bytes() + b"x")
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(bag)).validate()
