"""The specification says what the code does: its examples byte for byte, its tables member for member.

    ```example name=event          one value, without the line feed that ends the block
    ```example name=policy lines   lines, each with its line feed

In a block, a backslash at the end of a line folds it: both are left out (RFC 8792 §7, without indentation). Tables
are found by the heading they stand under; columns that hold prose are not compared.
"""

import hashlib
import io
import re
import types
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from blake3 import blake3

from custody import errors
from custody.evidence.folder import encode_path, measure_folder
from custody.keys.signer import SeedSigner
from custody.protocol import (
    bundle,
    canonical,
    cosignature,
    ed25519,
    encodings,
    entry,
    envelope,
    eye,
    findings,
    names,
    note,
    policy,
    policy_file,
    possession,
    proofs,
    times,
    tree,
    unverified,
    values,
    vkey,
)
from custody.protocol.card import card_fingerprint, format_card
from custody.protocol.checkpoint import Checkpoint, format_checkpoint, sign_checkpoint
from custody.protocol.disclosure import Disclosure, digest_disclosure, format_disclosure
from custody.protocol.events import common, disclosures, handovers, items, ledger, partners, people, requests, validity
from custody.protocol.events.codec import EVENT_TYPES, parse_event
from custody.protocol.findings import SENTENCES
from custody.protocol.rules import chain, corrections, item, order, profile, seals
from custody.protocol.rules import requests as request_rules
from custody.protocol.rules.roles import ALLOWED
from custody.verifier import answers
from custody.verifier.report.build import build_report
from custody.verifier.report.json_form import report_as_json
from custody.verifier.report.model import LIMITS
from custody.verifier.timestamps import read_authorities
from custody.verifier.verify import Request, verify
from fixtures.authority import TimeStamper

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/format.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```(\w+) name=([\w-]+)( lines)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> dict[str, str]:
    """The blocks of the document tagged `kind`, by name, unfolded."""
    found: dict[str, str] = {}
    for tag, name, lines, body in _BLOCK.findall(TEXT):
        if tag == kind:
            assert name not in found, f"two blocks are called {name}"
            found[name] = body.replace("\\\n", "") if lines else body.replace("\\\n", "").removesuffix("\n")
    return found


def section(heading: str) -> str:
    """What stands under a heading, up to the next heading of any level."""
    parts = re.split(r"^#+ (.+)$", TEXT, flags=re.MULTILINE)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert len(bodies) == len(parts[1::2]), "two headings are the same"
    return bodies[heading]


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head; `code` marks are dropped from first cells."""
    rows = re.search(r"^\|.*?(?=\n\n|\Z)", section(heading), flags=re.MULTILINE | re.DOTALL)
    assert rows, f"no table under {heading}"
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[0].strip().split("\n")[2:]]
    return [[row[0].strip("` |"), *(cell.strip(" |") for cell in row[1:])] for row in cells]


def ticked(text: str) -> set[str]:
    """What stands in `code` marks."""
    return set(re.findall(r"`([^`]+)`", text))


# -- the worked examples: one small ledger


ORIGIN = "ocrteh.police.example/custody"
WITNESS = "prosecution.example/custody/witness"
ITEM = "6f1c8a52-3b7d-4e09-9a41-2c5d8e7f0b13"
JM = f"jm@{ORIGIN}"
SEEDS = {"ledger key": 1, "partner's witness key": 2, "key of jm": 3, "ledger's own witness key": 4}
COSIGNED = 1_777_888_800


def key(name: str) -> SeedSigner:
    return SeedSigner(bytes([SEEDS[name]]) * 32)


class Small(NamedTuple):
    """The ledger of the examples."""

    entries: list[bytes]
    heads_line: bytes
    disclosure: str

    @property
    def hashes(self) -> list[str]:
        return [entry.hash_entry(data) for data in self.entries]

    def read(self, places: Any) -> list[bytes]:
        """Stored nodes, computed the slow way."""
        leaves = [tree.leaf_hash(data) for data in self.entries]

        def node(level: int, place: int) -> bytes:
            if level == 0:
                return leaves[place]
            return tree.node_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))

        return [node(level, place) for level, place in places]

    def root(self, size: int) -> bytes:
        return tree.root(size, self.read)


