"""What each part's statement of heads has to name, and of when it is (L06.subject)."""

import io
from typing import Any

import pytest

from custody.protocol.times import DAY
from custody.verifier.statements import stated_for
from custody.verifier.verify import Request, Verified, verify
from fixtures.crossing import REQUEST, Abroad, Crossing
from fixtures.forge import Bundle
from fixtures.story import PARTNER, PHONE, Story


def check(data: bytes, story: Story) -> Verified:
    return verify(io.BytesIO(data), Request(policy=story.policy, cores=1))


def missing(verified: Verified) -> list[Any]:
    """The subjects that a statement lacks."""
    found = [*verified.world.record.found, *verified.world.items[PHONE].docket.found]
    return sorted(dict(one.facts)["subject"] for one in found if one.key == "L06.subject")


def test_a_bundle_names_the_requests_it_is_about() -> None:
    """Also where nothing of them is shown."""
    case = Story()
    case.seize()
    named = case.cut(requests=(REQUEST,))
    assert missing(check(named, case)) == []
    silent = case.cut(
        requests=(REQUEST,), heads=lambda stated: {name: one for name, one in stated.items() if REQUEST not in name}
    )
    assert missing(check(silent, case)) == [f"notes:{REQUEST}", f"request:{REQUEST}"]


@pytest.mark.parametrize(
    "left_out", [f"notes:{REQUEST}", f"request:{REQUEST}", "partner:ocrteh.police.example/custody"]
)
def test_the_cutter_names_what_its_items_rest_on(left_out: str) -> None:
    case = Abroad()
    case.here.seize()
    case.agree()
    case.release()
    case.deliver()
    case.there.release("lab", case.here.ref("jm"), basis={"return": True})
    data = case.cut(heads=lambda stated: {name: head for name, head in stated.items() if name != left_out})
    assert missing(check(data, case.there)) == [left_out]


def test_the_cutters_last_part_names_what_its_earlier_parts_show() -> None:
    case = Abroad()
    case.made = Bundle([PHONE], PARTNER)
    case.here.seize()
    case.agree()
    case.release()
    case.deliver()
    data = case.cut(heads=lambda stated: {name: head for name, head in stated.items() if name != "person:ca"})
    assert missing(check(data, case.there)) == ["person:ca"]


@pytest.mark.parametrize("silent", [False, True])
def test_an_item_is_as_old_as_the_last_statement_that_names_its_signers(silent: bool) -> None:
    """Who left its signer out of a later statement may have left out that the key was lost."""
    case = Crossing()
    case.here.seize()
    case.here.inspect("ab")
    case.here.release(to=case.addressee)
    case.deliver()
    first = case.here.forge.now
    case.here.forge.now += 30 * DAY
    left_out = "person:ab" if silent else ""
    case.send(heads=lambda stated: {name: head for name, head in stated.items() if name != left_out})
    last = case.here.forge.now
    verified = check(case.cut(), case.there)
    assert missing(verified) == []
    stated = stated_for(verified.parts, verified.world, case.here.forge.origin, f"item:{PHONE}")
    assert stated == (first if silent else last)
