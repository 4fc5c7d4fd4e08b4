"""From a verified bundle to what the ledger keeps of it: each part with its own signature, proofs and entries.

Of other signatures only those of known witnesses are kept, each checked: a false one, carried on, would make the next
reader refuse the whole file.
"""

import io
from collections.abc import Sequence

from custody.errors import MalformedError
from custody.exchange.joins import check_joins
from custody.ledger.others.arrival import Arrival, ArrivedPart
from custody.ledger.others.kept import Cosigned, Joined, KeptEntry, Stamped
from custody.ledger.stamps import stamp_of
from custody.protocol import bundle
from custody.protocol.bundle import decode_proof, join_proof
from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.cosignature import verify_cosignature
from custody.protocol.disclosure import digest_disclosure
from custody.protocol.encodings import decode_base64
from custody.protocol.entry import hash_entry, parse_entry
from custody.protocol.envelope import event_of
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.note import Note, format_note, parse_note
from custody.protocol.policy import Policy
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import Vkey, format_signature_line, parse_vkey
from custody.verifier.part import Part
from custody.verifier.verify import Verified


def gather(data: bytes, digest: str, verified: Verified, policy: Policy) -> Arrival:
    """What to keep of the bundle `data`, whose SHA-256 is `digest`. Raises MalformedError where its end is missing,
    or a proof leads nowhere.
    """
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
        stamps = _stamped(part, part.checkpoint.size)
        parts.append(ArrivedPart(part.checkpoint, note, part.heads_line, cosigned, _joined(part), tuple(shown), stamps))
    _check_disclosed(parts, len(disclosed))
    check_joins(parts)
    header = verified.header
    return Arrival(digest, header.ledger, header.items, header.requests or (), tuple(parts), tuple(disclosed))


def _check_disclosed(parts: Sequence[ArrivedPart], found: int) -> None:
    """A bundle ends with as many disclosures as it was cut with: lines that lack at its end leave no other trace.

    Raises MalformedError.
    """
    last = parts[-1]
    made = [one for one in last.entries if one.index == last.checkpoint.size - 1]
    event = event_of(parse_entry(made[0].body).envelope) if made else None
    stated = event.details.disclosed or 0 if isinstance(event, DisclosureMade) else 0
    if found < stated:
        raise MalformedError(
            f"it was cut with {stated} disclosures of sealed values, and has {found}: its end is missing"
        )


def _keys(verified: Verified, origin: str, policy: Policy) -> list[Vkey]:
    """The keys that signed for a ledger: of its log where that is shown, else those trusted."""
    shown = [parse_vkey(text) for _, text in verified.world.ledger(origin).keys]
    return shown or [vkey for vkey in policy.logs if vkey.name == origin]


def _joined(part: Part) -> tuple[Joined, ...]:
    size = part.checkpoint.size
    proofs = part.consistency.values()
    return tuple(Joined(part.origin, one.size, size, join_proof(decode_proof(one.proof))) for one in proofs)


def _older(part: Part, keys: Sequence[Vkey], witnesses: Sequence[Vkey]) -> list[ArrivedPart]:
    """Checkpoints carried along for their cosignatures, of which the verifier has checked that they are joined."""
    found = []
    for one in part.consistency.values():
        if one.checkpoint is not None:
            _check_signed(one.checkpoint.encode(), keys)
            note, cosigned = split_note(one.checkpoint.encode(), keys, witnesses)
            head, stamps = parse_checkpoint(parse_note(note).text), _stamped(part, one.size)
            found.append(ArrivedPart(head, note, b"", cosigned, (), (), stamps))
    return found


def _stamped(part: Part, size: int) -> tuple[Stamped, ...]:
    """The time-stamps over one of its checkpoints. Whether they hold, those will say who trust their authority."""
    text = parse_note(part.stamped_note(size)).text
    made = (stamp_of(text, decode_base64(one.token, "a time-stamp")) for one in part.timestamps if one.size == size)
    return tuple(one for one in made if one is not None)


def _check_signed(note: bytes, keys: Sequence[Vkey]) -> None:
    """Raises MalformedError for an unsigned checkpoint carried along: the verifier passes it over."""
    try:
        open_checkpoint(note, keys)
    except (BadSignatureError, UnknownSignerError) as error:
        raise MalformedError(f"an earlier checkpoint, carried along: {error.message}") from error


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
