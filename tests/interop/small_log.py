"""A ledger of 600 entries with a fixed key, and its witnesses: what other people's programs are shown."""

from base64 import b64encode
from collections.abc import Iterable, Sequence

from custody.protocol import tree
from custody.protocol.checkpoint import Checkpoint, sign_checkpoint
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.note import add_signatures, format_note, parse_note
from custody.protocol.vkey import COSIGNATURE_V1, ED25519
from tests.protocol.fixed_signers import Signer, make_signer

SIZE = 600
TIME = 1_777_888_800
LEDGER = make_signer("ocrteh.police.example/custody", ED25519, 1)
WITNESSES = [make_signer(f"w{number}.example/witness", COSIGNATURE_V1, 10 + number) for number in range(5)]

ENTRIES = [b"entry %d" % number for number in range(SIZE)]
NODES: dict[tuple[int, int], bytes] = {}


def read(wanted: Sequence[tuple[int, int]]) -> list[bytes]:
    return [NODES[coordinate] for coordinate in wanted]


for _size, _entry in enumerate(ENTRIES):
    for _level, _position, _digest in tree.new_nodes(_size, tree.leaf_hash(_entry), read):
        NODES[_level, _position] = _digest


def root(size: int) -> bytes:
    """Of the first `size` entries."""
    return tree.root(size, read)


def checkpoint(size: int, witnesses: Iterable[Signer] = ()) -> bytes:
    """The signed and cosigned note over the first `size` entries."""
    head = Checkpoint(origin=LEDGER.vkey.name, size=size, root=root(size))
    note = parse_note(sign_checkpoint(head, LEDGER.vkey, LEDGER.sign))
    lines = [sign_cosignature(note.text, one.vkey, TIME, one.sign) for one in witnesses]
    return format_note(add_signatures(note, lines))


def text64(data: bytes) -> str:
    """Base64, as Go's JSON carries bytes."""
    return b64encode(data).decode()