def _event(kind: str, subject: str, details: dict[str, Any], minute: int, **common: Any) -> bytes:
    stated: dict[str, Any] = {
        "actor": JM,
        "case": None,
        "details": details,
        "documents": [],
        "id": f"00000000-0000-4000-8000-{minute:012d}",
        "ledger": ORIGIN,
        "occurred_at": f"2026-05-04T12:{minute:02d}:00+03:00",
        "place": None,
        "previous": None,
        "sealed": {},
        "subject": subject,
        "type": kind,
        "witnesses": [],
    }
    data = canonical.encode(stated | common)
    parse_event(data)
    return data


def _enclose(payload: bytes, signer: SeedSigner, before: list[bytes], minute: int) -> bytes:
    signature = (ed25519.fingerprint(signer.public_key), signer.sign(envelope.event_pae(payload)))
    return entry.format_entry(
        entry.Entry(
            envelope=envelope.seal_envelope(parse_event(payload), [signature]),
            index=len(before),
            previous=entry.hash_entry(before[-1]) if before else entry.NO_PREVIOUS,
            recorded_at=f"2026-05-04T09:{minute:02d}:30Z",
        )
    )


def _digests(data: bytes) -> dict[str, Any]:
    return {"blake3": blake3(data).hexdigest(), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def ledger_vkey() -> vkey.Vkey:
    return vkey.make_vkey(ORIGIN, vkey.ED25519, key("ledger key").public_key)


def witness_vkey() -> vkey.Vkey:
    return vkey.make_vkey(WITNESS, vkey.COSIGNATURE_V1, key("partner's witness key").public_key)


def _proof_of_jm() -> bytes:
    jm = key("key of jm")
    return jm.sign(possession.possession_message("jm", ORIGIN, jm.public_key))


def _payloads() -> tuple[list[bytes], str]:
    jm, own = key("key of jm"), key("ledger's own witness key")
    opened = {
        "agency": "Organised Crime Unit",
        "jurisdiction": "RO",
        "ledger_key": vkey.format_vkey(ledger_vkey()),
        "recipient": "age1" + "q" * 58,
        "witness_key": vkey.format_vkey(vkey.make_vkey(f"{ORIGIN}/witness", vkey.COSIGNATURE_V1, own.public_key)),
    }
    enrolled = {
        "name": "Joana Marin",
        "proof": encodings.encode_base64(_proof_of_jm()),
        "public_key": encodings.encode_base64(jm.public_key),
        "roles": [{"role": "investigator"}, {"from": "2026-01-01T00:00:00+02:00", "role": "supervisor"}],
    }
    disclosure = format_disclosure(Disclosure(bytes(range(16)), "/details/source", "Ana P., Strada Lungă 4, Iași"))
    seized = {
        "category": "phone",
        "condition": "good, screen cracked",
        "description": "black smartphone",
        "kind": "physical",
        "label": "JM/1",
        "manner": "seized",
        "seals": ["A-1001"],
    }
    case = {"lead": JM, "offence": "trafficking in persons", "title": "Operation Lantern"}
    return [
        _event("ledger.opened", "ledger", opened, 0, actor=ORIGIN),
        _event("person.enrolled", "person:jm", enrolled, 1, actor=ORIGIN),
        _event("case.opened", "case:OP-17", case, 2, case="OP-17"),
        _event(
            "item.seized",
            f"item:{ITEM}",
            seized,
            20,
            case="OP-17",
            documents=[{"kind": "warrant", **_digests(b"warrant 12/2026\n")}],
            place={"country": "RO", "name": "Iași, Strada Lungă 4"},
            sealed={"/details/source": digest_disclosure(disclosure)},
        ),
    ], disclosure


@cache
def small() -> Small:
    """Five entries: opened, enrolled, case, seized, disclosed."""
    payloads, disclosure = _payloads()
    entries: list[bytes] = []
    for payload, minute in zip(payloads, (0, 1, 2, 25), strict=True):
        signer = key("ledger key") if f'"actor":"{ORIGIN}"'.encode() in payload else key("key of jm")
        entries.append(_enclose(payload, signer, entries, minute))
    last = [entry.hash_entry(data) for data in entries]
    heads = {
        "case:OP-17": last[2],
        f"item:{ITEM}": last[3],
        "ledger": last[0],
        f"notes:{ITEM}": None,
        "person:jm": last[1],
    }
    line = bundle.format_line(bundle.Line(heads=heads))
    made = {"audience": "court", "heads": hashlib.sha256(line).hexdigest(), "subjects": [f"item:{ITEM}"]}
    payload = _event("disclosure.made", "disclosure:0d15c105-0000-4000-8000-000000000001", made, 40)
    entries.append(_enclose(payload, key("key of jm"), entries, 40))
    return Small(entries, line, disclosure)


def _checkpoint(size: int) -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=size, root=small().root(size))


