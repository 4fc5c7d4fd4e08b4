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
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.names import kind_of, name_of, split_person
from custody.protocol.note import parse_note
from custody.protocol.rules.roles import TO_PARTNERS
from custody.protocol.vkey import parse_vkey

from ..desk import agency
from ..desk.files import STDOUT, refuse_existing, write_output
from ..desk.home import Home, opened, read_home
from ..options import Command, Common, example, output, reading
from ..shown import showing
from ..typed.parsing import ORIGIN

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger


@click.command(cls=Command, epilog=example("custody checkpoint -o today.checkpoint", "custody checkpoint --since 3"))
@output()
@click.option("--since", type=click.IntRange(min=0), metavar="SIZE", help="With the proof that it extends this size.")
@click.option("--for", "partner", type=ORIGIN, help="With the proof from what this partner got or showed last.")
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
    with opened(home, appends=True) as ledger:
        if partner is not None:
            if partner not in ledger.partners():
                raise UsageError(f"{partner} is not a partner of this ledger", hint="`custody partner list`")
            since = _known_to(ledger, partner)
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


def _known_to(ledger: "Ledger", partner: str) -> int:
    """The size of this ledger that a partner has, as far as it can be told: what it showed or cosigned, or the newest
    bundle cut for it. Where that did not arrive, their message names the size to be given with --since."""
    kept = ledger.store.kept
    card = ledger.partners()[partner].trusted
    witness = parse_vkey(card.witness_key).public_key if card is not None else b""
    cosigned = [one.size for one in kept.cosigned(ledger.origin) if one.witness == witness]
    known = max([kept.known().get(partner, 0), *cosigned])
    newer = (one.size for one in reversed(ledger.checkpoints(known)))
    return next((size for size in newer if _cut_for(ledger, size) == {partner}), known)


def _cut_for(ledger: "Ledger", size: int) -> set[str]:
    """The partners that the bundle under the checkpoint of this size can be for: those with a part in all it is about.

    The log says that it was cut for a partner, and not for which.
    """
    event = ledger.fact(size - 1).event
    if not isinstance(event, DisclosureMade) or event.details.audience != TO_PARTNERS:
        return set()
    found = set(ledger.partners())
    for subject in event.details.subjects or ():
        kind, name = kind_of(subject), name_of(subject)
        if kind == "request":
            request = ledger.request(name)
            found &= {request.requesting, request.requested, request.sent.to if request.sent is not None else None}
        else:
            item = ledger.item(name)
            to = {split_person(one)[1] for one in item.addressees}
            found = {one for one in found if one in to or item.chain.last_in(one) is not None}
    return found


def format_request(old: int, proof: list[str], note: bytes) -> bytes:
    """The body of an add-checkpoint request (C2SP tlog-witness): the proof from `old` entries, then the checkpoint."""
    return "".join([f"old {old}\n", *(f"{one}\n" for one in proof), "\n"]).encode() + note


def sign_head(home: Home, ledger: "Ledger") -> bytes:
    """The newest checkpoint where nothing was recorded since, which needs no key; else a new one."""
    ledger.keep_outside()
    newest = ledger.checkpoint_at(ledger.size)
    if newest is not None:
        return newest.note
    return ledger.checkpoint(agency.ledger_signer(home, ledger))
