"""`custody cosign`: this agency's word, by its witness key, that a partner's checkpoint extends all it saw before.

What is cosigned was compared and kept first (C2SP tlog-witness): whoever restores an old copy of this ledger could
otherwise be brought to cosign two histories.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import CustodyError, UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.note import parse_note
from custody.protocol.vkey import Vkey, format_signature_line, parse_vkey

from . import showing
from .desk import Desk, at_desk
from .files import STDOUT, check_output, write_output
from .home import clock
from .importing import read_arrival
from .options import Acting, Command, example, keeping, output
from .typed import PATH

if TYPE_CHECKING:
    from custody.ledger.others.kept import Cosigned, KeptCheckpoint


@click.command(cls=Command, epilog=example("custody cosign bka.checkpoint -o bka.cosigned"))
@click.argument("file", metavar="FILE", type=PATH)
@keeping
@output(required=True)
def cosign(acting: Acting, file: Path, output: Path, force: bool) -> None:
    """Cosign a partner's checkpoint, with this agency's witness key.

    FILE is a checkpoint, one with its consistency proof (custody checkpoint --since), or a bundle, whose newest is
    meant. It is taken in first, as `custody import` does: one that contradicts what was seen before is refused. Nor is
    one cosigned that is older than the newest cosigned. Send the result back.
    """
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        arrival = read_arrival(desk, file).arrival
        if arrival.cutter == desk.ledger.origin:
            raise UsageError("a ledger does not cosign its own checkpoints", hint="partners do")
        origin = arrival.cutter
        size = max(part.checkpoint.size for part in arrival.parts if part.checkpoint.origin == origin)
        _given(desk, origin, size)
        if acting.dry_run:
            desk.ledger.compare(arrival)
            showing.say(f"{origin} at {size} entries would be taken in and cosigned. Nothing was signed.")
            showing.answer_dry(acting.session)
            return
        desk.ledger.admit(arrival, lock=desk.vault.lock)
        seen = desk.ledger.store.kept.checkpoint(origin, size)
        if seen is None:
            raise CustodyError(f"the checkpoint of {origin} at {size} entries was not kept", hint="`custody audit`")
        from custody.ledger.disclosing.lines import cosigned_note

        line = cosign_seen(desk, seen)
        write_output(output, cosigned_note(seen.note, [line]), force=force)
    told = {"ledger": origin, "size": size, "file": str(output)}
    if acting.session.wants_json:
        showing.answer(acting.session, told)
    elif output != STDOUT:
        showing.say(f"Cosigned {origin} at {size} entries: written to {output}. Send it to them.")


def cosign_seen(desk: Desk, seen: "KeptCheckpoint") -> "Cosigned":
    """The witness's line on a checkpoint of a partner that is kept; the line is kept before it is given out.

    Raises UsageError for one older than the newest cosigned (docs/format.md, "Checkpoints").
    """
    from custody.ledger.others.kept import Cosigned

    given = _given(desk, seen.ledger, seen.size)
    if given is not None:
        return given
    text, vkey = parse_note(seen.note).text, _witness_key(desk)
    signature = sign_cosignature(text, vkey, clock(), desk.witness_signer().sign)
    line = Cosigned(seen.ledger, parse_checkpoint(text).size, vkey.public_key, format_signature_line(signature))
    desk.ledger.keep_cosigned([line])
    return line


def _given(desk: Desk, origin: str, size: int) -> "Cosigned | None":
    """The line that this agency gave on a checkpoint before. Raises UsageError where it gave one on a larger alone."""
    own = _witness_key(desk).public_key
    given = [one for one in desk.ledger.store.kept.cosigned(origin) if one.witness == own and one.size >= size]
    if given and given[0].size > size:
        hint = f"ask them for a newer one: `custody checkpoint --since {given[-1].size}`"
        raise UsageError(f"{origin} was cosigned at {given[-1].size} entries: none is at {size} after that", hint=hint)
    return given[0] if given else None


def _witness_key(desk: Desk) -> Vkey:
    opened = desk.ledger.state.opened
    if opened is None:
        raise UsageError("the ledger has no opening", hint="run `custody audit`")
    return parse_vkey(opened.details.witness_key)