def _signed() -> bytes:
    return sign_checkpoint(_checkpoint(5), ledger_vkey(), key("ledger key").sign)


def _cosigned() -> bytes:
    parsed = note.parse_note(_signed())
    line = cosignature.sign_cosignature(parsed.text, witness_vkey(), COSIGNED, key("partner's witness key").sign)
    return note.format_note(note.add_signatures(parsed, [line]))


def _proof_lines(proof: list[bytes]) -> str:
    return "\n".join(encodings.encode_base64(one) for one in proof)


def _card() -> partners.Card:
    own = key("ledger's own witness key")
    return partners.Card(
        agency="Organised Crime Unit",
        jurisdiction="RO",
        ledger_key=vkey.format_vkey(ledger_vkey()),
        origin=ORIGIN,
        recipient="age1" + "q" * 58,
        witness_key=vkey.format_vkey(vkey.make_vkey(f"{ORIGIN}/witness", vkey.COSIGNATURE_V1, own.public_key)),
    )


def _policy() -> policy.Policy:
    return policy.Policy(
        logs=(ledger_vkey(),),
        witnesses=(policy.Witness(name=b"prosecution", vkey=witness_vkey()),),
        groups=(policy.Group(name=b"partners", threshold=1, members=(b"prosecution",)),),
        quorum=b"partners",
    )


FILES = {"DCIM/100%.txt": b"hello\n", "notes.txt": b""}


def _manifest() -> bytes:
    lines = sorted((encode_path(path), _digests(data)) for path, data in FILES.items())
    return b"".join(f"{one['sha256']} {one['blake3']} {one['size']} ".encode() + path + b"\n" for path, one in lines)


def _token() -> str:
    text = format_checkpoint(_checkpoint(5))
    return encodings.encode_base64(TimeStamper().stamp(text, COSIGNED + 60, accuracy=1))


def _bundle_lines() -> dict[str, bytes]:
    made = small()
    proof = bundle.encode_proof(proofs.prove_inclusion(3, 5, made.read))
    joined = bundle.encode_proof(proofs.prove_consistency(3, 5, made.read))
    header = bundle.Header(items=(ITEM,), ledger=ORIGIN, version=1)
    part = bundle.Part(checkpoint=_cosigned().decode(), ledger=ORIGIN, whole=False)
    return {
        "header-line": bundle.format_line(bundle.Line(header=header)),
        "part-line": bundle.format_line(bundle.Line(part=part)),
        "consistency-line": bundle.format_line(bundle.Line(consistency=bundle.Consistency(proof=joined, size=3))),
        "timestamp-line": bundle.format_line(bundle.Line(timestamp=bundle.Timestamp(size=5, token=_token()))),
        "heads-line": made.heads_line,
        "entry-line": bundle.format_line(bundle.Line(entry=msgspec.Raw(made.entries[3]), proof=proof)),
        "disclosure-line": bundle.format_line(bundle.Line(disclosure=made.disclosure)),
    }


def small_bundle() -> bytes:
    """The bundle that the example lines come from, whole."""
    made, lines = small(), _bundle_lines()
    shown = [
        bundle.format_entry_line(data, proofs.prove_inclusion(index, 5, made.read))
        for index, data in enumerate(made.entries)
    ]
    head = [lines[name] for name in ("header-line", "part-line", "consistency-line", "timestamp-line", "heads-line")]
    return b"".join(line + b"\n" for line in (*head, *shown, lines["disclosure-line"]))


