"""Hostile and unlucky files at a border: edited at any byte, huge, endless; clocks that differ."""

import errno
import os
import re
import resource
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.cli.abroad import DE, Abroad, fingerprint, tables
from tests.cli.station import ORIGIN, SEIZE

TAKE = ("--case", "OP-17", "--condition", "bag intact", "--seal", "D-77", "-o", "out", "--package")
SEND = ("--to", f"km@{DE}", "--request", "DE-9", "--reason", "r", "--condition", "c")
GET = ("receive", "--case", "K-12", "--condition", "c", "-o", "out", "--package")


class Edit(NamedTuple):
    """One byte changed: where, as a share of the file, and by which bits."""

    share: float
    bits: int

    def of(self, data: bytes) -> bytes:
        changed = bytearray(data)
        changed[int(self.share * len(data))] ^= self.bits
        return bytes(changed)


EDITS = st.builds(Edit, st.floats(0, 1, exclude_max=True), st.integers(1, 255))
SOME = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SOME
@given(EDITS)
def test_a_package_edited_at_any_byte(abroad: Abroad, edit: Edit) -> None:
    """An edited file proves nothing against anybody: not even a dispute is kept. A signature by nobody we know, which a
    witness's line becomes by an edit of its name, is passed over (C2SP signed-note)."""
    data = (abroad.folder / "DE-1.custody").read_bytes()
    witnesses = [one.span() for one in re.finditer(rb"\xe2\x80\x94 \S+/witness \S+?\\n", data)]
    assert witnesses
    assume(not any(start <= int(edit.share * len(data)) < end for start, end in witnesses))
    before = tables(abroad.ro.home)
    (abroad.folder / "out").unlink(missing_ok=True)
    (abroad.folder / "edited.custody").write_bytes(edit.of(data))
    for words in (("receive", *TAKE, "edited.custody"), ("import", "edited.custody")):
        done = abroad.ro(*words)
        assert done.code in (3, 4, 5), (edit, done)
        assert done.err.startswith("error: ")
        assert "hint: " in done.err
    assert tables(abroad.ro.home) == before
    assert not (abroad.folder / "out").exists()


@SOME
@given(EDITS)
def test_an_encrypted_package_edited_at_any_byte(abroad: Abroad, edit: Edit) -> None:
    """age can't tell an edited header from one for somebody else: exit 1 there."""
    package = abroad.folder / "JM-4.custody"
    if not package.exists():
        abroad.ro.must("release", "JM/4", *SEND, "--evidence", "chat.json", "-o", "JM-4.custody")
    before = tables(abroad.de.home)
    (abroad.folder / "edited.custody").write_bytes(edit.of(package.read_bytes()))
    done = abroad.de(*GET, "edited.custody")
    assert done.code in (1, 3, 4, 5), (edit, done)
    assert done.code != 1 or "does not open with the agency's identity" in done.err, done
    assert "hint: " in done.err
    assert tables(abroad.de.home) == before
    assert not [path for path in abroad.folder.iterdir() if path.name.startswith((".", "tmp", "edited.e"))]


@SOME
@given(EDITS)
def test_a_card_edited_at_any_byte(abroad: Abroad, edit: Edit) -> None:
    read_out = fingerprint(abroad.de, "bka.card")
    before = tables(abroad.ro.home)
    path = abroad.folder / "bka.card"
    path.write_bytes(edit.of(path.read_bytes()))
    assert abroad.ro("partner", "add", "bka.card", "--fingerprint", read_out).code in (3, 4)
    assert tables(abroad.ro.home) == before


def peak() -> int:
    """The most memory this process ever used, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("start", [b"", b'{"bundle":', b"age-encryption.org/v1\n"], ids=["nothing", "bundle", "age"])
def test_ten_gigabytes_of_nothing_are_refused_at_once(abroad: Abroad, start: bytes) -> None:
    path = abroad.folder / "huge.custody"
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(10 << 30)
    before, state = peak(), tables(abroad.ro.home)
    for words in (
        ("receive", *TAKE, "huge.custody"),
        ("import", "huge.custody"),
        ("cosign", "huge.custody", "-o", "out"),
        ("request", "receive", "huge.custody", "--case", "KR-9", "--as", "ca"),
        ("partner", "add", "huge.custody", "--fingerprint", "0000"),
        ("request", "send", "huge.custody", "--to", DE, "--case", "OP-17", "--as", "ca", "-o", "out"),
    ):
        done = abroad.ro(*words)
        assert done.code == 4, (words, done)
    path.unlink()
    assert peak() - before < 64 << 20
    assert tables(abroad.ro.home) == state


def test_a_bundle_of_a_million_lines(abroad: Abroad) -> None:
    header, _, rest = (abroad.folder / "DE-1.custody").read_bytes().partition(b"\n")
    part = rest.partition(b"\n")[0] + b"\n"
    state = tables(abroad.ro.home)
    for line in (b'{"disclosure":"x"}\n', part):
        count = 1_000_000 if len(line) < 100 else 100_000
        with (abroad.folder / "long.custody").open("wb") as stream:
            stream.write(header + b"\n" + part)
            for _ in range(10):
                stream.write(line * (count // 10))
        done = abroad.ro("import", "long.custody")
        assert done.code == 4, done
    assert tables(abroad.ro.home) == state


def test_clocks_that_differ_by_minutes_and_by_days(abroad: Abroad) -> None:
    """RO's clock is ahead of DE's: taken in all the same; minutes are a remark, days are said loudly."""
    ro, de = abroad.ro, abroad.de
    for minutes, said in ((4, "remark: T04"), (3 * 24 * 60, "warning: T01")):
        ro.must("seize", *SEIZE, "--label", f"T/{minutes}", "--description", "thing", "--seal", "T-1")
        abroad.clock.tick(minutes * 60)
        ro.must("release", f"T/{minutes}", *SEND, "--seal", "T-1", "-o", f"{minutes}.custody")
        abroad.clock.tick(-minutes * 60)
        done = de.must(*GET[:-2], f"{minutes}.receipt", "--package", f"{minutes}.custody", "--seal", "T-1")
        assert said in done.err, done
        ro.must("import", f"{minutes}.receipt")


def test_a_folder_that_can_only_be_read(abroad: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("custody.durable.os.open", refusing(os.open))
        before = tables(abroad.ro.home)
        for words in (("card", "-o", "out"), ("policy", "-o", "out"), ("request", "template", "-o", "out")):
            done = abroad.ro(*words)
            assert (done.code, "out was not written: Read-only" in done.err) == (1, True), done
        assert ORIGIN in abroad.ro.must("card").out
        assert tables(abroad.ro.home) == before
    assert not (abroad.folder / "out").exists()


def refusing(real: Callable[..., int]) -> Callable[..., int]:
    def opened(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest, **more)

    return opened
