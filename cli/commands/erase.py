"""`custody erase`: a court's order to erase, carried out without breaking any chain."""

import click

from custody.protocol.events.cases import CaseErasedDetails

from ..desk.desk import Desk, at_desk
from ..options import Acting, Command, acting, example
from ..shown import showing
from ..typed.parsing import CASE, TEXT


@click.command(
    cls=Command, epilog=example('custody erase --case OP-17 --authority "order 12/2031, Tribunal Iași" --as ak')
)
@acting
@click.option("--case", "reference", type=CASE, required=True, help="The case.")
@click.option("--authority", type=TEXT, required=True, help="By whose order.")
def erase(acting: Acting, reference: str, authority: str) -> None:
    """Destroy what opens a case's sealed values, for ever. Every chain still verifies.

    A supervisor records it; then the case's identity is destroyed, and with it what is sealed, in every backup of the
    database too. It does not reach bundles and certificates already given, nor copies of the folder `cases`: destroy
    those as well (docs/data-protection.md).
    """
    with at_desk(acting) as desk:
        from custody.ledger.acts.cases import erase_case

        vault = desk.vault
        case = desk.ledger.case(reference)
        if case is not None and case.erased and vault.identities(reference):
            _finish(desk, reference)
            return
        act = erase_case(desk.occasion, reference, CaseErasedDetails(authority=authority))
        desk.rehearse(act)
        count = sum(value.case == reference for value in desk.ledger.store.every_sealed())
        here = not count or bool(vault.identities(reference))
        if here:
            showing.say(f"{count} sealed values of case {reference} will be unreadable, for ever.")
        if desk.record(act, then=lambda: vault.destroy(reference)) is None:
            return
        if here:
            showing.say("Destroy the copies of its folder under `cases`, too: in backups, on sticks.")
        else:
            gone = f"what opens the {count} sealed values of case {reference} is not in {desk.home.cases}"
            showing.message("warning", f"nothing was destroyed: {gone}")
            showing.message("hint", "run the same command where it is: there it destroys it")


def _finish(desk: Desk, reference: str) -> None:
    """That the case was erased is on record; the program was interrupted before its identity was gone."""
    session = desk.acting.session
    if desk.acting.dry_run:
        showing.say(f"That case {reference} was erased is on record; what is left of its identity would be destroyed.")
        showing.answer_dry(session)
        return
    desk.vault.destroy(reference)
    showing.say(f"That case {reference} was erased is on record; what was left of its identity is destroyed.")
    if session.wants_json:
        showing.answer(session, {"entries": []})
