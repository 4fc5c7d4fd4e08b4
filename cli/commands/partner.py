"""`custody card`, `custody partner`: whom the ledger exchanges with. Trust is an act of the ledger key."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import MalformedError, RuleRefusedError, UsageError
from custody.protocol.card import card_fingerprint, format_card, parse_card, same_fingerprint
from custody.protocol.ed25519 import fingerprint
from custody.protocol.events.partners import Card
from custody.protocol.rules.ledgers import PartnerState
from custody.protocol.times import format_utc
from custody.protocol.vkey import parse_vkey

from ..desk.desk import at_desk
from ..desk.files import STDOUT, read_small, refuse_existing, write_output
from ..desk.home import opened, read_home
from ..options import Acting, Command, Common, Group, example, keeping, output, reading
from ..shown import showing
from ..typed.kinds import not_this
from ..typed.parsing import ORIGIN, PATH, TEXT

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger


@click.command(cls=Command, epilog=example("custody card -o ocrteh.card"))
@reading
@output()
def card(common: Common, output: Path | None, force: bool) -> None:
    """Write the agency's public card, for its partners.

    It holds no secret. Send it on any way, and read its fingerprint out on another: by telephone, face to face.
    """
    if output == STDOUT and common.session.wants_json:
        raise UsageError("-o - and --json both want stdout", hint="leave one of them out")
    refuse_existing(output, force=force)
    with opened(read_home(common)) as ledger:
        own = card_of(ledger)
    print_of = card_fingerprint(own)
    if output is not None or not common.session.wants_json:
        write_output(output or STDOUT, format_card(own), force=force)
    if common.session.wants_json:
        showing.answer(common.session, {"origin": own.origin, "fingerprint": print_of, "card": _members(own)})
    else:
        showing.say(f"The card of {own.origin} has the fingerprint")
        showing.say(f"    {print_of}")
        showing.say("Read it out to your partner over another channel than the card's.")


def card_of(ledger: "Ledger") -> Card:
    """The agency's own card. Raises UsageError for a ledger whose opening is not there."""
    state = ledger.state
    if state.opened is None or state.key is None:
        raise UsageError("the ledger has no opening", hint="run `custody audit`")
    details = state.opened.details
    return Card(
        agency=details.agency,
        jurisdiction=details.jurisdiction,
        ledger_key=state.key,
        origin=ledger.origin,
        recipient=details.recipient,
        witness_key=details.witness_key,
    )


def _members(one: Card) -> dict[str, str]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


@click.group(cls=Group, epilog=example("custody partner list"))
def partner() -> None:
    """Trust, distrust and list partner agencies."""


@partner.command(epilog=example("custody partner add bka.card --fingerprint 81dd-3dfc-22d3-3cb5-76ff-9f2e-a76f-f1d4"))
@click.argument("file", metavar="FILE", type=PATH)
@keeping
@click.option("--fingerprint", "typed", type=TEXT, required=True, help="As their owner read it out, on another way.")
@click.option("--confirmed", type=TEXT, help="How: who read it out, over which channel. Default: read out.")
def add(acting: Acting, file: Path, typed: str, confirmed: str | None) -> None:
    """Trust a partner by the card it gave.

    Ask the partner for the fingerprint of its card over another channel than the card came on. Items and requests can
    then go there, and its bundles are taken in. Added again with a new card, the new keys replace the old.
    """
    given = _read_card(file)
    if not same_fingerprint(typed, given):
        raise RuleRefusedError(
            "L04",
            f"the card of {given.origin} has another fingerprint than the one read out",
            hint="somebody may have changed the card on its way: ask the partner for it again, and compare once more",
        )
    with at_desk(acting) as desk:
        from custody.ledger.acts.partners import trust

        if given.origin == desk.ledger.origin:
            raise UsageError("this is this ledger's own card", hint="partners give you theirs")
        how = confirmed or "its fingerprint was read out over another channel"
        done = desk.record(trust(desk.by_ledger, given, confirmed=how))
        if done is not None:
            showing.say(f"{given.agency} ({given.jurisdiction}) is a partner: {given.origin}")
            if done.dropped:
                _tell_dropped(done.dropped, given.origin)


