"""`custody handover`, `custody release`, `custody receive`: from hand to hand, each side signing for itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.protocol.events.handovers import ReceivedDetails, ReleasedDetails
from custody.protocol.values import SealReading

from . import crossing, cutting, evidence, seals
from .desk import Desk, at_desk
from .options import Acting, Command, acting, example, output
from .perhaps import text_for_each, text_for_some
from .typed import (
    ADDRESSEE,
    CASE,
    ID,
    ITEM_FILE,
    ITEM_SEAL,
    ITEM_TEXT,
    PATH,
    SEAL,
    SEAL_NUMBER,
    TEXT,
    UNTIL_DAY,
    WORD,
    ForItem,
)

if TYPE_CHECKING:
    from custody.ledger.ledger import Act

_ITEMS = click.argument("items", nargs=-1, required=True, metavar="ITEM...")
_REASON = click.option("--reason", type=TEXT, required=True, help="What for.")
_CONDITION = click.option("--condition", type=ITEM_TEXT, multiple=True, required=True, help="Condition it is in.")
_SEAL = click.option("--seal", "given", type=ITEM_SEAL, multiple=True, help="Seal as read: S, S:broken, S:missing.")
_EVIDENCE = click.option("--evidence", "files", type=ITEM_FILE, multiple=True, help="File to be measured on receipt.")


@click.command(
    cls=Command,
    epilog=example(
        'custody handover JM/1 --to ak --reason "to storage" --condition "bag intact" --seal A-1001 --as jm'
    ),
)
@_ITEMS
@acting
@click.option("--to", type=ID, required=True, help="Who receives.")
@_REASON
@_CONDITION
@_SEAL
@_EVIDENCE
def handover(
    acting: Acting,
    items: tuple[str, ...],
    to: str,
    reason: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    files: tuple[ForItem, ...],
) -> None:
    """Hand items over at one table: release and receipt, each signed by its side."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.handovers import Passing, hand_over

        giver, meant, receiver = desk.occasion, desk.items(items), desk.person(to)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)

        def act(measured: evidence.Measured) -> "Act":
            passings = []
            for one in meant:
                told, found = conditions[one.uuid], read[one.uuid]
                release = ReleasedDetails(addressees=(receiver,), condition=told, reason=reason, seals=found)
                receipt = ReceivedDetails(condition=told, seals=found, digests=measured[one.uuid])
                passings.append(Passing(one.uuid, release, receipt))
            return hand_over(giver, giver.by(receiver, giver.witnesses), passings)

        desk.record(evidence.measured_in(desk, files, meant, act))


@click.command(
    cls=Command,
    epilog=example(
        'custody release JM/1 --to ak --to lee --reason "to the laboratory" --condition "bag intact" \\',
        '    --seal A-1001 --courier "M. Dinu" --waybill RO-771 --as jm',
        'custody release JM/4 --to km@bka.police.example/custody --request DE-9 --reason "analysis" \\',
        '    --condition "one file" --evidence chat.json --as jm -o JM-4.custody',
    ),
)
@_ITEMS
@acting
@click.option("--to", "typed", type=ADDRESSEE, multiple=True, required=True, help="Who may receive: one to three.")
@_REASON
@_CONDITION
@_SEAL
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
@output()
def release(
    acting: Acting,
    items: tuple[str, ...],
    typed: tuple[str, ...],
    reason: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    courier: str | None,
    waybill: str | None,
    consignment: str | None,
    outer_seal: str | None,
    return_by: str | None,
    use_limits: str | None,
    request: str | None,
    purpose: str | None,
    agreement: str | None,
    spontaneous: str | None,
    files: tuple[ForItem, ...],
    output: Path | None,
    force: bool,
) -> None:
    """Release items to one or more addressees; any one of them may receive.

    Until then the items are in transit, and whoever released them still answers for them. To a partner's person,
    ID@ORIGIN, they go with a package (-o): the items' whole history, proven, for the partner to receive by.
    """
    if len(set(typed)) != len(typed) or len(typed) > 3:
        raise click.UsageError("--to names one to three persons, each once")
    why = crossing.Reason(request, purpose, agreement, spontaneous)
    cutting.check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import together
        from custody.ledger.acts.handovers import release as release_item

        occasion, meant = desk.occasion, desk.items(items)
        receivers, origin = crossing.addressees(desk, typed)
        abroad = origin != desk.ledger.origin
        crossing.check_wanted(output, files, why, abroad=abroad, dry=acting.dry_run)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)
        acts = []
        for one in meant:
            details = ReleasedDetails(
                addressees=receivers,
                basis=crossing.basis_for(desk, one, origin, why) if abroad else None,
                condition=conditions[one.uuid],
                reason=reason,
                seals=read[one.uuid],
                courier=courier,
                waybill=waybill,
                consignment=consignment,
                outer_seal=outer_seal,
                return_by=return_by,
                use_limits=use_limits,
            )
            acts.append(release_item(occasion, one.uuid, details))
        act = together(*acts)
        if abroad:
            crossing.send(desk, act, meant, origin, files, output, force=force)
        else:
            desk.record(act)


