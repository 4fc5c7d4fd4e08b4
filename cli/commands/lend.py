"""Outside hands: an item lent on a paper receipt, and recovered."""

from pathlib import Path

import click

from custody.errors import UsageError
from custody.protocol.events.handling import ItemLent, ItemRecovered, LentDetails, RecoveredDetails

from ..desk import seals
from ..desk.desk import Meant, at_desk
from ..desk.files import measured
from ..options import Acting, Command, acting, example
from ..typed.parsing import ITEM_SEAL, PATH, SEAL_NUMBER, TEXT, UNTIL_DAY, ForItem

_SEAL = click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")


@click.command(
    cls=Command,
    epilog=example(
        'custody lend JM/1 --to "Dr E. Rusu" --organisation "Hospital laboratory" --reason "blood traces" \\',
        '    --condition "bag intact" --receipt receipt.pdf --seal A-1001 --may-open --return-by 2027-03-01 --as jm',
    ),
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--to", type=TEXT, required=True, help="Who took it.")
@click.option("--organisation", type=TEXT, required=True, help="Of which organisation.")
@click.option("--reason", type=TEXT, required=True, help="What for.")
@click.option("--condition", type=TEXT, required=True, help="Condition it is in.")
@click.option("--receipt", type=PATH, required=True, help="The paper receipt, scanned.")
@_SEAL
@click.option("--may-open", is_flag=True, help="The borrower may open seals.")
@click.option("--return-by", type=UNTIL_DAY, help="By when it is to come back.")
def lend(
    acting: Acting,
    item: str,
    to: str,
    organisation: str,
    reason: str,
    condition: str,
    receipt: Path,
    given: tuple[ForItem, ...],
    may_open: bool,
    return_by: str | None,
) -> None:
    """Lend an item to somebody without keys: a hospital, a laboratory, a clerk. You still answer for it."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        occasion, meant = desk.occasion, desk.item(item)
        details = LentDetails(
            to=to,
            organisation=organisation,
            reason=reason,
            condition=condition,
            receipt=measured([receipt])[0],
            seals=seals.readings(given, [meant])[meant.uuid],
            may_open=True if may_open else None,
            return_by=return_by,
        )
        desk.record(state(ItemLent, occasion, meant.uuid, details))


@click.command(cls=Command, epilog=example('custody recover JM/3 --condition "bag intact" --seal A-1003 --as jm'))
@click.argument("item", metavar="ITEM")
@acting
@click.option("--condition", type=TEXT, required=True, help="Condition it is in.")
@_SEAL
@click.option("--removed", type=SEAL_NUMBER, multiple=True, help="Seal the borrower removed. Repeatable.")
@click.option("--put-on", type=SEAL_NUMBER, multiple=True, help="Seal the borrower put on. Repeatable.")
def recover(
    acting: Acting,
    item: str,
    condition: str,
    given: tuple[ForItem, ...],
    removed: tuple[str, ...],
    put_on: tuple[str, ...],
) -> None:
    """Take back what was lent: the seals as you read them now, and those the borrower says were changed."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        occasion, meant = desk.occasion, desk.item(item)
        if (removed or put_on) and not _may_open(meant):
            text = "the loan did not allow opening: what the borrower changed does not explain another seal"
            raise UsageError(text, hint="read the seals with --seal, and say what happened: `custody report`")
        read = seals.readings(given, [meant], lambda one: _sealed_now(one, removed, put_on))
        details = RecoveredDetails(
            condition=condition, seals=read[meant.uuid], removed=removed or None, put_on=put_on or None
        )
        desk.record(state(ItemRecovered, occasion, meant.uuid, details))


def _may_open(item: Meant) -> bool:
    loan = item.state.keeping.loan
    return loan is None or loan.event.details.may_open is True


def _sealed_now(item: Meant, removed: tuple[str, ...], put_on: tuple[str, ...]) -> bool:
    """Whether it should bear a seal, after what the borrower did."""
    return bool((set(item.state.seals_on_record) - set(removed)) | set(put_on))
