"""`custody seal` and `custody open`: seals put on, replaced, opened."""

import click

from custody.errors import UsageError
from custody.protocol.events.handling import ItemOpened, ItemSealed, OpenedSealsDetails, SealedDetails
from custody.protocol.values import SealReading

from ..desk import seals
from ..desk.desk import at_desk
from ..options import Acting, Command, acting, example
from ..typed.parsing import ITEM_SEAL, SEAL, SEAL_NUMBER, TEXT, ForItem


@click.command(
    cls=Command, epilog=example('custody seal JM/1 --new A-2002 --old A-1001 --why "bag torn" --witness ak --as jm')
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--new", type=SEAL_NUMBER, required=True, help="The seal put on.")
@click.option("--old", type=SEAL, help="The seal it replaces, as read: S, S:broken or S:missing.")
@click.option("--beside", is_flag=True, help="Leave the seals on record where they are.")
@click.option("--why", type=TEXT, required=True, help="Why.")
def seal(acting: Acting, item: str, new: str, old: SealReading | None, beside: bool, why: str) -> None:
    """Put on a seal, or replace one.

    Where the item bears a seal, the one replaced has to be read; --beside adds another to it.
    """
    if beside and old is not None:
        raise click.UsageError("--beside leaves the old seal on, --old replaces it: give one")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant = desk.item(item)
        if meant.state.seals_on_record and not beside:
            hint = "--old S with the number you read on the object, S:broken, S:missing; --beside leaves it on"
            old = seals.one_reading(old, f"the seal on {meant.label} that is replaced", hint)
        if new in meant.state.seals_on_record and (old is None or old.seal != new):
            raise UsageError(f"seal {new} is on {meant.label} already")
        desk.record(state(ItemSealed, desk.occasion, meant.uuid, SealedDetails(seal=new, old=old, why=why)))


@click.command(
    "open", cls=Command, epilog=example('custody open JM/1 --seal A-1001 --why "to image it" --witness ak --as jm')
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="As read before opening: S, S:broken, S:missing.")
@click.option("--why", type=TEXT, required=True, help="Why.")
def open_(acting: Acting, item: str, given: tuple[ForItem, ...], why: str) -> None:
    """Open seals, before a witness.

    Those named are gone from the record afterwards.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant = desk.item(item)
        read = seals.readings(given, [meant])[meant.uuid]
        if read is None:
            raise UsageError(f"no seal is on record for {meant.label}, and none was given", hint="--seal S")
        desk.record(state(ItemOpened, desk.occasion, meant.uuid, OpenedSealsDetails(seals=read, why=why)))
