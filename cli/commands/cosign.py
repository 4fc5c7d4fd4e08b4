"""`custody cosign`: this agency's word, by its witness key, that a partner's checkpoint extends all it saw before.

What is cosigned was compared and kept first (C2SP tlog-witness): whoever restores an old copy of this ledger could
otherwise be brought to cosign two histories.
"""

from pathlib import Path

import click

from custody.errors import CustodyError, UsageError

from ..borders.cosigning import cosign_seen, given_before
from ..borders.incoming import read_arrival
from ..desk.desk import at_desk
from ..desk.files import STDOUT, check_output, write_output
from ..options import Acting, Command, example, keeping, output
from ..shown import showing
from ..typed.parsing import PATH


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
        given_before(desk, origin, size)
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
