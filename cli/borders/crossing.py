"""A release to another ledger: what it rests on, and the package that carries it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.errors import MalformedError, RuleRefusedError, UsageError
from custody.evidence.package import PAYLOAD, Payload
from custody.protocol.events.handovers import Basis
from custody.protocol.names import split_person

from ..desk.desk import Desk, Meant
from ..desk.files import STDOUT, measured_paths
from ..desk.perhaps import named_item
from ..proving import cutting
from ..shown import showing
from ..typed.parsing import ForItem
from .requesting import find

if TYPE_CHECKING:
    from custody.ledger.disclosing.cutting import Cut, Disclosure
    from custody.ledger.ledger import Act
    from custody.protocol.rules.ledgers import PartnerState


class Reason(NamedTuple):
    """Why it may go, as the command line says it."""

    request: str | None
    purpose: str | None
    agreement: str | None
    spontaneous: str | None

    @property
    def given(self) -> bool:
        """Whether anything was said."""
        return any(one is not None for one in self)


def addressees(desk: Desk, typed: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The persons addressed, `id@origin`, and the ledger they belong to; one ledger only."""
    if len(set(typed)) != len(typed) or len(typed) > 3:
        raise UsageError("--to names one to three persons, each once")
    full = tuple(one if "@" in one else desk.person(one) for one in typed)
    origins = {split_person(one)[1] for one in full}
    if len(origins) > 1:
        raise UsageError("the addressees belong to several ledgers", hint="release to one of them")
    origin = origins.pop()
    if origin == desk.ledger.origin:
        for one in full:
            desk.person(split_person(one)[0])
    return full, origin


def partner_at(desk: Desk, origin: str) -> "PartnerState":
    """The partner a package goes to. Raises UsageError for a stranger, or one that was distrusted."""
    partner = desk.ledger.partners().get(origin)
    if partner is None:
        hint = "`custody partner add CARD --fingerprint F`; `custody partner list` lists them"
        raise UsageError(f"{origin} is not a partner of this ledger", hint=hint)
    if partner.trusted is None:
        raise UsageError(f"{origin} has been distrusted since {partner.since}", hint="`custody partner list`")
    return partner


def basis_for(desk: Desk, item: Meant, origin: str, reason: Reason) -> Basis | None:
    """What a release of this item to that ledger rests on; None where nothing was said and it does not go back."""
    stated = stated_basis(desk, reason)
    return stated or (Basis(return_=True) if desk.ledger.returns(item.uuid, origin) else None)


def stated_basis(desk: Desk, reason: Reason) -> Basis | None:
    """What the command line says that it rests on."""
    if (reason.request, reason.agreement, reason.spontaneous).count(None) < 2:
        raise UsageError("--request, --agreement and --spontaneous are three answers to one question")
    if reason.purpose is not None and reason.request is None:
        raise UsageError("--purpose is that of a request", hint="--request REQ")
    if reason.request is not None:
        state = find(desk, reason.request)
        asked = state.sent.purpose if state.sent is not None else ""
        return Basis(request=state.uuid, purpose=reason.purpose or asked)
    if reason.agreement is not None:
        return Basis(agreement=reason.agreement)
    if reason.spontaneous is not None:
        return Basis(spontaneous=reason.spontaneous)
    return None


def payload_of(given: Sequence[ForItem], items: Sequence[Meant], package: str) -> list[Payload]:
    """The files that a package of that name is to carry, measured: each has the digests fixed for an item.

    Raises RuleRefusedError (H01) for one that has not: what differs is not sent; and what check_names does.
    """
    named = [(named_item(one.item, items) if one.item else None, one) for one in given]
    paths = [Path(one.value) if item is not None else Path(one.text) for item, one in named]
    check_names(package, paths)
    found = measured_paths(paths)
    for (item, _), path, held in zip(named, paths, found, strict=True):
        among = [item] if item is not None else items
        fixed = [digests for one in among for digests in one.state.digests]
        if not any((held.sha256, held.blake3, held.size) == (one.sha256, one.blake3, one.size) for one in fixed):
            whose = item.label if item is not None else "any of these items"
            raise RuleRefusedError(
                "H01", f"{path} does not have the digests fixed for {whose}", hint="send the file itself"
            )
    return [Payload(path, held) for path, held in zip(paths, found, strict=True)]


