"""What asking and answering have in common: the scope that options name, and the package that tells the other side."""

from pathlib import Path
from typing import Any

import click

from . import cutting, showing
from .desk import Desk
from .typed import LABEL, WORD

KINDS = click.option("--kind", "kinds", type=click.Choice(["physical", "digital"]), multiple=True, help="Repeatable.")
CATEGORIES = click.option("--category", "categories", type=WORD, multiple=True, help="Phone, disk … Repeatable.")
ITEMS = click.option("--item", "items", type=LABEL, multiple=True, help="By label or UUID. Repeatable.")


def scope_of(kinds: tuple[str, ...], categories: tuple[str, ...], items: tuple[str, ...]) -> dict[str, Any] | None:
    """The scope that options state; None without any."""
    stated = {"kinds": kinds, "categories": categories, "items": items}
    return {name: list(dict.fromkeys(value)) for name, value in stated.items() if value} or None


def tell_partner(desk: Desk, uuid: str, act: Any, output: Path | None, *, force: bool, **more: Any) -> None:
    """Records a step of a request, and writes the package that tells the other side."""
    if output is None:
        if desk.record(act) is not None:
            showing.say("The other side learns of it by a package: -o FILE, or the next one.")
        return
    from custody.ledger.disclosing.cutting import Disclosure

    disclosure = Disclosure(desk.occasion, (), "partner", requests=[uuid], first=act)
    cut = cutting.record(desk, disclosure, output)
    if cut is not None:
        cutting.deliver(desk, cut, output, force=force, what="package", request=uuid, **more)
