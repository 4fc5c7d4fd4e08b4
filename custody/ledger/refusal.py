"""Refusals: the rule's code, what is wrong with this act, and what would be needed."""

from custody.errors import RuleRefusedError
from custody.protocol.findings import Finding
from custody.protocol.rules.world import World
from custody.protocol.times import CLOCK_TOLERANCE, format_utc

_HINTS = {
    "C02": "only one continuation of a release can stand",
    "C03": "let the person who answers for it act, or have it handed over first",
    "C03.transit": "it has to be received, or withdrawn by the releaser, first",
    "C03.lent": "it has to be recovered first",
    "C03.release": "only what was released, and neither received nor withdrawn since, can be received or refused",
    "C03.void": "correct the entry instead: `custody correct`",
    "C03.loan": "only what was lent can be recovered",
    "C03.from": "name the person who answers for it",
    "C03.digital": "import their refusal first: `custody import FILE`",
    "C04": "let one of those it was addressed to receive it, or withdraw and release it anew",
    "C04.refusal": "let one of those refuse it, or, of what a partner sent, a supervisor or central authority",
    "C06": "nothing can follow the end of an item",
    "P01.sealed": "open the seals first: `custody open`, or --seal-opened",
    "S01.possession": "ask the person for a new request: `custody key request`",
    "S02.same": "different persons with different keys have to sign",
    "S02.witness": "name a witness: --witness ID",
    "S03": "enrol the person first: `custody person enrol`",
    "S03.revoked": "enrol the person anew, or let somebody else act",
    "A02": "ask for a supplementary request, or have the scope widened: `custody request accept`",
    "A03": "the purpose is the one that the request was made for",
    "A03.state": "a request of the State it goes to is needed: `custody request list`",
    "A03.onward": "ask the State where it was taken: a request with the purpose onward",
    "A03.use": "name the request and its purpose: --request REQ --purpose CODE",
    "A04": "cite an accepted request, the case's agreement, or spontaneous transmission: --request, --agreement",
    "A04.agreement": "`custody case amend REF --agreement TEXT --why TEXT` records it in the case",
    "A04.expired": "have it accepted anew: `custody request accept`",
    "A04.spontaneous": "only where the ledger's profile allows it: `custody profile show`",
    "A04.step": "`custody request list` shows where it stands",
    "A05.party": "once received, only the requested side writes",
    "A05": "let a person in a fitting role act; docs/format.md lists who may do what",
    "A05.profile": "let a person in one of these roles act; `custody profile show` shows the profile",
    "T01": "check --at and the computer's clock",
}


def refuse_against_rules(found: list[Finding], world: World) -> None:
    """Raises RuleRefusedError for the first finding that is an act against the rules."""
    for one in found:
        if one.refused:
            raise RuleRefusedError(one.code, _sentence(one, world), hint=_HINTS.get(one.key, _HINTS.get(one.code)))


def _sentence(one: Finding, world: World) -> str:
    """The finding's sentence, about an act that gets no entry."""
    facts = tuple((name, "this act" if name == "entry" else value) for name, value in one.facts)
    item = world.items.get(one.item) if one.item else None
    sentence = one._replace(facts=facts).message.removeprefix("this act: ")
    return f"{item.label}: {sentence}" if item and item.label else sentence


def recording_time(clock: int, last: int, server: int | None) -> int:
    """`recorded_at` for the next entry: the clock, or the last entry's time where the clock is a little behind.

    `server`: the clock of the computer that keeps the database, where that is another one. Seconds since 1970. Raises
    RuleRefusedError (T01) when the clock is further behind the last entry, or ahead of the server, than honest clocks
    differ: one computer that is a year ahead would keep all others from recording for a year.
    """
    if server is not None and clock - server > CLOCK_TOLERANCE:
        raise RuleRefusedError(
            "T01",
            f"this computer's clock says {format_utc(clock)}, the database server's {format_utc(server)}",
            hint="set the clock right; nobody could record before that time any more",
        )
    if clock >= last:
        return clock
    if last - clock <= CLOCK_TOLERANCE:
        return last
    raise RuleRefusedError(
        "T01",
        f"this computer's clock says {format_utc(clock)}, but the last entry was recorded at {format_utc(last)}",
        hint="set the clock right; if it is, another one was ahead: wait until that time, a ledger's times never fall",
    )
