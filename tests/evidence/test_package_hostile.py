"""Packages by an enemy: each is wrong in one way, and nothing of it is left behind."""

import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError
from custody.evidence import archive as archive_module
from custody.evidence.age import MAGIC, Fillings, decrypt
from custody.evidence.archive import BLOCK, END, padding
from custody.evidence.package import DECLARATION, is_package
from custody.evidence.unpacking import unpack
from custody.keys.identity import new_identity
from tests.evidence.packages import (
    BUNDLE,
    IDENTITY,
    Entry,
    archive,
    begun,
    closed,
    digests,
    encrypted,
    entry,
    folder_digests,
    opened,
)

DISK = os.urandom(3000)
FOLDER = {"a": b"1", "b/c": b"22", "d": b""}
EXPECTED = (digests(DISK), folder_digests(FOLDER))
PAYLOAD: list[Entry] = [("data/disk.img", DISK), *((f"data/phone/{path}", one) for path, one in FOLDER.items())]
GOOD = closed(begun(PAYLOAD))


def refused(tmp_path: Path, plain: bytes, kind: type[CustodyError], said: str) -> None:
    """The package is refused with just this kind of error; nothing is left, no thread either."""
    (tmp_path / "p.age").write_bytes(encrypted(plain))
    before = threading.active_count()
    with pytest.raises(CustodyError, match=said) as caught:
        opened(tmp_path / "p.age", EXPECTED)
    assert type(caught.value) is kind
    assert [one.name for one in tmp_path.iterdir()] == ["p.age"]
    assert threading.active_count() == before


def test_the_good_one_is_good(tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(archive(GOOD)))
    got = opened(tmp_path / "p.age", EXPECTED)
    assert got.measured == (EXPECTED[0]._replace(name="disk.img"), EXPECTED[1]._replace(name="phone"))


UNSAFE = {
    "parent": "data/../x",
    "parent of all": "../../x",
    "dot": "data/./x",
    "absolute": "/etc/passwd",
    "empty segment": "data//x",
    "folder": "data/x/",
    "backslash": "data/..\\..\\x",
    "drive": "data/C:/x",
    "hidden stream": "data/x:y",
    "control": "data/a\x01",
    "line feed": "data/a\nb",
    "C1 control": "data/a\x85",
    "wildcard": "data/a*",
    "dot at the end": "data/x.",
    "space at the end": "data/x /y",
    "device": "data/NUL",
    "device with an ending": "data/com1.txt",
    "device with a superscript": "data/LPT².a.b",
    "device with a space": "data/con .txt",
    "console": "data/conin$",
    "long name": "data/" + "x" * 256,
    "long name of long characters": "data/" + "漢" * 86,
    "long path": "data/" + "/".join(["x" * 99] * 11),
}


@pytest.mark.parametrize("path", UNSAFE.values(), ids=UNSAFE.keys())
def test_paths_that_are_not_safe_everywhere(path: str, tmp_path: Path) -> None:
    if path.startswith(("/", "..")):  # outside the bag
        plain = archive(begun([])).removesuffix(END) + entry(path, DISK) + END
    else:
        plain = archive(closed(begun([(path, DISK)])))
    refused(tmp_path, plain, MalformedError, "the path ")


CONFUSED = {
    "twice": ("data/x", "data/x"),
    "case": ("data/x", "data/X"),
    "case beyond ASCII": ("data/straße", "data/STRASSE"),
    "normal form": ("data/\u00e9", "data/e\u0301"),
    "case and form": ("data/\u00c9", "data/e\u0301"),
    "a file that is a folder": ("data/x", "data/x/y"),
    "case of a folder": ("data/x/a", "data/x/b/A", "data/x/B/c"),
    "a tag file": ("BUNDLE.custody",),
}


