"""The answers to a request: accepted, refused, postponed, consulted about, executed, closed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from custody.protocol.events.requests import (
    RequestAccepted,
    RequestAcceptedDetails,
    RequestClosed,
    RequestClosedDetails,
    RequestConsulted,
    RequestConsultedDetails,
    RequestEvent,
    RequestExecuted,
    RequestExecutedDetails,
    RequestPostponed,
    RequestPostponedDetails,
    RequestRefused,
    RequestRefusedDetails,
    Scope,
)

from ..borders.requesting import CATEGORIES, ITEMS, KINDS, find, scope_of, tell_partner
from ..desk.desk import at_desk
from ..desk.files import check_output
from ..options import Acting, Command, Function, acting, example, output
from ..typed.parsing import TEXT, UNTIL_DAY

_REQ = click.argument("request", metavar="REQ")


def _step(acting: Acting, text: str, kind: type[RequestEvent], details: Any, output: Path | None, force: bool) -> None:
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.acts.requests import answer

        state = find(desk, text)
        tell_partner(desk, state.uuid, answer(kind, desk.occasion, state.uuid, details), output, force=force)


@click.command(
    cls=Command,
    epilog=example("custody request accept DE-8 --kind physical --until 2026-12-31 --as ca -o DE-8.accepted"),
)
@_REQ
@acting
@click.option("--condition", "conditions", type=TEXT, multiple=True, help="On which condition. Repeatable.")
@KINDS
@CATEGORIES
@ITEMS
@click.option("--until", type=UNTIL_DAY, help="Until when items may leave under it. Default: until it is closed.")
@output()
def accept(
    acting: Acting,
    request: str,
    conditions: tuple[str, ...],
    kinds: tuple[str, ...],
    categories: tuple[str, ...],
    items: tuple[str, ...],
    until: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Accept a request: what is granted, on which conditions, until when.

    Without --kind, --category and --item all is granted that was asked for. Accepted again, new terms replace the old.
    """
    check_output(acting.session.wants_json, output, force=force)
    with at_desk(acting) as desk:
        from custody.ledger.acts.requests import answer

        state = find(desk, request)
        said = scope_of(kinds, categories, items)
        asked = state.sent.scope if state.sent is not None else Scope(kinds=("physical", "digital"))
        scope = Scope(**{name: tuple(value) for name, value in said.items()}) if said else asked
        details = RequestAcceptedDetails(scope=scope, conditions=conditions or None, until=until)
        act = answer(RequestAccepted, desk.occasion, state.uuid, details)
        tell_partner(desk, state.uuid, act, output, force=force)


def _with_ground(required: bool) -> Callable[[Function], Function]:
    return click.option("--ground", type=TEXT, required=required, help="Why, or what is asked.")


@click.command(
    cls=Command, epilog=example('custody request refuse DE-8 --ground "against our law" --as ca -o DE-8.refused')
)
@_REQ
@acting
@_with_ground(True)
@output()
def refuse(acting: Acting, request: str, ground: str, output: Path | None, force: bool) -> None:
    """Refuse a request, and say on which ground (UNTOC art. 18(21))."""
    _step(acting, request, RequestRefused, RequestRefusedDetails(ground=ground), output, force)


@click.command(
    cls=Command, epilog=example('custody request postpone DE-8 --ground "our own trial" --as ca -o DE-8.postponed')
)
@_REQ
@acting
@_with_ground(True)
@click.option("--until", type=UNTIL_DAY, help="Until when, where that is known.")
@output()
def postpone(acting: Acting, request: str, ground: str, until: str | None, output: Path | None, force: bool) -> None:
    """Postpone a request: nothing goes under it until it is accepted (UNTOC art. 18(25))."""
    _step(acting, request, RequestPostponed, RequestPostponedDetails(ground=ground, until=until), output, force)


@click.command(
    cls=Command, epilog=example('custody request consult DE-8 --ground "a copy only?" --as ca -o DE-8.consulted')
)
@_REQ
@acting
@_with_ground(True)
@output()
def consult(acting: Acting, request: str, ground: str, output: Path | None, force: bool) -> None:
    """Ask the requesting side, before anything is decided (UNTOC art. 18(26))."""
    _step(acting, request, RequestConsulted, RequestConsultedDetails(ground=ground), output, force)


@click.command(cls=Command, epilog=example("custody request execute DE-9 --as ca -o DE-9.executed"))
@_REQ
@acting
@_with_ground(False)
@output()
def execute(acting: Acting, request: str, ground: str | None, output: Path | None, force: bool) -> None:
    """Record that the assistance was given."""
    _step(acting, request, RequestExecuted, RequestExecutedDetails(ground=ground), output, force)


@click.command(cls=Command, epilog=example("custody request close DE-9 --as ca -o DE-9.closed"))
@_REQ
@acting
@_with_ground(False)
@output()
def close(acting: Acting, request: str, ground: str | None, output: Path | None, force: bool) -> None:
    """Close a request: nothing goes under it any more."""
    _step(acting, request, RequestClosed, RequestClosedDetails(ground=ground), output, force)
