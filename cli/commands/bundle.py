"""`custody bundle`: a file that proves items' histories on its own.

Cutting it is an act: who was shown what is recorded, as the last leaf of the checkpoint the bundle stands under.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError

from ..borders import crossing, requesting
from ..desk.desk import Desk, at_desk
from ..desk.files import STDOUT, check_output
from ..options import Acting, Command, acting, example, output
from ..proving import cutting, unsealing
from ..typed.parsing import AUDIENCE, CASE, ITEM_FILE, ForItem

if TYPE_CHECKING:
    from custody.ledger.disclosing.cutting import Disclosure


@click.command(
    cls=Command,
    epilog=example(
        "custody bundle JM/1 --as px -o JM-1.custody",
        "custody bundle --case OP-17 --audience defence --as px -o OP-17.custody",
        "custody bundle --request DE-9 --audience partner --as ca -o DE-9.again",
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--case", type=CASE, help="All items of a case.")
@click.option("--request", "asked", multiple=True, metavar="REQ", help="A request, beside items or alone. Repeatable.")
@click.option("--all", "whole", is_flag=True, help="The whole ledger.")
@click.option(
    "--since",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="SIZE",
    help="Prove that it extends the ledger at this size, too. Repeatable.",
)
@click.option(
    "--audience", type=AUDIENCE, default="court", show_default=True, help="For whom: decides what is shown of secrets."
)
@click.option(
    "--evidence", "files", type=ITEM_FILE, multiple=True, help="For the partner it was released to: sent along again."
)
@output()
def bundle(
    acting: Acting,
    items: tuple[str, ...],
    case: str | None,
    asked: tuple[str, ...],
    whole: bool,
    since: tuple[int, ...],
    audience: str,
    files: tuple[ForItem, ...],
    output: Path | None,
    force: bool,
) -> None:
    """Write a file that proves items' histories on its own.

    It records who was shown what, states the heads of all it is about, and signs a checkpoint over that. Whoever has
    a checkpoint given out before finds the proof that this ledger extends it. Of what is sealed it shows what the
    audience may see; -n previews that, and records nothing.

    With --evidence it is the package that `custody release` writes, once more: about items on their way to a partner,
    and encrypted to that partner.
    """
    if bool(items or asked) + (case is not None) + whole != 1:
        hint = "ITEM …, with --request REQ or not; --case REF; or --all: one of them"
        raise UsageError("a bundle is about items and requests, a case, or all", hint=hint)
    if whole and since:
        raise UsageError("--since says nothing of a whole ledger: it shows every earlier head by itself")
    if output is None and not acting.dry_run:
        raise click.UsageError("Missing option '-o' / '--output'.")
    if files and (audience != "partner" or not items or output == STDOUT):
        hint = "custody bundle ITEM --audience partner --evidence FILE -o PACKAGE"
        raise UsageError("evidence goes in a package, with items, to a partner", hint=hint)
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.disclosing.cutting import Disclosure

        if any(size > desk.ledger.size for size in since):
            raise UsageError(f"--since {max(since)}: the ledger has only {desk.ledger.size} entries")
        chosen = None if whole else _chosen(desk, items, case)
        requests = [requesting.find(desk, one).uuid for one in asked]
        disclosure = Disclosure(desk.occasion, chosen, audience, requests=requests)
        meant = desk.items(items) if files else []
        partner = crossing.on_their_way(desk, meant) if files else None
        if output is None or acting.dry_run:
            _preview(desk, disclosure)
        elif partner is not None:
            crossing.carry(desk, disclosure, meant, partner, files, output, force=force)
        else:
            cut = cutting.record(desk, disclosure, output, since=since)
            if cut is not None:
                cutting.deliver(desk, cut, output, force=force)


def _chosen(desk: Desk, items: tuple[str, ...], case: str | None) -> list[str]:
    """The UUIDs of the items meant."""
    if case is None:
        return [one.uuid for one in desk.items(items)]
    found = [one.uuid for one in desk.ledger.items(case=case)]
    if not found:
        known = desk.ledger.case(case) is not None
        problem = f"case {case} has no items" if known else f"there is no case {case}"
        raise UsageError(problem, hint="`custody case list` lists them")
    return found


def _preview(desk: Desk, disclosure: "Disclosure") -> None:
    """Who will see what of secrets, and what would be signed."""
    audience = disclosure.audience
    rehearsal = desk.rehearse(disclosure)
    told = unsealing.columns(desk, disclosure)
    if not desk.acting.session.wants_json:
        unsealing.tell_columns(audience, told)
    desk.preview(rehearsal, audience=audience, **told)
