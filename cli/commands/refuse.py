"""Instead of a receipt: the addressee refuses, or the releaser takes the release back."""

import click

from custody.protocol.events.handovers import WithdrawnDetails

from ..desk import seals
from ..desk.desk import at_desk
from ..desk.perhaps import text_for_each
from ..options import Acting, Command, acting, example
from ..typed.parsing import ITEM_SEAL, ITEM_TEXT, TEXT, ForItem


@click.command(cls=Command, epilog=example('custody refuse JM/2 --reason "seal broken, bag open" --as ak'))
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--reason", type=TEXT, required=True, help="Why.")
@click.option("--missing", is_flag=True, help="It was not in the delivery.")
def refuse(acting: Acting, items: tuple[str, ...], reason: str, missing: bool) -> None:
    """Refuse to receive, or report as missing.

    That closes the release for everybody it was addressed to; the sender still answers, and has to withdraw it.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.handovers import refuse as decline

        uuids = [one.uuid for one in desk.items(items)]
        desk.record(decline(desk.occasion, uuids, outcome="missing" if missing else "refused", reason=reason))


@click.command(
    cls=Command,
    epilog=example('custody withdraw JM/2 --reason "no courier" --condition "bag intact" --seal A-1002 --as jm'),
)
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--reason", type=TEXT, required=True, help="Why.")
@click.option("--condition", type=ITEM_TEXT, multiple=True, required=True, help="Condition it is in.")
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
def withdraw(
    acting: Acting,
    items: tuple[str, ...],
    reason: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
) -> None:
    """Take a release back: the items are in your hand again."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import together
        from custody.ledger.acts.handovers import withdraw as take_back

        occasion, meant = desk.occasion, desk.items(items)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)
        acts = [
            take_back(
                occasion,
                one.uuid,
                WithdrawnDetails(condition=conditions[one.uuid], reason=reason, seals=read[one.uuid]),
            )
            for one in meant
        ]
        desk.record(together(*acts))
