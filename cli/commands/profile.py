"""`custody profile`: what the jurisdiction's rules of evidence ask beyond the base rules. An act of the ledger key."""

from pathlib import Path

import click
import msgspec

from custody.protocol.events.ledger import Profile
from custody.protocol.rules.profile import LIMITS, loosened

from ..desk.desk import at_desk
from ..desk.home import opened, read_home
from ..options import Acting, Common, Group, example, keeping, reading
from ..proving.asking import read_profile
from ..shown import showing
from ..typed.parsing import PATH


@click.group(cls=Group, epilog=example("custody profile show"))
def profile() -> None:
    """Adopt and show the jurisdiction's rules of evidence."""


@profile.command(epilog=example("custody profile adopt rules.toml"))
@click.argument("file", metavar="FILE.toml", type=PATH)
@keeping
def adopt(acting: Acting, file: Path) -> None:
    """Adopt rules of evidence: they hold from the next entry on, in the place of those before.

    Where they ask less than those before, or permit more, every report says so. docs/profiles has examples to start
    from.
    """
    stated = read_profile(file)
    with at_desk(acting) as desk:
        from custody.ledger.people import adopt_profile

        state = desk.ledger.state
        less = loosened(state.profile, stated)
        if less:
            text = f"it asks less, or permits more, than {state.profile.name}: {', '.join(less)}; every report says so"
            showing.message("warning", text)
        done = desk.record(adopt_profile(desk.by_ledger, stated))
        if done is not None:
            showing.say(f"From the next entry on: {stated.name}")


@profile.command(epilog=example("custody profile show"))
@reading
def show(common: Common) -> None:
    """Show the rules of evidence in force, and since which entry."""
    with opened(read_home(common)) as ledger:
        state = ledger.state
        adopted = ledger.fact(state.profiles[-1][0]) if state.profiles else None
    if common.json:
        since = adopted.name if adopted else None
        showing.answer(common.session, {"profile": msgspec.to_builtins(state.profile), "since": since})
        return
    when = f"adopted by entry #{adopted.index}, {adopted.date}" if adopted else "no profile was adopted"
    showing.tell(showing.Heading(f"{state.profile.name} ({when})"))
    for line in showing.aligned(_words(state.profile, adopted=adopted is not None)):
        showing.tell(f"  {line}")


def _words(stated: Profile, *, adopted: bool) -> dict[str, str]:
    """What holds, member by member as a profile file has them; the base rules where the profile is silent."""
    own = msgspec.to_builtins(stated)
    found = {}
    for member, limit in LIMITS.items():
        table, _, name = member.rpartition(".")
        said = name in (own.get(table, {}) if table else own)
        unit = "hours" if member == "late_hours" else "days"
        found[member] = f"{limit(stated)} {unit}{'' if said or not adopted else ' (base rules)'}"
    for member in ("spontaneous", "urgent"):
        found[member] = "allowed" if own.get(member) else "not allowed"
    for member in ("required", "roles", "witnesses"):
        for kind, asked in own.get(member, {}).items():
            found[f"{member} {kind}"] = str(asked) if isinstance(asked, int) else ", ".join(asked)
    return found
