"""From what was verified to a report."""

from collections.abc import Collection

from custody.protocol.ed25519 import fingerprint
from custody.protocol.encodings import encode_base64
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.findings import Finding
from custody.protocol.names import kind_of
from custody.protocol.policy import Policy
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.world import World
from custody.protocol.times import DAY, format_utc
from custody.verifier.answers import Answers, Worst, answer_all, answer_item, answer_requests, worst_of
from custody.verifier.report.certificate import describe_certificate
from custody.verifier.report.describe import describe
from custody.verifier.report.model import LIMITS, ItemReport, Report, Stamped, Stated, Step
from custody.verifier.report.persons import list_persons
from custody.verifier.statements import stated_at, stated_for
from custody.verifier.verify import Step as Taken
from custody.verifier.verify import Verified

_ORDER = {"B": 0, "N": 1, "R": 2}


def build_report(verified: Verified, policy: Policy, *, checked: int, file: Collection[tuple[str, str]] = ()) -> Report:
    """The report of a verification made at `checked` (seconds since 1970, the reader's clock)."""
    world = verified.world
    record = worst_of(world.record.found)
    items = tuple(_item(verified, world.items[uuid], record) for uuid in verified.items)
    shown = {one.uuid for one in items}
    # An ancestor's findings concern what was made from it.
    others = [one for uuid, item in world.items.items() if uuid not in shown for one in item.docket.found]
    findings = _sorted([*world.general, *(one for item in items for one in item.findings), *others])
    answers = answer_all([*(item.answers for item in items), *_about_requests(verified)], findings)
    ledgers = _ledgers(verified)
    return Report(
        answers=answers,
        verdict_line=_verdict_line(answers, findings, _stated(verified), checked),
        items=items,
        findings=tuple(findings),
        persons=list_persons(verified, items),
        ledgers=ledgers,
        policy=tuple((vkey.name, fingerprint(vkey.public_key)) for vkey in policy.logs),
        profile=world.court.name if world.court else None,
        file=(*file, ("audience", _audience(verified))),
        certificate=describe_certificate(verified),
        as_of=format_utc(verified.now),
        limits=LIMITS,
        authorities=tuple((one.name, one.fingerprint) for one in verified.authorities),
    )


def _stated(verified: Verified) -> list[int]:
    """For each item, when the ledger that answers for it last stated its head; of requests alone, the cutter."""
    world, header = verified.world, verified.header
    answering = {f"item:{uuid}": world.items[uuid].custodian.partition("@")[2] for uuid in verified.items}
    if not answering:
        answering = {f"request:{uuid}": header.ledger for uuid in header.requests or ()}
    found = (stated_for(verified.parts, world, origin, subject) for subject, origin in answering.items())
    return [one for one in found if one is not None]


def _item(verified: Verified, item: ItemState, record: Worst) -> ItemReport:
    """`record`: of the findings about the record as a whole."""
    world = verified.world
    ancestors = _ancestors(verified, item)
    own = [*item.docket.found, *(one for ancestor in ancestors for one in ancestor.docket.found)]
    steps = verified.steps.get(item.uuid, [])
    last = item.keeping.last
    kept = sum(kind_of(one.fact.event.subject) == "item" for one in steps)
    return ItemReport(
        uuid=item.uuid,
        label=item.label or item.uuid[:8],
        case=item.case or "",
        kind=item.kind,
        description=_description(verified, item),
        answers=answer_item(item, worst_of([*own, *_of_requests(world, item, ancestors)], record), verified.matched),
        custodian=item.custodian,
        status=item.end or item.status,
        until=last.date if last else "",
        presented=item.presented,
        answered_by_ledger=world.ledger(last.origin).agency if last else "",
        steps=tuple(_step(verified, one) for one in steps),
        more_steps=max(0, len(item.chain) - kept),
        findings=tuple(_sorted(own)),
    )


