"""`custody handover`, `custody release`, `custody receive`: from hand to hand, each side signing for itself."""

from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.protocol.events.handovers import (
    HandoverReceived,
    HandoverReleased,
    ReceivedDetails,
    ReleasedDetails,
)
from custody.protocol.values import SealReading

from . import evidence, seals
from .desk import Meant, at_desk
from .options import Acting, Command, acting, example
from .perhaps import text_for_each, text_for_some
from .typed import ID, ITEM_FILE, ITEM_SEAL, ITEM_TEXT, SEAL, SEAL_NUMBER, TEXT, UNTIL_DAY, ForItem

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
    ),
)
@_ITEMS
@acting
@click.option("--to", "addressees", type=ID, multiple=True, required=True, help="Who may receive: one to three.")
@_REASON
@_CONDITION
@_SEAL
@click.option("--courier", type=TEXT, help="Who carries it.")
@click.option("--waybill", type=TEXT, help="The courier's number.")
@click.option("--consignment", type=TEXT, help="The crate or parcel it travels in.")
@click.option("--outer-seal", type=SEAL_NUMBER, help="Seal of the crate or parcel.")
@click.option("--return-by", type=UNTIL_DAY, help="By when it is to come back.")
def release(
    acting: Acting,
    items: tuple[str, ...],
    addressees: tuple[str, ...],
    reason: str,
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    courier: str | None,
    waybill: str | None,
    consignment: str | None,
    outer_seal: str | None,
    return_by: str | None,
) -> None:
    """Release items to one or more addressees; any one of them may receive.

    Until then the items are in transit, and whoever released them still answers for them.
    """
    if len(set(addressees)) != len(addressees) or len(addressees) > 3:
        raise click.UsageError("--to names one to three persons, each once")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state, together

        occasion, meant = desk.occasion, desk.items(items)
        receivers = tuple(desk.person(one) for one in addressees)
        conditions = text_for_each(condition, meant, "--condition")
        read = seals.readings(given, meant)
        acts = []
        for one in meant:
            details = ReleasedDetails(
                addressees=receivers,
                condition=conditions[one.uuid],
                reason=reason,
                seals=read[one.uuid],
                courier=courier,
                waybill=waybill,
                consignment=consignment,
                outer_seal=outer_seal,
                return_by=return_by,
            )
            acts.append(state(HandoverReleased, occasion, one.uuid, details))
        desk.record(together(*acts))


@click.command(cls=Command, epilog=example('custody receive JM/2 --condition "bag intact" --seal A-1002 --as ak'))
@_ITEMS
@acting
@_CONDITION
@_SEAL
@_EVIDENCE
@click.option("--outer-seal", type=SEAL, help="Seal of the crate or parcel, as read.")
@click.option("--discrepancy", type=ITEM_TEXT, multiple=True, help="What is not as it was said to be.")
def receive(
    acting: Acting,
    items: tuple[str, ...],
    condition: tuple[ForItem, ...],
    given: tuple[ForItem, ...],
    files: tuple[ForItem, ...],
    outer_seal: SealReading | None,
    discrepancy: tuple[ForItem, ...],
) -> None:
    """Receive items that were released to you: you answer for them from here on.

    Say what you read and find, not what the papers say. Where nothing is sealed, measure the files: --evidence.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state, together

        occasion, meant = desk.occasion, desk.items(items)
        conditions = text_for_each(condition, meant, "--condition")
        noted = text_for_some(discrepancy, meant, "--discrepancy")
        crated = _crated(meant)
        if crated:
            hint = "--outer-seal S, S:broken or S:missing"
            outer_seal = seals.one_reading(outer_seal, "the seal of the crate or parcel", hint)
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
                acts.append(state(HandoverReceived, occasion, one.uuid, details))
            return together(*acts)

        desk.record(evidence.measured_in(desk, files, meant, act))


def _crated(items: list[Meant]) -> list[Meant]:
    """Those that travel in something that was sealed: one crate or parcel at a time."""
    releases = {item.uuid: item.state.keeping.release for item in items}
    outer = {uuid: one.event.details.outer_seal for uuid, one in releases.items() if one is not None}
    crated = [item for item in items if outer.get(item.uuid)]
    if len({outer[item.uuid] for item in crated}) > 1:
        raise UsageError("these items travel in several crates or parcels", hint="receive those of each one together")
    return crated
