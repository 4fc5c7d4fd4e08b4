"""`custody copy`: who was given a copy of what."""

from pathlib import Path

import click

from custody.errors import UsageError
from custody.protocol.events.notes import CopiedDetails, ItemCopied

from .desk import at_desk
from .files import measured
from .options import Acting, Command, acting, example
from .typed import PATH, TEXT


@click.command(
    "copy",
    cls=Command,
    epilog=example('custody copy JM/4 chat.json --to "defence counsel" --purpose "disclosure" --as jm'),
)
@click.argument("item", metavar="ITEM")
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@acting
@click.option("--to", type=TEXT, required=True, help="Who got it.")
@click.option("--purpose", type=TEXT, required=True, help="What for.")
@click.option("--medium", type=TEXT, help="Disk, stick, transfer.")
@click.option("--receipt", type=PATH, help="The paper receipt, scanned.")
def copy_(
    acting: Acting,
    item: str,
    files: tuple[Path, ...],
    to: str,
    purpose: str,
    medium: str | None,
    receipt: Path | None,
) -> None:
    """Record a working or defence copy; custody is unchanged.

    The files given are measured. Without files it is the item's own data, as its digests were fixed.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant = desk.item(item)
        digests = measured(files) or meant.state.digests
        if not digests:
            raise UsageError(f"{meant.label} has no digests of its own", hint="name the FILE that was given")
        paper = measured([receipt])[0] if receipt else None
        details = CopiedDetails(digests=digests, to=to, purpose=purpose, medium=medium, receipt=paper)
        desk.record(state(ItemCopied, desk.occasion, meant.uuid, details))
