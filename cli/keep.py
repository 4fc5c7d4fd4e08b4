"""What a custodian does with an item in hand: store, examine."""

import click

from custody.protocol.events.handling import (
    ExaminedDetails,
    ItemStored,
    OpenedSealsDetails,
    StoredDetails,
)
from custody.protocol.values import Amount

from .desk import at_desk
from .options import Acting, Command, acting, example
from .perhaps import by_item
from .typed import AMOUNT, ITEM_SEAL, TEXT, ForItem


@click.command(cls=Command, epilog=example('custody store JM/1 JM/4 --facility "evidence room B" --shelf 12 --as jm'))
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@acting
@click.option("--facility", type=TEXT, required=True, help="Room, vault, freezer.")
@click.option("--shelf", type=TEXT, help="Shelf.")
@click.option("--container", type=TEXT, help="Box, bag, tube.")
@click.option("--temperature", type=TEXT, help="Temperature kept.")
def store(
    acting: Acting,
    items: tuple[str, ...],
    facility: str,
    shelf: str | None,
    container: str | None,
    temperature: str | None,
) -> None:
    """Put items into storage; their custodian still answers for them."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state, together

        details = StoredDetails(facility=facility, shelf=shelf, container=container, temperature=temperature)
        occasion, meant = desk.occasion, desk.items(items)
        desk.record(together(*(state(ItemStored, occasion, one.uuid, details) for one in meant)))


@click.command(
    cls=Command,
    epilog=example(
        'custody examine JM/4 --purpose "chat messages" --changes "notification log grew" \\',
        '    --because "the device had to be switched on" --as jm',
    ),
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--purpose", type=TEXT, required=True, help="What it was examined for.")
@click.option("--changes", type=TEXT, help="What the examination changed.")
@click.option("--because", type=TEXT, help="Why that was unavoidable.")
@click.option("--consumed", type=AMOUNT, help="How much was used up.")
@click.option("--seal-opened", "opened", type=ITEM_SEAL, multiple=True, help="Seal opened first, as read.")
def examine(
    acting: Acting,
    item: str,
    purpose: str,
    changes: str | None,
    because: str | None,
    consumed: Amount | None,
    opened: tuple[ForItem, ...],
) -> None:
    """Record an examination, with what it changed and why that was unavoidable (ISO/IEC 27037)."""
    if (changes is None) != (because is None):
        raise click.UsageError("--changes and --because belong together: what changed, and why it was unavoidable")
    with at_desk(acting) as desk:
        from custody.ledger.acts.handling import examine as look_into

        meant = desk.item(item)
        read = tuple(by_item(opened, [meant], "--seal-opened")[meant.uuid])
        first = OpenedSealsDetails(seals=read, why=purpose) if read else None
        details = ExaminedDetails(purpose=purpose, changes=changes, because=because, consumed=consumed)
        desk.record(look_into(desk.occasion, meant.uuid, details, opened=first))
