"""`custody audit` and `custody rebuild`: the own ledger checked whole, and its lists derived anew."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import UsageError
from custody.keys.vault import Vault
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.note import parse_note

from ..desk.files import read_checkpoint
from ..desk.home import Home, opened, read_home
from ..options import Command, Common, example, reading
from ..shown import showing
from ..typed.parsing import PATH

if TYPE_CHECKING:
    from custody.ledger.audit import AuditReport
    from custody.ledger.ledger import Ledger
    from custody.ledger.outside import Claim
    from custody.ledger.problems import Problem

_DIGITS = 18
"""Of a size: a longer one is no number to a database."""


@click.command(
    cls=Command,
    epilog=example(
        "custody audit", "custody checkpoint -o friday.checkpoint", "custody audit --since friday.checkpoint"
    ),
)
@click.option("--since", metavar="CHECKPOINT", help="Only what is new: a file, or the size of a checkpoint kept.")
@click.option("--backup", type=PATH, metavar="FILE", help="Of a backup, instead of the ledger; no folder is needed.")
@reading
def audit(common: Common, since: str | None, backup: Path | None) -> int:
    """Check the own ledger, whole: database, chain, tree, signatures, checkpoints, lists.

    Exit code 0: nothing is wrong; 3: something is, and each problem names its entry. What an operator with the ledger
    key rewrote from the beginning only partners can see, who kept a checkpoint.

    With --since the ledger is checked to extend that checkpoint, and only the entries after it are searched: run it
    often, and the whole from time to time.
    """
    if backup is None:
        home = read_home(common)
        origin, (report, unfinished) = home.origin, _report(home, since)
        problems = [*report.problems, *unfinished]
    elif since is None:
        origin, report = _of_backup(backup)
        problems = report.problems
    else:
        raise UsageError("a backup is checked whole", hint="leave --since out")
    sound = not problems
    if common.session.wants_json:
        told = [
            {"entry": None if one.entry is None else f"{origin}#{one.entry}", "message": one.message}
            for one in problems
        ]
        counts = {"entries": report.entries, "items": report.items, "checkpoints": report.checkpoints}
        counts |= {"since": report.since} if report.since else {}
        showing.answer(common.session, {"ledger": origin, "sound": sound, **counts, "problems": told})
        return 0 if sound else 3
    for one in problems:
        where = "ledger" if one.entry is None else f"#{one.entry}"
        showing.tell(f"{where}  {one.message.removeprefix(f'entry {one.entry}: ')}")
    new = report.entries - report.since
    counted = f"entries: {new}, items: {report.items}, checkpoints: {report.checkpoints}"
    if report.since:
        counted = f"since {report.since}, which nobody searched again: {counted}"
    showing.tell(f"{counted}; " + ("nothing is wrong" if sound else f"problems: {len(problems)}"))
    if any(one.foreign for one in report.problems):
        said = "a row that the ledger never wrote is removed by the database's owner; docs/national.md says how"
        showing.message("hint", said)
    if report.problems and backup is None:
        showing.message("hint", "change nothing, keep a copy of the folder, compare with a backup and with partners")
    return 0 if sound else 3


def _of_backup(path: Path) -> tuple[str, "AuditReport"]:
    from custody.ledger.backup import audit_backup

    with tempfile.TemporaryDirectory() as folder, counting("checking", about(path)) as progress:
        return audit_backup(path, Path(folder), progress)


def about(backup: Path) -> int:
    """About how many entries a backup holds, for a bar: nobody has looked into it yet."""
    return backup.stat().st_size // 2048 if backup.is_file() else 0


def _report(home: Home, since: str | None) -> tuple["AuditReport", list["Problem"]]:
    """What is wrong with the ledger; and, where nothing is, the erasures that are to be finished."""
    from custody.ledger.audit import audit as check
    from custody.ledger.audit_since import audit_since

    with opened(home, unasked=True) as ledger, counting("checking", ledger.size) as progress:
        if since is None:
            report = check(ledger, progress)
        else:
            report = audit_since(ledger, *_checkpoint(ledger, since), progress)
        return report, [] if report.problems else _not_erased(home, report.erased)


def _checkpoint(ledger: "Ledger", named: str) -> tuple["Claim", bytes]:
    """A checkpoint of this ledger: one it keeps, by its size, or one in a file. Raises UsageError, MalformedError."""
    from custody.ledger.outside import Claim

    path = Path(named)
    if named.isdecimal() and not path.exists():
        kept = ledger.checkpoint_at(int(named)) if len(named) <= _DIGITS else None
        if kept is None:
            last = ledger.store.last_checkpoint()
            newest = f"the newest is at {last.size}" if last else "`custody checkpoint` signs one"
            raise UsageError(f"the ledger keeps no checkpoint at {named} entries", hint=newest)
        note, path = kept.note, Path(f"the checkpoint at {named} entries")
    else:
        note = read_checkpoint(path)
    head = parse_checkpoint(parse_note(note).text)
    if head.size == 0:
        raise UsageError("nothing is under a checkpoint of 0 entries", hint="`custody audit` checks all")
    return Claim(path, head), note


def _not_erased(home: Home, erased: Sequence[str]) -> list["Problem"]:
    """Cases recorded as erased whose identity is still there: an erasure that was interrupted."""
    from custody.ledger.problems import Problem

    vault = Vault(home.cases, "")
    left = [reference for reference in erased if vault.identities(reference)]
    said = "is on record as erased, and its identity is here; run `custody erase` again"
    return [Problem(None, f"case {one} {said}") for one in left]


@click.command(cls=Command, epilog=example("custody rebuild"))
@reading
def rebuild(common: Common) -> None:
    """Derive the lists anew from the log. The log itself is not touched."""
    with opened(read_home(common)) as ledger:
        from custody.ledger.rebuild import rebuild as derive

        with counting("reading the log", ledger.size) as progress:
            count = derive(ledger, progress)
    if common.session.wants_json:
        showing.answer(common.session, {"items": count})
    else:
        showing.tell(f"{count} items, as the log says")


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A function to call with how much is done and how much there is; once all is done it may begin again."""
    with showing.progress(label, total) as add:
        done = 0

        def call(now: int, _: int) -> None:
            nonlocal done
            add(now - done if now > done else now)
            done = now

        yield call
