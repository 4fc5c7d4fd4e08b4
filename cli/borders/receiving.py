"""`custody receive --package`: what a partner sent, verified whole before anything is signed for.

read (decrypt, measure) -> verify against the key pinned -> compare with what was seen -> read seals, conditions
-> receipts, refusals and the receipt's package, in one step with what is kept of the partner
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.errors import CustodyError, RuleRefusedError, UsageError
from custody.protocol.events.handovers import ReceivedDetails
from custody.protocol.values import SealReading

from ..desk import evidence, seals
from ..desk.desk import Desk, Meant
from ..desk.perhaps import named_item, text_for_each, text_for_some
from ..proving import cutting
from ..shown import showing
from ..typed.parsing import ForItem
from .cosigning import cosign_seen
from .incoming import Read, tell_noteworthy
from .package import Package, read_package

if TYPE_CHECKING:
    from custody.ledger.ledger import Act


class Asked(NamedTuple):
    """What the command line says of a package."""

    case: str
    items: tuple[str, ...]
    condition: tuple[ForItem, ...]
    given: tuple[ForItem, ...]
    files: tuple[ForItem, ...]
    outer_seal: SealReading | None
    discrepancy: tuple[ForItem, ...]
    refuse: tuple[ForItem, ...]
    missing: tuple[str, ...]
    into: Path | None


def receive_package(desk: Desk, path: Path, asked: Asked, output: Path, *, force: bool) -> None:
    """Receives, refuses and misses what a package announces; the receipt's package goes back to the partner."""
    from custody.ledger.acts.compose import together
    from custody.ledger.disclosing.cutting import Disclosure

    with ExitStack() as unpacked:
        keep = not desk.acting.dry_run
        package = read_package(desk, path, asked.into, unpacked, keep=keep, waits=lambda read: _waiting(desk, read))
        arrival = package.read.arrival
        waiting = _waiting(desk, package.read)
        if not waiting:
            if not desk.acting.dry_run:
                desk.ledger.admit(arrival, lock=desk.vault.lock)
            showing.say("Everything in this package was received or refused before; nothing changed.")
            showing.say("`custody bundle ITEM --audience partner` makes the receipt again.")
            if desk.acting.json:
                showing.answer(desk.acting.session, {"entries": []})
            return
        chosen = _chosen(asked.items, waiting)
        answers = _answers(chosen, asked)
        act = together(*_acts(desk, package, answers, asked))
        disclosure = Disclosure(desk.occasion, [one.uuid for one in chosen], "partner", first=act)
        try:
            cut = cutting.record(desk, disclosure, output, arriving=arrival)
        finally:
            if _received(desk, answers.taken):
                unpacked.pop_all()
        if cut is None:
            return
    _tell_evidence(package, answers)
    _cosign(desk, arrival.cutter)
    cutting.deliver(desk, cut, output, force=force, what="receipt")
    tell_noteworthy(desk, package.read.findings)


def _received(desk: Desk, taken: Sequence[Meant]) -> bool:
    """Whether the receipts stand, whatever failed after that: their evidence stays with them."""
    try:
        states = [desk.ledger.item(one.uuid) for one in taken]
    except UsageError:
        return False
    return any(one.status != "transit" for one in states)


def _tell_evidence(package: Package, answers: "Answers") -> None:
    """Where the evidence is. What was refused is the sender's alone again: it may not stay."""
    if package.folder is None:
        return
    declined = ", ".join(one.label for one in (*answers.refused, *answers.missing) if one.state.digests)
    if not answers.taken:
        showing.say("Nothing was received: the evidence was not kept.")
        return
    showing.say(f"The evidence is in {package.folder}")
    if declined:
        showing.message("warning", f"{declined} was not received: remove its files from {package.folder}")


def _waiting(desk: Desk, read: Read) -> list[Meant]:
    """The items of a package that are on their way to this ledger. Raises RuleRefusedError (C04) for another's."""
    arrival, origin = read.arrival, desk.ledger.origin
    states = desk.ledger.items_with(arrival, arrival.items)
    if not states:
        raise UsageError("this package holds no item", hint="`custody request receive`, or `custody import`")
    addressed = [one for one in states if any(to.endswith(f"@{origin}") for to in one.addressees)]
    elsewhere = [to for one in states for to in one.addressees if not to.endswith(f"@{origin}")]
    if not addressed and elsewhere:
        hint = "ask the partner for a package to this ledger; `custody import` keeps this one for information"
        raise RuleRefusedError("C04", f"this package is addressed to {', '.join(dict.fromkeys(elsewhere))}", hint=hint)
    open_ = [one for one in addressed if one.keeping.refused is None]
    return [Meant(one.uuid, one.uuid, one) for one in open_]