@cache
def computed() -> dict[str, str]:
    """Every example of the document, as the code makes it."""
    made = small()
    read, jm = made.read, key("key of jm")
    seized = entry.parse_entry(made.entries[3])
    payload = seized.envelope.payload
    manifest = _manifest()
    request = possession.format_request("jm", ORIGIN, jm.public_key, _proof_of_jm())
    digests = {"files": 2, "name": "export", **_digests(manifest), "total": sum(map(len, FILES.values()))}
    found: dict[str, str | bytes] = {
        "canonical-json": canonical.encode({"a": None, "b": [1, True], "c": '\x01\n"é'}),
        "event": payload,
        "pae": envelope.event_pae(payload),
        "signature": seized.envelope.signatures[0].sig.hex(),
        "envelope": canonical.encode(seized.envelope),
        "entry": made.entries[3],
        "entry-hash": made.hashes[3],
        "leaf-hash": tree.leaf_hash(made.entries[3]).hex(),
        "leaves": "\n".join(tree.leaf_hash(data).hex() for data in made.entries),
        "root": made.root(5).hex(),
        "inclusion-proof": _proof_lines(proofs.prove_inclusion(3, 5, read)),
        "consistency-proof": _proof_lines(proofs.prove_consistency(3, 5, read)),
        "openssh-key": ed25519.format_openssh_public(jm.public_key, "jm@example"),
        "fingerprint": ed25519.fingerprint(jm.public_key),
        "vkey": vkey.format_vkey(ledger_vkey()),
        "witness-vkey": vkey.format_vkey(witness_vkey()),
        "possession": possession.possession_message("jm", ORIGIN, jm.public_key),
        "enrolment-request": request.removesuffix(b"\n"),
        "card": format_card(_card()).removesuffix(b"\n"),
        "card-fingerprint": card_fingerprint(_card()),
        "checkpoint-text": format_checkpoint(_checkpoint(5)),
        "checkpoint": _cosigned(),
        "cosigned-message": cosignature.cosigned_message(format_checkpoint(_checkpoint(5)), COSIGNED),
        "policy": policy_file.format_policy(_policy()),
        "manifest": manifest,
        "folder-digests": canonical.encode(digests),
        "disclosed-array": encodings.decode_base64url(made.disclosure),
        "disclosure": made.disclosure,
        "disclosure-digest": digest_disclosure(made.disclosure),
        **_bundle_lines(),
    }
    return {name: one.decode() if isinstance(one, bytes) else one for name, one in found.items()}


def test_every_example_is_there() -> None:
    assert blocks("example").keys() == computed().keys()


@pytest.mark.parametrize("name", computed())
def test_example(name: str) -> None:
    assert blocks("example")[name] == computed()[name]


def test_keys_of_the_examples() -> None:
    stated = {row[0]: row[1:] for row in table("Examples")}
    assert stated == {name: [f"`{seed:02x}`", f"`{key(name).public_key.hex()}`"] for name, seed in SEEDS.items()}


def test_the_examples_are_one_sound_bundle() -> None:
    verified = verify(io.BytesIO(small_bundle()), Request(policy=_policy()))
    report = build_report(verified, _policy(), checked=COSIGNED)
    assert report.answers.verdict == "UNBROKEN"
    stated = re.findall(r"with the\s+remarks\s+([^.]*)", section("Bundles"))
    assert {one.code for one in report.findings} == ticked(stated[0])


def test_the_example_time_stamp_holds() -> None:
    trusted = read_authorities((ROOT / "fixtures/valid/time-stamped/tsa.pem").read_bytes())
    verified = verify(io.BytesIO(small_bundle()), Request(policy=_policy(), authorities=trusted))
    report = build_report(verified, _policy(), checked=COSIGNED)
    assert {one.code for one in report.findings} == {"C08"}
    assert [(one.size, one.time) for one in report.ledgers[0].stamped] == [(5, "2026-05-04T10:01:00Z")]


