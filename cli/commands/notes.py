"""Notes beside an item's chain: corrections, confirmations, late reports, authority recorded afterwards."""

import click

from custody.errors import UsageError
from custody.protocol.events.notes import AuthorityDetails, AuthorityRecorded, LateDetails, ReportLate
from custody.protocol.rules.item import AUTHORITY_DOCUMENTS

from ..desk.desk import at_desk
from ..options import Acting, Command, acting, example
from ..typed.parsing import TEXT


@click.command(
    cls=Command,
    epilog=example(
        'custody correct 7 --field serial --value 353918052341234 --why "two digits swapped" \\',
        "    --witness ak --as jm",
    ),
)
@click.argument("entry", metavar="ENTRY")
@acting
@click.option("--field", type=TEXT, required=True, help="What was wrong: serial, condition, occurred_at, place/name …")
@click.option("--value", type=TEXT, required=True, help="What it should have said.")
@click.option("--why", type=TEXT, required=True, help="How the error came about.")
def correct(acting: Acting, entry: str, field: str, value: str, why: str) -> None:
    """Correct an entry: both values stay readable, and the verifier judges the original one.

    A witness gives a correction its weight.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.notes import correct as note

        corrected = desk.ledger.fact(desk.ledger.find_entry(entry))
        desk.record(note(desk.occasion, corrected, field=field, value=value, why=why, readers=acting.sealed_for))


@click.command(
    cls=Command, epilog=example('custody confirm 7 --why "signed before the key was stolen" --witness ak --as jm')
)
@click.argument("entry", metavar="ENTRY")
@acting
@click.option("--why", type=TEXT, required=True, help="Why it is true nevertheless.")
def confirm(acting: Acting, entry: str, why: str) -> None:
    """Confirm an entry whose signer's key is in doubt.

    By the signer with a new key, or by all its other signers; a supervisor is among those who sign.
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.notes import confirm as note

        desk.record(note(desk.occasion, desk.ledger.fact(desk.ledger.find_entry(entry)), why=why))


@click.command(
    cls=Command, epilog=example('custody report JM/1 --text "photographed before bagging, 2 pictures" --as jm')
)
@click.argument("item", metavar="ITEM")
@acting
@click.option("--text", type=TEXT, required=True, help="What was not recorded when it happened.")
def report(acting: Acting, item: str, text: str) -> None:
    """Record afterwards what was not recorded when it happened."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        desk.record(state(ReportLate, desk.occasion, desk.item(item).uuid, LateDetails(text=text)))


@click.command(cls=Command, epilog=example("custody authority JM/1 --document warrant=warrant.pdf --as jm"))
@click.argument("item", metavar="ITEM")
@acting
def authority(acting: Acting, item: str) -> None:
    """Record the legal authority for a seizure afterwards, with its document."""
    kinds = ", ".join(AUTHORITY_DOCUMENTS)
    if not acting.documents:
        raise click.UsageError("the document is missing: --document warrant=FILE")
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import state

        meant, occasion = desk.item(item), desk.occasion
        found = [one for one in occasion.documents if one.kind in AUTHORITY_DOCUMENTS]
        if len(found) != 1:
            hint = f"--document KIND=FILE with one of {kinds}"
            raise UsageError("exactly one document has to be the legal authority", hint=hint)
        details = AuthorityDetails(document=found[0].sha256)
        desk.record(state(AuthorityRecorded, occasion, meant.uuid, details))
