"""`custody inspect`: what anybody may do, look at an item and measure it again; or at everything in a room."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.protocol.events.handling import InspectedDetails, ItemInspected
from custody.protocol.values import Digests

from ..desk import seals
from ..desk.desk import at_desk
from ..lists import inventory
from ..options import Acting, Command, acting, example
from ..shown import showing
from ..typed.parsing import ITEM_SEAL, PATH, PLACE, TEXT, ForItem

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


@click.command(
    "inspect",
    cls=Command,
    epilog=example(
        "custody inspect JM/4 chat.json --as ak",
        'custody store JM/4 JM/6 --facility "evidence room B" --shelf 12 --as jm',
        'custody inspect --from scans.txt --facility "evidence room B" --as jm --witness ak',
    ),
)
@click.argument("item", metavar="[ITEM]", required=False)
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@acting
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--condition", type=TEXT, help="Condition it was found in.")
@click.option("--absent", is_flag=True, help="It was not there.")
@click.option("--differs", is_flag=True, help="It is not as it should be, in another way than seals and digests.")
@click.option("--from", "listed", type=PATH, metavar="FILE", help="Codes scanned in a room, one a line; or a CSV file.")
@click.option("--facility", type=PLACE, help="The room, as it was stored in. Default: --place.")
def inspect_(
    acting: Acting,
    item: str | None,
    files: tuple[Path, ...],
    given: tuple[ForItem, ...],
    condition: str | None,
    absent: bool,
    differs: bool,
    listed: Path | None,
    facility: str | None,
) -> int:
    """Look at an item, read its seals, measure its files again; record what was found, whatever it is.

    With --from, an inventory: what was scanned is compared with what the ledger says is in the room. What was found
    gets an inspection, what was not is recorded as absent (exit 5), and codes that no item bears are told. A CSV file
    has a column item, and perhaps seal, condition, differs. Without a column seal no seal is stated.
    """
    if listed is not None:
        if item is not None or given or absent or differs:
            raise click.UsageError("--from says by itself which items, and their seals, were found")
        return inventory.take(acting, listed, facility or acting.place, condition)
    if item is None:
        raise click.UsageError("Missing argument ITEM.")
    if facility is not None:
        raise UsageError("--facility is a room whose items were scanned", hint="--from FILE")
    if absent and (files or given or condition or differs):
        raise click.UsageError("what is absent has no seals, files or condition to be found: --absent stands alone")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant = desk.item(item)
        read = None if absent else seals.readings(given, [meant])[meant.uuid]
        occasion = desk.occasion

        def act(digests: tuple[Digests, ...]) -> "Act":
            outcome = "absent" if absent else inventory.outcome(meant, read, digests, differs=differs)
            details = InspectedDetails(outcome=outcome, condition=condition, digests=digests or None, seals=read)
            return state(ItemInspected, occasion, meant.uuid, details)

        if desk.record(desk.measured(files, act)) is not None and absent:
            showing.message("warning", f"{meant.label} is recorded as absent")
    return 0
