"""Two signed statements that contradict each other, as a file that anybody can check.

    {"code":"L03","ledger":"…","statements":[{"checkpoint":"note"},{"checkpoint":"note"}]}
    {"code":"C02","ledger":"…","statements":[{"checkpoint":"note","entry":{…},"proof":["base64",…]},{…}]}

L03: two checkpoints signed by one ledger's key, of one size, or with a proof (`consistency`) that leads to the second
from another beginning than the first; or two entries at one place of a ledger.
L02: an entry, and a statement of heads (`heads`, the line) that a later disclosure of its ledger signs and that is
silent of it; or two continuations of one entry of which one does not take custody. C02: two entries, each signed by
its actor and proven to stand under a checkpoint signed by its ledger, that continue one and the same entry.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Raw

from custody.errors import RuleRefusedError
from custody.ledger.others.kept import Dispute, KeptEntry
from custody.protocol import bundle, canonical
from custody.protocol.bundle import encode_proof, split_proof
from custody.protocol.checkpoint import Checkpoint
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.rules.chain import TAKES_CUSTODY

_HINT = "`custody partner disputes -o FILE` writes both signed statements; show them to whoever has to know"


class Conflict(NamedTuple):
    """What was found, and how it is said."""

    ledger: str
    code: str
    message: str
    proof: bytes

    @property
    def notes(self) -> list[bytes]:
        """The signed checkpoints in it."""
        stated = json.loads(self.proof)["statements"]
        return [one["checkpoint"].encode() for one in stated if "checkpoint" in one]

    def dispute(self, when: int) -> Dispute:
        """As it is kept."""
        return Dispute(self.ledger, self.code, when, self.proof)

    def error(self) -> RuleRefusedError:
        """As it is refused."""
        return RuleRefusedError(self.code, self.message, hint=_HINT)


def two_heads(earlier: bytes, later: bytes, head: Checkpoint, proof: bytes = b"") -> Conflict:
    """L03: two checkpoints of one size; or, by the consistency proof, the later has another beginning."""
    message = (
        f"{head.origin} rewrote its history: its checkpoint at {head.size} entries contradicts one it signed before"
    )
    statements: list[dict[str, Any]] = [{"checkpoint": note.decode()} for note in (earlier, later)]
    if proof:
        statements[1] |= {"consistency": encode_proof(split_proof(proof))}
    return _conflict("L03", head.origin, message, statements)


def fork(one: KeptEntry, other: KeptEntry, note: Callable[[tuple[str, int]], bytes | None]) -> Conflict:
    """C02, or L02 where not both take custody: two continuations of one entry."""
    events = [event_of(parse_entry(entry.body).envelope) for entry in (one, other)]
    code = "C02" if all(type(event) in TAKES_CUSTODY for event in events) else "L02"
    first, second = (f"{entry.ledger}#{entry.index}" for entry in (one, other))
    message = f"{events[0].type} {first} and {events[1].type} {second} continue the same entry of {one.subject}"
    return _conflict(code, other.ledger, message, [_statement(entry, note) for entry in (one, other)])


def two_entries(one: KeptEntry, other: KeptEntry, note: Callable[[tuple[str, int]], bytes | None]) -> Conflict:
    """L03: two entries at one place of a ledger."""
    message = f"{other.ledger} has two histories: two entries that it signed for stand at index {other.index}"
    return _conflict("L03", other.ledger, message, [_statement(entry, note) for entry in (one, other)])


def false_heads(
    leaf: KeptEntry, line: bytes, entry: KeptEntry, note: Callable[[tuple[str, int]], bytes | None]
) -> Conflict:
    """L02: a statement of heads, signed as the leaf, that is silent of an entry before it."""
    message = (
        f"{entry.ledger} stated at {leaf.size} entries another last entry of {entry.subject} than the one it had: "
        f"{entry.ledger}#{entry.index} was left out"
    )
    signed = _statement(leaf, note) | {"heads": bundle.parse_line(line).heads}
    return _conflict("L02", entry.ledger, message, [signed, _statement(entry, note)])


def _statement(entry: KeptEntry, note: Callable[[tuple[str, int]], bytes | None]) -> dict[str, Any]:
    signed = note((entry.ledger, entry.size))
    found: dict[str, Any] = {"entry": Raw(entry.body)}
    if signed is not None:
        found |= {"checkpoint": signed.decode(), "proof": encode_proof(split_proof(entry.proof))}
    return found


def _conflict(code: str, ledger: str, message: str, statements: list[dict[str, Any]]) -> Conflict:
    proof = canonical.encode({"code": code, "ledger": ledger, "statements": statements})
    return Conflict(ledger, code, message, proof)
