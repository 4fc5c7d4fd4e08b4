"""`custody seize`: how an item comes into the ledger; one, or a list of them from a CSV file."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import UsageError
from custody.protocol.events.items import ItemSeized
from custody.protocol.values import Digests

from ..desk import secret
from ..desk.desk import Desk, at_desk
from ..lists import intake
from ..options import Acting, Command, acting, example
from ..typed import taking
from ..typed.parsing import PATH, TEXT

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


@click.command(
    cls=Command,
    epilog=example(
        'custody seize --case OP-17 --label JM/+ --category phone --description "Samsung A5, black" \\',
        '    --source "kitchen table" --condition "screen cracked" --seal A-2001 --authority "warrant 12/2026" --as jm',
    ),
)
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE|FOLDER]...")
@acting
@taking.taken
@click.option("--physical", "kind", flag_value="physical", help="An object. Default without files.")
@click.option("--digital", "kind", flag_value="digital", help="Data. Default with files.")
@taking.acquired
@click.option("--source-person", type=TEXT, help="Source that is a person: sealed, unless --clear source.")
@click.option("--clear", "cleared", type=click.Choice(["source"]), multiple=True, help="Seal no person.")
@click.option("--formerly", metavar="ITEM", help="The item under which it was recorded before it was given back.")
@click.option("--like", metavar="ITEM|last", help="Take over what is not said here from another seizure.")
@click.option("--from", "listed", type=PATH, metavar="FILE.csv", help="A list: one item a line, options as columns.")
def seize(acting: Acting, files: tuple[Path, ...], listed: Path | None, cleared: tuple[str, ...], **said: Any) -> None:
    """Record an item as taken: seized, surrendered, found, produced by a provider, captured live.

    Whoever acts answers for it from here on. Files and folders are measured: BLAKE3 and SHA-256.
    With --from the file's first line names options (label, description, seal …); what is given on the command line
    holds for every line that leaves it out. All lines are recorded, or none.
    """
    if listed is not None and files:
        raise click.UsageError("--from and files on the command line: a column `file` names each line's files")
    with at_desk(acting) as desk:
        from custody.ledger.acts.beginnings import Seizure
        from custody.ledger.acts.beginnings import seize as take

        said = _like(desk, said)
        if said.get("formerly"):
            said["formerly"] = desk.item(said["formerly"]).uuid
        occasion = desk.occasion
        if listed is not None:
            read = intake.read_list(listed, said, acting, cleared)
            desk.record(desk.measured(read.files, functools.partial(read.together, occasion)))
            return
        sealing = secret.of_source(acting, said, cleared)
        taking.kind_of(said, files=bool(files))

        def act(digests: tuple[Digests, ...]) -> "Act":
            return take(occasion, [Seizure(case=said["case"], details=taking.seized(said, digests), sealing=sealing)])

        desk.record(desk.measured(files, act))


def _like(desk: Desk, said: dict[str, Any]) -> dict[str, Any]:
    """What is said, filled up from another seizure."""
    like = said.pop("like")
    if like is None:
        return said
    event = _last(desk) if like == "last" else desk.item(like).state.begun
    if not isinstance(event, ItemSeized):
        raise UsageError(f"{like} was derived, not seized", hint="--like takes over from a seizure")
    before = {name: getattr(event.details, name, None) for name in taking.COPIED} | {"case": event.case}
    if said.get("source_person"):
        del before["source"]
    return {name: value or before.get(name) for name, value in said.items()}


def _last(desk: Desk) -> ItemSeized:
    """The seizure recorded last, by whoever."""
    for item in desk.ledger.newest_items():
        begun = desk.ledger.item(item.uuid).begun
        if isinstance(begun, ItemSeized):
            return begun
    raise UsageError("nothing was seized yet", hint="--like ITEM|last takes over from an earlier seizure")
