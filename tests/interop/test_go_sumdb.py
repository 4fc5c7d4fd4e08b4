"""Go's sumdb/note and sumdb/tlog read our checkpoints and proofs, and we read their notes.

The program is interop/go/main.go. Skipped, saying so, where there is no Go or its one module cannot be had.
"""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from nacl import bindings

from custody.protocol import tree
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.note import verify_note
from custody.protocol.proofs import prove_consistency, prove_inclusion
from custody.protocol.vkey import ED25519, format_vkey, make_vkey

SOURCE = Path(__file__).parent / "go"
SIZE = 137
TEXT = "Ognuno sta solo sul cuor della terra\n\ned è subito sera.\n"
PUBLIC, SECRET = bindings.crypto_sign_seed_keypair(b"\x01" * 32)
LEDGER = make_vkey("ocrteh.police.example/custody", ED25519, PUBLIC)
HOME = os.environ.get("HOME", "")
"""Whoever runs the tests: Go keeps its module and its compiled library there. Read before the tests get a bare one."""

ENTRIES = [b"entry %d" % number for number in range(SIZE)]
NODES: dict[tuple[int, int], bytes] = {}


def read(wanted: Sequence[tuple[int, int]]) -> list[bytes]:
    return [NODES[coordinate] for coordinate in wanted]


def sign(message: bytes) -> bytes:
    return bindings.crypto_sign(message, SECRET)[:64]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        pytest.skip("not compared with Go: `go` is not installed")
    built = tmp_path_factory.mktemp("go") / "interop"
    environment = os.environ | {"HOME": HOME, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    for command in ([go, "mod", "download"], [go, "build", "-o", str(built), "."]):
        try:
            done = subprocess.run(
                command, cwd=SOURCE, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"not compared with Go: `{' '.join(command[:3])}` took over two minutes")
        if done.returncode and command[1] == "mod":
            pytest.skip(f"not compared with Go: its module cannot be had: {done.stderr.strip()[-300:]}")
        assert done.returncode == 0, done.stderr
    return built


def hash64(digest: bytes) -> str:
    return b64encode(digest).decode()


def question(old: int, index: int) -> dict[str, Any]:
    for size, entry in enumerate(ENTRIES):
        for level, position, digest in tree.new_nodes(size, tree.leaf_hash(entry), read):
            NODES[level, position] = digest
    head = Checkpoint(origin=LEDGER.name, size=SIZE, root=tree.root(SIZE, read))
    return {
        "Vkey": format_vkey(LEDGER),
        "Checkpoint": sign_checkpoint(head, LEDGER, sign).decode(),
        "Old": old,
        "New": SIZE,
        "OldRoot": hash64(tree.root(old, read)),
        "Index": index,
        "Entry": b64encode(ENTRIES[index]).decode(),
        "Inclusion": [hash64(item) for item in prove_inclusion(index, SIZE, read)],
        "Consistent": [hash64(item) for item in prove_consistency(old, SIZE, read)],
        "Skey": f"PRIVATE+KEY+{LEDGER.name}+{LEDGER.key_id.hex()}+{hash64(bytes([1]) + bytes([1]) * 32)}",
        "Text": TEXT,
    }


def ask(program: Path, asked: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("old", "index"), [(1, 0), (64, 41), (100, 136), (128, 128), (137, 100)])
def test_go_agrees(program: Path, old: int, index: int) -> None:
    answered = ask(program, question(old, index))
    assert answered.returncode == 0, answered.stderr
    answer = json.loads(answered.stdout)
    assert format_vkey(LEDGER).startswith(f"{answer['Vkey']}+")
    assert verify_note(answer["Note"].encode(), [LEDGER]).text == TEXT.encode()


@pytest.mark.parametrize(
    ("member", "value", "complaint"),
    [
        ("Entry", b64encode(b"another").decode(), "inclusion"),
        ("Index", 40, "inclusion"),
        ("OldRoot", hash64(bytes(32)), "consistency"),
        ("Old", 65, "consistency"),
        ("Vkey", format_vkey(make_vkey("another.example", ED25519, PUBLIC)), "note"),
    ],
)
def test_go_refuses_what_is_wrong(program: Path, member: str, value: object, complaint: str) -> None:
    """That the program does check."""
    answered = ask(program, question(64, 41) | {member: value})
    assert answered.returncode == 1
    assert answered.stderr.startswith(f"{complaint}:")
