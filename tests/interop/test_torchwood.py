"""filippo.io/torchwood judges our policies, cosignatures and proof files as we do, and we accept what it writes.

The program is interop/go/torchwood/main.go. One difference is torchwood's: of several logs in a policy it wants every
one to have signed, where C2SP tlog-policy, and we, want any. Policies here name one log.
"""

import json
import random
import subprocess
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.protocol.checkpoint import open_checkpoint
from custody.protocol.note import add_signatures, format_note, parse_note
from custody.protocol.policy import NO_QUORUM, Group, Policy, Witness, satisfied
from custody.protocol.policy_file import format_policy
from custody.protocol.proofs import prove_inclusion
from custody.protocol.tlog_proof import TlogProof, format_tlog_proof
from custody.protocol.unverified import BadSignatureError
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey
from tests.interop.small_log import ENTRIES, LEDGER, TIME, WITNESSES, checkpoint, read, text64
from tests.protocol.fixed_signers import Signer, make_signer

SIZE, INDEX = 137, 41
POLICY = Policy(
    logs=(LEDGER.vkey,),
    witnesses=tuple(Witness(name=b"w%d" % number, vkey=one.vkey) for number, one in enumerate(WITNESSES)),
    groups=(
        Group(name=b"partners", threshold=2, members=(b"w0", b"w1", b"w2")),
        Group(name=b"courts", threshold=1, members=(b"w3", b"w4")),
        Group(name=b"both", threshold=2, members=(b"partners", b"courts")),
    ),
    quorum=b"both",
)
"""Two of three partners, and one of two courts."""
ENOUGH = [WITNESSES[0], WITNESSES[2], WITNESSES[4]]
COSIGNER = make_signer("cosigner.example", COSIGNATURE_V1, 77)


@pytest.fixture(scope="module")
def program(go_build: Callable[[str, str], Path]) -> Path:
    return go_build("torchwood", ".")


def proof_file(cosigners: list[Signer], extra: bytes = b"") -> bytes:
    path = tuple(prove_inclusion(INDEX, SIZE, read))
    return format_tlog_proof(TlogProof(index=INDEX, proof=path, checkpoint=checkpoint(SIZE, cosigners), extra=extra))


def question(cosigners: list[Signer] = ENOUGH, policy: Policy = POLICY) -> dict[str, Any]:
    return {
        "Policy": text64(format_policy(policy)),
        "Checkpoint": text64(checkpoint(SIZE, cosigners)),
        "Proof": text64(proof_file(cosigners)),
        "Entry": text64(ENTRIES[INDEX]),
        "Index": INDEX,
        "Inclusion": [text64(item) for item in prove_inclusion(INDEX, SIZE, read)],
        "Cosigner": COSIGNER.vkey.name,
        "Seed": text64(bytes([77]) * 32),
    }


def ask(program: Path, asked: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program], input=json.dumps(asked), capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def answer(program: Path) -> dict[str, Any]:
    """What torchwood says of a checkpoint with cosignatures enough."""
    answered = ask(program, question())
    assert answered.returncode == 0, answered.stderr
    told: dict[str, Any] = json.loads(answered.stdout)
    return told


def test_torchwood_verifies_checkpoint_and_cosignatures(answer: dict[str, Any]) -> None:
    assert answer["Size"] == SIZE
    assert answer["Times"] == {one.vkey.name: TIME for one in ENOUGH}


def test_torchwood_writes_the_same_proof_file(answer: dict[str, Any]) -> None:
    assert b64decode(answer["Proof"]) == proof_file(ENOUGH)


def test_we_accept_torchwoods_cosignature(answer: dict[str, Any]) -> None:
    assert answer["Vkey"] == format_vkey(COSIGNER.vkey)
    opened = open_checkpoint(b64decode(answer["Cosigned"]), [LEDGER.vkey], [COSIGNER.vkey])
    (cosignature,) = opened.cosignatures
    assert cosignature.vkey == COSIGNER.vkey
    assert cosignature.time is not None and abs(cosignature.time - time.time()) < 3600


