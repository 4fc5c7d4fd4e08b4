"""What honest agencies do in the game. A move that is not possible now is passed over, and is no move."""

import hashlib
from collections.abc import Callable

from custody.errors import RuleRefusedError
from custody.ledger.acts import beginnings, cases, compose, handling, handovers, notes, requests
from custody.ledger.ledger import Act
from custody.protocol.events.cases import CaseAmendedDetails
from custody.protocol.events.handling import (
    ExaminedDetails,
    InspectedDetails,
    ItemInspected,
    ItemSealed,
    OpenedSealsDetails,
    SealedDetails,
)
from custody.protocol.events.handovers import Basis, ReceivedDetails, ReleasedDetails
from custody.protocol.events.items import DerivedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from custody.protocol.events.requests import (
    RequestClosed,
    RequestClosedDetails,
    RequestConsulted,
    RequestConsultedDetails,
    RequestExecuted,
    RequestExecutedDetails,
    RequestPostponed,
    RequestPostponedDetails,
    Scope,
)
from custody.protocol.names import name_of
from custody.protocol.rules.item import ItemState
from custody.protocol.values import Acquisition, Digests
from tests.exchange.game import CLERK, HOUR, Agency, Game, Truth
from tests.exchange.member import ROLES, seals_of

AGREEMENT = "joint investigation 7/2026"
EVERYTHING = Scope(kinds=("physical", "digital"))


