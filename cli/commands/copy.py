"""`custody copy`: who was given a copy of what."""

from pathlib import Path

import click

from custody.errors import UsageError
from custody.protocol.events.notes import CopiedDetails, ItemCopied

from ..borders.crossing import Reason, stated_basis
from ..desk.desk import at_desk
from ..desk.files import measured
from ..options import Acting, Command, acting, example
from ..typed.parsing import COUNTRY, PATH, TEXT, WORD


@click.command(
    "copy",
    cls=Command,
    epilog=example(
        'custody copy JM/4 chat.json --to "defence counsel" --purpose "disclosure" --as jm',
        'custody copy JM/4 --to "BKA" --purpose "analysis" --state DE --request DE-9 --as jm',
    ),
)
@click.argument("item", metavar="ITEM")
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@acting
@click.option("--to", type=TEXT, required=True, help="Who got it.")
@click.option("--purpose", type=TEXT, required=True, help="What for.")
@click.option("--medium", type=TEXT, help="Disk, stick, transfer.")
@click.option("--receipt", type=PATH, help="The paper receipt, scanned.")
@click.option("--state", type=COUNTRY, help="Abroad: the State it goes to.")
@click.option("--request", metavar="REQ", help="Abroad: the accepted request.")
@click.option("--purpose-code", type=WORD, help="Abroad: the purpose of the request. Default: the request's.")
@click.option("--agreement", type=TEXT, help="Abroad: the case's standing agreement.")
@click.option("--spontaneous", type=TEXT, help="Abroad: why it is given unasked.")
def copy_(
    acting: Acting,
    item: str,
    files: tuple[Path, ...],
    to: str,
    purpose: str,
    medium: str | None,
    receipt: Path | None,
    state: str | None,
    request: str | None,
    purpose_code: str | None,
    agreement: str | None,
    spontaneous: str | None,
) -> None:
    """Record a working or defence copy; custody is unchanged.

    The files given are measured. Without files it is the item's own data, as its digests were fixed. A copy for
    another State needs what the item itself would need.
    """
    why = Reason(request, purpose_code, agreement, spontaneous)
    if why.given and state is None:
        raise UsageError("a reason to leave belongs to a copy for another State", hint="--state CC")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state as state_event

        meant = desk.item(item)
        digests = measured(files) or meant.state.digests
        if not digests:
            raise UsageError(f"{meant.label} has no digests of its own", hint="name the FILE that was given")
        paper = measured([receipt])[0] if receipt else None
        basis = stated_basis(desk, why)
        details = CopiedDetails(
            digests=digests, to=to, purpose=purpose, medium=medium, receipt=paper, state=state, basis=basis
        )
        desk.record(state_event(ItemCopied, desk.occasion, meant.uuid, details))
