"""What a custodian does with an item in hand: store, examine."""

from pathlib import Path
from typing import Any

import click

from custody.protocol.events.handling import (
    ExaminedDetails,
    ItemStored,
    OpenedSealsDetails,
    StoredDetails,
)
from custody.protocol.values import Amount

from ..desk.desk import at_desk
from ..desk.perhaps import by_item
from ..lists import bulk
from ..options import Acting, Command, acting, example
from ..typed.parsing import AMOUNT, ITEM_SEAL, PATH, PLACE, TEXT, ForItem


@click.command(
    cls=Command,
    epilog=example(
        'custody store JM/1 JM/4 --facility "evidence room B" --shelf 12 --as jm',
        'custody store --from shelves.csv --facility "evidence room B" --as jm',
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--facility", type=PLACE, help="Room, vault, freezer.")
@click.option("--shelf", type=PLACE, help="Shelf.")
@click.option("--container", type=PLACE, help="Box, bag, tube.")
@click.option("--temperature", type=TEXT, help="Temperature kept.")
@click.option("--from", "listed", type=PATH, metavar="FILE", help="Codes as scanned, one a line; or a CSV file.")
def store(acting: Acting, items: tuple[str, ...], listed: Path | None, **said: Any) -> None:
    """Put items into storage; their custodian still answers for them.

    With --from the file has one item a line; a first line may name columns: item, facility, shelf, container,
    temperature. What is given on the command line holds for every line that leaves it out. All lines are recorded, or
    none.
    """
    bulk.excluded(listed, items)
    if listed is None and not (items and said["facility"]):
        raise click.UsageError(f"Missing {'argument ITEM' if not items else 'option --facility'}.")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state, together

        occasion = desk.occasion
        if listed is None:
            details = StoredDetails(**said)
            desk.record(together(*(state(ItemStored, occasion, one.uuid, details) for one in desk.items(items))))
            return
        book = bulk.Listed(desk, listed, bulk.STORED)
        book.fill(said)
        for line in book.lines:
            book.need(line, "facility")
        book.check()
        stored = [(line.item.uuid, StoredDetails(**{name: line.values[name] for name in said})) for line in book.lines]
        desk.record(book.together([state(ItemStored, occasion, uuid, details) for uuid, details in stored]))


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