def test_manifest_of_a_folder(tmp_path: Path) -> None:
    for path, data in FILES.items():
        (tmp_path / "export" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "export" / path).write_bytes(data)
    assert measure_folder(tmp_path / "export").manifest == blocks("example")["manifest"].encode()


# -- grammar, caps, characters


GRAMMAR = {
    "edge": "[a-z0-9]",
    "origin": names.ORIGIN,
    "id": names.ID,
    "person": names.PERSON_PATTERN,
    "actor": names.ACTOR_PATTERN,
    "uuid": names.UUID,
    "case": names.CASE,
    "subject": names.SUBJECT_PATTERN,
    "mark": names.MARK,
    "label": names.LABEL,
    "unit": rf"{names.MARK}{{1,32}}",
    "country": names.COUNTRY,
    "word": names.WORD,
    "event-type": values.EventType,
    "pointer": values.Pointer,
    "local-time": times.LOCAL_PATTERN,
    "utc-time": times.UTC_PATTERN,
    "date": times.DATE_PATTERN,
    "decimal": values.Decimal,
    "hash": values.Hash,
    "md5": get_type_hints(values.ContentHashes, include_extras=True)["md5"],
    "sha1": get_type_hints(values.ContentHashes, include_extras=True)["sha1"],
    "base64": values.Base64,
    "proof-hash": get_args(get_args(bundle.ProofHashes)[0])[0],
    "keyid": get_type_hints(envelope.Signature, include_extras=True)["keyid"],
    "signature": get_type_hints(envelope.Signature, include_extras=True)["sig"],
    "recipient": get_type_hints(ledger.OpenedDetails, include_extras=True)["recipient"],
    "audience": disclosures.Audience,
    "disclosed-subject": disclosures.DisclosedSubject,
}
"""Every pattern of the document: the text itself, or the type that carries it."""


def _pattern(one: Any) -> str:
    if not isinstance(one, str):
        one = one if get_origin(one) is Annotated else get_args(one)[0]
        metas = get_args(one)[1:]
        one = next(meta.pattern or (meta.extra or {}).get("pattern") for meta in metas if meta.pattern or meta.extra)
    return one.removeprefix(r"\A").removesuffix(r"\Z")


def test_grammar() -> None:
    stated = dict(re.split(r" +", line, maxsplit=1) for line in blocks("grammar")["patterns"].splitlines())
    assert stated.keys() == GRAMMAR.keys()
    for name, pattern in stated.items():
        for _ in range(3):
            pattern = re.sub(r"\{([a-z]+)\}", lambda match: stated[match[1]], pattern)
        assert pattern == _pattern(GRAMMAR[name]), name


CAPS = {
    "line of a bundle": canonical.MAX_LINE,
    "depth of JSON": canonical.MAX_DEPTH,
    "entry": entry.MAX_ENTRY,
    "text": values.MAX_TEXT,
    "integer": encodings.MAX_INTEGER,
    "signatures of an event": common.MAX_SIGNERS,
    "hashes of a proof": proofs.MAX_PROOF,
    "items of a bundle": bundle.MAX_ITEMS,
    "requests of a bundle": bundle.MAX_REQUESTS,
    "subjects in a statement of heads": bundle.MAX_SUBJECTS,
    "note": note.MAX_NOTE,
    "signatures of a note": note.MAX_SIGNATURES,
    "policy": policy_file.MAX_POLICY,
    "logs, witnesses, groups of a policy": policy.MAX_EACH,
    "token of a time-stamp": bundle.MAX_TOKEN,
    "time-stamps of a part": bundle.MAX_TIMESTAMPS,
    "time of a cosignature": cosignature.MAX_TIME,
}


def test_caps() -> None:
    assert {row[0]: int(row[1].split()[0].replace(",", "")) for row in table("Caps")} == CAPS


def test_characters_that_deceive() -> None:
    stated: set[int] = set()
    for line in blocks("ranges")["deceptive"].splitlines():
        first, _, last = line.split()[0].partition("-")
        stated |= set(range(int(first, 16), int(last or first, 16) + 1))
    assert {point for point in range(0x110000) if eye.deceives(chr(point))} == stated