def test_we_refuse_torchwoods_cosignature_of_another_time(answer: dict[str, Any]) -> None:
    note = parse_note(b64decode(answer["Cosigned"]))
    (line,) = [one for one in note.signatures if one.name == COSIGNER.vkey.name]
    later = (int.from_bytes(line.payload[:8], "big") + 1).to_bytes(8, "big")
    altered = msgspec.structs.replace(line, payload=later + line.payload[8:])
    with pytest.raises(BadSignatureError):
        open_checkpoint(format_note(add_signatures(note, [altered])), [LEDGER.vkey], [COSIGNER.vkey])


def test_torchwood_reads_a_proof_file_with_extra(program: Path) -> None:
    answered = ask(program, question() | {"Proof": text64(proof_file(ENOUGH, extra=b"JM/1"))})
    assert answered.returncode == 0, answered.stderr


def a_policy(chance: random.Random) -> Policy:
    """Witnesses, groups of witnesses and of earlier groups, and any of these as the quorum."""
    free = [one.name for one in POLICY.witnesses]
    groups: list[Group] = []
    for number in range(chance.randint(0, 4)):
        chance.shuffle(free)
        members = tuple(free.pop() for _ in range(chance.randint(1, len(free))))
        groups.append(Group(name=b"g%d" % number, threshold=chance.randint(1, len(members)), members=members))
        free.append(groups[-1].name)
    quorum = chance.choice([NO_QUORUM, *free, *(one.name for one in groups)])
    return Policy(logs=POLICY.logs, witnesses=POLICY.witnesses, groups=tuple(groups), quorum=quorum)


def test_torchwood_judges_policies_as_we_do(program: Path) -> None:
    chance, judged = random.Random(11), Counter[bool]()
    for _ in range(100):
        policy = a_policy(chance)
        cosigners = chance.sample(WITNESSES, chance.randint(0, len(WITNESSES)))
        ours = satisfied(policy, [one.vkey for one in cosigners])
        said, _, _ = ask(program, question(cosigners, policy)).stderr.partition(":")
        assert said == ("" if ours else "checkpoint"), format_policy(policy)
        judged[ours] += 1
    assert min(judged[True], judged[False]) > 20


def altered(data: bytes, old: bytes, new: bytes) -> str:
    assert data.count(old) == 1
    return text64(data.replace(old, new))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"Entry": text64(b"another")}, "proof"),
        ({"Proof": altered(proof_file(ENOUGH), b"index 41", b"index 42")}, "proof"),
        ({"Proof": text64(proof_file(ENOUGH[:2]))}, "proof"),
        ({"Checkpoint": text64(checkpoint(SIZE, ENOUGH[:2]))}, "checkpoint"),
        ({"Checkpoint": altered(checkpoint(SIZE, ENOUGH), b"\n137\n", b"\n138\n")}, "checkpoint"),
        ({"Policy": altered(format_policy(POLICY), b"quorum both\n", b"")}, "policy"),
        ({"Policy": altered(format_policy(POLICY), b"partners 2 w0 w1 w2", b"partners 4 w0 w1 w2")}, "policy"),
    ],
    ids=["entry", "index", "proof's quorum", "quorum", "size", "no quorum", "threshold"],
)
def test_torchwood_refuses_what_is_wrong(program: Path, wrong: dict[str, str], complaint: str) -> None:
    """That the program does check."""
    answered = ask(program, question() | wrong)
    assert answered.returncode == 1
    assert answered.stderr.startswith(f"{complaint}:")


def test_torchwood_refuses_another_ledgers_key(program: Path) -> None:
    stranger = make_vkey("another.example", ED25519, LEDGER.vkey.public_key)
    policy = msgspec.structs.replace(POLICY, logs=(stranger,))
    assert ask(program, question(policy=policy)).stderr.startswith("checkpoint:")
