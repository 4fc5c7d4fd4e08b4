"""Go's sumdb/note and sumdb/tlog read our checkpoints and proofs, and we read their notes.

The program is interop/go/sumdb/main.go. Skipped, saying so, where there is no Go or its one module is not at hand.
"""

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.protocol.note import verify_note
from custody.protocol.proofs import prove_consistency, prove_inclusion
from custody.protocol.vkey import ED25519, format_vkey, make_vkey
from tests.interop.small_log import ENTRIES, LEDGER, SIZE, WITNESSES, checkpoint, read, root, text64

VKEY = LEDGER.vkey
TEXT = "Ognuno sta solo sul cuor della terra\n\ned è subito sera.\n"


@pytest.fixture(scope="module")
def program(go_build: Callable[[str, str], Path]) -> Path:
    return go_build("sumdb", ".")


def question(old: int, index: int, size: int = 137) -> dict[str, Any]:
    return {
        "Vkey": format_vkey(VKEY),
        "Checkpoint": checkpoint(size, WITNESSES[:2]).decode(),
        "Old": old,
        "New": size,
        "OldRoot": text64(root(old)),
        "Index": index,
        "Entry": text64(ENTRIES[index]),
        "Inclusion": [text64(item) for item in prove_inclusion(index, size, read)],
        "Consistent": [text64(item) for item in prove_consistency(old, size, read)],
        "Skey": f"PRIVATE+KEY+{VKEY.name}+{VKEY.key_id.hex()}+{text64(bytes([1]) + bytes([1]) * 32)}",
        "Text": TEXT,
    }


def ask(program: Path, asked: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("old", "index"), [(1, 0), (64, 41), (100, 136), (128, 128), (137, 100)])
def test_go_agrees(program: Path, old: int, index: int) -> None:
    answered = ask(program, question(old, index))
    assert answered.returncode == 0, answered.stderr
    answer = json.loads(answered.stdout)
    assert format_vkey(VKEY).startswith(f"{answer['Vkey']}+")
    assert verify_note(answer["Note"].encode(), [VKEY]).text == TEXT.encode()
    assert answer["Unknown"] == [f"{one.vkey.name}+{one.vkey.key_id.hex()}" for one in WITNESSES[:2]]


def test_go_agrees_for_random_sizes(program: Path) -> None:
    chance = random.Random(6962)
    for _ in range(100):
        size = chance.randint(1, SIZE)
        asked = question(chance.randint(1, size), chance.randrange(size), size)
        assert ask(program, asked).stderr == "", (asked["Old"], asked["Index"], size)


@pytest.mark.parametrize(
    ("member", "value", "complaint"),
    [
        ("Entry", text64(b"another"), "inclusion"),
        ("Index", 40, "inclusion"),
        ("OldRoot", text64(bytes(32)), "consistency"),
        ("Old", 65, "consistency"),
        ("Vkey", format_vkey(make_vkey("another.example", ED25519, VKEY.public_key)), "note"),
        ("Checkpoint", checkpoint(136, WITNESSES).decode(), "checkpoint"),
    ],
)
def test_go_refuses_what_is_wrong(program: Path, member: str, value: object, complaint: str) -> None:
    """That the program does check."""
    answered = ask(program, question(64, 41) | {member: value})
    assert answered.returncode == 1
    assert answered.stderr.startswith(f"{complaint}:")