# -- members of every structure


NAMED: list[tuple[Any, str]] = [
    (values.Text, "text"),
    (values.Sealable, "text"),
    (values.SealableRequired, "text"),
    (values.Origin, "origin"),
    (common.Ledger, "origin"),
    (values.Person, "person"),
    (common.Actor, "actor"),
    (values.Id, "id"),
    (values.Uuid, "uuid"),
    (common.CaseRef, "case"),
    (values.Subject, "subject"),
    (common.About, "subject"),
    (values.Label, "label"),
    (values.Country, "country"),
    (values.Word, "word"),
    (values.LocalTime, "local-time"),
    (values.UtcTime, "utc-time"),
    (values.Date, "date"),
    (values.Hash, "hash"),
    (values.Base64, "base64"),
    (values.Pointer, "pointer"),
    (values.EventType, "event-type"),
    (values.Integer, "integer"),
    (values.Decimal, "decimal"),
    (people.Role, "role"),
    (ledger.VkeyText, "vkey"),
    (ledger.CheckpointText, "note"),
    (disclosures.Audience, "audience"),
    (disclosures.DisclosedSubject, "disclosed-subject"),
    (get_type_hints(values.Amount, include_extras=True)["amount"], "decimal"),
    (get_type_hints(values.Amount, include_extras=True)["unit"], "unit"),
    (get_args(get_type_hints(values.ContentHashes, include_extras=True)["md5"])[0], "md5"),
    (get_args(get_type_hints(values.ContentHashes, include_extras=True)["sha1"])[0], "sha1"),
    (ledger.Recipient, "recipient"),
    (requests.RequestReference, "case"),
    (bundle.Token, "token"),
    (get_args(get_args(bundle.ProofHashes)[0])[0], "proof-hash"),
    (get_type_hints(envelope.Signature, include_extras=True)["keyid"], "keyid"),
    (get_type_hints(envelope.Signature, include_extras=True)["sig"], "signature"),
    (get_type_hints(envelope.Envelope, include_extras=True)["payload"], "string, 4 or more"),  # base64 of a byte
]

STRUCTURES: dict[type, str] = {
    values.Amount: "amount",
    values.Reference: "reference",
    values.SealReading: "seal-reading",
    values.Digests: "digests",
    values.Document: "document",
    values.Place: "place",
    values.ContentHashes: "content-hashes",
    values.Acquisition: "acquisition",
    people.RoleTerm: "role-term",
    items.Parent: "parent",
    handovers.Basis: "basis",
    requests.LegalBasis: "legal-basis",
    requests.Scope: "scope",
    partners.Card: "card",
    ledger.Continues: "continues",
    ledger.Deadlines: "deadlines",
    ledger.Profile: "profile",
    envelope.Signature: "envelope-signature",
    envelope.Envelope: "envelope",
    entry.Entry: "entry",
    possession.EnrolmentRequest: "enrolment-request",
    bundle.Header: "header",
    bundle.Part: "part",
    bundle.Consistency: "consistency",
    bundle.Timestamp: "timestamp",
}
"""Structures that have a heading of their own."""


def type_name(hint: Any) -> str:
    """What the document calls a type."""
    for known, name in NAMED:
        if hint == known:
            return name
    if hint in STRUCTURES:
        return STRUCTURES[hint]
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(type_name(one) if one is not type(None) else "null" for one in get_args(hint))
    if get_origin(hint) is Literal:
        return ", ".join("true" if one is True else f"`{one}`" for one in get_args(hint))
    if get_origin(hint) is Annotated:
        base, meta = get_args(hint)
        if base is int:
            return f"integer, {meta.ge} to {meta.le}"
        return f"{type_name(base)}{_count(meta.min_length or 0, meta.max_length)}"
    if get_origin(hint) is tuple:
        return f"list of {type_name(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        one, other = get_args(hint)
        return f"map of {type_name(one)} to {type_name(other)}"
    return {bool: "boolean", str: "string"}[hint]


