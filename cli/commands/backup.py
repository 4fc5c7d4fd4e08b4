"""`custody backup` and `custody restore`: the ledger in one file, and back into a database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.durable import write_file
from custody.errors import CustodyError, UsageError
from custody.keys.vault import Vault
from custody.protocol.encodings import encode_base64

from ..desk import agency
from ..desk.files import STDOUT, read_checkpoint, refuse_existing
from ..desk.home import (
    CONFIG,
    Home,
    check_driver,
    clock,
    database_of,
    folder_of,
    kept_url,
    opened,
    point_to,
    read_home,
    shown,
    write_config,
)
from ..desk.own_files import is_database
from ..options import Command, Common, example, output, reading
from ..shown import showing
from ..typed.parsing import PATH
from .audit import about, counting

if TYPE_CHECKING:
    from custody.ledger.backup import Held
    from custody.ledger.ledger import Ledger


@click.command(cls=Command, epilog=example("custody backup -o monday.backup"))
@output(required=True)
@reading
def backup(common: Common, output: Path, force: bool) -> None:
    """Write the ledger to one file, while others go on working.

    FILE is checked like the ledger itself before it gets its name. It is an SQLite file, whatever database the ledger
    is in, and holds no key. Keep apart from it: the folders keys and cases of the agency's folder. Whoever has a backup
    and an old copy of cases can open what was erased since.
    """
    if output == STDOUT:
        raise UsageError("a backup is checked before it is there, which stdout can't be", hint="-o FILE")
    refuse_existing(output, force=force)
    with opened(read_home(common), appends=True) as ledger:
        from custody.ledger.backup import write_backup

        with counting("writing and checking", 3 * ledger.size) as progress:
            held = write_backup(ledger, output, overwrite=force, progress=progress)
    common.session.done.append(f"the backup {output}")
    if common.session.wants_json:
        showing.answer(common.session, _as_json(held) | {"file": str(output)})
        return
    showing.tell(f"{_described(held)}: written to {output}, and checked")
    showing.say("It holds no keys. Keep the folders keys and cases too, each apart from the backups.")


@click.command(cls=Command, epilog=example("custody restore monday.backup -n"))
@click.argument("file", metavar="FILE", type=PATH)
@click.option("--database", metavar="URL", help="Where the log is to be. Default: as configured, or ledger.db.")
@click.option("--seen", type=PATH, multiple=True, metavar="CHECKPOINT", help="One that a partner has. Repeatable.")
@click.option("-n", "--dry-run", is_flag=True, help="Check the backup, and stop.")
@reading
def restore(common: Common, file: Path, database: str | None, seen: tuple[Path, ...], dry_run: bool) -> None:
    """Put a backup back into an empty database.

    Exit code 3, and nothing is changed: the ledger was longer than the backup, by the files head and checkpoint beside
    its database or by a checkpoint given with --seen. Going on from there would be a fork; begin a ledger that
    continues this one (custody init --continues). Ask partners for the last checkpoint they have where the whole
    folder was lost: nothing else can tell.
    """
    folder = folder_of(common)
    configured = read_home(common) if (folder / CONFIG).exists() else None
    target = database_of(folder, database) if database or configured is None else configured.database
    beside = target.parent if isinstance(target, Path) else folder
    check_driver(target)
    database = kept_url(target, database)
    from custody.ledger.backup import opened_backup
    from custody.ledger.opening import refuse_filled
    from custody.ledger.outside import known_in
    from custody.ledger.restoring import check_left, read_seen, restore_backup

    refuse_filled(target)
    folders = {folder, beside, *((configured.beside,) if configured else ())}
    if copied := is_database(file):
        folders.add(file.parent)
    with counting("checking", about(file)) as progress, opened_backup(file, _nearest(beside), progress) as ledger:
        if configured is not None and configured.origin != ledger.origin:
            raise UsageError(f"{file} is of {ledger.origin}, and {folder} is of {configured.origin}")
        claims = [read_seen(one, read_checkpoint(one), ledger) for one in seen]
        claims += [claim for one in folders for claim in known_in(one)]
        held = restore_backup(ledger, target, beside, seen=claims, dry_run=True)
        if copied and not any(one.checkpoint.size == held.size for one in claims):
            raise _perhaps_more(file, held)
        with _left(configured, target) as left:
            if left is not None:
                check_left(left, ledger)
            if not dry_run:
                with _configured(folder, ledger, database):
                    restore_backup(ledger, target, beside, seen=claims)
        if left is not None and not dry_run:
            _tell_left(left.store.name, target)
    if not dry_run:
        common.session.done.append(f"restored to {shown(target)}")
        _finish(Home(folder, held.origin, target))
    if common.session.wants_json:
        showing.answer(common.session, _as_json(held) | {"database": shown(target), "dry_run": dry_run})
    elif dry_run:
        said = f"whole, and nothing known here is newer; it would go to {shown(target)}"
        showing.tell(f"{_described(held)}: {said}. Nothing was changed.")
    else:
        showing.tell(f"{_described(held)}: restored to {shown(target)}")


def _perhaps_more(file: Path, held: "Held") -> UsageError:
    """A database that was copied alone, and nothing says that it is all of it."""
    said = f"{file} is a copy of a database, and nothing here says that {held.size} entries are all: what stood in "
    said += f"{file.name}-wal, if somebody had it open, is missing"
    hint = "`custody backup -o FILE` writes all of it to one file; where this copy is all that is left, make it the "
    hint += f'ledger.db of a folder whose config.toml says origin = "{held.origin}", and take the backup there'
    return UsageError(said, hint=hint)


@contextmanager
def _left(configured: Home | None, target: Path | str) -> Iterator["Ledger | None"]:
    """The ledger in the database that was configured so far, where it is another and still there."""
    ledger = None
    with ExitStack() as stack:
        if configured is not None and configured.database != target:
            with suppress(CustodyError):  # gone, damaged or not to be reached: why there are backups
                ledger = stack.enter_context(opened(configured, appends=True))
        yield ledger


def _tell_left(left: str, target: Path | str) -> None:
    """Two databases of one ledger are a fork as soon as somebody records in the one that was left."""
    said = f"{left} has the same ledger: let nobody record there again, and put it away when all machines use this one"
    showing.message("warning", said)
    if isinstance(target, str):
        showing.say("What other roles may do there is granted anew: `custody grants`.")


@contextmanager
def _configured(folder: Path, ledger: "Ledger", database: str | None) -> Iterator[None]:
    """The configuration is written first, and goes back to what it was where the block fails: whoever is killed in
    between finds a folder whose database is gone, and begins again. It stays where nobody knows whether it failed."""
    from custody.ledger.store.store import UnsureError

    config = folder / CONFIG
    before = config.read_bytes() if config.exists() else None
    if before is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_config(folder, ledger.origin, database, ledger.state.jurisdiction or "")
    elif database is not None:
        point_to(folder, database)
    try:
        yield
    except UnsureError as error:
        hint = "`custody audit` tells: where it finds no ledger, restore again"
        raise UnsureError(f"{error.message}; it may have been restored", hint=hint) from error
    except BaseException:
        if before is None:
            config.unlink()
        else:
            write_file(config, before, overwrite=True)
        raise


def _finish(home: Home) -> None:
    """The copies outside, and what no backup holds."""
    from custody.ledger.opening import open_ledger

    ledger = open_ledger(home.database, now=clock, beside=home.beside)
    try:
        ledger.keep_outside()
        for said in _missing(home, ledger):
            showing.message("warning", said)
    finally:
        ledger.close()


def _missing(home: Home, ledger: "Ledger") -> list[str]:
    """What lies beside a ledger, and in no backup of it."""
    found = []
    try:
        agency.key_now(home, ledger)
    except CustodyError as error:
        found.append(f"{error.message}: put the folder keys back")
    vault, cases = Vault(home.cases, ""), {one.case for one in ledger.store.every_sealed() if one.case is not None}
    erased = {one.reference for one in ledger.cases() if one.erased}
    if lacking := sorted(one for one in cases - erased if not vault.identities(one)):
        found.append(f"nothing opens what is sealed in {', '.join(lacking)}: put the folder cases back")
    return found


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _described(held: "Held") -> str:
    signed = f"signed up to {held.checkpoint}" if held.checkpoint else "no checkpoint yet"
    return f"{held.origin} at {held.size} entries ({signed}), root {encode_base64(held.root)}"


def _as_json(held: "Held") -> dict[str, object]:
    return {"ledger": held.origin, "size": held.size, "root": encode_base64(held.root), "signed": held.checkpoint}
