"""A sentence names so many things and no more: what a hostile record repeats must not fill its reader's memory."""

from typing import Any

import pytest

from custody.protocol import canonical
from custody.protocol.events.codec import parse_event
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from fixtures.forge import Forge, fixed_uuid

ORIGIN = "ocrteh.police.example/custody"
ITEM = f"item:{fixed_uuid('phone')}"


def said(count: int, kind: str, details: Any, then: dict[str, Any]) -> str:
    """What the last event, an examination, is told: after so many of a kind."""
    forge = Forge(ORIGIN)
    forge.open()
    forge.enrol("jm", "investigator")
    forge.open_case()
    seized = {
        "authority": "w",
        "condition": "good",
        "kind": "physical",
        "label": "JM/1",
        "manner": "seized",
        "source": "x",
    }
    quantity = {"amount": "1", "unit": "g"}
    forge.add("item.seized", ITEM, seized | {"description": "powder", "quantity": quantity}, forge.ref("jm"))
    for number in range(count):
        forge.add(kind, ITEM, details(number), forge.ref("jm"))
    forge.add("item.examined", ITEM, {"purpose": "content"} | then, forge.ref("jm"))
    world, found = World(), []
    for index, event in enumerate(forge.events):
        parsed = parse_event(canonical.encode(event))
        fact = Recorded(origin=ORIGIN, index=index, hash=forge.hashes[index], recorded=forge.now, event=parsed)
        found = [one for one in world.apply(fact) if one.code in ("P01", "D02")]
    return found[0].message


@pytest.mark.parametrize(("count", "rest"), [(1, ""), (32, ""), (33, " and 1 more"), (50, " and 18 more")])
def test_seals(count: int, rest: str) -> None:
    message = said(count, "item.sealed", lambda number: {"seal": f"Z-{number}"}, {})
    assert message.count("Z-") == min(count, 32)
    assert rest in message
    assert ("more" in message) == bool(rest)


@pytest.mark.parametrize(("count", "rest"), [(1, ""), (31, ""), (32, " and 1 more"), (49, " and 18 more")])
def test_amounts(count: int, rest: str) -> None:
    used = {"consumed": {"amount": "7.5", "unit": "g"}}
    message = said(count, "item.examined", lambda _: {"purpose": "content"} | used, used)
    assert message.count("7.5 g") == min(count + 1, 32)
    assert rest in message
    assert ("more" in message) == bool(rest)


def test_units_of_which_there_are_many_do_not_add_up() -> None:
    used = {"consumed": {"amount": "0", "unit": "g"}}
    units = ("g", "ml", "m")
    message = said(
        3, "item.examined", lambda number: {"purpose": "x", "consumed": {"amount": "0", "unit": units[number]}}, used
    )
    assert "0 ml" in message