def _count(low: int, high: int | None) -> str:
    return f", {low} or more" if high is None else f", {low} to {high}"


def members(structure: type) -> list[list[str]]:
    """`name, type, presence` of every member, in the order of its bytes."""
    hints = get_type_hints(structure, include_extras=True)
    found = []
    for field in msgspec.structs.fields(structure):
        hint, optional = hints[field.name], field.default is not msgspec.NODEFAULT
        if optional:
            rest = tuple(one for one in get_args(hint) if one is not type(None))
            hint = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007
        marks = next((meta.extra for meta in getattr(hint, "__metadata__", ()) if meta.extra), {})
        presence = "required" if not optional or marks.get("required") else "optional"
        presence += ", sealable" if marks.get("sealable") else ""
        found.append([field.encode_name, type_name(hint), presence])
    return sorted(found)


@pytest.mark.parametrize(("structure", "heading"), STRUCTURES.items())
def test_structure(structure: type, heading: str) -> None:
    assert [row[:3] for row in table(f"`{heading}`")] == members(structure)


def test_event_members() -> None:
    stated = {row[0]: row[1] for row in table("Members of every event")}
    known = {name: kind for name, kind, _ in members(common.Event)}
    assert stated.pop("type") == "event-type"
    assert stated.pop("details").startswith("object")
    assert stated == known


@pytest.mark.parametrize(("name", "event"), EVENT_TYPES.items())
def test_event_type(name: str, event: type[common.Event]) -> None:
    details = get_type_hints(event, include_extras=True)["details"]
    assert [row[:3] for row in table(f"`{name}`")] == members(details)
    assert re.search(r"^Subject `(\w+)`\.", section(f"`{name}`"), re.MULTILINE)[1] in event.subject_kinds  # type: ignore[index]


def test_every_event_type_has_a_heading() -> None:
    stated = set(re.findall(r"^#### `([a-z]+\.[a-z]+)`$", TEXT, re.MULTILINE))
    assert stated == EVENT_TYPES.keys()


def test_sealable_members() -> None:
    everywhere = {"/documents/*/title", "/place/name"}
    stated = {row[0]: ticked(row[1]) for row in table("Members that may be sealed")}
    assert stated.pop("every type") == everywhere
    known = {name: set(validity.sealable_pointers(event)) - everywhere for name, event in EVENT_TYPES.items()}
    assert stated == {name: pointers for name, pointers in known.items() if pointers}


def test_roles() -> None:
    words = re.search(r"^- \*\*role\*\*: (.*?);$", section("Values"), re.MULTILINE | re.DOTALL)
    assert words
    assert ticked(words[1]) == set(get_args(people.Role))
    head = re.search(r"^\| type \|(.*)$", section("Roles"), re.MULTILINE)
    assert head
    roles = [cell.strip() for cell in head[1].strip("|").split("|")]
    assert set(roles) == set(get_args(people.Role))
    marks = {row[0]: zip(roles, row[1:], strict=True) for row in table("Roles")}
    stated = {kind: {role for role, mark in cells if mark == "●"} for kind, cells in marks.items()}
    assert stated == {kind: set(allowed) for kind, allowed in ALLOWED.items()}


GROUPS: dict[str, Any] = {
    "stated by the ledger key": validity._BY_LEDGER_KEY,
    "taking custody": chain.TAKES_CUSTODY,
    "ordered in time": order._ORDERED,
    "reading all seals": seals._READINGS,
}


def test_groups_of_types() -> None:
    names_of = {event: name for name, event in EVENT_TYPES.items()}
    stated = {row[0]: ticked(row[1]) for row in table("Groups of types")}
    assert stated == {name: {names_of[event] for event in group} for name, group in GROUPS.items()}


def test_members_that_cannot_be_corrected() -> None:
    assert set(blocks("list")["not-correctable"].split()) == set(corrections.FIXED)


def test_words_the_rules_read() -> None:
    stated = {row[0]: ticked(row[1]) for row in table("Authority")}
    assert stated == {
        "manners that need an authority": set(item.NEEDS_AUTHORITY),
        "kinds of document that are one": set(item.AUTHORITY_DOCUMENTS),
    }


