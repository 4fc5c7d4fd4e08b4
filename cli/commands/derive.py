"""`custody derive`: a new item made from others."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import UsageError
from custody.protocol.events.handling import OpenedSealsDetails
from custody.protocol.events.items import DerivedDetails
from custody.protocol.values import Acquisition, Amount, Digests

from ..desk.desk import Desk, Meant, at_desk
from ..desk.perhaps import by_item
from ..options import Acting, Command, acting, example
from ..typed import taking
from ..typed.parsing import ITEM_AMOUNT, ITEM_SEAL, LABEL, SEAL_NUMBER, TEXT, WORD, ForItem

if TYPE_CHECKING:
    from custody.ledger.acts.beginnings import Source
    from custody.ledger.ledger import Act

METHODS = ("image", "copy", "export", "sample", "split")
_WITH_FILES = ("image", "copy", "export")


@click.command(
    cls=Command,
    epilog=example(
        'custody derive JM/1 image.dd --label JM/1-IMG --category image --method image --tool "dd 9.4" \\',
        "    --seal-opened A-1001 --witness ak --as jm",
    ),
)
@click.argument("named", nargs=-1, required=True, metavar="PARENT... [FILE...]")
@acting
@click.option("--label", type=LABEL, required=True, help="Of the new item; JM/+ takes the next number.")
@click.option("--method", type=click.Choice(METHODS), required=True, help="How it was made.")
@click.option("--category", type=WORD, help="image, sample, document …")
@click.option("--description", type=TEXT, help="What it is.")
@click.option("--condition", type=TEXT, help="Its condition.")
@click.option("--physical", "kind", flag_value="physical", help="An object. Default without files.")
@click.option("--digital", "kind", flag_value="digital", help="Data. Default with files.")
@taking.acquired
@click.option("--taken", type=ITEM_AMOUNT, multiple=True, help="How much of the parent went into it.")
@click.option("--left", type=ITEM_AMOUNT, multiple=True, help="How much of the parent is left.")
@click.option("--seal", "seals", type=SEAL_NUMBER, multiple=True, help="Seal put on the new item. Repeatable.")
@click.option("--seal-opened", "opened", type=ITEM_SEAL, multiple=True, help="Seal of the parent, opened first.")
def derive(acting: Acting, named: tuple[str, ...], method: str, opened: tuple[ForItem, ...], **said: Any) -> None:
    """Record an item made from others: image, copy, export, sample, split.

    Whoever acts answers for the parents and for the new item. A parent that is sealed is opened first, with
    --seal-opened. Names of existing files are files; ./NAME is always a file.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.beginnings import derive as make

        parents, files = _parted(desk, named)
        data = said["kind"] == "digital" or (said["kind"] is None and method in _WITH_FILES)
        if data and not files:
            raise UsageError(f"--method {method} makes data, and no file is named", hint="name the FILE, or --physical")
        if said["kind"] == "physical" and files:
            raise UsageError("files are a digital item", hint="leave --physical out")
        occasion, how = desk.occasion, _acquisition(said)
        sources = _sources(parents, said["taken"], said["left"], opened, why=f"to make {_article(method)}")

        def act(digests: tuple[Digests, ...]) -> "Act":
            details = DerivedDetails(
                kind="digital" if digests else "physical",
                method=method,  # type: ignore[arg-type]
                parents=(),  # filled in by the act
                digests=digests or None,
                seals=said["seals"] or None,
                acquisition=how,
                **{name: said[name] for name in ("label", "category", "description", "condition", "tool")},
            )
            return make(occasion, sources, details)

        desk.record(desk.measured(files, act))


def _article(method: str) -> str:
    return f"{'an' if method[0] in 'aeiou' else 'a'} {method}"


def _parted(desk: Desk, named: Sequence[str]) -> tuple[list[Meant], list[Path]]:
    """Items first, then files. The first is always an item."""
    items: list[str] = [named[0]]
    files: list[Path] = []
    for text in named[1:]:
        is_file = bool(text) and Path(text).exists()
        is_item = not files and not text.startswith(("./", "/")) and _is_item(desk, text)
        if is_file and is_item:
            raise UsageError(f"{text} is an item and a file", hint=f"./{text} for the file, CASE:{text} for the item")
        if is_item:
            items.append(text)
        elif is_file:
            files.append(Path(text))
        else:
            raise UsageError(f"{text} is neither an item nor a file", hint="`custody items` lists the items")
    return desk.items(items), files


def _is_item(desk: Desk, text: str) -> bool:
    try:
        desk.ledger.find_item(text)
    except UsageError:
        return False
    return True


def _acquisition(said: dict[str, Any]) -> Acquisition | None:
    """Only what goes beyond the tool's name, which has a place of its own."""
    beyond = ("tool_version", "write_blocker", "format_", "content_sha256", "content_md5")
    return taking.acquisition(said) if any(said.get(name) for name in beyond) else None


def _sources(
    parents: Sequence[Meant], taken: Sequence[ForItem], left: Sequence[ForItem], opened: Sequence[ForItem], *, why: str
) -> list["Source"]:
    from custody.ledger.acts.beginnings import Source

    amounts, rests = by_item(taken, parents, "--taken"), by_item(left, parents, "--left")
    seals = by_item(opened, parents, "--seal-opened")
    return [
        Source(
            item=parent.uuid,
            taken=_single(amounts[parent.uuid], f"--taken of {parent.label}"),
            left=_single(rests[parent.uuid], f"--left of {parent.label}"),
            opened=OpenedSealsDetails(seals=tuple(seals[parent.uuid]), why=why) if seals[parent.uuid] else None,
        )
        for parent in parents
    ]


def _single(values: Sequence[Amount], what: str) -> Amount | None:
    if len(values) > 1:
        raise UsageError(f"{what} is given twice")
    return values[0] if values else None
