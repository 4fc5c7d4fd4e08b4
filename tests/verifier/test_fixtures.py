"""Every fixture gets the verdict and the findings it was made for, and every finding has a fixture."""

import filecmp
from pathlib import Path

import pytest

from custody.protocol.findings import SENTENCES
from fixtures.defect import BASELINE
from fixtures.defects import ALL
from fixtures.generate import HERE, generate, readme
from fixtures.judge import folders, judge_folder, read_expected

FOLDERS = folders()
BUNDLES = [key for key in SENTENCES if not key.startswith("K")]
"""What a bundle can give cause to say; K is of documents (tests/certificate)."""


@pytest.mark.parametrize("folder", FOLDERS, ids=[f"{one.parent.name}/{one.name}" for one in FOLDERS])
def test_fixture_is_judged_as_expected(folder: Path) -> None:
    expected, judged = read_expected(folder), judge_folder(folder)
    wanted = set(expected["findings"])
    assert set(judged.findings) - (BASELINE - wanted) == wanted
    assert (judged.verdict, judged.exit) == (expected["verdict"], expected["exit"])
    assert (expected["error"] or "") in judged.error


def test_every_finding_has_a_fixture_of_its_name() -> None:
    assert [key for key in BUNDLES if key not in ALL] == []
    assert all(f"{name} " in " ".join(ALL[name].findings) + " " for name in BUNDLES)


def test_only_the_rule_it_is_named_after_breaks_a_fixture() -> None:
    """Of the fixture called after a finding, nothing else decides the verdict."""
    for key in BUNDLES:
        others = {finding for finding in ALL[key].findings if not finding.startswith(f"{key} ")}
        assert all(finding.endswith(" R") for finding in others), key


def test_generator_writes_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path)
    for kind in ("valid", "invalid", "ledgers"):
        ours = {one.relative_to(HERE) for one in (HERE / kind).rglob("*") if one.is_file()}
        again = {one.relative_to(tmp_path) for one in (tmp_path / kind).rglob("*") if one.is_file()}
        assert ours == again
        differing = [str(one) for one in sorted(ours) if not filecmp.cmp(HERE / one, tmp_path / one, shallow=False)]
        assert differing == []


def test_readme_lists_them_all() -> None:
    text = (HERE / "README.md").read_text()
    assert readme(text) == text, "run `make fixtures`"


def test_fixtures_stay_small() -> None:
    assert sum(one.stat().st_size for folder in FOLDERS for one in folder.rglob("*") if one.is_file()) < 5_100_000
