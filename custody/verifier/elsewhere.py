"""A whole ledger alone: what began, or went on, in another ledger can't be judged by it (L02.elsewhere).

Such an item, such a request, breaks no rule by that: what only the missing entries could answer is not held against it,
and nothing is established. A bundle about it shows them.
"""

from custody.protocol.findings import Finding
from custody.protocol.rules.world import World

_OF_THE_FILE = ("S", "X")
"""First letters of the codes that are about what is shown, whatever is not."""


def judge_elsewhere(world: World) -> None:
    """Takes back what rests on entries of other ledgers, and says so once for each item and request."""
    away = {uuid for uuid, request in world.requests.items() if request.chain.elsewhere or request.sent is None}
    for uuid, request in world.requests.items():
        if request.chain.elsewhere is not None:
            request.docket.drop(_rests_on_more)
            request.docket.add("L02.elsewhere", subject=f"request:{uuid}", ledger=request.chain.elsewhere)
    for uuid, item in world.items.items():
        cited = away & world.borders.cited.get(uuid, set())
        if item.chain.elsewhere is not None:
            item.docket.drop(_rests_on_more)
            item.docket.add("L02.elsewhere", subject=f"item:{uuid}", ledger=item.chain.elsewhere)
        elif cited:
            item.docket.drop(lambda one: one.code[0] == "A" and _rests_on_more(one))
            origin = item.keeping.last.origin if item.keeping.last else ""
            for one in sorted(cited):
                ledger = world.requests[one].chain.elsewhere or origin
                item.docket.add("L02.elsewhere", subject=f"request:{one}", ledger=ledger)


def _rests_on_more(one: Finding) -> bool:
    # S02.same about two entries is about a release and a receipt: between them the item may have been elsewhere.
    stands = one.code == "L01" or (one.code[0] in _OF_THE_FILE and len(one.entries) < 2)
    return one.severity != "R" and not stands