@pytest.mark.parametrize("paths", CONFUSED.values(), ids=CONFUSED.keys())
def test_paths_that_some_system_takes_for_one(paths: tuple[str, ...], tmp_path: Path) -> None:
    plain = archive(closed(begun([(path, b"") for path in paths])))
    (tmp_path / "p.age").write_bytes(encrypted(plain))
    with pytest.raises(MalformedError, match=r"in case or form only|in two places"):
        opened(tmp_path / "p.age", [digests(b""), digests(b""), folder_digests({"a": b"", "b/A": b"", "c": b""})])
    assert [one.name for one in tmp_path.iterdir()] == ["p.age"]


def replaced(path: str, content: bytes) -> list[Entry]:
    return [(name, content if name == path else old) for name, old in GOOD]


def tagged(*entries: Entry) -> list[Entry]:
    return closed([*begun(PAYLOAD), *entries])


WRONG: dict[str, tuple[list[Entry], str]] = {
    "nothing": ([], "has the end where bagit.txt"),
    "a bag alone": (GOOD[:1], "does not begin with"),
    "another version of BagIt": (replaced("bagit.txt", DECLARATION.replace(b"1.0", b"0.9")), "bagit.txt"),
    "bundle second to last": ([GOOD[0], *GOOD[2:], GOOD[1]], "does not begin with"),
    "bundle first": ([GOOD[1], GOOD[0], *GOOD[2:]], "where bagit.txt must be"),
    "no evidence": (closed(begun([])), "holds no evidence"),
    "another tag file": (tagged(("readme.txt", b"x")), "where bag-info.txt must be"),
    "fetch.txt": (tagged(("fetch.txt", b"http://x - data/y\n")), "where bag-info.txt must be"),
    "something after the bag": ([*GOOD, ("x", b"")], "has no place"),
    "no manifest": ([one for one in GOOD if one[0] != "manifest-sha256.txt"], "where manifest-sha256.txt must be"),
    "no tagmanifest": (GOOD[:-1], "has the end where tagmanifest"),
    "a manifest that lies": (replaced("manifest-sha256.txt", GOOD[-2][1].replace(b"a", b"b")), "does not say what"),
    "a manifest that tells less": (replaced("manifest-sha256.txt", GOOD[-2][1][80:]), "does not say what"),
    "a tagmanifest that lies": (replaced("tagmanifest-sha256.txt", GOOD[-1][1][:-1] + b" "), "does not say what"),
    "an oxum that lies": (replaced("bag-info.txt", b"Payload-Oxum: 3003.5\n"), "bag-info.txt"),
    "a folder out of order": (closed(begun([*PAYLOAD[:1], PAYLOAD[2], PAYLOAD[1], PAYLOAD[3]])), "not in the order"),
    "a folder in two places": (closed(begun([*PAYLOAD[1:], *PAYLOAD[:1], ("data/phone/e", b"")])), "in two places"),
}


@pytest.mark.parametrize(("entries", "said"), WRONG.values(), ids=WRONG.keys())
def test_bags_that_are_not_as_they_must_be(entries: list[Entry], said: str, tmp_path: Path) -> None:
    refused(tmp_path, archive(entries), MalformedError, said)


FOREIGN: dict[str, list[Entry]] = {
    "another content": [("data/disk.img", DISK[:-1] + b"x")],
    "one byte more": [("data/disk.img", DISK + b"x")],
    "one byte less": [("data/disk.img", DISK[:-1])],
    "a second copy": [PAYLOAD[0], ("data/again.img", DISK)],
    "another file": [*PAYLOAD, ("data/x", b"x")],
    "a file of a folder, alone": [("data/a", b"1")],
    "a manifest for its folder": [("data/phone", b"x" * EXPECTED[1].size)],
    "a folder with another file": [*PAYLOAD, ("data/phone/e", b"")],
    "a folder with other bytes": [(path, content.replace(b"22", b"23")) for path, content in PAYLOAD],
    "a folder that is larger": [(path, content.replace(b"22", b"222")) for path, content in PAYLOAD],
    "a folder with a file less": PAYLOAD[:-1],
    "a folder with another path": [*PAYLOAD[:-1], ("data/phone/e", b"")],
    "a folder for a file": [("data/disk.img/x", DISK)],
}


