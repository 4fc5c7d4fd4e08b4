"""`custody request`: requests for mutual legal assistance, sent, received and answered as files."""

import uuid
from pathlib import Path
from typing import Any

import click

from custody.errors import MalformedError, RuleRefusedError, UsageError

from ..borders import request_shown, requesting, requests_listed
from ..borders.incoming import read_arrival
from ..borders.request_file import TEMPLATE, parse_request_file
from ..borders.requesting import CATEGORIES, ITEMS, KINDS, scope_of, tell_partner
from ..desk import secret
from ..desk.counter import Counter
from ..desk.desk import Desk, at_desk
from ..desk.files import STDOUT, check_output, read_small, refuse_existing, write_output
from ..desk.home import clock, opened, read_home
from ..options import Acting, Common, Group, acting, aside, example, output, reading
from ..proving import cutting, unsealing
from ..shown import showing
from ..typed.parsing import CASE, DATE, ORIGIN, PATH, REFERENCE, WORD
from . import answering


@click.group(cls=Group, epilog=example("custody request list"))
def request() -> None:
    """Send, receive and answer requests for mutual legal assistance."""


@request.command(epilog=example("custody request template -o request.toml"))
@aside
@output()
def template(common: Common, output: Path | None, force: bool) -> None:
    """Write a request to start from: commented, with example values."""
    refuse_existing(output, force=force)
    write_output(output or STDOUT, TEMPLATE.encode(), force=force)
    if common.json and output not in (None, STDOUT):
        showing.answer(common.session, {"file": str(output)})


@request.command(
    epilog=example(
        "custody request send mla.toml --to bka.police.example/custody --case OP-17 --reference RO-1 --as ca \\",
        "    -o RO-1.custody",
    )
)
@click.argument("file", metavar="FILE.toml", type=PATH)
@acting
@click.option("--to", type=ORIGIN, required=True, help="The partner that is asked.")
@click.option("--case", type=CASE, required=True, help="The case it is made in.")
@click.option("--reference", type=REFERENCE, help="What you call it. Default: the file's, else CASE-R and a number.")
@click.option("--purpose", type=WORD, help="The code that releases repeat. Default: the file's.")
@KINDS
@CATEGORIES
@ITEMS
@click.option("--until", type=DATE, help="By when an answer is needed.")
@output(required=True)
def send(
    acting: Acting,
    file: Path,
    to: str,
    case: str,
    reference: str | None,
    purpose: str | None,
    kinds: tuple[str, ...],
    categories: tuple[str, ...],
    items: tuple[str, ...],
    until: str | None,
    output: Path,
    force: bool,
) -> None:
    """Send a request to a partner, as a file.

    What --kind, --category and --item name is its scope, in the place of the file's. Facts and persons are sealed: the
    partner and the court can read them, and nobody else.
    """
    check_output(acting.session.wants_json, output, force=force)
    said = {"reference": reference, "purpose": purpose, "deadline": until, "scope": scope_of(kinds, categories, items)}
    with at_desk(acting) as desk:
        from custody.ledger.acts.requests import send as send_request

        stated = {name: value for name, value in said.items() if value is not None}
        details = _written(desk, file, to, case, stated)
        new = str(uuid.uuid4())
        sealed = {"facts": secret.audiences(acting, "facts")}
        if details.persons is not None:
            sealed["persons"] = secret.audiences(acting, "persons")
        act = send_request(desk.occasion.sealed(sealed), new, case, details)
        tell_partner(desk, new, act, output, force=force, reference=details.reference)


def _written(desk: Desk, file: Path, to: str, case: str, said: dict[str, Any]) -> Any:
    data = read_small(file)
    number = sum(one.cases.get(desk.ledger.origin) == case for one in desk.ledger.requests()) + 1
    try:
        if "reference" not in said and b"reference" not in data:
            said["reference"] = f"{case}-R{number}"
        details = parse_request_file(data, to, said)
    except MalformedError as error:
        raise MalformedError(f"{file}: {error.message}", hint=error.hint) from error
    if any(
        one.reference == details.reference and one.requesting == desk.ledger.origin for one in desk.ledger.requests()
    ):
        raise UsageError(f"there is a request {details.reference} already", hint="--reference R gives it another name")
    return details


