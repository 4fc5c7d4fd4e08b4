"""`custody assume`: a supervisor takes over when nobody can release: death, absence, a lost key."""

from typing import TYPE_CHECKING

import click

from ..desk import evidence, seals
from ..desk.desk import at_desk
from ..desk.perhaps import text_for_each
from ..options import Acting, Command, acting, example
from ..typed.parsing import ITEM_FILE, ITEM_SEAL, ITEM_TEXT, TEXT, ForItem

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


@click.command(
    cls=Command,
    epilog=example(
        'custody assume JM/1 --why "J. Marin is on sick leave" --authority "order of the head of unit" \\',
        '    --condition "bag intact" --seal A-1001 --witness px --as ak',
    ),
)
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--why", type=TEXT, required=True, help="Why nobody releases them.")
@click.option("--authority", type=TEXT, required=True, help="By whose order.")
@click.option("--condition", type=ITEM_TEXT, multiple=True, required=True, help="Condition it is in.")
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--case", type=TEXT, help="Of this ledger, for items of a ledger that was lost and that it continues.")
@click.option("--evidence", "files", type=ITEM_FILE, multiple=True, help="File to be measured.")
def assume(
    acting: Acting,
    items: tuple[str, ...],
    why: str,
    authority: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    case: str | None,
    files: tuple[ForItem, ...],
) -> None:
    """Take custody without a release, as supervisor, before a witness."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import together
        from custody.ledger.acts.handling import assume as take_over

        occasion, meant = desk.occasion, desk.items(items)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)

        def act(measured: evidence.Measured) -> "Act":
            acts = (
                take_over(
                    occasion,
                    one.uuid,
                    authority=authority,
                    why=why,
                    condition=conditions[one.uuid],
                    seals=read[one.uuid],
                    digests=measured[one.uuid],
                    case=case,
                )
                for one in meant
            )
            return together(*acts)

        desk.record(evidence.measured_in(desk, files, meant, act))
