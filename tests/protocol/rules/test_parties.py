"""Giver, receiver and witnesses are different persons, already when a release names them (S02)."""

from typing import Any

import pytest

from custody.protocol import canonical
from custody.protocol.events.codec import parse_event
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from fixtures.forge import Forge, fixed_uuid

ITEM = f"item:{fixed_uuid('phone')}"


def world(forge: Forge) -> tuple[World, list[Any]]:
    """The world after the forge's entries, and what was said of the last."""
    made, found = World(), []
    for index, event in enumerate(forge.events):
        parsed = parse_event(canonical.encode(event))
        fact = Recorded(origin=forge.origin, index=index, hash=forge.hashes[index], recorded=forge.now, event=parsed)
        found = made.apply(fact)
    return made, found


@pytest.mark.parametrize(
    ("addressees", "witnesses", "refused"),
    [
        (["ab"], [], False),
        (["ab"], ["sv"], False),
        (["jm"], [], True),
        (["ab", "jm"], [], True),
        (["ab", "sv"], ["sv"], True),
        (["ab"], ["jm"], True),
    ],
    ids=["plain", "witnessed", "to oneself", "also to oneself", "to the witness", "witnessed by oneself"],
)
def test_a_release_keeps_its_parties_apart(addressees: list[str], witnesses: list[str], refused: bool) -> None:
    forge = Forge("ocrteh.police.example/custody")
    forge.open()
    for person, role in (("jm", "investigator"), ("ab", "custodian"), ("sv", "supervisor")):
        forge.enrol(person, role)
    forge.open_case()
    seized = {"authority": "warrant", "condition": "good", "description": "phone", "kind": "physical", "label": "JM/1"}
    forge.add("item.seized", ITEM, seized | {"manner": "seized", "source": "kitchen"}, forge.ref("jm"))
    named = {"addressees": [forge.ref(one) for one in addressees], "condition": "good", "reason": "store"}
    forge.add("handover.released", ITEM, named, forge.ref("jm"), witnesses=[forge.ref(one) for one in witnesses])
    _, found = world(forge)
    assert [one.key for one in found if one.refused] == (["S02.same"] if refused else [])
