"""What types alone let through, and a reader refuses: a table of defects, each an event that is otherwise sound."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from custody.errors import MalformedError
from custody.protocol import canonical
from custody.protocol.events.codec import format_event, parse_event
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey
from fixtures.forge import Forge, fixed_uuid, seed

ORIGIN = "ocrteh.police.example/custody"
ITEM = f"item:{fixed_uuid('phone')}"
OTHER = fixed_uuid("other")
READ = [{"seal": "A-1", "state": "intact"}, {"seal": "A-2", "state": "intact"}]
HASH = "a" * 64


def event(kind: str, details: dict[str, Any], subject: str = ITEM, **common: Any) -> dict[str, Any]:
    forge = Forge(ORIGIN)
    actor = ORIGIN if kind.startswith(("ledger", "partner", "person", "profile")) else forge.ref("jm")
    return forge.event(kind, subject, details, actor, **common)


SEIZED = event(
    "item.seized",
    {
        "condition": "good",
        "description": "phone",
        "kind": "physical",
        "label": "JM/1",
        "manner": "seized",
        "seals": ["A-1", "A-2"],
        "source": "kitchen",
    },
)
RELEASED = event(
    "handover.released",
    {"addressees": [f"ab@{ORIGIN}"], "condition": "good", "reason": "lab", "seals": READ},
)
RECOVERED = event("item.recovered", {"condition": "good", "put_on": ["B-1", "B-2"], "removed": ["A-1", "A-2"]})
DERIVED = event(
    "item.derived",
    {
        "kind": "physical",
        "label": "JM/1-a",
        "method": "split",
        "parents": [
            {"head": {"entry": HASH, "ledger": ORIGIN}, "item": OTHER},
            {"head": {"entry": HASH, "ledger": ORIGIN}, "item": fixed_uuid("third")},
        ],
    },
)
OPENED = event(
    "ledger.opened",
    {
        "agency": "Unit",
        "jurisdiction": "RO",
        "ledger_key": format_vkey(make_vkey(ORIGIN, ED25519, seed("l").public_key)),
        "recipient": "age1" + "q" * 58,
        "witness_key": format_vkey(make_vkey("w.example", COSIGNATURE_V1, seed("w").public_key)),
    },
    "ledger",
    place=None,
)
ADOPTED = event("profile.adopted", {"profile": {"name": "strict", "transit_days": 3}}, "ledger", place=None)
PARTNER = "prosecution.example/custody"
REQUEST = f"request:{fixed_uuid('request')}"


def witness_of(origin: str, name: str) -> str:
    return format_vkey(make_vkey(f"{origin}/witness", COSIGNATURE_V1, seed(name).public_key))


TRUSTED = event(
    "partner.trusted",
    {
        "agency": "Prosecution",
        "confirmed": "by telephone",
        "jurisdiction": "FR",
        "ledger_key": format_vkey(make_vkey(PARTNER, ED25519, seed("p").public_key)),
        "recipient": "age1" + "q" * 58,
        "witness_key": format_vkey(make_vkey(f"{PARTNER}/witness", COSIGNATURE_V1, seed("w").public_key)),
    },
    f"partner:{PARTNER}",
    place=None,
)
DISTRUSTED = event("partner.distrusted", {"reason": "key lost"}, f"partner:{PARTNER}", place=None)
SENT = event(
    "request.sent",
    {
        "assistance": "the telephone",
        "authority": "Ministry of Justice",
        "basis": [{"instrument": "untoc"}],
        "conducting": "the prosecutor",
        "facts": "a summary",
        "onward_to": "DE",
        "purpose": "onward",
        "purpose_text": "prosecution there",
        "reference": "MLA-7",
        "scope": {"categories": ["phone", "disk"], "items": ["JM/1", OTHER], "kinds": ["digital", "physical"]},
        "subject": "trafficking in persons",
        "to": PARTNER,
        "use_limitation": "for this case",
    },
    REQUEST,
)
ACCEPTED = event("request.accepted", {"scope": {"kinds": ["digital", "physical"]}}, REQUEST)
COPIED = event(
    "item.copied",
    {
        "basis": {"agreement": "JIT 4/2026"},
        "digests": [{"blake3": HASH, "sha256": HASH, "size": 1}],
        "purpose": "for the file",
        "state": "FR",
        "to": "the registry",
    },
    f"notes:{fixed_uuid('phone')}",
)
ABROAD = event(
    "handover.released",
    {
        "addressees": [f"ab@{PARTNER}"],
        "basis": {"purpose": "prosecution", "request": OTHER},
        "condition": "good",
        "reason": "as asked",
    },
)
SOUND = (
    SEIZED,
    RELEASED,
    RECOVERED,
    DERIVED,
    OPENED,
    ADOPTED,
    TRUSTED,
    DISTRUSTED,
    SENT,
    ACCEPTED,
    COPIED,
    ABROAD,
)


@pytest.mark.parametrize("sound", SOUND, ids=[f"{place} {one['type']}" for place, one in enumerate(SOUND)])
def test_the_events_to_be_spoilt_are_sound(sound: dict[str, Any]) -> None:
    data = canonical.encode(sound)
    assert format_event(parse_event(data)) == data


def spoil(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(sound: dict[str, Any]) -> None:
        *names, last = path.split("/")
        holder: Any = sound
        for name in names:
            holder = holder[int(name)] if isinstance(holder, list) else holder[name]
        holder[last] = value

    return change


@pytest.mark.parametrize(
    ("sound", "change"),
    [
        (SEIZED, spoil("subject", "case:OP-17")),
        (SEIZED, spoil("case", None)),
        (SEIZED, spoil("actor", ORIGIN)),
        (SEIZED, spoil("actor", "jm@other.example")),
        (SEIZED, spoil("occurred_at", "2026-02-30T10:00:00+02:00")),
        (SEIZED, spoil("occurred_at", "2026-05-04T24:00:00+02:00")),
        (SEIZED, spoil("occurred_at", "2026-05-04T10:00:00+14:30")),
        (SEIZED, spoil("occurred_at", "2026-05-04T10:00:00Z")),
        (SEIZED, spoil("occurred_at", "2026-05-04T10:00:00-00:00")),
        (SEIZED, lambda e: e["details"].pop("description")),
        (SEIZED, lambda e: e["details"].pop("source")),
        (SEIZED, spoil("details/kind", "digital")),
        (SEIZED, spoil("details/seals", ["A-1", "A-1"])),
        (SEIZED, spoil("details/seals", [])),
        (SEIZED, spoil("details/description", None)),
        (SEIZED, spoil("details/description", "")),
        (SEIZED, spoil("details/colour", "black")),
        (SEIZED, spoil("details/acquisition", {"content": {}, "tool": "dd"})),
        (SEIZED, spoil("details/digests", [{"blake3": HASH, "files": 1, "sha256": HASH, "size": 1}])),
        (SEIZED, spoil("sealed", {"/details/description": HASH})),
        (SEIZED, spoil("sealed", {"/details/label": HASH})),
        (SEIZED, spoil("sealed", {"/documents/0/title": HASH})),
        (SEIZED, spoil("sealed", {"/details/serial": "A" * 64})),
        (RELEASED, spoil("details/seals", [READ[0], READ[0] | {"state": "broken"}])),
        (RELEASED, spoil("details/addressees", [f"ab@{ORIGIN}", f"ab@{ORIGIN}"])),
        (RELEASED, spoil("details/addressees", [f"ab@{ORIGIN}", "ab@other.example"])),
        (RELEASED, spoil("details/addressees", [])),
        (RELEASED, spoil("details/basis", {})),
        (RELEASED, spoil("details/basis", {"agreement": "x", "spontaneous": "y"})),
        (RELEASED, spoil("details/return_by", "2026-02-30T10:00:00+02:00")),
        (RECOVERED, spoil("details/put_on", ["B-1", "B-1"])),
        (RECOVERED, spoil("details/removed", ["A-1", "A-1"])),
        (DERIVED, lambda e: e["details"]["parents"][1].update(item=OTHER)),
        (OPENED, spoil("details/ledger_key", OPENED["details"]["witness_key"])),
        (OPENED, spoil("details/witness_key", OPENED["details"]["ledger_key"])),
        (OPENED, spoil("witnesses", [f"jm@{ORIGIN}"])),
        (OPENED, spoil("actor", f"jm@{ORIGIN}")),
        (ADOPTED, spoil("details/profile", {"name": "strict", "required": {}})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "witnesses": {}})),
        (ADOPTED, spoil("details/profile", {"late_hours": 100_001, "name": "strict"})),
        (ADOPTED, spoil("details/profile", {"deadlines": {}, "name": "strict"})),
        (ADOPTED, spoil("details/profile", {"deadlines": {"reply": 7}, "name": "strict"})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "roles": {}})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "roles": {"item.seized": []}})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "roles": {"item.seized": ["boss"]}})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "spontaneous": False})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "urgent": 1})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "spontaneous": False})),
        (ADOPTED, spoil("details/profile", {"name": "strict", "urgent": False})),
        (ABROAD, spoil("details/basis", {"request": OTHER})),
        (ABROAD, spoil("details/basis", {"purpose": "prosecution"})),
        (ABROAD, spoil("details/basis", {"agreement": "x", "purpose": "prosecution"})),
        (ABROAD, spoil("details/basis", {"purpose": "prosecution", "return": True})),
        (ABROAD, spoil("details/basis", {"purpose": "prosecution", "request": OTHER, "return": True})),
        (ABROAD, spoil("details/basis", {"agreement": "x", "return": True})),
        (ABROAD, spoil("details/basis", {"return": False})),
        (ABROAD, spoil("details/basis", {"agreement": ""})),
        (ABROAD, spoil("details/basis/purpose", "Prosecution")),
        (ABROAD, spoil("details/basis/request", "MLA-7")),
        (COPIED, lambda e: e["details"].pop("state")),
        (COPIED, spoil("details/basis", {})),
        (COPIED, spoil("details/basis", {"agreement": "x", "spontaneous": "y"})),
        (COPIED, spoil("details/basis", {"request": OTHER})),
        (COPIED, spoil("details/state", "France")),
        (TRUSTED, spoil("subject", f"partner:{ORIGIN}")),
        (TRUSTED, spoil("subject", "partner:police.example")),
        (TRUSTED, spoil("subject", "ledger")),
        (TRUSTED, spoil("case", "OP-17")),
        (TRUSTED, spoil("actor", f"jm@{ORIGIN}")),
        (TRUSTED, spoil("witnesses", [f"jm@{ORIGIN}"])),
        (TRUSTED, spoil("details/ledger_key", OPENED["details"]["ledger_key"])),
        (TRUSTED, spoil("details/ledger_key", TRUSTED["details"]["witness_key"])),
        (TRUSTED, spoil("details/witness_key", TRUSTED["details"]["ledger_key"])),
        (TRUSTED, spoil("details/witness_key", format_vkey(make_vkey("w", COSIGNATURE_V1, seed("w").public_key)))),
        (TRUSTED, spoil("details/witness_key", witness_of(PARTNER, "p"))),
        (TRUSTED, spoil("details/witness_key", witness_of(f"{PARTNER}x", "w"))),
        (TRUSTED, spoil("details/recipient", "ssh-ed25519 AAAA")),
        (TRUSTED, lambda e: e["details"].pop("confirmed")),
        (DISTRUSTED, lambda e: e["details"].pop("reason")),
        (DISTRUSTED, spoil("actor", f"jm@{ORIGIN}")),
        (SENT, spoil("details/to", ORIGIN)),
        (SENT, spoil("details/purpose", "prosecution")),
        (SENT, spoil("details/supplements", fixed_uuid("request"))),
        (SENT, spoil("details/basis", [])),
        (SENT, spoil("details/basis", [{"article": "18"}])),
        (SENT, spoil("details/basis", [{"instrument": "friendship"}])),
        (SENT, spoil("details/scope", {})),
        (SENT, spoil("details/scope", {"items": []})),
        (SENT, spoil("details/scope", {"items": ["JM/1", "JM/1"]})),
        (SENT, spoil("details/scope", {"kinds": ["digital", "digital"]})),
        (SENT, spoil("details/scope", {"categories": ["disk", "disk"]})),
        (SENT, spoil("details/scope", {"kinds": ["virtual"]})),
        (SENT, spoil("details/reference", "MLA 7")),
        (SENT, spoil("details/deadline", "2026-02-30")),
        (SENT, spoil("details/urgent", False)),
        (SENT, spoil("details/onward_to", "Germany")),
        (SENT, lambda e: e["details"].pop("facts")),
        (SENT, lambda e: e["details"].pop("use_limitation")),
        (SENT, spoil("sealed", {"/details/facts": HASH})),
        (SENT, spoil("sealed", {"/details/subject": HASH})),
        (SENT, spoil("case", None)),
        (SENT, spoil("subject", f"notes:{OTHER}")),
        (SENT, spoil("actor", ORIGIN)),
        (ACCEPTED, spoil("details/scope", {})),
        (ACCEPTED, spoil("details/scope", {"kinds": ["digital", "digital"]})),
        (ACCEPTED, spoil("details/conditions", [])),
        (ACCEPTED, spoil("details/until", "2026-06-01")),
        (ACCEPTED, spoil("details/until", "2026-02-30T10:00:00+02:00")),
    ],
)
def test_a_spoilt_event_is_malformed(sound: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> None:
    spoilt = copy.deepcopy(sound)
    change(spoilt)
    with pytest.raises(MalformedError):
        parse_event(canonical.encode(spoilt))


def test_the_ledger_and_its_witness_have_two_keys() -> None:
    spoilt = copy.deepcopy(OPENED)
    spoilt["details"]["witness_key"] = format_vkey(make_vkey("w.example", COSIGNATURE_V1, seed("l").public_key))
    with pytest.raises(MalformedError, match="is not the ledger key"):
        parse_event(canonical.encode(spoilt))


def test_a_sealed_summary_of_facts_is_a_summary() -> None:
    sealed = copy.deepcopy(SENT)
    del sealed["details"]["facts"]
    sealed["sealed"] = {"/details/facts": HASH, "/details/persons": "b" * 64}
    assert parse_event(canonical.encode(sealed)).sealed == sealed["sealed"]
