"""`custody handover`: from hand to hand at one table, each side signing for itself."""

from typing import TYPE_CHECKING

import click

from custody.protocol.events.handovers import ReceivedDetails, ReleasedDetails

from ..desk import evidence, seals
from ..desk.desk import at_desk
from ..desk.perhaps import text_for_each
from ..options import Acting, Command, acting, example
from ..typed.parsing import ID, ITEM_FILE, ITEM_SEAL, ITEM_TEXT, TEXT, ForItem

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


@click.command(
    cls=Command,
    epilog=example(
        'custody handover JM/1 --to ak --reason "to storage" --condition "bag intact" --seal A-1001 --as jm'
    ),
)
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--to", type=ID, required=True, help="Who receives.")
@click.option("--reason", type=TEXT, required=True, help="What for.")
@click.option("--condition", type=ITEM_TEXT, multiple=True, required=True, help="Condition it is in.")
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--evidence", "files", type=ITEM_FILE, multiple=True, help="File to be measured on receipt.")
def handover(
    acting: Acting,
    items: tuple[str, ...],
    to: str,
    reason: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    files: tuple[ForItem, ...],
) -> None:
    """Hand items over at one table: release and receipt, each signed by its side."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.handovers import Passing, hand_over

        giver, meant, receiver = desk.occasion, desk.items(items), desk.person(to)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)

        def act(measured: evidence.Measured) -> "Act":
            passings = []
            for one in meant:
                told, found = conditions[one.uuid], read[one.uuid]
                release = ReleasedDetails(addressees=(receiver,), condition=told, reason=reason, seals=found)
                receipt = ReceivedDetails(condition=told, seals=found, digests=measured[one.uuid])
                passings.append(Passing(one.uuid, release, receipt))
            return hand_over(giver, giver.by(receiver, giver.witnesses), passings)

        desk.record(evidence.measured_in(desk, files, meant, act))
