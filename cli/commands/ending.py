"""Before the court, and the end of an item's chain: presented, returned, destroyed, voided."""

import click

from custody.protocol.events.items import (
    CourtPresented,
    DestroyedDetails,
    ItemDestroyed,
    ItemReturned,
    ItemVoided,
    PresentedDetails,
    ReturnedDetails,
    VoidedDetails,
)

from ..borders.requesting import find
from ..desk import secret
from ..desk.desk import at_desk
from ..desk.perhaps import text_for_each
from ..options import Acting, Command, acting, example
from ..typed.parsing import DATE, ITEM_TEXT, TEXT, WORD, ForItem


@click.command(
    cls=Command,
    epilog=example('custody present JM/5 --court "Tribunal Iași" --hearing 2026-11-02 --exhibit P-14 --as px'),
)
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--court", type=TEXT, required=True, help="Before which court.")
@click.option("--hearing", type=DATE, required=True, help="Date of the hearing.")
@click.option("--exhibit", type=ITEM_TEXT, multiple=True, required=True, help="Exhibit number. Repeatable.")
@click.option("--request", metavar="REQ", help="From abroad: under which request. Default: the one it came under.")
@click.option("--purpose", type=WORD, help="From abroad: for which purpose. Default: the request's.")
def present(
    acting: Acting,
    items: tuple[str, ...],
    court: str,
    hearing: str,
    exhibit: tuple[ForItem, ...],
    request: str | None,
    purpose: str | None,
) -> None:
    """Record that items, or their record, were put before a court.

    What came from another State under a request may be used for the purpose of that request alone.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state, together

        meant, occasion = desk.items(items), desk.occasion
        numbers = text_for_each(exhibit, meant, "--exhibit")
        named = find(desk, request).uuid if request is not None else None
        acts = []
        for one in meant:
            bound, allowed = next(iter(one.state.bound), (None, None))
            details = PresentedDetails(
                court=court,
                hearing=hearing,
                exhibit=numbers[one.uuid],
                request=named or bound,
                purpose=purpose or allowed,
            )
            acts.append(state(CourtPresented, occasion, one.uuid, details))
        desk.record(together(*acts))


@click.command(
    "return",
    cls=Command,
    epilog=example('custody return AK/1 --to "I. Pop, owner" --authority "order 44/2026" --as ak'),
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--to", type=TEXT, required=True, help="To whom: sealed, unless --clear to.")
@click.option("--authority", type=TEXT, required=True, help="By whose order.")
@click.option("--clear", "cleared", type=click.Choice(["to"]), multiple=True, help="Seal no person.")
def return_(acting: Acting, item: str, to: str, authority: str, cleared: tuple[str, ...]) -> None:
    """Give an item back: the end of its chain."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        details = ReturnedDetails(to=to, authority=authority)
        occasion = desk.occasion.sealed(secret.by_default(acting, "to", cleared))
        desk.record(state(ItemReturned, occasion, desk.item(item).uuid, details))


@click.command(
    cls=Command,
    epilog=example('custody destroy AK/1 --method incineration --authority "order 45/2026" --witness jm --as ak'),
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--method", type=TEXT, required=True, help="How.")
@click.option("--authority", type=TEXT, required=True, help="By whose order.")
def destroy(acting: Acting, item: str, method: str, authority: str) -> None:
    """Record an item's destruction, before a witness: the end of its chain."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        details = DestroyedDetails(method=method, authority=authority)
        desk.record(state(ItemDestroyed, desk.occasion, desk.item(item).uuid, details))


@click.command(cls=Command, epilog=example('custody void JM/6 --reason "entered twice" --witness ak --as jm'))
@click.argument("item", metavar="ITEM")
@acting
@click.option("--reason", type=TEXT, required=True, help="Why it should not have been entered.")
def void(acting: Acting, item: str, reason: str) -> None:
    """Withdraw an item that was entered in error, before anything happened to it. Needs a witness."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        desk.record(state(ItemVoided, desk.occasion, desk.item(item).uuid, VoidedDetails(reason=reason)))
