"""`custody policy`: what others need in order to trust this ledger (C2SP tlog-policy)."""

from pathlib import Path

import click

from custody.errors import CustodyError
from custody.protocol.policy import trust
from custody.protocol.policy_file import format_policy
from custody.protocol.vkey import parse_vkey

from . import showing
from .files import STDOUT, refuse_existing, write_output
from .home import opened, read_home
from .options import Command, Common, example, output, reading


@click.command(cls=Command, epilog=example("custody policy -o ocrteh.policy"))
@reading
@output()
def policy(common: Common, output: Path | None, force: bool) -> None:
    """Write the policy by which others verify this ledger.

    Hand it over on another way than the bundles, or read out the fingerprint: whoever can change it decides what is
    trusted.
    """
    refuse_existing(output, force=force)
    with opened(read_home(common)) as ledger:
        state = ledger.state
    if state.key is None:
        raise CustodyError("the ledger names no key of its own")
    data = format_policy(trust([parse_vkey(state.key)]))
    if common.json:
        if output not in (None, STDOUT):
            write_output(output, data, force=force)
        showing.answer(common.session, {"policy": data.decode(), "vkeys": [state.key]})
        return
    write_output(output or STDOUT, data, force=force)
