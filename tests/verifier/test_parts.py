"""A ledger shown in two parts is judged as if it had been shown in one."""

import io
from typing import Any

from custody.protocol import bundle
from custody.protocol.policy import trust
from custody.protocol.proofs import prove_consistency, prove_inclusion
from custody.verifier.verify import Request, Verified, verify
from fixtures.forge import Bundle, Forge, fixed_uuid

ITEM = fixed_uuid("phone")
SUBJECT = f"item:{ITEM}"


def begun() -> Forge:
    forge = Forge("ocrteh.police.example/custody")
    forge.open()
    for person, role in (("jm", "investigator"), ("px", "prosecutor")):
        forge.enrol(person, role)
    forge.open_case()
    seized = {"authority": "warrant", "condition": "good", "description": "phone", "kind": "physical", "label": "JM/1"}
    forge.add("item.seized", SUBJECT, seized | {"manner": "seized", "source": "kitchen"}, forge.ref("jm"))
    return forge


def heads(forge: Forge, **changed: str | None) -> dict[str, str | None]:
    subjects = (SUBJECT, f"notes:{ITEM}", "case:OP-17", "ledger", "person:jm", "person:px")
    stated = {subject: forge.heads.get(subject) for subject in subjects}
    return dict(sorted((stated | {name.replace("_", ":"): value for name, value in changed.items()}).items()))


def add_part(made: Bundle, forge: Forge, line: bytes, shown: list[int], since: int | None) -> None:
    size = len(forge.entries)
    checkpoint = forge.checkpoint().decode()
    made.put(bundle.Line(part=bundle.Part(checkpoint=checkpoint, ledger=forge.origin, whole=False)))
    if since is not None:
        proof = bundle.encode_proof(prove_consistency(since, size, forge.read))
        made.put(bundle.Line(consistency=bundle.Consistency(proof=proof, size=since)))
    made.lines.append(line)
    for index in shown:
        made.lines.append(bundle.format_entry_line(forge.entries[index], prove_inclusion(index, size, forge.read)))


def judge(made: Bundle, forge: Forge) -> Verified:
    return verify(io.BytesIO(made.data), Request(policy=trust([forge.vkey])))


def codes(verified: Verified) -> set[str]:
    found: list[Any] = [*verified.world.record.found, *verified.world.items[ITEM].docket.found]
    return {one.key for one in found if one.severity != "R"}


def test_two_honest_parts_are_sound() -> None:
    forge = begun()
    made = Bundle([ITEM], forge.origin)
    line = forge.disclose([ITEM], "px", heads(forge))
    first = len(forge.entries)
    add_part(made, forge, line, list(range(first)), None)
    forge.add("item.stored", SUBJECT, {"facility": "room"}, forge.ref("jm"))
    line = forge.disclose([ITEM], "px", heads(forge))
    add_part(made, forge, line, list(range(first, len(forge.entries))), first)
    assert codes(judge(made, forge)) == set()


def test_a_revocation_left_out_of_the_first_part_is_found_when_the_second_shows_it() -> None:
    forge = begun()
    enrolled = forge.heads["person:jm"]
    forge.revoke("jm", effective=forge.now + 3600)
    revocation = len(forge.entries) - 1
    forge.add("item.stored", SUBJECT, {"facility": "elsewhere"}, forge.ref("jm"))
    made = Bundle([ITEM], forge.origin)
    line = forge.disclose([ITEM], "px", heads(forge, person_jm=enrolled))
    first = len(forge.entries)
    add_part(made, forge, line, [index for index in range(first) if index != revocation], None)
    line = forge.disclose([ITEM], "px", heads(forge))
    add_part(made, forge, line, [revocation, len(forge.entries) - 1], first)
    assert "L02" in codes(judge(made, forge))


def test_a_rekeying_left_out_of_the_first_part_is_found_when_the_second_shows_it() -> None:
    forge = begun()
    opened = forge.heads["ledger"]
    forge.rekey("second key")
    rekeying = len(forge.entries) - 1
    made = Bundle([ITEM], forge.origin)
    line = forge.disclose([ITEM], "px", heads(forge, ledger=opened))
    first = len(forge.entries)
    add_part(made, forge, line, [index for index in range(first) if index != rekeying], None)
    line = forge.disclose([ITEM], "px", heads(forge))
    add_part(made, forge, line, [rekeying, len(forge.entries) - 1], first)
    assert "L02" in codes(judge(made, forge))
