"""`custody receive`: an addressee answers for what was released to them; or says why not."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from custody.errors import UsageError
from custody.protocol.events.handovers import ReceivedDetails

from ..desk import evidence, seals
from ..desk.desk import Desk, Meant, at_desk
from ..desk.files import check_output
from ..desk.perhaps import text_for_each, text_for_some
from ..lists import bulk
from ..options import Acting, Command, acting, example, output
from ..typed.parsing import CASE, ITEM_FILE, ITEM_SEAL, ITEM_TEXT, PATH, SEAL, ForItem

if TYPE_CHECKING:
    from custody.ledger.draft import Occasion
    from custody.ledger.ledger import Act

_FOUND = frozenset(("condition", "seals", "discrepancy", "outer_seal", "files"))
"""What is stated of an item that is received."""


@click.command(
    cls=Command,
    epilog=example(
        "custody receive --from coming.csv --as ak -n",
        'custody receive JM/2 --condition "bag intact" --seal A-1002 --as ak',
        'custody receive --package DE-1.custody --case OP-17 --condition "bag intact" --seal D-77 --as jm \\',
        "    -o DE-1.receipt",
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--condition", type=ITEM_TEXT, multiple=True, help="Condition it is in.")
@click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
@click.option("--evidence", "files", type=ITEM_FILE, multiple=True, help="File to be measured on receipt.")
@click.option("--outer-seal", type=SEAL, help="Seal of the crate or parcel, as read.")
@click.option("--discrepancy", type=ITEM_TEXT, multiple=True, help="What is not as it was said to be.")
@click.option("--package", type=PATH, help="From abroad: what the partner sent.")
@click.option("--case", type=CASE, help="From abroad: the case it belongs to here.")
@click.option("--refuse", type=ITEM_TEXT, multiple=True, metavar="ITEM=REASON", help="From abroad: not received.")
@click.option("--missing", multiple=True, metavar="ITEM", help="From abroad: not in the delivery.")
@click.option("--into", type=PATH, metavar="FOLDER", help="From abroad: where evidence is unpacked.")
@click.option("--from", "listed", type=PATH, metavar="FILE.csv", help="A list: one item a line, options as columns.")
@output()
def receive(
    acting: Acting,
    items: tuple[str, ...],
    files: tuple[ForItem, ...],
    package: Path | None,
    case: str | None,
    refuse: tuple[ForItem, ...],
    missing: tuple[str, ...],
    into: Path | None,
    listed: Path | None,
    output: Path | None,
    force: bool,
    **said: Any,
) -> None:
    """Receive items that were released to you: you answer for them from here on.

    Say what you read and find, not what the papers say. Where nothing is sealed, measure the files: --evidence. What a
    partner sent comes as a package: it is verified whole before anything is signed, and the receipt (-o) goes back.

    With --from the file's first line names columns: item, condition, seal, discrepancy, outer-seal, evidence; `refuse`
    holds why an item is not received, `missing` yes where it did not come. What is given on the command line holds for
    every line that leaves it out. All lines are recorded, or none.
    """
    bulk.excluded(listed, items)
    check_output(acting.session.wants_json, output, force=force)
    if package is not None:
        if listed is not None:
            raise UsageError("a package is received by its own items", hint="--from is for what was released here")
        if case is None or (output is None and not acting.dry_run):
            hint = "--case REF is where it belongs here, -o RECEIPT goes back to the partner"
            raise UsageError(f"{'--case' if case is None else '-o'} is needed with a package", hint=hint)
        from ..borders import receiving

        asked = receiving.Asked(case=case, items=items, files=files, refuse=refuse, missing=missing, into=into, **said)
        with at_desk(acting) as desk:
            receiving.receive_package(desk, package, asked, output or Path("receipt"), force=force)
        return
    for name, value in {"case": case, "refuse": refuse, "missing": missing, "into": into, "o": output}.items():
        if value:
            column = listed is not None and name in bulk.RECEIVED.columns
            hint = "a column of the list says it" if column else "--package FILE"
            option = f"-{name}" if name == "o" else f"--{name}"
            raise UsageError(f"{option} belongs to a package from another ledger", hint=hint)
    if listed is None and not (items and said["condition"]):
        raise click.UsageError(f"Missing {'argument ITEM' if not items else 'option --condition'}.")
    with at_desk(acting) as desk:
        _receive(desk, items, listed, files, said)


def _receive(
    desk: Desk, items: Sequence[str], listed: Path | None, files: Sequence[ForItem], said: Mapping[str, Any]
) -> None:
    """Within this ledger."""
    from custody.ledger.acts.compose import together

    book = bulk.Listed(desk, listed, bulk.RECEIVED) if listed is not None else None
    answers = _of_list(book, said) if book is not None else _of_options(desk, items, said)
    folder = listed.parent if listed is not None else Path()
    owned = [(one.item, folder / name) for one in answers for name in one.said.get("files", ())]
    occasion = desk.occasion

    def act(measured: evidence.Measured) -> "Act":
        acts = [_act(occasion, one, measured) for one in answers]
        return book.together(acts) if book is not None else together(*acts)

    taken = [one.item for one in answers if not one.declined]
    desk.record(evidence.measured_in(desk, files, taken, act, owned))


class _Answer(NamedTuple):
    """What is said of one item."""

    item: Meant
    said: Mapping[str, Any]

    @property
    def declined(self) -> bool:
        """Whether it is not received."""
        return _declined(self.said)


def _declined(said: Mapping[str, Any]) -> bool:
    return bool(said.get("refuse") or said.get("missing") == "yes")


def _of_options(desk: Desk, items: Sequence[str], said: Mapping[str, Any]) -> list[_Answer]:
    meant = desk.items(items)
    conditions = text_for_each(said["condition"], meant, "--condition")
    noted = text_for_some(said["discrepancy"], meant, "--discrepancy")
    outer = seals.outer_readings(meant, said["outer_seal"])
    read = seals.readings(said["given"], meant)
    return [
        _Answer(
            one,
            {
                "condition": conditions[one.uuid],
                "discrepancy": noted.get(one.uuid),
                "outer_seal": outer[one.uuid],
                "seals": read[one.uuid],
            },
        )
        for one in meant
    ]


def _of_list(book: bulk.Listed, said: Mapping[str, Any]) -> list[_Answer]:
    """What a list says. Raises WrongRowsError that tells every error."""
    noted = text_for_some(said["discrepancy"], book.items, "--discrepancy") if book.items else {}
    crates = {seals.outer_seal_of(one) for one in book.items} - {None}
    if said["outer_seal"] and len(crates) > 1:
        hint = "a column outer-seal says what was read on each"
        raise UsageError(f"--outer-seal would be said of {len(crates)} crates or parcels", hint=hint)
    for line in book.lines:
        _check_declined(book, line)
        for one in line.values.get("files", ()):
            if not os.path.exists(book.path.parent / one):  # noqa: PTH110 - a name too long for a file is no file
                book.fault(line.number, "files", f"there is no file {one}")
    book.fill({}, said["condition"], said["given"])
    answers = []
    for line in book.lines:
        values, crated = line.values, seals.outer_seal_of(line.item) is not None
        values.setdefault("discrepancy", noted.get(line.item.uuid))
        values.setdefault("outer_seal", said["outer_seal"] if len(crates) < 2 and crated == bool(crates) else None)
        answer = _Answer(line.item, values)
        if not answer.declined and book.readable(line, "missing"):
            book.need(line, "condition")
            if crated:
                book.need(line, "outer_seal")
            values["seals"] = book.need_seals(line)
        answers.append(answer)
    book.check()
    return answers


def _check_declined(book: bulk.Listed, line: bulk.Line) -> None:
    """What is not received is either refused or missing, and nothing else is stated of it."""
    if not _declined(line.values):
        return
    if line.values.get("refuse") and line.values.get("missing") == "yes":
        book.fault(line.number, "missing", "the item is both refused and missing")
    for name in _FOUND.intersection(line.values):
        book.fault(line.number, name, "what is not received has only a reason: say it in the column refuse")


def _act(occasion: "Occasion", one: _Answer, measured: evidence.Measured) -> "Act":
    """The receipt of an item, or the refusal."""
    from custody.ledger.acts.handovers import NOT_DELIVERED
    from custody.ledger.acts.handovers import receive as receive_item
    from custody.ledger.acts.handovers import refuse as decline

    said, uuid = one.said, one.item.uuid
    if one.declined:
        reason = said.get("refuse")
        return decline(occasion, [uuid], outcome="refused" if reason else "missing", reason=reason or NOT_DELIVERED)
    details = ReceivedDetails(
        condition=said["condition"],
        digests=measured[uuid],
        discrepancies=said["discrepancy"],
        outer_seal=said["outer_seal"],
        seals=said["seals"],
    )
    return receive_item(occasion, uuid, details)
