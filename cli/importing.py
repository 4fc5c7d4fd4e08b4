"""`custody import`: what a partner sent back, verified, compared with what was seen of it before, and kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from custody.errors import MalformedError
from custody.protocol.findings import Finding

from . import recorded, showing
from .desk import Desk, at_desk
from .files import read_small
from .kinds import described, not_this
from .names import label_of
from .options import Acting, Command, example, keeping
from .typed import PATH

if TYPE_CHECKING:
    from custody.ledger.others.arrival import Arrival

_EVERYDAY = ("C05", "C08", "H04", "L05", "T03", "X01")

_BUNDLE = b'{"bundle":'

AGAIN = "ask the partner for it again"


class Read(NamedTuple):
    """A partner's file, ready to be taken in."""

    arrival: "Arrival"
    findings: list[Finding]


def read_bundle(desk: Desk, data: bytes, *, own: bool = False) -> Read:
    """A partner's bundle; `own`: or one of this ledger. Raises what custody.exchange.incoming does."""
    from custody.exchange.incoming import read_incoming

    incoming = read_incoming(data, desk.ledger, own=own)
    return Read(incoming.arrival, incoming.findings)


def read_arrival(desk: Desk, path: Path, *, own: bool = False) -> Read:
    """A partner's bundle, checkpoint, or checkpoint with its consistency proof. `own`: as read_bundle."""
    from custody.exchange.checkpoints import read_checkpoint_file
    from custody.exchange.incoming import MAX_BUNDLE

    data = read_small(path, MAX_BUNDLE)
    try:
        if data.startswith(_BUNDLE):
            return read_bundle(desk, data, own=own)
        return Read(read_checkpoint_file(data, desk.ledger), [])
    except MalformedError as error:
        found = described(data[:4096])
        if found is not None and (data.startswith(_BUNDLE) or "checkpoint" in found.name):
            raise MalformedError(f"{path}: {error.message}", hint=error.hint or AGAIN) from error
        message, hint = not_this(path, "a partner's bundle or checkpoint", data[:4096])
        raise MalformedError(message, hint=hint or "`custody bundle` and `custody checkpoint` write them") from error


@click.command("import", cls=Command, epilog=example("custody import receipt.custody"))
@click.argument("file", metavar="FILE", type=PATH)
@keeping
def import_(acting: Acting, file: Path) -> None:
    """Take in a partner's reply, receipt or bundle, or its checkpoint.

    It is verified against the keys pinned, and compared with all that was seen of that partner: a history that was
    rewritten is refused, and both signed checkpoints are kept. The same file twice changes nothing; nor does a bundle
    that this ledger cut itself: it is compared with the ledger.

    A backup is taken in, too, of the ledger that was lost and that this one continues (custody init --continues): then
    a supervisor can assume its items (custody assume).
    """
    with at_desk(acting) as desk:
        read = _read(desk, file)
        ours = read.arrival.cutter == desk.ledger.origin and bool(read.arrival.items or read.arrival.requests)
        if ours or acting.dry_run:
            desk.ledger.compare(read.arrival)
        if acting.dry_run:
            said = "This ledger cut it itself" if ours else "This would be taken in"
            showing.say(f"{said}. Nothing was changed.")
            showing.answer_dry(acting.session, taken=False, **_state(desk, read))
            return
        new = not ours and desk.ledger.admit(read.arrival, lock=desk.vault.lock)
        acting.session.done.append(f"{file} is taken in")
        state = _state(desk, read)
        if acting.json:
            showing.answer(acting.session, {"entries": [], "taken": new} | state)
        else:
            before = "cut by this ledger itself" if ours else "taken in before"
            showing.tell("taken in" if new else f"{before}: nothing changed")
            for one in state["items"]:
                showing.tell(f"{one['label']}  {one['status']}  {one['custodian']}")
            for one in state["requests"]:
                showing.tell(f"request {one['reference']}  {one['status']}")
        tell_noteworthy(desk, read.findings)


def _read(desk: Desk, path: Path) -> Read:
    """A partner's file; or a backup of the ledger that this one continues."""
    from custody.ledger.backup import begins_backup, opened_backup

    opened = desk.ledger.state.opened
    if opened is None or opened.details.continues is None or not begins_backup(path):
        return read_arrival(desk, path, own=True)
    from custody.ledger.continuing import take_over

    with opened_backup(path, desk.home.folder) as lost:
        return Read(take_over(lost, desk.ledger), [])


def tell_noteworthy(desk: Desk, findings: list[Finding]) -> None:
    """What a partner's file gives cause to say; not what is so with every file that is on its way."""
    said = [one for one in findings if one.severity != "R" or one.code not in _EVERYDAY]
    recorded.tell_findings(said, lambda uuid: label_of(desk.ledger, uuid))


def _state(desk: Desk, read: Read) -> dict[str, Any]:
    """How the items and requests stand now."""
    items = desk.ledger.items_with(read.arrival, read.arrival.items)
    requests = desk.ledger.requests_with(read.arrival, read.arrival.requests)
    return {
        "partner": read.arrival.cutter,
        "items": [
            {"item": one.uuid, "label": one.label, "status": one.end or one.status, "custodian": one.custodian}
            for one in items
        ],
        "requests": [{"request": one.uuid, "reference": one.reference, "status": one.status} for one in requests],
    }
