"""`custody cosign`: this agency's word, by its witness key, that a partner's checkpoint extends all it saw before.

What is cosigned was compared and kept first (C2SP tlog-witness): whoever restores an old copy of this ledger could
otherwise be brought to cosign two histories.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.note import parse_note
from custody.protocol.vkey import format_signature_line, parse_vkey

from . import cutting, showing
from .desk import Desk, at_desk
from .files import STDOUT, write_output
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

    FILE is a checkpoint, one with its consistency proof (custody checkpoint --since), or a bundle. It is taken in
    first, as `custody import` does: one that contradicts what was seen before is refused. Send the result back.
    """
    cutting.check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        arrival = read_arrival(desk, file).arrival
        if arrival.cutter == desk.ledger.origin:
            raise UsageError("a ledger does not cosign its own checkpoints", hint="partners do")
        if acting.dry_run:
            desk.ledger.compare(arrival)
            showing.say("This would be taken in, and its newest checkpoint cosigned. Nothing was signed.")
            showing.answer_dry(acting.session)
            return
        desk.ledger.admit(arrival, lock=desk.vault.lock)
        origin = arrival.cutter
        pin = desk.ledger.store.kept.pin(origin)
        if pin is None:
            raise UsageError(f"{file} shows no checkpoint of {origin}", hint="`custody checkpoint` makes one")
        from custody.ledger.disclosing.lines import cosigned_note

        line = cosign_pin(desk, pin)
        write_output(output, cosigned_note(pin.note, [line]), force=force)
    told = {"ledger": origin, "size": pin.size, "file": str(output)}
    if acting.session.wants_json:
        showing.answer(acting.session, told)
    elif output != STDOUT:
        showing.say(f"Cosigned {origin} at {pin.size} entries: written to {output}. Send it to them.")


def cosign_pin(desk: Desk, pin: "KeptCheckpoint") -> "Cosigned":
    """The witness's line on the largest checkpoint seen of a partner, kept before it is given out."""
    from custody.ledger.others.kept import Cosigned

    opened = desk.ledger.state.opened
    if opened is None:
        raise UsageError("the ledger has no opening", hint="run `custody audit`")
    vkey = parse_vkey(opened.details.witness_key)
    for known in desk.ledger.store.kept.cosigned(pin.ledger):
        if (known.size, known.witness) == (pin.size, vkey.public_key):
            return known
    text = parse_note(pin.note).text
    signature = sign_cosignature(text, vkey, clock(), desk.witness_signer().sign)
    line = Cosigned(pin.ledger, parse_checkpoint(text).size, vkey.public_key, format_signature_line(signature))
    desk.ledger.keep_cosigned([line])
    return line
