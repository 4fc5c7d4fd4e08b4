"""Packages: what goes in comes out, measured on both sides; what does not hold still is not sent."""

import errno
import os
import signal
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.evidence import packing, unpacking
from custody.evidence.archive import Entry, format_entry, read_entry
from custody.evidence.digest import BUFFER, SMALL, measure_file
from custody.evidence.measure import measure, total_size
from custody.evidence.package import Payload, is_package
from custody.evidence.packing import pack
from tests.evidence.packages import BUNDLE, IDENTITY, RECIPIENT, digests, folder_digests, opened, packed


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


FILES = {"a": b"", "sub/é 50%.txt": b"x" * 9000, "sub/" + "n" * 120: b"long", "z.txt": b"z", "漢字": b"\0" * 512}


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder, a file beside it."""
    root = tmp_path / "phone"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (tmp_path / "disk.img").write_bytes(os.urandom(1 << 20))
    return root


def test_what_goes_in_comes_out(evidence: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "disk.img", evidence]
    done: list[int] = []
    sent = packed(tmp_path / "p.age", [Payload(path) for path in paths], progress=done.append)
    assert sent == measure(paths)
    assert sum(done) == total_size(paths)
    assert is_package((tmp_path / "p.age").read_bytes()[:64])

    done.clear()
    got = opened(tmp_path / "p.age", sent.measured, progress=done.append)
    assert got == (tmp_path / "received", tmp_path / "received" / "bundle.custody", "OP-17", sent.measured)
    assert sum(done) == (tmp_path / "p.age").stat().st_size
    assert got.bundle.read_bytes() == BUNDLE
    assert tree(got.folder / "data" / "phone") == FILES
    assert measure([got.folder / "data" / "disk.img", got.folder / "data" / "phone"]) == sent
    assert names(tmp_path) == ["disk.img", "p.age", "phone", "received"]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 8193, BUFFER, BUFFER + 1, SMALL + 1])
def test_every_size(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    (tmp_path / "disk.img").write_bytes(content)
    before = threading.active_count()
    sent = packed(tmp_path / "p.age", [Payload(tmp_path / "disk.img", digests(content))])
    got = opened(tmp_path / "p.age", sent.measured)
    assert got.measured == (digests(content, "disk.img"),)
    assert (got.folder / "data" / "disk.img").read_bytes() == content
    assert threading.active_count() == before


def test_the_bundle_may_be_a_file(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(BUNDLE * 1000)
    sent = packed(tmp_path / "p.age", [Payload(evidence, name="tel")], bundle=tmp_path / "b")
    got = opened(tmp_path / "p.age", sent.measured)
    assert got.bundle.read_bytes() == BUNDLE * 1000
    assert got.measured == (folder_digests(FILES, "tel"),)


def test_the_bundle_is_judged_before_evidence_is_read(evidence: Path, tmp_path: Path) -> None:
    packed(tmp_path / "p.age", [Payload(evidence)])

    def check(bundle: Path) -> list[object]:
        assert bundle.read_bytes() == BUNDLE
        assert names(bundle.parent) == ["bagit.txt", "bundle.custody"]
        raise RuleRefusedError("K01", "broken")

    with pytest.raises(RuleRefusedError, match="broken"):
        unpacking.unpack(
            tmp_path / "p.age",
            identity=IDENTITY,
            folder=tmp_path / "received",
            check_bundle=check,  # type: ignore[arg-type]
        )
    assert names(tmp_path) == ["disk.img", "p.age", "phone"]


def test_two_packages_differ_in_their_encryption_only(evidence: Path) -> None:
    from pyrage import decrypt, x25519

    plain = []
    for _ in range(2):
        target = BytesIO()
        pack(target, name="n", recipient=RECIPIENT, bundle=BUNDLE, payload=[Payload(evidence)])
        plain.append(decrypt(target.getvalue(), [x25519.Identity.from_str(IDENTITY)]))
        os.utime(evidence / "a", (5, 5))
    assert plain[0] == plain[1]


def test_links_and_pipes_are_left_out_and_said(evidence: Path, tmp_path: Path) -> None:
    (evidence / "link").symlink_to("a")
    os.mkfifo(evidence / "sub" / "pipe")
    sent = packed(tmp_path / "p.age", [Payload(evidence)])
    assert sent == ((folder_digests(FILES, "phone"),), ("phone/link", "phone/sub/pipe"))
    assert tree(opened(tmp_path / "p.age", sent.measured).folder / "data" / "phone") == FILES


def make(path: Path, *inside: str) -> Payload:
    path.mkdir(parents=True)
    for name in inside:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"x")
    return Payload(path)


NOT_PACKED: dict[str, tuple[Callable[[Path], list[Payload]], str]] = {
    "nothing": (lambda at: [], "without evidence"),
    "missing": (lambda at: [Payload(at / "none")], "can't be packed"),
    "an empty folder": (lambda at: [make(at / "a" / "b")], "holds no files"),
    "a device": (lambda at: [Payload(Path("/dev/null"))], "neither a file nor a disk"),
    "one name twice": (lambda at: [make(at / "a", "f"), make(at / "b" / "a", "f")], "comes twice"),
    "names that differ in case": (lambda at: [make(at / "a", "F", "f")], "in case or form only"),
    "names that differ in form": (lambda at: [make(at / "a", "\u00e9", "e\u0301")], "in case or form only"),
    "a colon": (lambda at: [make(at / "a", "12:30.png")], "has the character ':'"),
    "a device of Windows": (lambda at: [make(at / "a", "aux.c")], "a device on Windows"),
    "not UTF-8": (lambda at: [make(at / "a", os.fsdecode(b"x\xff"))], "has the character"),
    "a path for a name": (lambda at: [make(at / "a", "f")._replace(name="a/b")], "one name, not a path"),
    "an empty name": (lambda at: [make(at / "a", "f")._replace(name="")], "is empty"),
}


@pytest.mark.parametrize(("given", "said"), NOT_PACKED.values(), ids=NOT_PACKED.keys())
def test_what_can_not_be_packed(given: Callable[[Path], list[Payload]], said: str, tmp_path: Path) -> None:
    payload = given(tmp_path)
    before = names(tmp_path)
    with pytest.raises(UsageError, match=said):
        packed(tmp_path / "p.age", payload)
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"recipient": "age1none"}, "is not an age recipient"),
        ({"name": "a/b"}, "one name, not a path"),
        ({"name": ".."}, "ends with a dot"),
        ({"bundle": Path("none")}, "can't be packed"),
    ],
)
def test_mistakes(option: dict[str, object], said: str, evidence: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        packed(tmp_path / "p.age", [Payload(evidence)], **option)
    assert not (tmp_path / "p.age").exists()


def test_too_much(evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(packing, "MAX_BUNDLE", len(BUNDLE) - 1)
        with pytest.raises(UsageError, match="bundle is larger"):
            packed(tmp_path / "p.age", [Payload(evidence)])
    sent = packed(tmp_path / "p.age", [Payload(evidence)])
    monkeypatch.setattr(packing, "MAX_FILES", len(FILES) - 1)
    with pytest.raises(UsageError, match="at most 4 files"):
        packed(tmp_path / "q.age", [Payload(evidence)])
    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "MAX_BUNDLE", len(BUNDLE) - 1)
        with pytest.raises(MalformedError, match="a bundle of more than"):
            opened(tmp_path / "p.age", sent.measured)
    monkeypatch.setattr(unpacking, "MAX_FILES", len(FILES) - 1)
    with pytest.raises(MalformedError, match="more than 4 files"):
        opened(tmp_path / "p.age", sent.measured)


def test_what_was_not_expected_is_not_sent(evidence: Path, tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="not what was measured before") as caught:
        packed(tmp_path / "p.age", [Payload(evidence, digests(b"other"))])
    assert caught.value.exit_code == 1
    assert not (tmp_path / "p.age").exists()


def rewrite(path: Path) -> None:
    path.write_bytes(b"other" * 1000)


def grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, 3)


def add_one(path: Path) -> None:
    path.with_name("another").touch()


@pytest.mark.parametrize("change", [rewrite, grow, shrink, Path.unlink, add_one])
@pytest.mark.parametrize("name", ["a/first", "a/second"], ids=["the file just read", "one still to be read"])
def test_evidence_that_changes_is_not_sent(change: Callable[[Path], object], name: str, tmp_path: Path) -> None:
    for one in ("a/first", "a/second"):
        (tmp_path / one).parent.mkdir(exist_ok=True)
        (tmp_path / one).write_bytes(os.urandom(SMALL + 1))
    done: list[int] = []

    def meddle(count: int) -> None:
        if not done:
            change(tmp_path / name)
        done.append(count)

    with pytest.raises(CustodyError, match=r"changed while it was read|there is no file .*second"):
        packed(tmp_path / "p.age", [Payload(tmp_path / "a")], progress=meddle)
    assert names(tmp_path) == ["a"]


class Full(BytesIO):
    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk(evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = packed(tmp_path / "p.age", [Payload(evidence)])
    for name in ("a", "disk.img"):  # an error in the middle, and one of the last bytes
        (tmp_path / name).write_bytes(bytes(4 << 20 if name == "a" else 1))
        with pytest.raises(CustodyError, match="No space left") as caught:
            pack(Full(), name="n", recipient=RECIPIENT, bundle=BUNDLE, payload=[Payload(tmp_path / name)])
        assert caught.value.exit_code == 1

    def fail(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CustodyError, match="received was not written: No space left") as caught:
        opened(tmp_path / "p.age", sent.measured)
    assert caught.value.exit_code == 1
    assert names(tmp_path) == ["a", "disk.img", "p.age", "phone"]


def test_a_package_that_can_not_be_read(tmp_path: Path) -> None:
    class Bad(BytesIO):
        def read(self, _: object = None) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    for source in (Bad(), tmp_path / "none", tmp_path):
        with pytest.raises(CustodyError, match="can't be read") as caught:
            unpacking.unpack(source, identity=IDENTITY, folder=tmp_path / "received", check_bundle=lambda _: [])
        assert caught.value.exit_code == 1
    assert names(tmp_path) == []


def test_a_folder_that_exists_is_left_alone(evidence: Path, tmp_path: Path) -> None:
    sent = packed(tmp_path / "p.age", [Payload(evidence)])
    (tmp_path / "received").mkdir()
    with pytest.raises(UsageError, match="received exists"):
        opened(tmp_path / "p.age", sent.measured)
    assert names(tmp_path / "received") == []


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupt_leaves_nothing(after: int, tmp_path: Path) -> None:
    (tmp_path / "disk.img").write_bytes(os.urandom(SMALL * 2))
    sent = packed(tmp_path / "p.age", [Payload(tmp_path / "disk.img")])
    before, calls = threading.active_count(), []

    def interrupt(_: int) -> None:
        calls.append(1)
        if len(calls) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packed(tmp_path / "q.age", [Payload(tmp_path / "disk.img")], progress=interrupt)
    calls.clear()
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path / "p.age", sent.measured, progress=interrupt)
    assert names(tmp_path) == ["disk.img", "p.age"]
    assert threading.active_count() == before


def test_ctrl_c_at_any_instant_is_an_interrupt(tmp_path: Path) -> None:
    """Also where no line of Python runs: the signal is seen when pyrage next calls back."""
    with (tmp_path / "disk.img").open("wb") as stream:
        stream.truncate(64 << 20)
    main, begun = threading.get_ident(), threading.Event()

    def press() -> None:
        begun.wait()
        signal.pthread_kill(main, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sent = packed(tmp_path / "p.age", [Payload(tmp_path / "disk.img")])
        for act in (
            lambda: packed(tmp_path / "q.age", [Payload(tmp_path / "disk.img")], progress=lambda _: begun.set()),
            lambda: opened(tmp_path / "p.age", sent.measured, progress=lambda _: begun.set()),
        ):
            thread = threading.Thread(target=press)
            thread.start()
            with pytest.raises(KeyboardInterrupt):
                act()
            thread.join()
            begun.clear()
    finally:
        signal.signal(signal.SIGINT, before)
    assert names(tmp_path) == ["disk.img", "p.age"]


def test_files_of_eight_gib_and_more_are_written_as_pax_writes_them() -> None:
    """The header alone; nobody waits for the file."""
    for name, size in (("n/data/disk.img", 1 << 43), ("n/data/" + "é" * 100, (1 << 33) - 1)):
        blocks, reading = format_entry(name, size), read_entry()
        buffer = next(reading)
        with pytest.raises(StopIteration) as end:
            while True:
                buffer[:], blocks = blocks[: len(buffer)], blocks[len(buffer) :]
                buffer = next(reading)
        assert (end.value.value, blocks) == (Entry(name, size), b"")


def test_a_disk_is_imaged_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing.stat, "S_ISBLK", lambda _: True)  # no test may count on having a disk to read
    (tmp_path / "sda").touch()
    with pytest.raises(UsageError, match="sda is a disk"):
        packed(tmp_path / "p.age", [Payload(tmp_path / "sda")])


def test_measured_as_everywhere(tmp_path: Path) -> None:
    (tmp_path / "disk.img").write_bytes(os.urandom(99))
    assert packed(tmp_path / "p.age", [Payload(tmp_path / "disk.img")]).measured == (
        measure_file(tmp_path / "disk.img"),
    )
