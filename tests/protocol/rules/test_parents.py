"""A child that is shown after its parent went on: whoever yielded held the parent then (C03)."""

import pytest

from fixtures.forge import fixed_uuid
from fixtures.story import Story, digests_of
from tests.protocol.rules.watching import Watching

CHILD = fixed_uuid("the image")


@pytest.mark.parametrize(("yielder", "said"), [("jm", set()), ("lab", {"C03 B"})])
def test_shown_after_its_parent_went_on(yielder: str, said: set[str]) -> None:
    case = Story()
    watching = Watching(case)
    case.seize()
    parent = {"head": case.head, "item": case.item}
    stated = {
        "digests": [digests_of("the image")],
        "kind": "digital",
        "label": "JM/1-1",
        "method": "export",
        "parents": [parent],
    }
    with watching.holding():
        made = case.act("item.derived", stated, "jm", item=CHILD)
    case.act("item.yielded", {"child": CHILD, "entry": made}, yielder)
    watching.said()
    watching.show()
    assert {one for one in watching.item(CHILD) if one.startswith("C03")} == said
