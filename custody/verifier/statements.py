"""Statements of heads: what a ledger said was the last entry of each subject, and what is shown (L02, L06).

Cutting a bundle appends `disclosure.made` with the digest of the heads line as the checkpoint's last leaf: a lie there
is a signed lie, and an old statement can't be proved anew. The cutter's newest must cover all that the reader relies
on; that of a partner's part what the part shows: what a partner sent in May and in June was stated in May and in June.
"""

import hashlib
from collections.abc import Collection, Sequence

from custody.protocol import bundle
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.findings import finding
from custody.protocol.names import kind_of, name_of, notes_of, split_person
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.world import World
from custody.verifier.part import Part
from custody.verifier.shown import ShownEntries


def judge_statements(parts: Sequence[Part], header: bundle.Header, world: World, entries: ShownEntries) -> None:
    """L06 for a part without a statement; for each with one, its coverage and whether it is reached (L02)."""
    closure = _closure(header, world)
    last = {part.origin: part for part in parts}
    shown: dict[str, set[str]] = {}
    for part in parts:
        shown.setdefault(part.origin, set()).update(part.subjects)
    for part in parts:
        if part.whole:
            continue
        if not _stated(part):
            world.record.put_once(finding("L06", (), origin=part.origin))
            continue
        relied = _relied(shown[part.origin] | closure)
        cutters = part.origin == header.ledger and part is last[part.origin]
        needed = relied if cutters else _relied(part.subjects)
        _judge_coverage(part, needed, world)
        _judge_heads(part, relied, header.items, world, entries)


def stated_at(part: Part) -> int | None:
    """When the part's heads, or a whole ledger, were stated: `recorded_at` of the last leaf."""
    leaf = part.last_leaf
    return leaf.recorded if leaf is not None and (part.whole or _stated(part)) else None


def stated_for(parts: Sequence[Part], world: World, origin: str, subject: str) -> int | None:
    """When a ledger last stated the head of a subject: its newest statement that names it, or whole ledger.

    Of an item a statement counts that names whoever signed for it there, too: another may be silent of a revocation.
    """
    naming = [part for part in parts if part.origin == origin and (part.whole or subject in (part.heads or ()))]
    if len(naming) > 1 and kind_of(subject) == "item" and name_of(subject) in world.items:
        signers = world.people.signers_of(world.items[name_of(subject)].number, origin)
        wanted = {f"person:{split_person(one)[0]}" for one in signers}
        naming = [part for part in naming if part.whole or wanted <= (part.heads or {}).keys()] or naming[:1]
    return max((one for one in map(stated_at, naming) if one is not None), default=None)


def _stated(part: Part) -> bool:
    leaf = part.last_leaf
    if part.heads is None or leaf is None or not isinstance(leaf.event, DisclosureMade):
        return False
    return leaf.event.details.heads == hashlib.sha256(part.heads_line).hexdigest()


def _closure(header: bundle.Header, world: World) -> set[str]:
    """The items, their ancestors, the requests cited for any of them, and the bundle's own requests."""
    found: set[str] = set()
    requests = set(header.requests or ())
    queue = list(header.items)
    while queue:
        uuid = queue.pop()
        if f"item:{uuid}" not in found:
            found.add(f"item:{uuid}")
            queue += world.items[uuid].parents if uuid in world.items else ()
            requests |= world.borders.cited.get(uuid, set())
    return found | {f"request:{uuid}" for uuid in requests}


def _relied(subjects: Collection[str]) -> set[str]:
    return {"ledger", *subjects, *(notes_of(one) for one in subjects if kind_of(one) in ("item", "request"))}


def _judge_coverage(part: Part, needed: set[str], world: World) -> None:
    for subject in sorted(needed - (part.heads or {}).keys()):
        docket = _docket_of(subject, world)
        docket.put_once(finding("L06.subject", (), item=docket.item, origin=part.origin, subject=subject))


def _judge_heads(part: Part, relied: set[str], items: Collection[str], world: World, entries: ShownEntries) -> None:
    """L02: the last entry shown of each subject is its stated head; of an ancestor, what made the child suffices.

    A statement may name more than this bundle relies on: other items that were sent at the same time.
    """
    own = _relied(part.subjects)
    for subject, head in sorted((part.heads or {}).items()):
        uuid = name_of(subject)
        if subject not in relied or (kind_of(subject) == "item" and uuid not in items and uuid in world.items):
            continue  # an ancestor is shown as far as its yield: D01 judges it
        if _reached(part, subject, world, entries, at_its_end=subject in own) != head:
            docket = _docket_of(subject, world)
            stated = head[:16] if head else "no entry"
            docket.put_once(finding("L02.head", item=docket.item, subject=subject, head=stated))


def _reached(part: Part, subject: str, world: World, entries: ShownEntries, *, at_its_end: bool) -> str | None:
    """The last entry about a subject below the part's size.

    What the part itself rests on is shown when it ends: shown later, it would not have been judged by. Of an item a
    later part may show the entry, where this one shows the item only as an ancestor; so of what is named and not shown
    here: it came on a way on which less was asked for.
    """
    kind, size = kind_of(subject), part.checkpoint.size
    if kind != "item" and at_its_end:
        return part.reached.get(subject)
    chains = world.items if kind == "item" else world.requests
    if kind in ("item", "request") and name_of(subject) in chains:
        return chains[name_of(subject)].chain.last_below(part.origin, size)
    return entries.last_below(part.origin, subject, size)


def _docket_of(subject: str, world: World) -> Docket:
    item = world.items.get(name_of(subject)) if kind_of(subject) in ("item", "notes") else None
    return item.docket if item is not None else world.record
