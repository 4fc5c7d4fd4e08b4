"""`custody items`: what there is, where it is, and who answers for it.

A list for people is a table on stdout; for programs `--json`; for spreadsheets `--csv` (RFC 4180), in which no cell is
taken for a formula.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from custody.errors import UsageError
from custody.protocol.times import format_utc

from ..desk.files import STDOUT, check_output, writing_output
from ..desk.home import clock, opened, read_home
from ..lists.spreadsheet import write_csv
from ..options import Command, Common, example, output, reading
from ..shown import showing
from ..shown.whereabouts import short, state, what, where
from ..typed import moments
from ..typed.parsing import CASE, ID

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger
    from custody.ledger.listing import ItemSummary


@click.command(
    cls=Command,
    epilog=example("custody items --case OP-17 --overdue", "custody items --holder jm --csv -o crate.csv"),
)
@reading
@click.option("--case", type=CASE, help="Only those of this case.")
@click.option("--holder", type=ID, metavar="ID", help="Only those for which this person answers.")
@click.option("--in-transit", is_flag=True, help="Only those released and not yet received.")
@click.option("--overdue", is_flag=True, help="Only those that should be back, or have arrived.")
@click.option("--absent", is_flag=True, help="Only those that were not there when somebody last looked.")
@click.option("--retention-due", is_flag=True, help="Only those of cases kept longer than was set.")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet: RFC 4180, UTF-8.")
@output()
def items(
    common: Common,
    case: str | None,
    holder: str | None,
    in_transit: bool,
    overdue: bool,
    absent: bool,
    retention_due: bool,
    as_csv: bool,
    output: Path | None,
    force: bool,
) -> None:
    """List items: where they are, who answers for them.

    With --csv a cell that a spreadsheet would calculate begins with an apostrophe. With columns `condition`, `seal` …
    added, the table is a list for `custody release --from`, `receive --from` and `inspect --from`.
    """
    if as_csv and common.session.wants_json:
        raise UsageError("--csv and --json are two forms of the same list", hint="leave one of them out")
    if output is not None and not as_csv:
        raise UsageError("-o writes the table for a spreadsheet", hint="--csv -o FILE")
    check_output(common.session.wants_json, output, force=force)
    with opened(read_home(common)) as ledger:
        _check(ledger, case, holder)
        answering = f"{holder}@{ledger.origin}" if holder else None
        found = ledger.items(
            case=case,
            holder=answering,
            in_transit=in_transit,
            late=overdue,
            absent=absent,
            retention_due=retention_due,
        )
        late = _lateness(ledger)
        if common.session.wants_json:
            showing.answer_list(common.session, "items", (_as_json(one, late(one)) for one in found))
        elif as_csv:
            with writing_output(output or STDOUT, force=force) as stream:
                write_csv(stream, (_as_json(one, late(one)) for one in found))
        else:
            _tell(found, late, ledger.origin)


def _check(ledger: "Ledger", case: str | None, holder: str | None) -> None:
    """An empty list must not hide a slip of the pen."""
    if holder is not None:
        ledger.person(f"{holder}@{ledger.origin}")
    if case is not None and ledger.case(case) is None:
        raise UsageError(f"there is no case {case}", hint="`custody case list` lists them")


def _lateness(ledger: "Ledger") -> Callable[["ItemSummary"], bool]:
    from custody.ledger.listing import overdue

    now, profile = clock(), ledger.state.profile
    return lambda item: overdue(item, now, profile)


def _tell(found: Iterable["ItemSummary"], late: Callable[["ItemSummary"], bool], origin: str) -> None:
    heads = ["item", "case", "what", "state", "answers for it", "where", "since"]
    rows = [
        [
            item.label,
            item.case,
            what(item),
            state(item, late(item), origin),
            short(item.custodian, origin) if item.status != "ended" else "",
            where(item),
            moments.readable_at(item.since)[:10],
        ]
        for item in found
    ]
    if not rows:
        showing.say("no items")
        return
    for line in showing.table(heads, rows, narrow=2):
        showing.tell(line)


def _as_json(item: "ItemSummary", late: bool) -> dict[str, Any]:
    return {
        "item": item.uuid,
        "label": item.label,
        "case": item.case,
        "kind": item.kind,
        "category": item.category,
        "description": item.description,
        "status": item.end or item.status,
        "custodian": item.custodian,
        "holder": item.holder,
        "addressees": list(item.addressees),
        "refused": None if item.refusal is None else msgspec.structs.asdict(item.refusal),
        "seals": [{"seal": number, "state": state} for number, state in item.seals.items()],
        "country": item.country,
        "place": item.place,
        "stored": item.stored,
        "since": format_utc(item.since),
        "return_by": None if item.return_by is None else format_utc(item.return_by),
        "overdue": late,
        "absent": item.absent,
        "presented": item.presented,
    }
