"""One ledger, one history: earlier parts, and heads the reader saw before, are beginnings of the newest (L03)."""

from collections.abc import Sequence

from custody.protocol.bundle import decode_proof
from custody.protocol.checkpoint import Checkpoint, parse_checkpoint
from custody.protocol.findings import finding
from custody.protocol.note import parse_note
from custody.protocol.proofs import check_consistency
from custody.protocol.rules.docket import Docket
from custody.verifier.part import Part


def judge_joins(parts: Sequence[Part], seen: Sequence[Checkpoint], docket: Docket) -> None:
    """L03 for each pair of parts of a ledger, each head seen, and each earlier checkpoint carried along."""
    newest: dict[str, Part] = {}
    for part in parts:
        before = newest.get(part.origin)
        if before is not None:
            _join(before.checkpoint, part, docket)
        newest[part.origin] = part
        for one in part.consistency.values():
            if one.checkpoint is not None:
                _join(parse_checkpoint(parse_note(one.checkpoint.encode()).text), part, docket)
    for head in seen:
        if head.origin in newest:
            _join(head, newest[head.origin], docket)


def _join(head: Checkpoint, part: Part, docket: Docket) -> None:
    problem = contradiction(head, part)
    if problem is None:
        docket.put(finding("L03.unjoined", origin=part.origin, size=str(head.size)))
    elif problem:
        docket.put(finding("L03", origin=part.origin, size=str(head.size), how=problem))


def contradiction(head: Checkpoint, part: Part) -> str | None:
    """How a part contradicts an earlier head of its ledger: empty where it extends it, None where nothing tells."""
    shown = part.checkpoint
    if head.size == shown.size:
        return "" if head.root == shown.root else "another root at the same size"
    if head.size > shown.size:
        return None
    if head.size in part.roots:
        return "" if part.roots[head.size] == head.root else "another root at that size"
    if head.size in part.consistency:
        proof = decode_proof(part.consistency[head.size].proof)
        proved = check_consistency(head.size, head.root, shown.size, shown.root, proof)
        return "" if proved else "the consistency proof does not join them"
    return None
