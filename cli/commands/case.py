"""`custody case`: what items belong to."""

import click

from custody.protocol.events.cases import CaseAmendedDetails, CaseClosedDetails, CaseOpenedDetails
from custody.protocol.rules.ledgers import CaseState

from ..desk.desk import at_desk
from ..desk.home import opened, read_home
from ..options import Acting, Common, Group, acting, example, reading
from ..shown import showing
from ..shown.names import name_of_person
from ..typed.parsing import CASE, DATE, ID, TEXT


@click.group(cls=Group, epilog=example("custody case list"))
def case() -> None:
    """Open, amend, close and list cases."""


@case.command(
    "open",
    epilog=example('custody case open OP-18 --title "Harbour" --offence "trafficking in persons" --lead jm --as jm'),
)
@click.argument("reference", metavar="REF", type=CASE)
@acting
@click.option("--title", type=TEXT, required=True, help="Name of the case.")
@click.option("--offence", type=TEXT, required=True, help="What is investigated.")
@click.option("--lead", type=ID, required=True, help="Who leads it.")
@click.option("--agreement", type=TEXT, help="Joint-investigation agreement under which it is shared.")
@click.option("--retain-until", type=DATE, help="Until when its data are kept.")
def open_(
    acting: Acting,
    reference: str,
    title: str,
    offence: str,
    lead: str,
    agreement: str | None,
    retain_until: str | None,
) -> None:
    """Open a case."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.cases import open_case

        details = CaseOpenedDetails(
            lead=desk.person(lead), offence=offence, title=title, agreement=agreement, retain_until=retain_until
        )
        desk.record(open_case(desk.occasion, reference, details))


@case.command(
    epilog=example('custody case amend OP-17 --offence "trafficking in minors" --why "age established" --as jm')
)
@click.argument("reference", metavar="REF", type=CASE)
@acting
@click.option("--title", type=TEXT, help="New name of the case.")
@click.option("--offence", type=TEXT, help="What is investigated now.")
@click.option("--lead", type=ID, help="Who leads it now.")
@click.option("--agreement", type=TEXT, help="Joint-investigation agreement under which it is shared.")
@click.option("--retain-until", type=DATE, help="Until when its data are kept.")
@click.option("--why", type=TEXT, required=True, help="Why it changed.")
def amend(acting: Acting, reference: str, why: str, lead: str | None, **changed: str | None) -> None:
    """Change what a case is about; what it was before stays readable."""
    if lead is None and not any(changed.values()):
        raise click.UsageError("nothing is changed: give --title, --offence, --lead, --agreement or --retain-until")
    with at_desk(acting) as desk:
        from custody.ledger.acts.cases import amend_case

        details = CaseAmendedDetails(why=why, lead=desk.person(lead) if lead else None, **changed)
        desk.record(amend_case(desk.occasion, reference, details))


@case.command(epilog=example('custody case close OP-17 --reason "final judgment" --as ak'))
@click.argument("reference", metavar="REF", type=CASE)
@acting
@click.option("--reason", type=TEXT, required=True, help="Why it ended.")
def close(acting: Acting, reference: str, reason: str) -> None:
    """Close a case: no new items; what it holds can still be handed over, returned or destroyed."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.cases import close_case

        desk.record(close_case(desk.occasion, reference, CaseClosedDetails(reason=reason)))


@case.command("list", epilog=example("custody case list"))
@reading
def list_(common: Common) -> None:
    """List all cases."""
    with opened(read_home(common)) as ledger:
        cases = ledger.cases()
        leads = {one.lead: name_of_person(ledger, one.lead) for one in cases}
    if common.json:
        showing.answer(common.session, {"cases": [_as_json(one) for one in cases]})
        return
    rows = [[one.reference, one.title or "", one.offence, _lead(one, leads[one.lead]), _state(one)] for one in cases]
    for line in showing.table(["case", "title", "offence", "lead", ""], rows, narrow=2):
        showing.tell(line)


def _state(one: CaseState) -> str:
    return ("closed" if one.closed else "open") + (", erased" if one.erased else "")


def _lead(one: CaseState, name: str | None) -> str:
    identity = one.lead.partition("@")[0]
    return f"{identity} ({name})" if name else identity


def _as_json(one: CaseState) -> dict[str, object]:
    return {
        "case": one.reference,
        "title": one.title,
        "offence": one.offence,
        "lead": one.lead,
        "agreement": one.agreement,
        "retain_until": one.retain_until,
        "closed": one.closed,
        "erased": one.erased,
    }
