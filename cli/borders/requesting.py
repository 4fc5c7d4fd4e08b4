"""What asking and answering have in common: which request is meant, the scope that options name, and the package that
tells the other side."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import UsageError

from ..desk.counter import Counter
from ..desk.desk import Desk
from ..proving import cutting
from ..shown import showing
from ..typed.parsing import LABEL, WORD

if TYPE_CHECKING:
    from custody.protocol.rules.requests import RequestState

KINDS = click.option("--kind", "kinds", type=click.Choice(["physical", "digital"]), multiple=True, help="Repeatable.")
CATEGORIES = click.option("--category", "categories", type=WORD, multiple=True, help="Phone, disk … Repeatable.")
ITEMS = click.option("--item", "items", type=LABEL, multiple=True, help="By label or UUID. Repeatable.")


def find(counter: Counter, text: str) -> "RequestState":
    """The request that people name by the requesting side's reference, its UUID, or the UUID's beginning."""
    known = counter.ledger.requests()
    found = [one for one in known if text == one.uuid]  # before references: a partner chooses its own
    found = found or [one for one in known if text == one.reference]
    if not found and len(text) >= 8:
        found = [one for one in known if one.uuid.startswith(text)]
    if not found:
        raise UsageError(f"there is no request {text}", hint="`custody request list` lists them")
    if len(found) > 1:
        raise UsageError(f"{text} names {len(found)} requests", hint="name one by its UUID: `custody request list`")
    return found[0]


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
