"""What a whole ledger alone can't judge, said where it matters: of the request, and of the item that left under it."""

import io
from pathlib import Path

from custody.protocol.policy_file import parse_policy
from custody.verifier.verify import Request, verify

INVALID = Path(__file__).parents[2] / "fixtures" / "invalid"


def keys(name: str) -> tuple[set[str], set[str]]:
    """Of the record, and of the items; remarks left out."""
    policy = parse_policy((INVALID / name / "policy").read_bytes())
    verified = verify(io.BytesIO((INVALID / name / "bundle.custody").read_bytes()), Request(policy=policy, cores=1))
    world = verified.world
    of_items = [one for uuid in verified.items for one in world.items[uuid].docket.found]
    of_record = [*world.record.found, *(one for request in world.requests.values() for one in request.docket.found)]
    return (
        {one.key for one in of_record if one.severity != "R"},
        {one.key for one in of_items if one.severity != "R"},
    )


def test_of_the_request_and_of_the_item() -> None:
    assert keys("L02.elsewhere-request") == ({"L02.elsewhere"}, {"L02.elsewhere"})


def test_of_the_item_alone() -> None:
    assert keys("L02.elsewhere") == (set(), {"L02.elsewhere"})


def test_what_its_own_entries_show_stays() -> None:
    assert keys("L01-elsewhere")[1] == {"L01", "L02.elsewhere"}
