"""How an item's chain begins: what came before its first entry (C12), and what it was made from (C03, H02)."""

from collections.abc import Mapping

from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.names import name_of
from custody.protocol.rules.condition import judge_copy
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.times import DAY, format_duration


def judge_start(fact: Recorded, event: ItemSeized, docket: Docket, days: int) -> None:
    """C12: what came before this statement is not in any ledger, or is one person's late word."""
    late = fact.recorded - fact.occurred
    if event.details.manner == "paper":
        docket.add("C12", fact, date=fact.date)
    elif late > days * DAY and not event.witnesses:
        docket.add("C12.late", fact, date=fact.date, late=format_duration(late))


def judge_parents(fact: Recorded, event: ItemDerived, items: Mapping[str, ItemState], docket: Docket) -> None:
    """C03: the deriver answers for every parent. Whether one is sealed is judged where its own chain says so."""
    for stated in event.details.parents:
        parent = items.get(stated.item)
        if parent is None or parent.chain.find(stated.head.entry) is None:
            continue  # judged when all is read: D01
        made = parent.yields.get(name_of(fact.event.subject))
        if made is not None and made.details.entry == fact.hash:
            # The child is shown after its parent went on: whoever yielded held it then, by the parent's own chain.
            if made.actor != event.actor:
                docket.add("C03", fact, person=event.actor, custodian=made.actor)
            continue
        if parent.status != "held" or parent.custodian != event.actor:
            docket.add("C03", fact, person=event.actor, custodian=parent.custodian or "nobody")
    if len(event.details.parents) == 1:
        source = items.get(event.details.parents[0].item)
        if source is not None:
            judge_copy(fact, event, source.condition, docket)