@click.command(
    cls=Command,
    epilog=example(
        'custody receive JM/2 --condition "bag intact" --seal A-1002 --as ak',
        'custody receive --package DE-1.custody --case OP-17 --condition "bag intact" --seal D-77 --as jm \\',
        "    -o DE-1.receipt",
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--condition", type=ITEM_TEXT, multiple=True, help="Condition it is in.")
@_SEAL
@_EVIDENCE
@click.option("--outer-seal", type=SEAL, help="Seal of the crate or parcel, as read.")
@click.option("--discrepancy", type=ITEM_TEXT, multiple=True, help="What is not as it was said to be.")
@click.option("--package", type=PATH, help="From abroad: what the partner sent.")
@click.option("--case", type=CASE, help="From abroad: the case it belongs to here.")
@click.option("--refuse", type=ITEM_TEXT, multiple=True, metavar="ITEM=REASON", help="From abroad: not received.")
@click.option("--missing", multiple=True, metavar="ITEM", help="From abroad: not in the delivery.")
@click.option("--into", type=PATH, metavar="FOLDER", help="From abroad: where evidence is unpacked.")
@output()
def receive(
    acting: Acting,
    items: tuple[str, ...],
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    files: tuple[ForItem, ...],
    outer_seal: SealReading | None,
    discrepancy: tuple[ForItem, ...],
    package: Path | None,
    case: str | None,
    refuse: tuple[ForItem, ...],
    missing: tuple[str, ...],
    into: Path | None,
    output: Path | None,
    force: bool,
) -> None:
    """Receive items that were released to you: you answer for them from here on.

    Say what you read and find, not what the papers say. Where nothing is sealed, measure the files: --evidence. What a
    partner sent comes as a package: it is verified whole before anything is signed, and the receipt (-o) goes back.
    """
    cutting.check_output(acting.session.wants_json, output, force=force)
    abroad = {"--case": case, "--refuse": refuse, "--missing": missing, "--into": into, "-o": output}
    if package is None:
        for name, value in abroad.items():
            if value:
                raise UsageError(f"{name} belongs to a package from another ledger", hint="--package FILE")
        if not items or not condition:
            raise click.UsageError(f"Missing {'argument ITEM' if not items else 'option --condition'}.")
        with at_desk(acting) as desk:
            _receive(desk, items, condition, given, files, outer_seal, discrepancy)
        return
    if case is None or (output is None and not acting.dry_run):
        hint = "--case REF is where it belongs here, -o RECEIPT goes back to the partner"
        raise UsageError(f"{'--case' if case is None else '-o'} is needed with a package", hint=hint)
    from . import receiving

    asked = receiving.Asked(case, items, condition, given, files, outer_seal, discrepancy, refuse, missing, into)
    with at_desk(acting) as desk:
        receiving.receive_package(desk, package, asked, output or Path("receipt"), force=force)


def _receive(
    desk: Desk,
    items: tuple[str, ...],
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    files: tuple[ForItem, ...],
    outer_seal: SealReading | None,
    discrepancy: tuple[ForItem, ...],
) -> None:
    """Within this ledger."""
    from custody.ledger.acts.compose import together
    from custody.ledger.acts.handovers import receive as receive_item

    occasion, meant = desk.occasion, desk.items(items)
    conditions = text_for_each(condition, meant, "--condition")
    noted = text_for_some(discrepancy, meant, "--discrepancy")
    crated, outer_seal = seals.outer_reading(meant, outer_seal)
    read = seals.readings(given, meant)

    def act(measured: evidence.Measured) -> "Act":
        acts = []
        for one in meant:
            details = ReceivedDetails(
                condition=conditions[one.uuid],
                digests=measured[one.uuid],
                discrepancies=noted.get(one.uuid),
                outer_seal=outer_seal if not crated or one in crated else None,
                seals=read[one.uuid],
            )
            acts.append(receive_item(occasion, one.uuid, details))
        return together(*acts)

    desk.record(evidence.measured_in(desk, files, meant, act))
