"""The mutation campaign still finds what it changes."""

import pytest

from tests.soak.campaign_mutants import ROOT
from tests.soak.words import WORDS


@pytest.mark.parametrize("name", WORDS)
def test_every_change_finds_its_words_once(name: str) -> None:
    text = (ROOT / name).read_text()
    assert [old for old, _ in WORDS[name] if text.count(old) != 1] == []