@request.command(epilog=example("custody request receive DE-7.custody --case KR-9 --as ca"))
@click.argument("package", metavar="PACKAGE", type=PATH)
@acting
@click.option("--case", type=CASE, required=True, help="The case it is received in.")
@output()
def receive(acting: Acting, package: Path, case: str, output: Path | None, force: bool) -> None:
    """Receive a partner's request, or several: verified, then recorded. The same file twice changes nothing."""
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.acts.compose import together
        from custody.ledger.acts.requests import receive as receive_request

        arrival = read_arrival(desk, package).arrival
        asked = desk.ledger.requests_with(arrival, arrival.requests)
        new = [one for one in asked if one.status == "sent"]
        if not asked:
            raise MalformedError(f"{package} holds no request", hint="`custody import` takes in other bundles")
        for one in new:
            if one.sent is not None and one.sent.to != desk.ledger.origin:
                raise RuleRefusedError(
                    "A05", f"request {one.reference} is made to {one.sent.to}, not to this ledger", hint="send it there"
                )
        if not new:
            taken = False
            if acting.dry_run:
                desk.ledger.compare(arrival)
            else:
                taken = desk.ledger.admit(arrival, lock=desk.vault.lock)
            own = all(one.requesting == desk.ledger.origin for one in asked)
            said = "This answers a request of this ledger" if own else "This request was received before"
            showing.say(f"{said}; {'what is new in the file was taken in' if taken else 'nothing changed'}.")
            if acting.json:
                showing.answer(acting.session, {"entries": []})
            return
        if showing.interactive() and not acting.yes:
            for one in new:
                facts = desk.ledger.facts_with(arrival, f"request:{one.uuid}")
                request_shown.tell(desk, one, facts, request_shown.disclosed_by(arrival))
        note, received = arrival.parts[-1].note.decode(), [one.uuid for one in new]
        act = together(*(receive_request(desk.occasion, one, case, checkpoint=note) for one in received))
        if output is None:
            if desk.record(act, arriving=arrival) is not None:
                for one in new:
                    showing.say(f"Request {one.reference}: {one.uuid}")
            return
        from custody.ledger.disclosing.cutting import Disclosure

        disclosure = Disclosure(desk.occasion, (), "partner", requests=received, first=act)
        cut = cutting.record(desk, disclosure, output, arriving=arrival)
        if cut is not None:
            told = {"request": received[0]} if len(received) == 1 else {"requests": received}
            cutting.deliver(desk, cut, output, force=force, what="package", **told)


for _command in (
    answering.accept,
    answering.refuse,
    answering.postpone,
    answering.consult,
    answering.execute,
    answering.close,
):
    request.add_command(_command)


@request.command(epilog=example("custody request show DE-8"))
@click.argument("request", metavar="REQ")
@reading
def show(common: Common, request: str) -> None:
    """Show a request in full, with what is sealed in it, and how it was answered."""
    home = read_home(common)
    with opened(home) as ledger:
        counter = Counter(home, ledger)
        state = requesting.find(counter, request)
        facts = ledger.history(f"request:{state.uuid}")
        read = unsealing.opened_for(counter, facts)
        if common.json:
            showing.answer(common.session, request_shown.as_json(state, facts, read))
        else:
            request_shown.tell(counter, state, facts, read)


@request.command("list", epilog=example("custody request list --overdue"))
@reading
@click.option("--overdue", is_flag=True, help="Those whose next step is late, by the profile's days or their own date.")
def list_(common: Common, overdue: bool) -> None:
    """List requests, sent and received: where they stand, and what is due."""
    with opened(read_home(common)) as ledger:
        found = [requests_listed.line_of(one, ledger, clock()) for one in ledger.requests()]
    found = [one for one in found if one["overdue"] or not overdue]
    if common.json:
        showing.answer(common.session, {"requests": found})
        return
    for line in showing.table(requests_listed.HEADS, [requests_listed.row_of(one) for one in found], narrow=5):
        showing.tell(line)
