"""`custody receive --package`: what a partner sent, verified whole before anything is signed for.

read (decrypt, measure) -> verify against the key pinned -> compare with what was seen -> read seals, conditions
-> receipts, refusals and the receipt's package, in one step with what is kept of the partner
"""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.evidence.digest import Measured
from custody.protocol.events.handovers import ReceivedDetails
from custody.protocol.values import Digests, SealReading

from . import agency, cutting, evidence, seals, showing
from .cosign import cosign_pin
from .desk import Desk, Meant
from .files import read_small
from .importing import Read, read_bundle, tell_noteworthy
from .kinds import not_this
from .perhaps import named_item, text_for_each, text_for_some
from .typed import ForItem

if TYPE_CHECKING:
    from custody.ledger.ledger import Act

_BUNDLE = b'{"bundle":'


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


class Package(NamedTuple):
    """A package read: the partner's bundle, and the evidence that came with it."""

    read: Read
    measured: tuple[Measured, ...] = ()
    folder: Path | None = None
    """Where the evidence goes."""
    taken: bool = False
    """Whether that folder was there before: then the evidence was only looked at."""


def read_package(desk: Desk, path: Path, into: Path | None, unpacked: ExitStack, *, keep: bool) -> Package:
    """Reads a bundle, or a package with evidence, whose files are unpacked below `into` as they are checked.

    `unpacked` removes them again; `keep`: whether they may be kept at all. Raises what reading a bundle does, and
    RuleRefusedError (H01) for evidence that is not what the chain fixed.
    """
    from custody.evidence.package import is_package
    from custody.exchange.incoming import MAX_BUNDLE

    start = _start(path)
    if is_package(start):
        folder = into or path.with_name(path.stem + ".evidence")
        if folder.exists() or not keep:  # received before, perhaps: what is in it says so
            aside = Path(unpacked.enter_context(TemporaryDirectory(dir=path.parent))) / "bag"
            return _unpack(desk, path, aside)._replace(folder=folder, taken=folder.exists())
        unpacked.callback(shutil.rmtree, folder, ignore_errors=True)
        return _unpack(desk, path, folder)._replace(folder=folder)
    if into is not None:
        raise UsageError("--into is where evidence is unpacked, and this package carries none")
    if not start.startswith(_BUNDLE):
        message, hint = not_this(path, "a package", start)
        raise MalformedError(message, hint=hint or "`custody release … -o PACKAGE` writes one")
    return Package(read_bundle(desk, read_small(path, MAX_BUNDLE)))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error


def _unpack(desk: Desk, path: Path, folder: Path) -> Package:
    from custody.evidence.unpacking import unpack

    identity = agency.open_identity(desk.home, desk.ledger.origin)
    found: list[Read] = []

    def check(bundle: Path) -> list[Measured]:
        found.append(read_bundle(desk, bundle.read_bytes()))
        states = desk.ledger.items_with(found[0].arrival, found[0].arrival.items)
        return [_expected(one) for state in states for one in state.digests]

    try:
        with showing.progress("unpacking", path.stat().st_size) as add:
            unpacked = unpack(path, identity=identity, folder=folder, check_bundle=check, progress=add)
    except MalformedError as error:
        hint = error.hint or "ask for it again; `sha256sum` at both ends tells whether it is the file that was sent"
        raise MalformedError(error.message, hint=hint) from error
    return Package(found[0], unpacked.measured)


def _expected(one: Digests) -> Measured:
    return Measured(one.name or "", one.size, one.blake3, one.sha256, one.files, one.total)


