"""Paths that mean one file everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.evidence.portable import MAX_PATH, Paths, check_path

GOOD = [
    "a",
    "a/b",
    ".hidden",
    "..x",
    "x..y",
    " leading",
    "con1",
    "console",
    "aux-1",
    "com10",
    "lpt",
    "é漢字",
    "50%",
    "a\u202eb",
]


@pytest.mark.parametrize("path", [*GOOD, "x" * 255, "漢" * 85, "/".join(["x" * 127] * 8)])
def test_paths_that_work(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize("path", ["/".join(["x" * 127] * 8) + "xx", "x" * (MAX_PATH + 1), "a\ud800", "a\udcff", ""])
def test_paths_that_do_not(path: str) -> None:
    with pytest.raises(MalformedError):
        check_path(path)


@given(st.text(st.sampled_from("./\\:\0\n ~aA1%é"), max_size=12))
def test_what_passes_stays_in_its_folder(path: str) -> None:
    try:
        check_path(path)
    except MalformedError:
        return
    assert not set(path) & set("\\:\0\n")
    assert all(part and part[-1] not in ". " for part in path.split("/"))


def test_one_path_is_taken_once() -> None:
    paths = Paths()
    for path in ("a/b", "a/c", "a/d/e", "b"):
        paths.add(path)
    for path in ("a/b", "A/f", "a/B", "a", "a/d", "a/d/e/f", "B", "b/x"):
        with pytest.raises(MalformedError, match="comes twice"):
            paths.add(path)
