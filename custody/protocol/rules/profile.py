"""What a ledger's adopted profile asks beyond the base rules (F01, F02, F03, S02), and its limits."""

from custody.protocol.events.handling import ItemOpened
from custody.protocol.events.items import ItemDestroyed
from custody.protocol.events.ledger import Profile
from custody.protocol.events.validity import pointer_filled
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded

BASE = Profile(name="base rules", late_hours=24, late_statement_days=7, transit_days=30)
"""What holds where no profile was adopted, or the profile is silent."""


_BEFORE_A_WITNESS = (ItemOpened, ItemDestroyed)


def late_hours(profile: Profile) -> int:
    """After how many hours a statement is late (T02)."""
    return _limit(profile.late_hours, BASE.late_hours)


def late_statement_days(profile: Profile) -> int:
    """After how many days a seizure rests on one late statement (C12)."""
    return _limit(profile.late_statement_days, BASE.late_statement_days)


def transit_days(profile: Profile) -> int:
    """How many days a handover, or a loan without date, may be open (C05, C10)."""
    return _limit(profile.transit_days, BASE.transit_days)


def _limit(own: int | None, base: int | None) -> int:
    return own if own is not None else base or 0


def judge_profile(fact: Recorded, profile: Profile, docket: Docket) -> None:
    """Judges one event by the profile in force where it was recorded."""
    event = fact.event
    if profile is BASE and type(event) not in _BEFORE_A_WITNESS:
        return
    for pointer in (profile.required or {}).get(event.type, ()):
        if not pointer_filled(event, pointer):
            docket.add("F01", fact, field=pointer)
    needed = (profile.witnesses or {}).get(event.type, 0)
    if isinstance(event, _BEFORE_A_WITNESS):
        if len(event.witnesses) < max(1, needed):
            docket.add("F02", fact, severity="B" if needed else "R", act=event.type)
    elif len(event.witnesses) < needed:
        docket.add("S02.witness", fact, needed=str(needed), named=str(len(event.witnesses)))


def loosened(old: Profile, new: Profile) -> bool:
    """Whether `new` asks less than `old` in any respect (F03)."""
    if any(limit(new) > limit(old) for limit in (late_hours, late_statement_days, transit_days)):
        return True
    fields = new.required or {}
    if any(set(pointers) - set(fields.get(kind, ())) for kind, pointers in (old.required or {}).items()):
        return True
    return any(count > (new.witnesses or {}).get(kind, 0) for kind, count in (old.witnesses or {}).items())
