"""What a ledger's adopted profile asks beyond the base rules (F01, F02, F03, S02, A05), and its limits."""

from collections.abc import Callable

from custody.protocol.events.handling import ItemOpened
from custody.protocol.events.items import ItemDestroyed
from custody.protocol.events.ledger import Deadlines, Profile
from custody.protocol.events.people import Role
from custody.protocol.events.validity import pointer_filled
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.roles import ALLOWED

# The deadlines are those of the European Investigation Order: Directive 2014/41/EU art. 12(3), 12(4) and 16(1).
BASE = Profile(
    name="base rules",
    deadlines=Deadlines(decision=30, execution=90, receipt=7),
    late_hours=24,
    late_statement_days=7,
    transit_days=30,
)
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


def receipt_days(profile: Profile) -> int:
    """In how many days the receipt of a request is acknowledged."""
    return _deadline(profile, "receipt")


def decision_days(profile: Profile) -> int:
    """In how many days after its receipt a request is decided on."""
    return _deadline(profile, "decision")


def execution_days(profile: Profile) -> int:
    """In how many days after the decision a request is executed."""
    return _deadline(profile, "execution")


def _deadline(profile: Profile, name: str) -> int:
    return _limit(getattr(profile.deadlines, name, None), getattr(BASE.deadlines, name))


def _limit(own: int | None, base: int | None) -> int:
    return own if own is not None else base or 0


LIMITS: dict[str, Callable[[Profile], int]] = {
    "late_hours": late_hours,
    "late_statement_days": late_statement_days,
    "transit_days": transit_days,
    "deadlines.receipt": receipt_days,
    "deadlines.decision": decision_days,
    "deadlines.execution": execution_days,
}
"""What each number of a profile comes to, by the path of its member."""


def allowed_roles(profile: Profile, kind: str) -> frozenset[Role]:
    """The roles that may sign events of type `kind`: those of the base table that the profile leaves (A05)."""
    base = ALLOWED.get(kind, frozenset())
    listed = (profile.roles or {}).get(kind)
    return base if listed is None else base.intersection(listed)


def judge_profile(fact: Recorded, profile: Profile, docket: Docket) -> None:
    """Judges one event by the profile in force where it was recorded; who may sign it is judged with the signers."""
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


def loosened(old: Profile, new: Profile) -> tuple[str, ...]:
    """The members in which `new` asks less than `old`, or allows more (F03); empty: in none."""
    asks_less = {name: limit(new) > limit(old) for name, limit in LIMITS.items()}
    fields, witnesses = new.required or {}, new.witnesses or {}
    asks_less["required"] = any(
        set(pointers) - set(fields.get(kind, ())) for kind, pointers in (old.required or {}).items()
    )
    asks_less["roles"] = any(allowed_roles(new, kind) - allowed_roles(old, kind) for kind in old.roles or {})
    asks_less["spontaneous"] = bool(new.spontaneous and not old.spontaneous)
    asks_less["urgent"] = bool(new.urgent and not old.urgent)
    asks_less["witnesses"] = any(count > witnesses.get(kind, 0) for kind, count in (old.witnesses or {}).items())
    return tuple(name for name, less in asks_less.items() if less)


def stricter(own: Profile, court: Profile) -> Profile:
    """A ledger's own profile with a court's on top: what either asks. Where the court is silent it asks nothing.

    Of limits the shorter, of co-signers the larger number; pointers of both; of roles those in both lists, which may
    be none. What may be sent unasked or early is for the ledger's own law to say.
    """
    roles = dict(own.roles or {})
    for kind, listed in (court.roles or {}).items():
        roles[kind] = tuple(role for role in roles.get(kind, listed) if role in listed)
    required = dict(own.required or {})
    for kind, pointers in (court.required or {}).items():
        required[kind] = tuple(dict.fromkeys((*required.get(kind, ()), *pointers)))
    witnesses = dict(own.witnesses or {})
    for kind, count in (court.witnesses or {}).items():
        witnesses[kind] = max(count, witnesses.get(kind, 0))
    days = court.deadlines
    return Profile(
        name=f"{own.name}, {court.name}",
        deadlines=Deadlines(
            decision=_shorter(decision_days(own), days.decision if days else None),
            execution=_shorter(execution_days(own), days.execution if days else None),
            receipt=_shorter(receipt_days(own), days.receipt if days else None),
        ),
        late_hours=_shorter(late_hours(own), court.late_hours),
        late_statement_days=_shorter(late_statement_days(own), court.late_statement_days),
        required=required or None,
        roles=roles or None,
        spontaneous=own.spontaneous,
        transit_days=_shorter(transit_days(own), court.transit_days),
        urgent=own.urgent,
        witnesses=witnesses or None,
    )


def _shorter(own: int, stated: int | None) -> int:
    return own if stated is None else min(own, stated)