def _chosen(typed: Sequence[str], waiting: Sequence[Meant]) -> list[Meant]:
    """All of them, or those that the command line names."""
    return [_named(one, waiting) for one in typed] or list(waiting)


def _named(text: str, items: Sequence[Meant]) -> Meant:
    found = named_item(text, items)
    if found is None:
        labels = ", ".join(one.label for one in items)
        raise UsageError(f"{text} is not among the items of this package that wait: {labels}")
    return found


class Answers(NamedTuple):
    """What becomes of each item."""

    taken: list[Meant]
    refused: list[Meant]
    missing: list[Meant]
    reasons: dict[str, str]
    """Why it is refused, by UUID."""


def _answers(chosen: Sequence[Meant], asked: Asked) -> Answers:
    for one in asked.refuse:
        if one.item is None:
            raise UsageError(f"--refuse {one.text} does not say of which item", hint="--refuse ITEM=REASON")
    reasons = {_named(one.item or "", chosen).uuid: str(one.value) for one in asked.refuse}
    missing = {_named(one, chosen).uuid for one in asked.missing}
    if reasons.keys() & missing:
        raise UsageError("an item is both refused and missing", hint="--refuse ITEM=REASON or --missing ITEM")
    return Answers(
        [one for one in chosen if one.uuid not in reasons and one.uuid not in missing],
        [one for one in chosen if one.uuid in reasons],
        [one for one in chosen if one.uuid in missing],
        reasons,
    )


def _acts(desk: Desk, package: Package, answers: Answers, asked: Asked) -> "list[Act]":
    """A receipt, or a refusal, for each item."""
    from custody.ledger.acts.handovers import NOT_DELIVERED, receive, refuse

    by, case = desk.occasion, asked.case
    acts = [receive(by, uuid, one, case=case) for uuid, one in _receipts(package, answers.taken, asked)]
    for one in answers.refused:
        acts.append(refuse(by, [one.uuid], outcome="refused", reason=answers.reasons[one.uuid], case=case))
    return acts + [
        refuse(by, [one.uuid], outcome="missing", reason=NOT_DELIVERED, case=case) for one in answers.missing
    ]


def _receipts(package: Package, taken: Sequence[Meant], asked: Asked) -> list[tuple[str, ReceivedDetails]]:
    """What was found of each item that is received."""
    if not taken:
        return []
    conditions = text_for_each(asked.condition, taken, "--condition")
    noted = text_for_some(asked.discrepancy, taken, "--discrepancy")
    outer = seals.outer_readings(taken, asked.outer_seal)
    read = seals.readings(asked.given, taken)
    measured = evidence.assigned(package.measured, taken) if package.measured else evidence.by_item(asked.files, taken)
    return [
        (
            one.uuid,
            ReceivedDetails(
                checkpoint=_checkpoint(package, one),
                condition=conditions[one.uuid],
                digests=measured[one.uuid],
                discrepancies=noted.get(one.uuid),
                outer_seal=outer[one.uuid],
                seals=read[one.uuid],
            ),
        )
        for one in taken
    ]


def _checkpoint(package: Package, item: Meant) -> str | None:
    """The sender's checkpoint under which the release came."""
    release = item.state.keeping.release
    origin = release.fact.origin if release is not None else ""
    notes = [part for part in package.read.arrival.parts if part.checkpoint.origin == origin and part.entries]
    return max(notes, key=lambda part: part.checkpoint.size).note.decode() if notes else None


def _cosign(desk: Desk, origin: str) -> None:
    """This agency's word that it saw the partner's checkpoint: it travels with the receipt."""
    pin = desk.ledger.store.kept.pin(origin)
    if pin is not None:
        try:
            cosign_seen(desk, pin)
        except CustodyError as error:
            showing.message("warning", f"the partner's checkpoint was not cosigned: {error.message}")
