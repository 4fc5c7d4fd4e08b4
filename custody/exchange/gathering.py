"""From a verified bundle to what the ledger keeps of it: each part with its own signature, proofs and entries.

Of other signatures only those of known witnesses are kept, each checked: a false one, carried on, would make the next
reader refuse the whole file.
"""

import io
from collections.abc import Sequence

from custody.ledger.arrival import Arrival, ArrivedPart
from custody.ledger.kept import Cosigned, Joined, KeptEntry
from custody.protocol import bundle
from custody.protocol.bundle import decode_proof, join_proof
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.cosignature import verify_cosignature
from custody.protocol.disclosure import digest_disclosure
from custody.protocol.entry import hash_entry, parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.note import Note, format_note, parse_note
from custody.protocol.policy import Policy
from custody.protocol.proofs import roots_from_consistency
from custody.protocol.unverified import BadSignatureError
from custody.protocol.vkey import Vkey, format_signature_line, parse_vkey
from custody.verifier.part import Part
from custody.verifier.verify import Verified


def gather(data: bytes, digest: str, verified: Verified, policy: Policy) -> Arrival:
    """What to keep of the bundle `data`, whose SHA-256 is `digest`."""
    witnesses = [one.vkey for one in policy.witnesses]
    entries: list[list[KeptEntry]] = []
    sealed: dict[str, str] = {}
    disclosed: list[tuple[str, str, str]] = []
    for raw in bundle.read_lines(io.BytesIO(data)):
        line = bundle.parse_line(raw)
        if line.part is not None:
            entries.append([])
        elif line.entry is not bundle.NO_ENTRY:
            part = verified.parts[len(entries) - 1]
            body = bytes(line.entry)
            entry, event = parse_entry(body), event_of(parse_entry(body).envelope)
            entries[-1].append(
                KeptEntry(
                    ledger=part.origin,
                    size=part.checkpoint.size,
                    index=entry.index,
                    hash=hash_entry(body),
                    subject=event.subject,
                    proof=join_proof(decode_proof(line.proof or ())),
                    own=0,
                    body=body,
                )
            )
            sealed |= dict.fromkeys(event.sealed.values(), event.subject)
        elif line.disclosure is not None:
            found = digest_disclosure(line.disclosure)
            disclosed.append((found, sealed[found], line.disclosure))
    parts: list[ArrivedPart] = []
    for part, shown in zip(verified.parts, entries, strict=True):
        keys = _keys(verified, part.origin, policy)
        parts += _older(part, keys, witnesses)
        note, cosigned = split_note(part.note, keys, witnesses)
        parts.append(ArrivedPart(part.checkpoint, note, part.heads_line, cosigned, _joined(part), tuple(shown)))
    header = verified.header
    return Arrival(digest, header.ledger, header.items, header.requests or (), tuple(parts), tuple(disclosed))


def _keys(verified: Verified, origin: str, policy: Policy) -> list[Vkey]:
    """The keys that signed for a ledger: of its log where that is shown, else those trusted."""
    shown = [parse_vkey(text) for _, text in verified.world.ledger(origin).keys]
    return shown or [vkey for vkey in policy.logs if vkey.name == origin]


def _joined(part: Part) -> tuple[Joined, ...]:
    """The proofs that lead to the part's checkpoint, whatever the earlier root is; others may be somebody's invention.

    One from a power of two begins with the earlier root itself: it is kept as it came, beside others, and looked at
    when that root is known.
    """
    head = part.checkpoint
    found = []
    for one in part.consistency.values():
        proof = decode_proof(one.proof)
        roots = roots_from_consistency(one.size, b"", head.size, proof)
        if one.size & (one.size - 1) == 0 or (roots is not None and roots[1] == head.root):
            found.append(Joined(part.origin, one.size, head.size, join_proof(proof)))
    return tuple(found)


def _older(part: Part, keys: Sequence[Vkey], witnesses: Sequence[Vkey]) -> list[ArrivedPart]:
    """Checkpoints carried along for their cosignatures, of which the verifier has checked that they are joined."""
    found = []
    for one in part.consistency.values():
        if one.checkpoint is not None:
            note, cosigned = split_note(one.checkpoint.encode(), keys, witnesses)
            found.append(ArrivedPart(parse_checkpoint(parse_note(note).text), note, b"", cosigned, (), ()))
    return found


def split_note(data: bytes, keys: Sequence[Vkey], witnesses: Sequence[Vkey]) -> tuple[bytes, tuple[Cosigned, ...]]:
    """A checkpoint with its ledger's signature alone, and the lines of these witnesses that are valid."""
    note = parse_note(data)
    head = parse_checkpoint(note.text)
    own = {(vkey.name, vkey.key_id) for vkey in keys}
    signed = tuple(line for line in note.signatures if (line.name, line.key_id) in own)
    known = {(vkey.name, vkey.key_id): vkey for vkey in witnesses}
    cosigned = []
    for line in note.signatures:
        vkey = known.get((line.name, line.key_id))
        if vkey is None:
            continue
        try:
            verify_cosignature(note.text, line, vkey)
        except BadSignatureError:
            continue
        cosigned.append(Cosigned(head.origin, head.size, vkey.public_key, format_signature_line(line)))
    return format_note(Note(text=note.text, signatures=signed or note.signatures[:1])), tuple(cosigned)