def digests_of(text: str) -> Digests:
    return Digests(
        blake3=hashlib.blake2s(text.encode()).hexdigest(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        size=len(text),
    )


def held(game: Game, member: Agency) -> list[ItemState]:
    """What a person who may act holds, and truly has at hand."""
    found = [member.ledger.item(one) for one, where in game.truth.items() if where == Truth(member.state)]
    return [one for one in found if one.status == "held" and member.enrolled(one.custodian.partition("@")[0])]


def seize(game: Game, member: Agency) -> bool:
    game.labels += 1
    label = f"{member.state}/{game.labels}"
    if game.rng.random() < 0.2:
        for one in game.members.values():
            one.secrets = True
        item = member.seize(label, sealing={"source": ("court", "partner")})
    elif game.rng.random() < 0.5:
        item = member.seize(label)
    else:
        item = member.seize(label, kind="digital", digests=(digests_of(label),), seals=None, description="a dump")
    game.truth[item] = Truth(member.state)
    game.tell(f"{member.state} seizes {game.name(item)}")
    return True


def ask(game: Game, member: Agency) -> bool:
    """A request for what another has; an onward one where it came from there."""
    other = game.other_than(member)
    here = [one for one in held(game, member) if member.ledger.returns(one.uuid, other.origin)]
    if here and game.rng.random() < 0.7:
        third = game.pick([one for one in game.members if one not in (member.state, other.state)])
        new, package = member.request(other, purpose="onward", onward_to=third)
    else:
        new, package = member.request(other)
    game.post("request", member, other, package, requests=(new,))
    return True


def answer(game: Game, member: Agency) -> bool:
    """The next step of a request that was received."""
    mine = [one for one in member.ledger.requests() if one.requested == member.origin and one.status != "closed"]
    if not mine:
        return False
    request = game.pick(sorted(mine, key=lambda one: one.dates["sent"]))
    by = member.by("chief")
    scopes = [EVERYTHING, EVERYTHING, Scope(kinds=("physical",)), Scope(items=tuple(game.truth)[:2] or ("x",))]
    if request.status in ("received", "consulted", "postponed"):
        step = game.pick(["accept", "accept", "accept", "consult", "postpone"])
    elif request.status == "executed":
        step = "close"
    else:
        step = game.pick(["accept", "postpone", "execute", "close"])
    if step == "accept":
        package = member.accept(request.uuid, scope=game.pick(scopes))
    else:
        kind, details = {
            "consult": (RequestConsulted, RequestConsultedDetails(ground="which phone?")),
            "postpone": (RequestPostponed, RequestPostponedDetails(ground="our trial first")),
            "execute": (RequestExecuted, RequestExecutedDetails()),
            "close": (RequestClosed, RequestClosedDetails()),
        }[step]
        act = requests.answer(kind, by, request.uuid, details)
        package = member.package((), act, requests=[request.uuid])
    game.tell(f"{member.state} answers {game.name(request.uuid)}: {step}")
    sender = next(one for one in game.members.values() if one.origin == request.requesting)
    game.post("answer", member, sender, package, requests=(request.uuid,))
    return True


def release(game: Game, member: Agency) -> bool:
    """One to three items of one custodian, on whatever allows it."""
    here = held(game, member)
    if not here:
        return False
    other, first = game.other_than(member), game.pick(here)
    basis = _basis(game, member, other, first)
    alike = [one for one in here if one.custodian == first.custodian and one is not first][: game.rng.randrange(3)]
    items = [one.uuid for one in (first, *alike)]
    for item in items:
        _reseal(member, member.ledger.item(item))
    try:
        package = member.release(items, other, basis)
    except RuleRefusedError as error:
        if error.code not in ("A02", "A03", "A04"):
            raise
        game.tell(f"{member.state} may not release {game.name(items[0])} to {other.state}: {error.code}")
        return False
    for item in items:
        head = member.ledger.item(item).chain.head
        assert head is not None
        game.truth[item] = Truth(member.state, other.state, head.entry)
    game.post("release", member, other, package, items=tuple(items))
    return True


def _basis(game: Game, member: Agency, other: Agency, item: ItemState) -> Basis:
    found = [Basis(agreement=AGREEMENT)]
    if member.ledger.returns(item.uuid, other.origin):
        found = [Basis(return_=True)] * 4
    for one in member.ledger.requests():
        if one.sent is not None and one.status in ("accepted", "executed"):
            found += [Basis(request=one.uuid, purpose=one.sent.purpose)] * 3
    return game.pick(found)  # type: ignore[no-any-return]


def _reseal(member: Agency, item: ItemState) -> None:
    if item.kind == "physical" and not item.seals_on_record:
        details = SealedDetails(seal=f"N-{member.ledger.size}")
        member.do(compose.state(ItemSealed, member.by_custodian(item), item.uuid, details))


def _opened(item: ItemState) -> OpenedSealsDetails | None:
    read = seals_of(item)
    return OpenedSealsDetails(seals=read, why="to look inside") if read else None


def withdraw(game: Game, member: Agency) -> bool:
    """What came back, because it was refused, lost and found, or never picked up."""
    away = [one for one, where in game.truth.items() if where.state == member.state and where.to]
    away = [
        one for one in away if member.ledger.item(one).kind == "physical" or member.ledger.item(one).keeping.refused
    ]
    away = [one for one in away if member.enrolled(member.ledger.item(one).custodian.partition("@")[0])]
    if not away:
        return False
    item = game.pick(away)
    member.withdraw(item)
    game.truth[item] = Truth(member.state)
    game.tell(f"{member.state} withdraws {game.name(item)}")
    return True


def hand_over(game: Game, member: Agency) -> bool:
    """Inside."""
    here = [one for one in held(game, member) if member.enrolled("expert")]
    if not here:
        return False
    item = game.pick(here)
    giver = item.custodian.partition("@")[0]
    to = "officer" if giver == "expert" else "expert"
    member.do(passing(member, item.uuid, giver, to))
    game.tell(f"{member.state} hands {game.name(item.uuid)} to {to}")
    return True


def passing(member: Agency, uuid: str, giver: str, to: str) -> Act:
    """At one table."""
    item = member.ledger.item(uuid)
    read = seals_of(item)
    given = ReleasedDetails(addressees=(member.ref(to),), condition="good", reason="analysis", seals=read)
    taken = ReceivedDetails(condition="good", seals=read, digests=item.condition.digests or None)
    return handovers.hand_over(member.by(giver), member.by(to), [handovers.Passing(uuid, given, taken)])


def examine(game: Game, member: Agency) -> bool:
    here = held(game, member)
    if not here:
        return False
    item = game.pick(here)
    by = member.by_custodian(item, "chief")
    member.do(handling.examine(by, item.uuid, ExaminedDetails(purpose="contents"), opened=_opened(item)))
    game.tell(f"{member.state} examines {game.name(item.uuid)}")
    return True


def derive(game: Game, member: Agency) -> bool:
    """An image of what is digital, a sample or image of what is not; of one or two items."""
    here = held(game, member)
    if not here:
        return False
    first = game.pick(here)
    more = [one for one in here if one.custodian == first.custodian and one is not first][: game.rng.randrange(2)]
    game.labels += 1
    label = f"{member.state}/{game.labels}"
    physical = first.kind == "physical" and game.rng.random() < 0.5
    details = DerivedDetails(
        kind="physical" if physical else "digital",
        label=label,
        method="sample" if physical else "export",
        parents=(),
        acquisition=None if physical else Acquisition(tool="imager"),
        condition="good",
        digests=None if physical else (digests_of(label),),
        seals=(f"D-{label}",) if physical else None,
    )
    sources = [beginnings.Source(item=one.uuid, opened=_opened(one)) for one in (first, *more)]
    done = member.do(beginnings.derive(member.by_custodian(first, "chief"), sources, details))
    made = next(one for one in done.entries if one.event.type == "item.derived")
    child = name_of(made.event.subject)
    game.truth[child] = Truth(member.state)
    game.tell(f"{member.state} makes {game.name(child)} from {' '.join(game.name(one.item) for one in sources)}")
    return True


def note(game: Game, member: Agency) -> bool:
    """About any item known here, wherever it is; by whomever."""
    known = [one.uuid for one in member.ledger.items() if one.uuid in game.truth]
    known = [one for one in known if member.ledger.item(one).case_in(member.origin) is not None]
    if not known:
        return False
    item = game.pick(sorted(known))
    own = [one for one in member.ledger.history(f"item:{item}") if one.origin == member.origin]
    mine = [one for one in own if one.event.actor == member.ref("officer") and hasattr(one.event.details, "condition")]
    if mine and game.rng.random() < 0.5:
        act = notes.correct(member.by("officer", "chief"), mine[0], field="condition", value="fair", why="misread")
    elif game.rng.random() < 0.5:
        act = compose.state(ReportLate, member.by("chief"), item, LateDetails(text="the shelf was moved"))
    else:
        state = member.ledger.item(item)
        if state.status != "held" or game.truth[item].state != member.state:
            return False
        details = InspectedDetails(outcome="as-expected", seals=seals_of(state))
        act = compose.state(ItemInspected, member.by("chief"), item, details)
    member.do(act)
    game.tell(f"{member.state} notes something about {game.name(item)}")
    return True


def staff(game: Game, member: Agency) -> bool:
    """Somebody's key is revoked, sometimes as of earlier; or who was revoked is enrolled anew."""
    person = game.pick(["expert", "clerk"])
    if member.enrolled(person) and person == "expert":
        back = game.pick([0, 0, 3 * HOUR])
        if back:
            game.doubted.add(member.ref(person))
        member.revoke(person, member.clock.now + 1 - back)
        game.tell(f"{member.state} revokes {person}, {back} s back")
    else:
        member.enrol(person, *(CLERK if person == "clerk" else ROLES))
        game.tell(f"{member.state} enrols {person}")
    return True


def rekey(game: Game, member: Agency) -> bool:
    if game.rng.random() < 0.7:
        return False
    member.rekey()
    game.tell(f"{member.state} has a new ledger key")
    return True


def trust_anew(game: Game, member: Agency) -> bool:
    """The card compared again, with the newest key on it."""
    other = game.other_than(member)
    if other.cheating or game.rng.random() < 0.6:
        return False
    member.trust(other)
    game.tell(f"{member.state} compares {other.state}'s card again")
    return True


def agree(game: Game, member: Agency) -> bool:
    if member.ledger.cases()[0].agreement is not None:
        return False
    details = CaseAmendedDetails(agreement=AGREEMENT, why="signed today")
    member.do(cases.amend_case(member.by("chief"), member.case, details))
    game.tell(f"{member.state} records an agreement")
    return True


def inform(game: Game, member: Agency) -> bool:
    """A bundle about whatever is known, for information."""
    known = sorted(one for one in member.known() if one in game.truth)
    asked = sorted(one.uuid for one in member.ledger.requests())
    items = game.rng.sample(known, min(len(known), game.rng.randrange(4)))
    wanted = game.rng.sample(asked, min(len(asked), game.rng.randrange(2)))
    if not items and not wanted:
        return False
    other = game.other_than(member)
    game.post("info", member, other, member.package(items, requests=wanted), items=tuple(items), requests=tuple(wanted))
    return True


def cosign(game: Game, member: Agency) -> bool:
    other = game.other_than(member)
    if member.ledger.store.kept.pin(other.origin) is None:
        return False
    game.post("cosigned", member, other, member.cosign(other))
    return True


MOVES: dict[Callable[[Game, Agency], bool], int] = {
    seize: 3,
    ask: 3,
    answer: 5,
    release: 8,
    withdraw: 2,
    hand_over: 2,
    examine: 1,
    derive: 2,
    note: 2,
    staff: 1,
    rekey: 1,
    trust_anew: 1,
    agree: 2,
    inform: 3,
    cosign: 1,
}
"""And how often each is tried."""