def check_names(package: str, paths: Sequence[Path]) -> None:
    """Raises UsageError for names that a package can't carry, while nothing is recorded yet."""
    from custody.evidence.folder import list_folder
    from custody.evidence.portable import Paths

    taken = Paths()
    for path in paths:
        called = f"{package}/{PAYLOAD}{path.resolve().name}"
        inside = [f"/{name}" for name, _ in list_folder(path).files.values()] if path.is_dir() else [""]
        try:
            for one in inside:
                taken.add(called + one)
        except MalformedError as error:
            hint = "record it as an image or one archive file (`custody derive --method copy`), and send that"
            raise UsageError(f"{path} can't be packed: {error.message}", hint=hint) from error


def send(
    desk: Desk,
    act: "Act",
    items: Sequence[Meant],
    origin: str,
    files: Sequence[ForItem],
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Records the releases and the disclosure in one step, and writes the package.

    The rules are asked before files are measured: that may take hours.
    """
    from custody.ledger.disclosing.cutting import Disclosure

    partner_at(desk, origin)
    if files:
        desk.rehearse(act)
    disclosure = Disclosure(desk.occasion, [one.uuid for one in items], "partner", first=act)
    carry(desk, disclosure, items, origin, files, output, force=force)


def on_their_way(desk: Desk, items: Sequence[Meant]) -> str:
    """The ledger of the partner that these items were released to, and which has not answered yet.

    Raises UsageError for an item that is not on its way to one, or to another than the rest.
    """
    found: dict[str, str] = {}
    for one in items:
        keeping = one.state.keeping
        to = split_person(keeping.addressees[0])[1] if keeping.release is not None else desk.ledger.origin
        sender = keeping.release.fact.origin if keeping.release is not None else ""
        if sender != desk.ledger.origin or to == desk.ledger.origin or keeping.refused is not None:
            hint = "`custody release ITEM --to ID@ORIGIN --evidence FILE -o PACKAGE` sends it"
            raise UsageError(f"{one.label} is not on its way to a partner", hint=hint)
        found[to] = one.label
    if len(found) > 1:
        raise UsageError(f"{' and '.join(found.values())} are on their way to different ledgers", hint="one at a time")
    return next(iter(found))


def carry(
    desk: Desk,
    disclosure: "Disclosure",
    items: Sequence[Meant],
    origin: str,
    files: Sequence[ForItem],
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Records the disclosure, and writes the package that shows it."""
    partner = partner_at(desk, origin)
    payload = payload_of(files, items, output.stem if output is not None else "package")
    cut = cutting.record(desk, disclosure, output, files=[one.text for one in files])
    if cut is None or output is None:
        return
    if payload:
        _pack(desk, cut, partner, payload, output, force=force)
    else:
        cutting.deliver(desk, cut, output, force=force, what="package")


def _pack(
    desk: Desk, cut: "Cut", partner: "PartnerState", payload: Sequence[Payload], output: Path, *, force: bool
) -> None:
    """One file, encrypted to the partner: the evidence in a bag, with the bundle."""
    from custody.durable import writing
    from custody.evidence.packing import pack

    recipient = partner.trusted.recipient if partner.trusted is not None else ""
    total = sum(one.expected.total or one.expected.size for one in payload if one.expected is not None)
    with cutting.recorded_stands(desk):
        bundle = b"".join(cut.lines)
        with writing(output, overwrite=force) as stream, showing.progress("packing", total) as add:
            pack(stream, name=output.stem, recipient=recipient, bundle=bundle, payload=payload, progress=add)
    said = {"package": f"with {len(payload)} files or folders, encrypted to {partner.origin}"}
    cutting.report(desk, cut, output, said, {"payload": len(payload)}, "package")


def check_wanted(output: Path | None, files: Sequence[ForItem], reason: Reason, *, abroad: bool, dry: bool) -> None:
    """A release abroad goes as a package, and one with evidence as a file; within the ledger there is none."""
    if not abroad:
        if output is not None or files or reason.given:
            hint = "--to ID@ORIGIN names somebody of a partner's ledger"
            raise UsageError("a package, and a reason to leave, belong to a release to another ledger", hint=hint)
        return
    if output is None and not dry:
        raise UsageError("a release to another ledger goes as a package", hint="-o PACKAGE")
    if output == STDOUT and files:
        raise UsageError("a package with evidence is a file", hint="-o PACKAGE")
