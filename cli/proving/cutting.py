"""From a disclosure to a file: recorded under a fresh checkpoint, then written, whole or not at all."""

import hashlib
import shlex
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.durable import writing
from custody.errors import CustodyError, UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import encode_base64
from custody.protocol.note import parse_note

from .. import interrupts
from ..desk.desk import Desk
from ..desk.files import STDOUT
from ..shown import showing
from ..shown.names import label_of
from . import unsealing

if TYPE_CHECKING:
    from custody.ledger.disclosing.cutting import Cut, Disclosure
    from custody.ledger.others.arrival import Arrival


def record(
    desk: Desk,
    disclosure: "Disclosure",
    output: Path | None,
    *,
    since: Collection[int] = (),
    arriving: "Arrival | None" = None,
    files: Sequence[str] = (),
) -> "Cut | None":
    """The disclosure, recorded under a fresh checkpoint; None after a dry run.

    `output`, `files`: where it is to be written, and with which evidence: for whoever has to write it again.
    """
    from custody.ledger.disclosing.cutting import cut_bundle

    signers = desk.agree(disclosure, arriving=arriving)  # and its rehearsal says what is sealed
    if signers is None:
        return None
    if disclosure.sealed:
        count, seen = len(disclosure.sealed), len(disclosure.granted)
        showing.say(f"Of {count} sealed values the audience {disclosure.audience} is shown {seen}; -n lists them.")
    disclosure.opened = unsealing.open_granted(desk, disclosure)
    key = interrupts.Signing(desk.ledger_signer())
    with interrupts.held_back():
        cut = cut_bundle(
            desk.ledger,
            disclosure,
            signers=signers,
            ledger_key=key,
            since=since,
            lock=desk.vault.lock,
            arriving=arriving,
        )
        desk.acting.session.recorded += [fact.name for fact in cut.appended.entries]
        desk.acting.session.again = _again(desk, disclosure, output, since, files)
    return cut


def _again(
    desk: Desk, disclosure: "Disclosure", output: Path | None, since: Collection[int], files: Sequence[str]
) -> str:
    """The command that writes a bundle about the same once more."""
    words = ["custody", "bundle"]
    words += ["--all"] if disclosure.items is None else [_named(desk, one) for one in disclosure.items]
    for asked in disclosure.requests:
        words += ["--request", asked]
    words += ["--audience", disclosure.audience]
    for size in since:
        words += ["--since", str(size)]
    for file in files:
        words += ["--evidence", file]
    return shlex.join([*words, "--as", desk.acting.actor or "ID", "-o", str(output or "FILE")])


def _named(desk: Desk, uuid: str) -> str:
    """An item as its officer names it, where that names one."""
    label = label_of(desk.ledger, uuid) or uuid
    try:
        return label if desk.ledger.find_item(label) == uuid else uuid
    except UsageError:
        return uuid


def deliver(desk: Desk, cut: "Cut", output: Path, *, force: bool, what: str = "bundle", **more: Any) -> None:
    """Writes the bundle and acknowledges its entries. `more`: further members of the JSON answer."""
    digest, size = hashlib.sha256(), 0
    with recorded_stands(desk), target(output, force=force) as write:
        for line in cut.lines:
            digest.update(line)
            size += len(line)
            write(line)
    report(desk, cut, output, {what: f"{size} bytes"}, {"sha256": digest.hexdigest(), "size": size, **more}, what)


@contextmanager
def recorded_stands(desk: Desk) -> Iterator[None]:
    """Says, when the file can't be written, that the entries are there all the same."""
    try:
        yield
    except CustodyError as error:
        session = desk.acting.session
        raise type(error)(f"{error.message}; {session.outcome}", hint=session.remedy) from error


def report(
    desk: Desk, cut: "Cut", output: Path, said: Mapping[str, str], members: Mapping[str, Any], what: str = "bundle"
) -> None:
    """The entries recorded, the file, and the head it stands under."""
    head = parse_checkpoint(parse_note(cut.checkpoint).text)
    stated = f"{head.origin} {head.size} {encode_base64(head.root)}"
    if output == STDOUT:
        showing.say(desk.acting.session.outcome)
    else:
        desk.acting.session.done.append(f"the {what} {output}")
        desk.acknowledge(cut.appended, **{what: str(output)}, head=stated, **members)
    where = "stdout" if output == STDOUT else str(output)
    told = {name: f"{where}, {text}" if name == what else text for name, text in said.items()}
    if "sha256" in members:
        told["SHA-256"] = str(members["sha256"])
    for text in showing.aligned(told | {"head": stated}):
        showing.say(text)


@contextmanager
def target(output: Path, *, force: bool) -> Iterator[Callable[[bytes], object]]:
    """Where the lines go. A file is there whole or not at all."""
    if output == STDOUT:
        sys.stdout.flush()
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
    else:
        with writing(output, overwrite=force) as stream:
            yield stream.write