def _about_requests(verified: Verified) -> list[Answers]:
    """One set of answers, where the bundle is about requests."""
    world, requests = verified.world, verified.header.requests or ()
    found = [one for uuid in requests if uuid in world.requests for one in world.requests[uuid].docket.found]
    return [answer_requests(worst_of([*world.record.found, *found]))] if requests else []


def _of_requests(world: World, item: ItemState, ancestors: Collection[ItemState]) -> list[Finding]:
    """The findings about the requests on which something about the item, or what it was made from, rests."""
    cited = {uuid for one in (item, *ancestors) for uuid in world.borders.cited.get(one.uuid, ())}
    return [one for uuid in sorted(cited) if uuid in world.requests for one in world.requests[uuid].docket.found]


def _ancestors(verified: Verified, item: ItemState) -> list[ItemState]:
    """What the item was made from, unless it is itself one of the items judged."""
    found: dict[str, ItemState] = {}
    queue = list(item.parents)
    while queue:
        uuid = queue.pop()
        state = verified.world.items.get(uuid)
        if state is not None and uuid not in found:
            found[uuid] = state
            queue += state.parents
    return list(found.values())


def _description(verified: Verified, item: ItemState) -> str:
    if item.description is not None:
        return item.description
    return verified.values.get((item.first.name, "/details/description"), "") if item.first else ""


def _step(verified: Verified, step: Taken) -> Step:
    fact, event = step.fact, step.fact.event
    place = ""
    if event.place is not None:
        name = event.place.name or verified.values.get((fact.name, "/place/name"), "")
        place = f"{name}, {event.place.country}" if name else event.place.country
    return Step(
        entry=fact.name,
        type=event.type,
        occurred_at=event.occurred_at,
        recorded_at=format_utc(fact.recorded),
        actor=event.actor,
        witnesses=event.witnesses,
        place=place,
        custodian=step.custodian,
        status=step.status,
        facts=describe(event, fact.name, verified.values),
    )


def _ledgers(verified: Verified) -> tuple[Stated, ...]:
    found = {}
    for part in verified.parts:
        ledger = verified.world.ledger(part.origin)
        stated = stated_at(part)
        trusted = verified.trusted[part.origin]
        sightings = verified.witnesses.get(part.origin, {})
        found[part.origin] = Stated(
            origin=part.origin,
            agency=ledger.agency,
            jurisdiction=ledger.jurisdiction or "",
            size=part.checkpoint.size,
            root=encode_base64(part.checkpoint.root),
            stated_at=format_utc(stated) if stated is not None else None,
            trusted_key=fingerprint(trusted.public_key) if trusted else None,
            cosigned=tuple((name, format_utc(time)) for name, time in sightings.values()),
            stamped=tuple(
                Stamped(one.authority, format_utc(one.time), one.accuracy, one.size)
                for one in verified.stamps.get(part.origin, ())
            ),
        )
    return tuple(found.values())


def _audience(verified: Verified) -> str:
    leaf = verified.parts[-1].last_leaf
    return leaf.event.details.audience if leaf and isinstance(leaf.event, DisclosureMade) else "not stated"


def _sorted(findings: Collection[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (_ORDER[one.severity], one.code))


def _verdict_line(
    answers: Answers,
    findings: Collection[Finding],
    stated: Collection[int],
    checked: int,
) -> str:
    """`UNBROKEN as stated on 2026-05-03, 41 days before this check, 3 remarks`; `BROKEN (authority)`.

    The date is that of the newest statement of the ledger that answers for the items; of several, the oldest.
    """
    remarks = sum(one.severity == "R" for one in findings)
    words = f"{remarks} remark{'' if remarks == 1 else 's'}"
    if answers.verdict != "UNBROKEN":
        return f"{answers.verdict} ({', '.join(answers.questions)}), {words}"
    when = f" as stated on {format_utc(min(stated))[:10]}{_before(min(stated), checked)}" if stated else ""
    return f"UNBROKEN{when}, {words}"


def _before(stated: int, checked: int) -> str:
    days = (checked - stated) // DAY
    return f", {days} day{'' if days == 1 else 's'} before this check" if days > 0 else ""
