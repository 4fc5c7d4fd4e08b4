"""`custody checkpoint`: the ledger's size and root, signed, for others to keep.

With `--since` the consistency proof stands before it, as C2SP tlog-witness has it in an add-checkpoint request:

    old 17
    Lc5pUHXCuZgu2b0Ty5LfTJmFFRLEVQlYmY/TmTwOFkQ=
    …

    ocrteh.police.example/custody
    …

Whoever keeps a checkpoint of 17 entries can then see that nothing under it was changed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import encode_base64
from custody.protocol.note import parse_note

from . import agency, showing
from .files import STDOUT, refuse_existing, write_output
from .home import Home, opened, read_home
from .options import Command, Common, example, output, reading
from .typed import ORIGIN

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger


@click.command(cls=Command, epilog=example("custody checkpoint -o today.checkpoint", "custody checkpoint --since 3"))
@output()
@click.option("--since", type=click.IntRange(min=0), metavar="SIZE", help="With the proof that it extends this size.")
@click.option("--for", "partner", type=ORIGIN, help="With the proof from what this partner has shown to know.")
@reading
def checkpoint(common: Common, output: Path | None, force: bool, since: int | None, partner: str | None) -> None:
    """Sign the ledger's size and root.

    Whoever keeps a checkpoint can later prove that nothing before it was changed: custody verify --seen FILE.
    """
    if common.session.wants_json and output == STDOUT:
        raise UsageError("-o - and --json both want stdout", hint="leave one of them out")
    if since is not None and partner is not None:
        raise UsageError("--since and --for both say from where", hint="leave one of them out")
    refuse_existing(output, force=force)
    home = read_home(common)
    with opened(home) as ledger:
        if partner is not None:
            if partner not in ledger.partners():
                raise UsageError(f"{partner} is not a partner of this ledger", hint="`custody partner list`")
            since = ledger.store.kept.known_to(partner)
        if since is not None and since > ledger.size:
            raise UsageError(f"--since {since}: the ledger has only {ledger.size} entries")
        note = sign_head(home, ledger)
        head = parse_checkpoint(parse_note(note).text)
        proof = [encode_base64(one) for one in ledger.consistency(since, head.size)] if since else []
    written = note if since is None else format_request(since, proof, note)
    if output is not None or not common.session.wants_json:
        write_output(output or STDOUT, written, force=force)
    if common.session.wants_json:
        told = {"ledger": head.origin, "size": head.size, "root": encode_base64(head.root), "checkpoint": note.decode()}
        showing.answer(common.session, told | ({} if since is None else {"since": since, "proof": proof}))
    elif output not in (None, STDOUT):
        showing.say(f"{head.origin} at {head.size} entries, root {encode_base64(head.root)}: written to {output}")


def format_request(old: int, proof: list[str], note: bytes) -> bytes:
    """The body of an add-checkpoint request (C2SP tlog-witness): the proof from `old` entries, then the checkpoint."""
    return "".join([f"old {old}\n", *(f"{one}\n" for one in proof), "\n"]).encode() + note


def sign_head(home: Home, ledger: "Ledger") -> bytes:
    """The newest checkpoint where nothing was recorded since, which needs no key; else a new one."""
    ledger.check_outside()
    kept = ledger.checkpoints()
    if kept and kept[-1].size == ledger.size:
        return kept[-1].note
    return ledger.checkpoint(agency.ledger_signer(home, ledger))