def test_base_rules() -> None:
    stated = {row[0]: int(row[1]) for row in table("Profiles")}
    assert stated == {name: limit(profile.BASE) for name, limit in profile.LIMITS.items()}


# -- findings, steps, answers, report


def test_findings() -> None:
    stated = {row[0]: row[1] for row in table("Findings")}
    assert {key: severities[0] for key, severities in stated.items()} == {key: one[0] for key, one in SENTENCES.items()}
    assert list(stated) == sorted(stated), "findings stand in the order of their codes"


def test_refused_acts() -> None:
    known = {code for code in findings.REFUSED if any(key[:3] == code for key in SENTENCES)}
    assert set(blocks("list")["refused"].split()) == known | findings._ALSO_REFUSED


def test_steps_of_the_verifier() -> None:
    stated = [int(number) for number in re.findall(r"^### Step (\d+): ", TEXT, re.MULTILINE)]
    assert stated == list(range(1, 15))
    cited: set[int] = set()
    for source in sorted((ROOT / "custody/verifier").glob("*.py")):
        for first, last in re.findall(r"[Ss]teps? (\d+)(?: (?:to|and) (\d+))?", source.read_text(encoding="utf-8")):
            cited |= set(range(int(first), int(last or first) + 1))
    assert cited == set(stated)


def test_what_decides_which_answer() -> None:
    stated = {letter: row[0] for row in table("Answers and verdict") for letter in ticked(row[2])}
    assert stated == answers._DECIDES
    assert {row[0]: row[1] for row in table("Answers and verdict")} == answers.QUESTIONS


def test_exit_codes() -> None:
    stated = {int(row[0]) for row in table("Exit codes")}
    leaves = (*vars(errors).values(), *vars(unverified).values())
    carried = {one.exit_code for one in leaves if isinstance(one, type) and issubclass(one, errors.CustodyError)}
    assert stated == carried | set(answers.EXIT_CODES.values())
    words = {row[0]: row[1] for row in table("Exit codes")}
    assert all(verdict.lower() in words[str(code)] for verdict, code in answers.EXIT_CODES.items())


def test_members_of_the_report() -> None:
    verified = verify(io.BytesIO(small_bundle()), Request(policy=_policy()))
    report = report_as_json(build_report(verified, _policy(), checked=COSIGNED))
    known = {
        "Report": report,
        "Members of `items`": report["items"][0],
        "Members of `steps`": report["items"][0]["steps"][0],
        "Members of `findings`": report["findings"][0],
        "Members of `ledgers`": report["ledgers"][0],
    }
    for heading, value in known.items():
        assert {row[0] for row in table(heading)} == value.keys(), heading


def test_the_life_of_a_request() -> None:
    names_of = {event: name for name, event in EVENT_TYPES.items()}
    stated = {
        name: ticked(row[1]) for row in table("The life of a request") for name in re.findall(r"request\.\w+", row[0])
    }
    known = {names_of[event]: set(before) - {"unknown"} for event, before in request_rules._FOLLOWS.items()}
    assert stated == known


def test_what_is_not_proved() -> None:
    stated = re.findall(r"^- (.*?)(?=\n- |\n\n|\Z)", section("What is not proved"), re.MULTILINE | re.DOTALL)
    assert [" ".join(one.split()).rstrip(".;") for one in stated] == list(LIMITS)


def test_sections_that_the_code_cites_exist() -> None:
    headings = set(re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE))
    for folder in ("custody", "cli"):
        for source in sorted((ROOT / folder).rglob("*.py")):
            for cited in re.findall(r'docs/format\.md, "([^"]+)"', source.read_text(encoding="utf-8")):
                assert cited in headings, f"{source.relative_to(ROOT)} cites {cited}"


def test_links_inside_the_document() -> None:
    def slug(heading: str) -> str:
        return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")

    anchors = {slug(heading) for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_headings_descend_one_level_at_a_time() -> None:
    levels = [len(marks) for marks in re.findall(r"^(#+) ", re.sub(r"^```.*?^```$", "", TEXT, flags=re.M | re.S), re.M)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
