"""`custody init`: an agency's folder with its keys, its configuration and a ledger of one entry."""

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from custody.errors import UsageError
from custody.keys.openssh import load_private
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.ed25519 import fingerprint
from custody.protocol.events.ledger import Continues, OpenedDetails
from custody.protocol.note import parse_note
from custody.protocol.rules.fact import Recorded
from custody.protocol.vkey import parse_vkey

from ..desk import agency, desk
from ..desk.files import documents, read_checkpoint
from ..desk.home import CONFIG, Home, check_driver, clock, database_of, folder_of, kept_url, write_config
from ..desk.passphrases import choose
from ..options import Acting, Command, beginning, example
from ..shown import showing
from ..typed.parsing import COUNTRY, ORIGIN, PATH, TEXT


@click.command(
    cls=Command,
    epilog=example(
        'custody init ocrteh.police.example/custody --agency "OCRTEH Iași" \\',
        "    --jurisdiction RO --home ocrteh --no-passphrase",
    ),
)
@click.argument("origin", type=ORIGIN)
@beginning
@click.option("--agency", "name", type=TEXT, required=True, help="Who keeps the ledger.")
@click.option("--jurisdiction", type=COUNTRY, required=True, help="The State whose law it acts under, as RO.")
@click.option(
    "--database",
    metavar="URL",
    help="Where the log is: sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE. Default: ledger.db in the home.",
)
@click.option("--continues", type=PATH, metavar="CHECKPOINT", help="The last checkpoint of a ledger that was lost.")
@click.option("--no-passphrase", is_flag=True, help="Leave the agency's keys unprotected.")
def init(
    acting: Acting,
    origin: str,
    name: str,
    jurisdiction: str,
    database: str | None,
    continues: Path | None,
    no_passphrase: bool,
) -> None:
    """Begin an agency's ledger.

    ORIGIN names it for ever: lower-case host and path, as ocrteh.police.example/custody.
    """
    folder = folder_of(acting)
    home = Home(folder, origin, database_of(folder, database), jurisdiction)
    check_driver(home.database)
    kept = kept_url(home.database, database)
    agency.refuse_filled(folder)
    if home.beside != folder:
        agency.refuse_filled(home.beside)  # beside it stand the files that say how long it was
    lost = _lost(continues) if continues is not None else None
    if lost is not None and lost.origin == origin:
        hint = "another name: to everybody who knows the lost one, the same name with other keys would be a fraud"
        raise UsageError(f"{origin} is the ledger that was lost", hint=hint)
    if acting.dry_run:
        showing.say(f"This would begin the ledger {origin} in {folder}. Nothing was recorded.")
        showing.answer_dry(acting.session)
        return
    passphrase = None if no_passphrase else choose(f"the agency's keys of {origin}")
    made = [one for one in (folder, home.beside) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = agency.create_keys(home.keys, origin, passphrase)
        fact = _create(acting, home, _details(keys, name, jurisdiction, lost), passphrase)
        _configure(home, kept, jurisdiction)
    except BaseException:
        _clear(home, made)
        raise
    acting.session.recorded.append(fact.name)
    _report(acting, home, keys, fact)


def _lost(path: Path) -> Continues:
    """The ledger that was lost, by its last checkpoint."""
    data = read_checkpoint(path)
    return Continues(origin=parse_checkpoint(parse_note(data).text).origin, checkpoint=data.decode())


def _details(keys: agency.NewKeys, name: str, jurisdiction: str, lost: Continues | None) -> OpenedDetails:
    return OpenedDetails(
        agency=name,
        jurisdiction=jurisdiction,
        ledger_key=keys.ledger,
        witness_key=keys.witness,
        recipient=keys.recipient,
        continues=lost,
    )


def _create(acting: Acting, home: Home, details: OpenedDetails, passphrase: str | None) -> Recorded:
    from custody.ledger.draft import Occasion
    from custody.ledger.opening import create_ledger

    occasion = Occasion(
        actor=home.origin,
        occurred_at=acting.occurred_at,
        place=desk.place(acting, home),
        documents=documents(acting.documents),
    )
    signer = load_private(home.keys / agency.LEDGER, lambda: passphrase)
    home.beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = create_ledger(home.database, occasion, details, signer, now=clock, beside=home.beside)
    try:
        return ledger.fact(0)
    finally:
        ledger.close()


def _configure(home: Home, database: str | None, country: str) -> None:
    """The last step: without it the ledger can't be found, and never was."""
    try:
        write_config(home.folder, home.origin, database, country)
    except BaseException:
        from custody.ledger.opening import discard_ledger

        discard_ledger(home.database)
        raise
    if isinstance(home.database, str) and database != home.database:
        showing.say("The database's password was not written down: set PGPASSWORD, or keep it in ~/.pgpass")


def _clear(home: Home, made: Sequence[Path]) -> None:
    """Nothing half-made remains. The folders were empty, or were not there."""
    (home.folder / CONFIG).unlink(missing_ok=True)
    for name in ("head", "checkpoint"):
        (home.beside / name).unlink(missing_ok=True)
    shutil.rmtree(home.keys, ignore_errors=True)
    for folder in made:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _report(acting: Acting, home: Home, keys: agency.NewKeys, fact: Recorded) -> None:
    print_of = fingerprint(parse_vkey(keys.ledger).public_key)
    if acting.json:
        entry = {"entry": fact.hash, "index": fact.index, "ledger": fact.origin, "subject": fact.event.subject}
        told = {"entries": [entry], "fingerprint": print_of, "home": str(home.folder), "vkey": keys.ledger}
        showing.answer(acting.session, told)
        return
    showing.tell(f"recorded #0  ledger.opened  {home.origin}  {fact.hash[:16]}")
    for line in showing.aligned({"ledger key": print_of, "vkey": keys.ledger, "folder": str(home.folder)}):
        showing.tell(line)
    showing.say("Keep a copy of the folder's keys, away from the database. Next: custody person enrol ID")
