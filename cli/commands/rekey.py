"""`custody rekey`: a new ledger key, named in the log by the old one and the new one."""

import click

from custody.protocol.ed25519 import fingerprint
from custody.protocol.vkey import ED25519, format_vkey, make_vkey

from ..desk import agency
from ..desk.desk import at_desk
from ..desk.passphrases import choose
from ..options import Acting, Command, example, keeping
from ..shown import showing
from ..typed.parsing import TEXT


@click.command(cls=Command, epilog=example('custody rekey --reason "yearly change" --no-passphrase'))
@keeping
@click.option("--reason", type=TEXT, required=True, help="Why.")
@click.option("--no-passphrase", is_flag=True, help="Leave the new key unprotected.")
def rekey(acting: Acting, reason: str, no_passphrase: bool) -> None:
    """Give the ledger a new key, signed by the old one and the new one.

    Those who trust any key of the ledger go on trusting it: the log links them.
    """
    with at_desk(acting) as desk:
        from custody.ledger.people import rekey as change
        from custody.ledger.signing import NEW_LEDGER_KEY

        origin = desk.ledger.origin
        passphrase = None if no_passphrase else choose(f"the new ledger key of {origin}")
        path, new = agency.make_next(desk.home, origin, passphrase)
        vkey = make_vkey(origin, ED25519, new.public_key)
        try:
            done = desk.record(change(desk.by_ledger, vkey, reason=reason), {NEW_LEDGER_KEY: lambda: new})
        finally:
            agency.give_up(desk.home, desk.ledger, path)
        if done is not None:
            showing.say(f"The ledger key is now {fingerprint(new.public_key)}")
            showing.say(f"Give your partners the new line for their policies: log {format_vkey(vkey)}")
