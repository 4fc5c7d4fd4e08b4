"""What is kept of an item's first event is equal to it, and of many items' alike values there is one."""

from custody.protocol import canonical
from custody.protocol.events.codec import parse_event
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.sharing import share
from fixtures.forge import Forge, fixed_uuid

ORIGIN = "ocrteh.police.example/custody"


def facts() -> list[Recorded]:
    """Two seizures, alike but for the item."""
    forge = Forge(ORIGIN)
    forge.open()
    forge.enrol("jm", "investigator")
    forge.open_case()
    for label in ("JM/1", "JM/2"):
        stated = {
            "authority": "warrant 12/2026",
            "condition": "good",
            "description": "a phone",
            "kind": "physical",
            "label": label,
            "manner": "seized",
            "source": "Strada Lunga 4",
        }
        forge.add("item.seized", f"item:{fixed_uuid(label)}", stated, forge.ref("jm"))
    return [
        Recorded(
            origin=ORIGIN,
            index=index,
            hash=forge.hashes[index],
            recorded=forge.now,
            event=parse_event(canonical.encode(forge.events[index])),
        )
        for index in (-2, -1)
    ]


def test_nothing_is_changed() -> None:
    for fact in facts():
        assert share(fact) == fact
        assert canonical.encode(share(fact).event) == canonical.encode(fact.event)


def test_what_is_alike_is_one_object() -> None:
    one, other = map(share, facts())
    before, after = facts()
    assert before.event.actor is not after.event.actor
    assert one.event.actor is other.event.actor
    assert one.event.case is other.event.case
    assert one.event.details.condition is other.event.details.condition  # type: ignore[attr-defined]
