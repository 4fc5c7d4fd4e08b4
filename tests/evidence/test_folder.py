"""Folders: a manifest, in one order, with everything that was left out said."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from custody.errors import CustodyError, UsageError
from custody.evidence import folder as folder_module
from custody.evidence.folder import encode_path, measure_folder
from custody.evidence.measure import measure, measure_all, total_size


def line(path: str, data: bytes) -> bytes:
    return f"{hashlib.sha256(data).hexdigest()} {blake3(data).hexdigest()} {len(data)} {path}\n".encode()


def test_the_manifest_is_sorted_by_the_bytes_of_the_path(tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    for name in ("b", "a/z", "a.txt", "é"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    found = measure_folder(root)
    assert found.manifest == b"".join(line(name, name.encode()) for name in ("a.txt", "a/z", "b", "é"))
    assert found.measured.sha256 == hashlib.sha256(found.manifest).hexdigest()
    assert found.measured.blake3 == blake3(found.manifest).hexdigest()
    assert (found.measured.files, found.measured.total) == (4, sum(len(n.encode()) for n in ("b", "a/z", "a.txt", "é")))
    assert [one.name for one in found.files] == ["a.txt", "a/z", "b", "é"]


@pytest.mark.parametrize(
    ("name", "written"),
    [("50%", b"50%25"), ("a\nb", b"a%0Ab"), ("a\rb", b"a%0Db"), ("a b", b"a b"), (os.fsdecode(b"x\xff"), b"x%FF")],
)
def test_names_that_would_break_a_line_are_encoded(name: str, written: bytes) -> None:
    assert encode_path(name) == written


def test_links_and_pipes_are_left_out_and_said(tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    root.mkdir()
    (root / "file").write_bytes(b"x")
    (root / "link").symlink_to(tmp_path)
    (root / "dangling").symlink_to(tmp_path / "none")
    os.mkfifo(root / "pipe")
    assert measure_folder(root).left_out == ("dangling", "link", "pipe")
    assert measure([root]).left_out == ("evidence/dangling", "evidence/link", "evidence/pipe")


def test_an_empty_folder_is_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no files"):
        measure_folder(tmp_path)


def test_a_folder_that_changes_meanwhile_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_bytes(b"x")
    original = folder_module.measure_file

    def meddle(path: Path, progress: object = None) -> object:
        (tmp_path / "two").write_bytes(b"y")
        return original(path, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(folder_module, "measure_file", meddle)
    with pytest.raises(CustodyError, match="changed while it was read"):
        measure_folder(tmp_path)


def test_a_folder_that_can_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CustodyError, match="can't be read"):
        measure_folder(tmp_path / "none")


def test_all_that_may_be_compared(tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    root.mkdir()
    (root / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"22")
    assert [one.name for one in measure_all([root, tmp_path / "two"])] == ["evidence", "one", "two"]
    assert total_size([root, tmp_path / "two"]) == 3


@given(st.binary(min_size=1, max_size=40))
def test_every_name_can_be_told_from_what_is_written(name: bytes) -> None:
    written = encode_path(os.fsdecode(name))
    assert unquote_to_bytes(written) == name
    written.decode("utf-8")
    assert b"\n" not in written
    assert b"\r" not in written


def test_half_a_character_of_windows_is_written_as_its_bytes() -> None:
    assert encode_path("a\ud800b") == b"a%ED%A0%80b"


def rewrite(path: Path) -> None:
    path.write_bytes(b"other")


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def put_another_in_its_place(path: Path) -> None:
    path.with_name("~").write_bytes(path.read_bytes())
    path.with_name("~").replace(path)


def make_a_link(path: Path) -> None:
    path.with_name("link").symlink_to(path)


@pytest.mark.parametrize("change", [rewrite, touch, put_another_in_its_place, Path.unlink, make_a_link])
def test_a_file_that_changes_after_it_was_read_is_an_error(
    change: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second")
    original = folder_module.measure_file

    def meddle(path: Path, progress: object = None) -> object:
        if path.name == "b":
            change(tmp_path / "a")
        return original(path, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(folder_module, "measure_file", meddle)
    with pytest.raises(CustodyError, match="changed while it was read"):
        measure_folder(tmp_path)


def test_more_files_than_can_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / str(number)).touch()
    monkeypatch.setattr(folder_module, "MAX_ENTRIES", 4)
    assert measure_folder(tmp_path).measured.files == 4
    monkeypatch.setattr(folder_module, "MAX_ENTRIES", 3)
    with pytest.raises(UsageError, match="holds more than 3 files"):
        measure_folder(tmp_path)


def test_a_folder_named_by_a_dot_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evidence" / "inner").mkdir(parents=True)
    (tmp_path / "evidence" / "one").touch()
    monkeypatch.chdir(tmp_path / "evidence" / "inner")
    assert measure_folder(Path("..")).measured.name == "evidence"
    monkeypatch.chdir(tmp_path / "evidence")
    assert measure_folder(Path()).measured.name == "evidence"


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "evidence")
    with pytest.raises(UsageError, match="symbolic link"):
        measure([tmp_path / "link"])
    assert total_size([tmp_path / "link", tmp_path / "none"]) == 0
