"""`custody labels`: what is stuck on bags and boxes, with a code that a scanner types as ITEM."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.certificate.sheets import DEFAULT, SHEETS
from custody.certificate.sheets import sheet as find_sheet
from custody.errors import UsageError

from ..desk.files import check_output, write_output
from ..desk.home import clock, opened, read_home
from ..options import Command, Common, example, fonts, output, reading
from ..shown import showing
from .partner import card_of

if TYPE_CHECKING:
    from custody.certificate.labels import Label
    from custody.ledger.ledger import Ledger


@click.command(
    cls=Command,
    epilog=example("custody labels JM/1 JM/2 -o labels.pdf", "custody labels JM/1 --sheet brother-62x29 -o JM-1.pdf"),
)
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@reading
@output(required=True)
@click.option(
    "--sheet", default=DEFAULT, show_default=True, metavar="NAME", help=f"As on the box: {', '.join(SHEETS)}."
)
@click.option("--skip", type=click.IntRange(min=0), default=0, metavar="N", help="Labels that the first sheet lacks.")
@click.option("--copies", type=click.IntRange(1, 100), default=1, metavar="N", help="Of each label. Default: one.")
@fonts
def labels(
    common: Common,
    items: tuple[str, ...],
    output: Path,
    force: bool,
    sheet: str,
    skip: int,
    copies: int,
    fonts: Path | None,
) -> None:
    """Print labels for items: label, case, seals, agency, and a QR code.

    What a scanner reads from the code can be typed as ITEM. Neither a description nor what is sealed stands on a label.
    Print at 100 %, not "fit to page".
    """
    chosen = find_sheet(sheet)
    if skip >= chosen.places:
        raise UsageError(f"--skip {skip}: a sheet {sheet} has {chosen.places} labels")
    check_output(common.session.wants_json, output, force=force)
    from custody.certificate.labels import MAX_LABELS, set_labels

    with opened(read_home(common)) as ledger:
        agency = card_of(ledger).agency
        named = dict.fromkeys(ledger.find_item(item) for item in items)
        if len(named) * copies > MAX_LABELS:
            raise UsageError(f"{len(named) * copies} labels are more than the {MAX_LABELS} that one file may have")
        printed = [_label(ledger, uuid, agency) for uuid in named for _ in range(copies)]
    write_output(output, set_labels(printed, chosen, moment=clock(), skip=skip, fonts_in=fonts), force=force)
    pages = -(-(skip + len(printed)) // chosen.places)
    if common.session.wants_json:
        found = [{"item": uuid} for uuid in named]
        showing.answer(common.session, {"items": found, "sheet": sheet.lower(), "labels": len(printed), "pages": pages})
    else:
        showing.say(f"{len(printed)} label{'s' * (len(printed) > 1)} on {pages} page{'s' * (pages > 1)}")


def _label(ledger: "Ledger", uuid: str, agency: str) -> "Label":
    from custody.certificate.labels import Label
    from custody.protocol.eye import show

    item = ledger.item(uuid)
    return Label(
        uuid=uuid,
        label=show(item.label),
        case=show(item.case_in(ledger.origin) or ""),
        seals=tuple(show(number) for number in item.seals_on_record),
        agency=show(agency),
    )
