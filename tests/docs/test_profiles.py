"""The example profiles: they are read, say that they are examples, and show every member that a profile can have."""

from pathlib import Path

import pytest

from custody.protocol.events.ledger import Profile
from custody.protocol.profile_file import parse_profile

FILES = sorted((Path(__file__).parents[2] / "docs/profiles").iterdir())


@pytest.mark.parametrize("file", FILES, ids=[one.name for one in FILES])
def test_an_example_is_read_and_says_what_it_is(file: Path) -> None:
    profile = parse_profile(file.read_bytes())
    assert file.read_text(encoding="utf-8").startswith("# EXAMPLE, not the law of any State: ")
    assert file.name.startswith("example-") and profile.name.startswith("Example: ")
    assert f" {file.name}\n" in file.read_text(encoding="utf-8")


def test_the_examples_show_every_member() -> None:
    assert len(FILES) == 3
    texts = [one.read_text(encoding="utf-8") for one in FILES]
    for member in Profile.__struct_fields__:
        lines = (f"\n{member} = ", f"\n# {member} = ", f"\n[{member}]\n")
        assert any(line in text for line in lines for text in texts), member
