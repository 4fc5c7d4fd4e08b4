"""`custody show` and `log`: one entry in full, and the newest entries."""

from typing import TYPE_CHECKING, Any

import click

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.notes import EntryCorrected
from custody.protocol.names import kind_of
from custody.protocol.rules.fact import Recorded
from custody.protocol.times import format_utc

from ..desk.home import opened, read_home
from ..options import Command, Common, example, reading
from ..shown import showing
from ..shown.names import Names, names_in
from ..shown.signed import signed
from ..shown.statement import members
from ..shown.whereabouts import short
from ..typed import moments

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

SHOWN = 20
"""Entries of `log` unless -n says otherwise."""


@click.command(cls=Command, epilog=example("custody show 0"))
@click.argument("entry")
@reading
def show(common: Common, entry: str) -> int:
    """Show one entry in full, its signatures checked.

    ENTRY: its index, ORIGIN#index, or 8 or more digits of its hash. --json gives the entry's own bytes.
    """
    with opened(read_home(common)) as ledger:
        fact = ledger.fact(ledger.find_entry(entry))
        names = names_in(ledger)
        checked = signed(ledger, fact)
        if common.session.wants_json:
            common.session.answered = True
            click.echo(ledger.entry(fact.index))
        else:
            lines = _heading(fact, names)
            lines["signatures"] = "\n".join(
                f"{names(one.name)}  {one.fingerprint or 'no key on record'}  {'valid' if one.valid else 'NOT VALID'}"
                for one in checked
            )
            for line in showing.aligned(lines):
                showing.tell(line)
            showing.tell()
            for line in showing.aligned(members(fact.event, names) | _corrections(ledger, fact, names)):
                showing.tell(line)
    wrong = [one.name for one in checked if not one.valid]
    if wrong:
        showing.message("warning", f"S01: the signature of {', '.join(wrong)} on {fact.name} does not match the key")
    return 3 if wrong else 0


@click.command(cls=Command, epilog=example("custody log -n 5"))
@click.option("-n", "count", type=click.IntRange(min=1), default=SHOWN, metavar="N", help="How many. Default: 20.")
@reading
def log(common: Common, count: int) -> None:
    """Show the newest entries, the last one at the end."""
    with opened(read_home(common)) as ledger:
        size = ledger.size
        facts = ledger.facts(max(0, size - count), size)
        if common.session.wants_json:
            showing.answer(common.session, {"entries": [as_json(fact) for fact in facts], "size": size})
            return
        names = names_in(ledger)
        rows = [
            [
                f"#{fact.index}",
                moments.readable_at(fact.recorded),
                fact.event.type,
                _about(fact, names),
                "the ledger key" if fact.event.actor == ledger.origin else short(fact.event.actor, ledger.origin),
                fact.hash[:16],
            ]
            for fact in facts
        ]
        for line in showing.table(["entry", "recorded", "what", "about", "by", "hash"], rows, narrow=3):
            showing.tell(line)


def _about(fact: Recorded, names: Names) -> str:
    """The subject, as people call it."""
    subject = fact.event.subject
    if kind_of(subject) == "disclosure" and isinstance(fact.event, DisclosureMade):
        return _disclosed(fact.event, names)
    return names(subject)


def _disclosed(event: DisclosureMade, names: Names) -> str:
    subjects = event.details.subjects
    return "the whole ledger" if subjects is None else ", ".join(names(one) for one in subjects)


def _heading(fact: Recorded, names: Names) -> dict[str, str]:
    return {
        "entry": fact.name,
        "type": fact.event.type,
        "about": _about(fact, names),
        "hash": fact.hash,
        "recorded": f"{format_utc(fact.recorded)}, by the ledger's clock",
    }


def _corrections(ledger: "Ledger", fact: Recorded, names: Names) -> dict[str, str]:
    """What was said about this entry later: both values are shown (E01)."""
    if kind_of(fact.event.subject) not in ("item", "notes"):
        return {}
    subject = f"item:{fact.event.subject.partition(':')[2]}"
    return {
        f"corrected by #{one.index}": f"{one.event.details.field}: {one.event.details.value or '(sealed)'}"
        f" ({one.event.details.why}; {names(one.event.actor)})"
        for one in ledger.history(subject)
        if isinstance(one.event, EntryCorrected) and one.event.details.entry.entry == fact.hash
    }


def as_json(fact: Recorded) -> dict[str, Any]:
    """What `log` and `history` say of an entry to a script."""
    event = fact.event
    return {
        "entry": fact.hash,
        "index": fact.index,
        "ledger": fact.origin,
        "subject": event.subject,
        "type": event.type,
        "case": event.case,
        "actor": event.actor,
        "occurred_at": event.occurred_at,
        "recorded_at": format_utc(fact.recorded),
    }
