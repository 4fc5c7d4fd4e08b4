"""What a custodian does with an item in hand: store, examine. And what anybody may: inspect."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from custody.protocol.events.handling import (
    ExaminedDetails,
    InspectedDetails,
    ItemInspected,
    ItemStored,
    OpenedSealsDetails,
    StoredDetails,
)
from custody.protocol.values import Amount, Digests

from . import seals, showing
from .desk import Meant, at_desk
from .options import Acting, Command, acting, example
from .perhaps import by_item
from .typed import AMOUNT, ITEM_SEAL, PATH, TEXT, ForItem

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


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


@click.command("inspect", cls=Command, epilog=example("custody inspect JM/4 chat.json --as ak"))
@click.argument("item", metavar="ITEM")
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@acting
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--condition", type=TEXT, help="Condition it was found in.")
@click.option("--absent", is_flag=True, help="It was not there.")
@click.option("--differs", is_flag=True, help="It is not as it should be, in another way than seals and digests.")
def inspect_(
    acting: Acting,
    item: str,
    files: tuple[Path, ...],
    given: tuple[ForItem, ...],
    condition: str | None,
    absent: bool,
    differs: bool,
) -> None:
    """Look at an item, read its seals, measure its files again; record what was found, whatever it is."""
    if absent and (files or given or condition or differs):
        raise click.UsageError("what is absent has no seals, files or condition to be found: --absent stands alone")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant = desk.item(item)
        read = None if absent else seals.readings(given, [meant])[meant.uuid]
        occasion = desk.occasion

        def act(digests: tuple[Digests, ...]) -> "Act":
            outcome = _outcome(meant, read, digests, absent=absent, differs=differs)
            details = InspectedDetails(outcome=outcome, condition=condition, digests=digests or None, seals=read)
            return state(ItemInspected, occasion, meant.uuid, details)

        if desk.record(desk.measured(files, act)) is not None and absent:
            showing.message("warning", f"{meant.label} is recorded as absent")


def _outcome(
    item: Meant, read: seals.Readings | None, digests: tuple[Digests, ...], *, absent: bool, differs: bool
) -> Literal["as-expected", "differs", "absent"]:
    """Expected against found."""
    if absent:
        return "absent"
    sealed = {reading.seal: reading.state for reading in read or ()}
    if differs or (read is not None and sealed != item.state.seals_on_record):
        return "differs"
    known = all(any(one.same_bytes(fixed) for fixed in item.state.digests) for one in digests)
    return "as-expected" if known else "differs"