@pytest.mark.parametrize("payload", FOREIGN.values(), ids=FOREIGN.keys())
def test_evidence_that_the_chain_does_not_fix(payload: list[Entry], tmp_path: Path) -> None:
    refused(tmp_path, archive(closed(begun(payload))), RuleRefusedError, "is not evidence that the chain fixes")


@pytest.mark.parametrize("path", ["data/bomb", "data/phone/bomb"])
def test_a_bomb_is_refused_by_its_header(path: str, tmp_path: Path) -> None:
    """Its content does not even have to come."""
    plain = archive(begun([])).removesuffix(END) + archive_module.format_entry(f"OP-17/{path}", 1 << 50)
    refused(tmp_path, plain, RuleRefusedError, "is not evidence that the chain fixes")


def test_part_of_what_is_expected_may_come(tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(archive(closed(begun(PAYLOAD[:1])))))
    assert len(opened(tmp_path / "p.age", EXPECTED).measured) == 1


def test_a_code_and_an_exit_code_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(archive(GOOD)))
    with pytest.raises(RuleRefusedError) as caught:
        opened(tmp_path / "p.age", [])
    assert (caught.value.code, caught.value.exit_code) == ("H01", 3)


def header(**members: Any) -> bytes:
    """The header of a first file that is no plain one."""
    one = tarfile.TarInfo("OP-17/bagit.txt")
    one.size = len(DECLARATION)
    for member, value in members.items():
        setattr(one, member, value)
    return one.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")


def pax(records: bytes, size: int | None = None) -> bytes:
    one = tarfile.TarInfo("x")
    one.type, one.size = tarfile.XHDTYPE, len(records) if size is None else size
    return one.tobuf(tarfile.USTAR_FORMAT) + records + padding(len(records))


def summed(block: bytes) -> bytes:
    """With a checksum that fits."""
    total = sum(block[:148]) + 8 * 32 + sum(block[156:])
    return block[:148] + b"%06o\0 " % total + block[156:]


def gnu(**members: Any) -> bytes:
    one = tarfile.TarInfo("OP-17/bagit.txt")
    for member, value in members.items():
        setattr(one, member, value)
    return one.tobuf(tarfile.GNU_FORMAT)


PLAIN = header()
HEADERS: dict[str, tuple[bytes, str]] = {
    "symbolic link": (header(type=tarfile.SYMTYPE, linkname="/etc/passwd", size=0), "not a regular file"),
    "hard link": (header(type=tarfile.LNKTYPE, linkname="OP-17/x", size=0), "not a regular file"),
    "regular file with a target": (header(linkname="x"), "not a regular file"),
    "folder": (header(type=tarfile.DIRTYPE, size=0), "not a regular file"),
    "pipe": (header(type=tarfile.FIFOTYPE, size=0), "not a regular file"),
    "character device": (header(type=tarfile.CHRTYPE, size=0), "not a regular file"),
    "block device": (header(type=tarfile.BLKTYPE, size=0), "not a regular file"),
    "contiguous file": (header(type=tarfile.CONTTYPE), "not a regular file"),
    "old regular file": (header(type=tarfile.AREGTYPE), "not a regular file"),
    "sparse file": (header(type=tarfile.GNUTYPE_SPARSE), "not a regular file"),
    "global pax header": (header(type=tarfile.XGLTYPE), "not a regular file"),
    "two pax headers": (pax(b"9 size=1\n") * 2, "not a regular file"),
    "GNU's magic": (gnu(), "not a POSIX tar"),
    "GNU's long name": (gnu(name="x" * 200), "not a POSIX tar"),
    "size in base 256": (summed(PLAIN[:124] + b"\x80" + PLAIN[125:]), "not a POSIX tar"),
    "no number for a size": (summed(PLAIN[:124] + b"zzzzzzzzzzz\0" + PLAIN[136:]), "bad header"),
    "negative size": (summed(PLAIN[:124] + b"-0000000001\0" + PLAIN[136:]), "negative size|bad header"),
    "name that is not UTF-8": (summed(b"OP-17/\xff" + bytes(93) + PLAIN[100:]), "bad header"),
    "checksum": (PLAIN[:148] + b"000000\0 " + PLAIN[156:], "bad header"),
    "noise": (os.urandom(BLOCK), "not a POSIX tar"),
    "pax keyword": (pax(b"11 mtime=1\n"), "not allowed"),
    "pax sparse": (pax(b"22 GNU.sparse.major=1\n"), "not allowed"),
    "pax path twice": (pax(b"9 path=x\n9 path=y\n"), "not allowed"),
    "pax without value": (pax(b"8 path=\n"), "not allowed"),
    "pax not UTF-8": (pax(b"9 path=\xff\n"), "not UTF-8"),
    "pax length too long": (pax(b"99 path=x\n"), "can't be read"),
    "pax length too short": (pax(b"4 path=x\n"), "can't be read"),
    "pax length zero": (pax(b"0 path=x\n"), "can't be read"),
    "pax length with zeros": (pax(b"010 path=x\n"), "can't be read"),
    "pax without end": (pax(b"8 path=x"), "can't be read"),
    "pax noise": (pax(b"\0" * 40), "can't be read"),
    "pax too long": (pax(b"", size=1 << 30), "too long"),
    "pax size negative": (pax(b"11 size=-1\n") + PLAIN, "has no size"),
    "pax size in another script": (pax("11 size=٣\n".encode()) + PLAIN, "has no size"),
    "pax size enormous": (pax(b"37 size=" + b"9" * 28 + b"\n") + PLAIN, "has no size"),
    "pax NUL in a path": (pax(b"16 path=OP-17/\0\n") + PLAIN, "has the character"),
}


