"""`custody import`: what a partner sent back, verified, compared with what was seen of it before, and kept."""

from pathlib import Path
from typing import Any

import click

from ..borders.incoming import Read, read_arrival, tell_noteworthy
from ..desk.desk import Desk, at_desk
from ..options import Acting, Command, example, keeping
from ..shown import showing
from ..typed.parsing import PATH


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
