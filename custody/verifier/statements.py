"""Statements of heads: what a ledger said was the last entry of each subject, and what is shown (L02, L06).

Cutting a bundle appends `disclosure.made` with the digest of the heads line as the checkpoint's last leaf: a lie there
is a signed lie, and an old statement can't be proved anew. The newest part of each ledger must cover all that the
reader relies on.
"""

import hashlib
from collections.abc import Collection, Sequence

from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.findings import finding
from custody.protocol.names import kind_of, name_of, notes_of
from custody.protocol.rules.world import World
from custody.verifier.part import Part


def judge_statements(parts: Sequence[Part], cutter: str, items: Collection[str], world: World) -> None:
    """L06 for each part; for each ledger's newest, its coverage and whether the chains shown reach the heads stated.

    `items` are the bundle's, `cutter` the ledger that cut it: there the whole closure must be covered.
    """
    newest = {part.origin: part for part in parts}
    for part in parts:
        if part.whole:
            continue
        if not _stated(part):
            world.record.put(finding("L06", (), origin=part.origin))
        elif part is newest[part.origin]:
            shown = {subject for one in parts if one.origin == part.origin for subject in one.subjects}
            closure = _closure(items, world)
            _judge_coverage(part, _relied(shown | closure if part.origin == cutter else shown), world)
            _judge_heads(part, _relied(shown | closure), items, world)


def stated_at(part: Part) -> int | None:
    """When the part's heads, or a whole ledger, were stated: `recorded_at` of the last leaf."""
    leaf = part.last_leaf
    return leaf.recorded if leaf is not None and (part.whole or _stated(part)) else None


def _stated(part: Part) -> bool:
    leaf = part.last_leaf
    if part.heads is None or leaf is None or not isinstance(leaf.event, DisclosureMade):
        return False
    return leaf.event.details.heads == hashlib.sha256(part.heads_line).hexdigest()


def _closure(items: Collection[str], world: World) -> set[str]:
    """The items, their ancestors, and the notes of both."""
    found: set[str] = set()
    queue = list(items)
    while queue:
        uuid = queue.pop()
        if f"item:{uuid}" not in found:
            found |= {f"item:{uuid}", f"notes:{uuid}"}
            queue += world.items[uuid].parents if uuid in world.items else ()
    return found


def _relied(subjects: Collection[str]) -> set[str]:
    return {"ledger", *subjects, *(notes_of(one) for one in subjects if kind_of(one) == "item")}


def _judge_coverage(part: Part, needed: set[str], world: World) -> None:
    for subject in sorted(needed - (part.heads or {}).keys()):
        item = name_of(subject) if kind_of(subject) in ("item", "notes") else None
        docket = world.items[item].docket if item in world.items else world.record
        docket.put(finding("L06.subject", (), item=docket.item, origin=part.origin, subject=subject))


def _judge_heads(part: Part, relied: set[str], items: Collection[str], world: World) -> None:
    """L02: the last entry shown of each subject is its stated head; of an ancestor, what made the child suffices.

    A partner's statement may name more than this bundle relies on: other items it sent at the same time.
    """
    for subject, head in sorted((part.heads or {}).items()):
        if subject not in relied:
            continue
        kind, uuid = kind_of(subject), name_of(subject)
        state = world.items.get(uuid) if kind in ("item", "notes") else None
        if kind == "item":
            if uuid not in items and state is not None:
                continue  # an ancestor, shown as far as its yield: D01 judges it
            shown = state.chain.last_in(part.origin) if state else None
        else:
            shown = world.head(part.origin, subject)
        if shown != head:
            docket = state.docket if state else world.record
            stated = head[:16] if head else "no entry"
            docket.put(finding("L02.head", item=docket.item, subject=subject, head=stated))