@pytest.mark.parametrize(("block", "said"), HEADERS.values(), ids=HEADERS.keys())
def test_headers(block: bytes, said: str, tmp_path: Path) -> None:
    refused(tmp_path, block + DECLARATION + padding(len(DECLARATION)) + bytes(4096), MalformedError, said)


def test_files_in_another_bag(tmp_path: Path) -> None:
    plain = archive(GOOD).removesuffix(END) + entry("OP-18/x", b"") + END
    refused(tmp_path, plain, MalformedError, "outside the package's bag")
    refused(tmp_path, entry("bagit.txt", DECLARATION) + END, MalformedError, "outside the package's bag")


PLAINTEXT = archive(GOOD)
ENDS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "ends too early"),
    "half a header": (PLAINTEXT[:100], "ends too early"),
    "before the end": (PLAINTEXT.removesuffix(END), "ends too early"),
    "in the end": (PLAINTEXT[:-1], "ends too early"),
    "in a file": (PLAINTEXT[: BLOCK * 6], "ends too early"),
    "one block of zeros": (PLAINTEXT[:-BLOCK] + PLAIN, "one block of zeros"),
    "something after the end": (PLAINTEXT + b"x", "follows the end"),
    "something after zeros": (PLAINTEXT + bytes(9000) + b"x", "follows the end"),
    "too many zeros": (PLAINTEXT + bytes(10_241), "too much follows"),
    "a second archive": (PLAINTEXT + PLAINTEXT, "follows the end"),
    "padding": (PLAINTEXT[: BLOCK * 2 - 1] + b"x" + PLAINTEXT[BLOCK * 2 :], "other bytes than zeros"),
}


@pytest.mark.parametrize(("plain", "said"), ENDS.values(), ids=ENDS.keys())
def test_where_the_archive_ends(plain: bytes, said: str, tmp_path: Path) -> None:
    refused(tmp_path, plain, MalformedError, said)


def test_zeros_that_fill_a_record_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(PLAINTEXT + bytes(10_240)))
    assert opened(tmp_path / "p.age", EXPECTED).name == "OP-17"


def positions(size: int) -> Iterator[int]:
    """Every byte of the age header and what follows it, then some."""
    yield from range(0, min(size, 420), 3)
    yield from range(420, size, 397)
    yield size - 1


def test_an_edit_of_any_byte_is_refused(tmp_path: Path) -> None:
    good = encrypted(PLAINTEXT)
    for at in positions(len(good)):
        (tmp_path / "p.age").write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(CustodyError) as caught:
            opened(tmp_path / "p.age", EXPECTED)
        assert caught.value.exit_code in (1, 4), at  # 1: an edited stanza is one for somebody else
        assert [one.name for one in tmp_path.iterdir()] == ["p.age"]


