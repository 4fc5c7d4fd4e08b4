"""`custody policy`: what others need in order to trust this ledger (C2SP tlog-policy)."""

from pathlib import Path

import click

from custody.errors import CustodyError, MalformedError, UsageError
from custody.protocol.policy_file import format_policy
from custody.protocol.times import parse_local
from custody.protocol.vkey import format_vkey

from ..desk.files import STDOUT, refuse_existing, write_output
from ..desk.home import opened, read_home
from ..options import Command, Common, example, output, reading
from ..shown import showing
from ..typed.parsing import UNTIL_DAY


@click.command(
    cls=Command, epilog=example("custody policy -o ocrteh.policy", "custody policy --quorum 1 -o cosigned.policy")
)
@reading
@output()
@click.option("--quorum", type=click.IntRange(min=1), help="How many of the witnesses must have cosigned.")
@click.option("--on", "day", type=UNTIL_DAY, metavar="DATE", help="As it was at the end of this day.")
def policy(common: Common, output: Path | None, force: bool, quorum: int | None, day: str | None) -> None:
    """Write the policy by which others verify this ledger: its key, its partners', their witnesses; the key of a
    ledger that was lost and that this one continues, once it was taken over.

    Hand it over on another way than the bundles, or read out the fingerprint: whoever can change it decides what is
    trusted.
    """
    refuse_existing(output, force=force)
    with opened(read_home(common)) as ledger:
        state = ledger.state if day is None else ledger.state_on(parse_local(day))
        continued = ledger.keys_continued()
    if state.key is None:
        raise CustodyError("the ledger names no key of its own", hint="on that day it was not there yet")
    from custody.exchange.trust import policy_of

    try:
        made = policy_of(state, quorum or 0, continued=continued)
    except MalformedError as error:
        raise UsageError(
            f"--quorum {quorum}: {error.message}", hint="`custody partner list` lists the witnesses"
        ) from error
    data = format_policy(made)
    if common.json:
        if output not in (None, STDOUT):
            write_output(output, data, force=force)
        showing.answer(common.session, {"policy": data.decode(), "vkeys": [format_vkey(one) for one in made.logs]})
        return
    write_output(output or STDOUT, data, force=force)
