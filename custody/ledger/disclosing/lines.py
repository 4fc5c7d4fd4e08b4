"""The lines of a bundle, read from the ledger as they are asked for."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from custody.ledger.disclosing.parts import OldPart
from custody.ledger.others.joins import join
from custody.ledger.others.kept import Cosigned, Stamped
from custody.ledger.proving import Prover
from custody.ledger.reading import Reading
from custody.ledger.stamps import choose, worth_stamping
from custody.protocol import bundle
from custody.protocol.bundle import split_proof
from custody.protocol.encodings import encode_base64
from custody.protocol.note import add_signatures, format_note, parse_note
from custody.protocol.vkey import parse_signature_line

MAX_CONSISTENCY = 1000
"""Proofs from earlier checkpoints in one part, the newest ones: about a megabyte at most."""


def write(line: bundle.Line) -> bytes:
    """A line with its line feed."""
    return bundle.format_line(line) + b"\n"


def header_line(origin: str, items: Sequence[str], requests: Sequence[str]) -> bytes:
    """The line that begins a bundle cut by `origin`."""
    header = bundle.Header(items=tuple(items), ledger=origin, version=bundle.VERSION, requests=tuple(requests) or None)
    return write(bundle.Line(header=header))


def cosigned_note(note: bytes, lines: Collection[Cosigned]) -> bytes:
    """A signed note with the cosignatures known for it."""
    return format_note(
        add_signatures(parse_note(note), (parse_signature_line(one.line[:-1].decode()) for one in lines))
    )


def part_line(ledger: Reading, origin: str, size: int, note: bytes, *, whole: bool = False) -> bytes:
    """The line that begins a part, its checkpoint with all cosignatures known."""
    lines = [one for one in ledger.store.kept.cosigned(origin) if one.size == size]
    text = cosigned_note(note, lines).decode()
    return write(bundle.Line(part=bundle.Part(checkpoint=text, ledger=origin, whole=whole)))


def old_parts(ledger: Reading, parts: Sequence[OldPart]) -> Iterator[bytes]:
    """The parts before the last, in their order."""
    kept = ledger.store.kept
    newest = {part.ledger: part.size for part in parts}
    before: dict[str, int] = {}
    for part in parts:
        checkpoint, stated = kept.checkpoint(part.ledger, part.size), kept.part(part.ledger, part.size)
        if checkpoint is None:
            continue
        yield part_line(ledger, part.ledger, part.size, checkpoint.note)
        prover = ledger.prover(part.size)
        if part.ledger == ledger.origin:
            yield from own_joins(ledger, prover, {before[part.ledger]} if part.ledger in before else set())
        else:
            yield from _kept_joins(ledger, part, before.get(part.ledger), newest=newest[part.ledger] == part.size)
        if stated is not None:
            yield stated.heads + b"\n"
        for one in part.kept:
            yield bundle.format_entry_line(one.body, split_proof(one.proof)) + b"\n"
        yield from own_entries(ledger, prover, part.own)
        before[part.ledger] = part.size


def own_entries(ledger: Reading, prover: Prover, indices: Iterable[int]) -> Iterator[bytes]:
    """Entries of this ledger, each with its proof."""
    for index in indices:
        yield bundle.format_entry_line(ledger.entry(index), prover.inclusion(index)) + b"\n"


def _kept_joins(ledger: Reading, part: OldPart, before: int | None, *, newest: bool) -> Iterator[bytes]:
    """The proof from the part before; for a partner's newest, all that came with its checkpoint."""
    kept = ledger.store.kept
    found: dict[int, list[bytes]] = {}
    if newest:
        joins = kept.joins_to(part.ledger, part.size)[-MAX_CONSISTENCY:]
        found = {one.old: split_proof(one.proof) for one in joins}
    stamps = choose(
        kept.stamped(part.ledger), [one.index for one in part.kept if worth_stamping(one.subject)], part.size
    )
    for old in {one.size for one in stamps if one.size < part.size} | ({before} if before is not None else set()):
        proof = join(kept, part.ledger, old, part.size)
        found |= {old: proof} if proof is not None else {}
    cosigned = _best_cosigned(ledger, part.ledger, part.size)
    stamps = [one for one in stamps if one.size == part.size or one.size in found]
    for old in sorted(found):
        yield _consistency(ledger, part.ledger, old, found[old], cosigned, stamps)
    yield from _timestamps(stamps)


def own_joins(
    ledger: Reading, prover: Prover, olds: Collection[int], stamps: Collection[Stamped] = ()
) -> Iterator[bytes]:
    """Proofs from these sizes of this ledger, the checkpoints that witnesses cosigned and those time-stamped beside
    them, and the time-stamps."""
    size = prover.size
    cosigned = _best_cosigned(ledger, ledger.origin, size)
    for old in sorted({*olds, *cosigned, *(one.size for one in stamps)} - {size}):
        yield _consistency(ledger, ledger.origin, old, prover.consistency(old), cosigned, stamps)
    yield from _timestamps(stamps)


def _timestamps(stamps: Collection[Stamped]) -> Iterator[bytes]:
    for one in stamps:
        yield write(bundle.Line(timestamp=bundle.Timestamp(size=one.size, token=encode_base64(one.token))))


def _best_cosigned(ledger: Reading, origin: str, size: int) -> dict[int, list[Cosigned]]:
    """Of each witness the largest checkpoint below `size` that it cosigned, by that size."""
    best = {one.witness: one for one in ledger.store.kept.cosigned(origin) if one.size < size}
    found: dict[int, list[Cosigned]] = {}
    for one in best.values():
        found.setdefault(one.size, []).append(one)
    return found


def _consistency(
    ledger: Reading,
    origin: str,
    old: int,
    proof: list[bytes],
    cosigned: dict[int, list[Cosigned]],
    stamps: Collection[Stamped],
) -> bytes:
    carried = old in cosigned or any(one.size == old for one in stamps)
    note = _note_at(ledger, origin, old) if carried else None
    text = cosigned_note(note, cosigned.get(old, [])).decode() if note is not None else None
    hashes = bundle.encode_proof(proof)
    return write(bundle.Line(consistency=bundle.Consistency(checkpoint=text, proof=hashes, size=old)))


def _note_at(ledger: Reading, origin: str, size: int) -> bytes | None:
    if origin == ledger.origin:
        signed = ledger.checkpoint_at(size)
        return signed.note if signed is not None else None
    seen = ledger.store.kept.checkpoint(origin, size)
    return seen.note if seen is not None else None
