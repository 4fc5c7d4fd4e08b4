"""`custody release`: items leave somebody's hand, to persons of this ledger or of a partner's."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.errors import UsageError
from custody.protocol.events.handovers import ReleasedDetails
from custody.protocol.times import parse_local

from ..borders import crossing
from ..desk import seals
from ..desk.desk import Desk, Meant, at_desk
from ..desk.files import check_output
from ..desk.perhaps import text_for_each
from ..lists import bulk
from ..options import Acting, Command, acting, example, output
from ..typed import moments
from ..typed.parsing import (
    ADDRESSEE,
    ITEM_FILE,
    ITEM_SEAL,
    ITEM_TEXT,
    PATH,
    SEAL_NUMBER,
    TEXT,
    UNTIL_DAY,
    WORD,
    ForItem,
)

_STATED = ("condition", "reason", "seals", "courier", "waybill", "consignment", "outer_seal", "return_by", "use_limits")


@click.command(
    cls=Command,
    epilog=example(
        'custody release JM/1 --to ak --to lee --reason "to the laboratory" --condition "bag intact" \\',
        '    --seal A-1001 --courier "M. Dinu" --waybill RO-771 --as jm',
        'custody release JM/4 --to km@bka.police.example/custody --request DE-9 --reason "analysis" \\',
        '    --condition "one file" --evidence chat.json --as jm -o JM-4.custody',
        "custody release --from going.csv --to ak --reason storage --as jm",
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--to", "to", type=ADDRESSEE, multiple=True, help="Who may receive: one to three.")
@click.option("--reason", type=TEXT, help="What for.")
@click.option("--condition", type=ITEM_TEXT, multiple=True, help="Condition it is in.")
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--courier", type=TEXT, help="Who carries it.")
@click.option("--waybill", type=TEXT, help="The courier's number.")
@click.option("--consignment", type=TEXT, help="The crate or parcel it travels in.")
@click.option("--outer-seal", type=SEAL_NUMBER, help="Seal of the crate or parcel.")
@click.option("--return-by", type=UNTIL_DAY, help="By when it is to come back.")
@click.option("--use-limits", type=TEXT, help="What it may be used for.")
@click.option("--request", metavar="REQ", help="Abroad: the accepted request.")
@click.option("--purpose", type=WORD, help="Abroad: the purpose the request was made for. Default: the request's.")
@click.option("--agreement", type=TEXT, help="Abroad: the case's standing agreement.")
@click.option("--spontaneous", type=TEXT, help="Abroad: why it is sent unasked.")
@click.option("--evidence", "files", type=ITEM_FILE, multiple=True, help="Abroad: file to be sent along, encrypted.")
@click.option("--from", "listed", type=PATH, metavar="FILE.csv", help="A list: one item a line, options as columns.")
@output()
def release(
    acting: Acting,
    items: tuple[str, ...],
    request: str | None,
    purpose: str | None,
    agreement: str | None,
    spontaneous: str | None,
    files: tuple[ForItem, ...],
    listed: Path | None,
    output: Path | None,
    force: bool,
    **said: Any,
) -> None:
    """Release items to one or more addressees; any one of them may receive.

    Until then the items are in transit, and whoever released them still answers for them. To a partner's person,
    ID@ORIGIN, they go with a package (-o): the items' whole history, proven, for the partner to receive by.

    With --from the file's first line names columns: item, and options (to, reason, condition, seal …); what is given on
    the command line holds for every line that leaves it out. All lines are recorded, or none.
    """
    bulk.excluded(listed, items)
    if listed is None:
        _check_given(items, said)
    why = crossing.Reason(request, purpose, agreement, spontaneous)
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import together
        from custody.ledger.acts.handovers import release as release_item

        book = bulk.Listed(desk, listed, bulk.RELEASED) if listed is not None else None
        releases = _of_list(desk, book, said) if book is not None else _of_options(desk, items, said)
        origin = _one_origin(releases)
        abroad = origin != desk.ledger.origin
        crossing.check_wanted(output, files, why, abroad=abroad, dry=acting.dry_run)
        occasion, meant = desk.occasion, [one.item for one in releases]
        acts = []
        for one in releases:
            basis = crossing.basis_for(desk, one.item, origin, why) if abroad else None
            stated = {name: one.said[name] for name in _STATED}
            details = ReleasedDetails(addressees=one.receivers, basis=basis, **stated)
            acts.append(release_item(occasion, one.item.uuid, details))
        act = book.together(acts) if book is not None else together(*acts)
        if abroad:
            crossing.send(desk, act, meant, origin, files, output, force=force)
        else:
            desk.record(act)


def _check_given(items: Sequence[str], said: Mapping[str, Any]) -> None:
    """What a list may say in its columns, and the command line has to say without one."""
    if not items:
        raise click.UsageError("Missing argument ITEM.")
    for name in ("to", "reason", "condition"):
        if not said[name]:
            raise click.UsageError(f"Missing option --{name}.")


def _check_return(desk: Desk, item: Meant, due: str | None) -> None:
    if due and parse_local(due) < parse_local(desk.acting.occurred_at):
        said = f"{item.label} would have to be back, by {moments.readable(due)}, before it leaves"
        raise UsageError(said, hint="--return-by DATE")


class _Release(NamedTuple):
    """What is said of one item, and to whom it goes."""

    item: Meant
    receivers: tuple[str, ...]
    origin: str
    """The ledger of the receivers."""
    said: Mapping[str, Any]


def _of_options(desk: Desk, items: Sequence[str], said: Mapping[str, Any]) -> list[_Release]:
    meant = desk.items(items)
    receivers, origin = crossing.addressees(desk, said["to"])
    conditions = text_for_each(said["condition"], meant, "--condition")
    read = seals.readings(said["given"], meant)
    for one in meant:
        _check_return(desk, one, said["return_by"])
    return [
        _Release(one, receivers, origin, {**said, "condition": conditions[one.uuid], "seals": read[one.uuid]})
        for one in meant
    ]


def _of_list(desk: Desk, book: bulk.Listed, said: Mapping[str, Any]) -> list[_Release]:
    """What a list says. Raises WrongRowsError that tells every error."""
    addressees = functools.cache(functools.partial(crossing.addressees, desk))
    book.fill({name: said[name] for name in ("to", *_STATED[3:], "reason")}, said["condition"], said["given"])
    releases = []
    for line in book.lines:
        for name in ("to", "reason", "condition"):
            book.need(line, name)
        values = {**line.values, "seals": book.need_seals(line)}
        to = book.attempt(line, "to", functools.partial(addressees, values["to"])) if values["to"] else None
        receivers, origin = to or ((), "")
        book.attempt(line, "return_by", functools.partial(_check_return, desk, line.item, values["return_by"]))
        releases.append(_Release(line.item, receivers, origin, values))
    book.check()
    return releases


def _one_origin(releases: Sequence[_Release]) -> str:
    """The ledger they all go to: a package goes to one."""
    origins = dict.fromkeys(one.origin for one in releases)
    if len(origins) > 1:
        raise UsageError(f"these items go to several ledgers: {', '.join(origins)}", hint="a list for each of them")
    return next(iter(origins))