def _tell_dropped(subjects: Sequence[str], origin: str) -> None:
    """What others had shown of it before, under another key."""
    items = sum(one.startswith("item:") for one in subjects)
    requests = sum(one.startswith("request:") for one in subjects)
    showing.message(
        "warning",
        f"what others showed of {origin} before was dropped: no key of this card vouches for it; "
        f"items: {items}, requests: {requests}",
    )
    showing.message("hint", f"ask {origin} for a bundle: what is theirs after all, from an earlier key, comes back")


def _read_card(path: Path) -> Card:
    data = read_small(path)
    try:
        return parse_card(data)
    except MalformedError as error:
        message, hint = not_this(path, "a card", data)
        if data.startswith(b'{"card":'):
            message, hint = f"{path}: {error.message}", None
        raise MalformedError(message, hint=hint or "`custody card -o FILE` writes one") from error


@partner.command(epilog=example('custody partner remove bka.police.example/custody --reason "key lost"'))
@click.argument("origin", metavar="ORIGIN", type=ORIGIN)
@keeping
@click.option("--reason", type=TEXT, required=True, help="Why.")
def remove(acting: Acting, origin: str, reason: str) -> None:
    """Distrust a partner: nothing goes there any more, and nothing of its making is taken in."""
    with at_desk(acting) as desk:
        from custody.ledger.acts.partners import distrust

        desk.record(distrust(desk.by_ledger, origin, reason=reason))


@partner.command("list", epilog=example("custody partner list"))
@reading
def list_(common: Common) -> None:
    """List partners: which keys are pinned, what was last seen of them, and what contradicts it."""
    with opened(read_home(common)) as ledger:
        found = [_as_json(one, ledger) for _, one in sorted(ledger.partners().items())]
    if common.json:
        showing.answer(common.session, {"partners": found})
        return
    heads = ["partner", "agency", "state", "", "card", "seen", "disputes"]
    rows = [
        [
            one["origin"],
            one["agency"],
            one["jurisdiction"],
            "distrusted" if one["distrusted"] else "",
            one["fingerprint"],
            str(one["seen"] or ""),
            str(one["disputes"] or ""),
        ]
        for one in found
    ]
    for line in showing.table(heads, rows, narrow=1):
        showing.tell(line)


def _as_json(one: PartnerState, ledger: "Ledger") -> dict[str, Any]:
    kept = ledger.store.kept
    pin = kept.pin(one.origin)
    details = one.details
    given = details and Card(
        agency=details.agency,
        jurisdiction=details.jurisdiction,
        ledger_key=details.ledger_key,
        origin=one.origin,
        recipient=details.recipient,
        witness_key=details.witness_key,
    )
    return {
        "origin": one.origin,
        "agency": details.agency if details else "",
        "jurisdiction": details.jurisdiction if details else "",
        "fingerprint": card_fingerprint(given) if given else "",
        "key": fingerprint(parse_vkey(details.ledger_key).public_key) if details else "",
        "confirmed": details.confirmed if details else "",
        "distrusted": one.distrusted,
        "since": one.since,
        "seen": pin.size if pin is not None else None,
        "disputes": sum(dispute.ledger == one.origin for dispute in kept.disputes()),
    }


@partner.command(epilog=example("custody partner disputes"))
@reading
@output()
def disputes(common: Common, output: Path | None, force: bool) -> None:
    """Show, or write, signed statements of partners that contradict each other.

    Each line of the file holds two statements, signed by who made them: anybody can check it.
    """
    refuse_existing(output, force=force)
    with opened(read_home(common)) as ledger:
        found = ledger.store.kept.disputes()
    if output is not None:
        write_output(output, b"".join(one.proof + b"\n" for one in found), force=force)
    listed = [{"ledger": one.ledger, "code": one.code, "when": format_utc(one.when)} for one in found]
    if common.json:
        showing.answer(common.session, {"disputes": listed})
    elif output != STDOUT:
        for line in showing.table(
            ["when", "code", "ledger"], [[one["when"], one["code"], one["ledger"]] for one in listed]
        ):
            showing.tell(line)
