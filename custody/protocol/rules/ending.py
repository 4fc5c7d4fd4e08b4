"""What is left open when there are no more entries: judged once, at a stated "now".

C01, C05, C08, C10, C11, M01, A01, D01, S04, and what corrections lower. "Now" is the newest `recorded_at` shown, or
a later time that the reader names.
"""

from collections.abc import Collection

from custody.protocol.findings import Finding, Severity
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.doubt import judge_doubt
from custody.protocol.rules.item import ItemState, sources
from custody.protocol.rules.profile import transit_days
from custody.protocol.rules.world import World
from custody.protocol.times import DAY, parse_local


def close(world: World, *, now: int, items: Collection[str], to_court: bool = False) -> list[Finding]:
    """Everything there is to say. `items` are judged to their end; the others are ancestors, shown only in part."""
    world.end()
    judge_doubt(world)
    found = world.general
    for item in world.items.values():
        _lower(item)
        _judge_source(world, item)
        if item.uuid in items:
            _judge_open(world, item, now, to_court=to_court)
            _judge_authority(world, item)
            if to_court and item.keeping.presented is not None:
                item.docket.as_remarks_after(item.keeping.presented_position)
        found += item.docket.found
    return found


def _lower(item: ItemState) -> None:
    for mismatch in item.seals.mismatches:
        item.corrections.lower_mismatch(mismatch, item.docket)
    for conflict in item.order.conflicts:
        item.corrections.lower_conflict(conflict, item.docket)


def _judge_open(world: World, item: ItemState, now: int, *, to_court: bool) -> None:
    keeping, docket = item.keeping, item.docket
    last = keeping.last
    if last is None:
        return
    days = transit_days(world.profile(last.origin))
    if item.unanswered is not None:
        person, since, position = item.unanswered
        docket.add("C01", last, position=position, person=person, since=since, until="since")
    if keeping.release is not None:
        fact, position = keeping.release.fact, keeping.release.position
        severity: Severity = "N" if now - fact.occurred > days * DAY else "R"
        docket.add("C05", fact, severity=severity, position=position, date=fact.date, person=keeping.custodian)
    if keeping.missing is not None:
        key, fact, position = keeping.missing
        docket.add(key, fact, position=position, person=fact.event.actor, date=fact.date)
    _judge_loan(item, now, days)
    if keeping.return_due is not None and parse_local(keeping.return_due[1]) < now:
        docket.add("M01", last, date=keeping.return_due[1])
    if keeping.presented is None and (keeping.end is None or to_court):
        docket.add("C08", last, severity="N" if to_court else "R", date=last.date, person=keeping.custodian or "nobody")


def _judge_loan(item: ItemState, now: int, days: int) -> None:
    loan = item.keeping.loan
    if loan is None:
        return
    due = loan.due if loan.due is not None else loan.fact.occurred + days * DAY
    item.docket.add(
        "C10",
        loan.start,
        severity="N" if now > due else "R",
        position=loan.position,
        date=loan.start.date,
        organisation=loan.event.details.organisation,
    )


def _judge_authority(world: World, item: ItemState) -> None:
    for source in sources(world.items, item):
        if not source.authority_applies or source.authority_recorded or source.first is None:
            continue
        if source.authority_since is None:
            item.docket.add("A01", source.first)
        else:
            item.docket.add("A01.since", source.first, date=source.authority_since)


def _judge_source(world: World, item: ItemState) -> None:
    """D01, D02: each parent is shown, stood where the child says, and recorded the child with the same amounts."""
    if item.first is None or not item.parents or item.begun is None:
        return
    docket: Docket = item.docket
    for parent in item.begun.details.parents:  # type: ignore[union-attr]
        state = world.items.get(parent.item)
        yielded = state.yields.get(item.uuid) if state is not None else None
        if yielded is None or yielded.details.entry != item.first.hash or yielded.previous != parent.head:
            docket.add("D01", item.first, parent=parent.item)
        elif (parent.taken, parent.left) != (yielded.details.taken, yielded.details.left):
            stated = (parent.taken, yielded.details.taken, parent.left, yielded.details.left)
            docket.add("D02", item.first, sum=" / ".join(f"{one.amount} {one.unit}" for one in stated if one))
