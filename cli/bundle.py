"""`custody bundle`: a file that proves items' histories on its own.

Cutting it is an act: who was shown what is recorded, as the last leaf of the checkpoint the bundle stands under.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.durable import writing
from custody.errors import CustodyError, UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import encode_base64
from custody.protocol.note import parse_note

from . import interrupts, showing, unsealing
from .desk import Desk, at_desk
from .files import STDOUT, refuse_existing
from .options import Acting, Command, acting, example, output
from .typed import AUDIENCE, CASE

if TYPE_CHECKING:
    from custody.ledger.exchange import Cut


@click.command(
    cls=Command,
    epilog=example(
        "custody bundle JM/1 --as px -o JM-1.custody",
        "custody bundle --case OP-17 --audience defence --as px -o OP-17.custody",
    ),
)
@click.argument("items", nargs=-1, metavar="[ITEM]...")
@acting
@click.option("--case", type=CASE, help="All items of a case.")
@click.option("--all", "whole", is_flag=True, help="The whole ledger.")
@click.option(
    "--since",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="SIZE",
    help="Prove that it extends the ledger at this size, too. Repeatable.",
)
@click.option(
    "--audience", type=AUDIENCE, default="court", show_default=True, help="For whom: decides what is shown of secrets."
)
@output()
def bundle(
    acting: Acting,
    items: tuple[str, ...],
    case: str | None,
    whole: bool,
    since: tuple[int, ...],
    audience: str,
    output: Path | None,
    force: bool,
) -> None:
    """Write a file that proves items' histories on its own.

    It records who was shown what, states the heads of all it is about, and signs a checkpoint over that. Whoever has
    a checkpoint given out before finds the proof that this ledger extends it. Of what is sealed it shows what the
    audience may see; -n previews that, and records nothing.
    """
    if bool(items) + (case is not None) + whole != 1:
        raise UsageError("a bundle is about items, a case or all", hint="ITEM …, --case REF, or --all: one of them")
    if whole and since:
        raise UsageError("--since says nothing of a whole ledger: it shows every earlier head by itself")
    if acting.session.wants_json and output == STDOUT:
        raise UsageError("-o - and --json both want stdout", hint="leave one of them out")
    if output is None and not acting.dry_run:
        raise click.UsageError("Missing option '-o' / '--output'.")
    refuse_existing(output, force=force)
    with at_desk(acting) as desk:
        if any(size > desk.ledger.size for size in since):
            raise UsageError(f"--since {max(since)}: the ledger has only {desk.ledger.size} entries")
        chosen = None if whole else _chosen(desk, items, case)
        if output is None or acting.dry_run:
            _preview(desk, chosen, audience)
        else:
            _cut(desk, chosen, audience, since, output, force=force)


def _chosen(desk: Desk, items: tuple[str, ...], case: str | None) -> list[str]:
    """The UUIDs of the items meant."""
    if case is None:
        return [one.uuid for one in desk.items(items)]
    found = [one.uuid for one in desk.ledger.items(case=case)]
    if not found:
        known = any(one.reference == case for one in desk.ledger.cases())
        problem = f"case {case} has no items" if known else f"there is no case {case}"
        raise UsageError(problem, hint="`custody case list` lists them")
    return found


def _cut(
    desk: Desk, items: list[str] | None, audience: str, since: tuple[int, ...], output: Path, *, force: bool
) -> None:
    session = desk.acting.session
    cut = _recorded(desk, items, audience, since)
    digest, size = hashlib.sha256(), 0
    try:
        with _target(output, force=force) as write:
            for line in cut.lines:
                digest.update(line)
                size += len(line)
                write(line)
    except CustodyError as error:
        raise CustodyError(f"{error.message}; {session.outcome}", hint="cut the bundle again, elsewhere") from error
    head = parse_checkpoint(parse_note(cut.checkpoint).text)
    stated = f"{head.origin} {head.size} {encode_base64(head.root)}"
    if output == STDOUT:
        showing.say(session.outcome)
    else:
        desk.acknowledge(cut.appended, bundle=str(output), head=stated, sha256=digest.hexdigest(), size=size)
    where = "stdout" if output == STDOUT else str(output)
    told = {"bundle": f"{where}, {size} bytes", "SHA-256": digest.hexdigest(), "head": stated}
    for text in showing.aligned(told):
        showing.say(text)


def _preview(desk: Desk, items: list[str] | None, audience: str) -> None:
    """Who will see what of secrets, and what would be signed."""
    from custody.ledger.exchange import Disclosure

    disclosure = Disclosure(desk.occasion, items, audience)
    rehearsal = desk.rehearse(disclosure)
    told = unsealing.columns(desk, disclosure)
    if not desk.acting.session.wants_json:
        unsealing.tell_columns(audience, told)
    desk.preview(rehearsal, audience=audience, **told)


def _recorded(desk: Desk, items: list[str] | None, audience: str, since: tuple[int, ...]) -> "Cut":
    """The disclosure, recorded under a fresh checkpoint; of the whole ledger without `items`."""
    from custody.ledger.exchange import Disclosure, cut_bundle

    disclosure = Disclosure(desk.occasion, items, audience)
    signers = desk.agree(disclosure)  # and its rehearsal says what is sealed
    if disclosure.sealed:
        count, seen = len(disclosure.sealed), len(disclosure.granted)
        showing.say(f"Of {count} sealed values the audience {audience} is shown {seen}; -n lists them.")
    disclosure.opened = unsealing.open_granted(desk, disclosure)
    key = interrupts.Signing(desk.ledger_signer())
    with interrupts.held_back():
        cut = cut_bundle(desk.ledger, disclosure, signers=signers, ledger_key=key, since=since, lock=desk.vault.lock)
        desk.acting.session.recorded += [fact.name for fact in cut.appended.entries]
    return cut


@contextmanager
def _target(output: Path, *, force: bool) -> Iterator[Callable[[bytes], object]]:
    """Where the lines go. A file is there whole or not at all."""
    if output == STDOUT:
        sys.stdout.flush()
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
    else:
        with writing(output, overwrite=force) as stream:
            yield stream.write