def receive_package(desk: Desk, path: Path, asked: Asked, output: Path, *, force: bool) -> None:
    """Receives, refuses and misses what a package announces; the receipt's package goes back to the partner."""
    from custody.ledger.acts.compose import together
    from custody.ledger.exchange import Disclosure

    with ExitStack() as unpacked:
        package = read_package(desk, path, asked.into, unpacked, keep=not desk.acting.dry_run)
        arrival = package.read.arrival
        waiting = _waiting(desk, package)
        if not waiting:
            desk.ledger.admit(arrival, lock=desk.vault.lock)
            showing.say("Everything in this package was received or refused before; nothing changed.")
            if desk.acting.json:
                showing.answer(desk.acting.session, {"entries": []})
            return
        if package.taken:
            raise UsageError(f"{package.folder} exists, and evidence goes into a new folder", hint="--into FOLDER")
        chosen = _chosen(asked.items, waiting)
        act = together(*_acts(desk, package, chosen, asked))
        disclosure = Disclosure(desk.occasion, [one.uuid for one in chosen], "partner", first=act)
        cut = cutting.record(desk, disclosure, arriving=arrival)
        if cut is None:
            return
        unpacked.pop_all()
    if package.folder is not None:
        showing.say(f"The evidence is in {package.folder}")
    _cosign(desk, arrival.cutter)
    cutting.deliver(desk, cut, output, force=force, what="receipt")
    tell_noteworthy(desk, package.read.findings)


def _waiting(desk: Desk, package: Package) -> list[Meant]:
    """The items of a package that are on their way to this ledger. Raises RuleRefusedError (C04) for another's."""
    arrival, origin = package.read.arrival, desk.ledger.origin
    states = desk.ledger.items_with(arrival, arrival.items)
    if not states:
        raise UsageError("this package holds no item", hint="`custody request receive`, or `custody import`")
    addressed = [one for one in states if any(to.endswith(f"@{origin}") for to in one.addressees)]
    elsewhere = [to for one in states for to in one.addressees if not to.endswith(f"@{origin}")]
    if not addressed and elsewhere:
        hint = "ask the partner for a package to this ledger; `custody import` keeps this one for information"
        raise RuleRefusedError("C04", f"this package is addressed to {', '.join(dict.fromkeys(elsewhere))}", hint=hint)
    open_ = [one for one in addressed if one.keeping.refused is None]
    return [Meant(one.label or one.uuid, one.uuid, one) for one in open_]


def _chosen(typed: Sequence[str], waiting: Sequence[Meant]) -> list[Meant]:
    """All of them, or those that the command line names."""
    return [_named(one, waiting) for one in typed] or list(waiting)


def _named(text: str, items: Sequence[Meant]) -> Meant:
    found = named_item(text, items)
    if found is None:
        labels = ", ".join(one.label for one in items)
        raise UsageError(f"{text} is not among the items of this package that wait: {labels}")
    return found


def _acts(desk: Desk, package: Package, chosen: Sequence[Meant], asked: Asked) -> "list[Act]":
    """A receipt, or a refusal, for each item."""
    from custody.ledger.acts.handovers import receive, refuse

    refused = {_named(one.item or one.text, chosen).uuid: one.value for one in asked.refuse}
    missing = {_named(one, chosen).uuid for one in asked.missing}
    if refused.keys() & missing:
        raise UsageError("an item is both refused and missing", hint="--refuse ITEM=REASON or --missing ITEM")
    taken = [one for one in chosen if one.uuid not in refused and one.uuid not in missing]
    acts = [receive(desk.occasion, uuid, one, case=asked.case) for uuid, one in _receipts(package, taken, asked)]
    acts += [
        refuse(desk.occasion, [uuid], outcome="refused", reason=reason, case=asked.case)
        for uuid, reason in refused.items()
    ]
    said = "it was not in the delivery"
    acts += [refuse(desk.occasion, [one], outcome="missing", reason=said, case=asked.case) for one in sorted(missing)]
    return acts


def _receipts(package: Package, taken: Sequence[Meant], asked: Asked) -> list[tuple[str, ReceivedDetails]]:
    """What was found of each item that is received."""
    if not taken:
        return []
    conditions = text_for_each(asked.condition, taken, "--condition")
    noted = text_for_some(asked.discrepancy, taken, "--discrepancy")
    crated, outer = seals.outer_reading(taken, asked.outer_seal)
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
                outer_seal=outer if not crated or one in crated else None,
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
            cosign_pin(desk, pin)
        except CustodyError as error:
            showing.message("warning", f"the partner's checkpoint was not cosigned: {error.message}")