def test_a_cut_at_any_byte_is_refused(tmp_path: Path) -> None:
    good = encrypted(PLAINTEXT)
    for at in positions(len(good)):
        (tmp_path / "p.age").write_bytes(good[:at])
        with pytest.raises(MalformedError):
            opened(tmp_path / "p.age", EXPECTED)
        assert [one.name for one in tmp_path.iterdir()] == ["p.age"]


def test_a_cut_between_two_chunks_is_refused(tmp_path: Path) -> None:
    """Where every byte that is there opens."""
    content = os.urandom(64 << 10)
    good = encrypted(archive(closed(begun([("data/x", content)]))))
    nonce = good.index(b"\n", good.index(b"\n--- ") + 1) + 1
    (tmp_path / "p.age").write_bytes(good[: nonce + 16 + (64 << 10) + 16])
    with pytest.raises(MalformedError, match="cut or damaged"):
        opened(tmp_path / "p.age", [digests(content)])


@pytest.mark.parametrize("more", [b"x", encrypted(PLAINTEXT)], ids=["a byte", "a package"])
def test_what_follows_the_encrypted_stream_is_refused(more: bytes, tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(PLAINTEXT) + more)
    with pytest.raises(MalformedError, match="cut or damaged"):
        opened(tmp_path / "p.age", EXPECTED)


def test_a_package_for_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(encrypted(PLAINTEXT))
    with pytest.raises(CustodyError, match="does not open with the agency's identity") as caught:
        opened(tmp_path / "p.age", EXPECTED, identity=new_identity()[0])
    assert caught.value.exit_code == 1
    with pytest.raises(CustodyError, match="identity can't be read"):
        opened(tmp_path / "p.age", EXPECTED, identity="AGE-SECRET-KEY-1")
    assert [one.name for one in tmp_path.iterdir()] == ["p.age"]


def armoured() -> bytes:
    from pyrage import encrypt, x25519

    return bytes(encrypt(PLAINTEXT, [x25519.Recipient.from_str(new_identity()[1])], armored=True))


NO_PACKAGES: dict[str, Callable[[], bytes]] = {
    "empty": bytes,
    "a bundle": lambda: BUNDLE,
    "a tar": lambda: PLAINTEXT,
    "armoured": armoured,
    "half the magic": lambda: b"age-encryption.org",
}


@pytest.mark.parametrize("content", NO_PACKAGES.values(), ids=NO_PACKAGES.keys())
def test_what_is_no_package(content: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "p.age").write_bytes(content())
    assert not is_package(content())
    with pytest.raises(MalformedError, match="this is no package"):
        opened(tmp_path / "p.age", EXPECTED)


def test_a_stream_may_be_read_in_small_pieces(tmp_path: Path) -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(7, size or 0))

    slow = Slow(encrypted(PLAINTEXT))
    got = unpack(slow, identity=IDENTITY, folder=tmp_path / "received", check_bundle=lambda _: EXPECTED)
    assert len(got.measured) == 2


class Endless:
    """An age header that goes on and on."""

    def __init__(self, filling: bytes) -> None:
        self.filling, self.given = filling, 0

    def read(self, size: int) -> bytes:
        start = MAGIC if not self.given else b""
        self.given += size
        assert self.given < 1 << 16, "it is read on and on"
        return (start + self.filling * size)[:size]


@pytest.mark.parametrize("filling", [b"\n", b"a", b"-> X25519 AAAA\n"], ids=["lines", "a line", "stanzas"])
def test_a_header_without_end_is_refused_before_it_is_read(filling: bytes) -> None:
    """pyrage would hold all of it in memory."""

    def nothing() -> Fillings:
        yield memoryview(bytearray(1))

    with pytest.raises(MalformedError, match="its header has more than"):
        decrypt(Endless(filling), nothing(), IDENTITY)  # type: ignore[arg-type]
