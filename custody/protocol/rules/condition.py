"""Condition and digests: is it the same item, in the same state (P04, P05, H02, H05)."""

from custody.protocol.events.handling import ItemAssumed, ItemInspected
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.seals import Seals
from custody.protocol.values import Acquisition, Digests

_CONCERNED = frozenset({ItemSeized, ItemDerived, ItemInspected, ItemAssumed, HandoverReleased, HandoverReceived})


class Condition:
    """The digests fixed when the item began, those measured since, and the condition at the last release."""

    __slots__ = ("_differing", "_released", "acquisition", "digests", "fixed")

    def __init__(self) -> None:
        self.digests: tuple[Digests, ...] = ()
        self.fixed = ""
        """When the digests were fixed, for sentences."""
        self.acquisition: Acquisition | None = None
        self._released: tuple[Recorded, HandoverReleased] | None = None
        self._differing: list[tuple[int, set[Digests]]] = []
        """Findings H05, each with the digests that were not measured again since."""

    def take(self, fact: Recorded, docket: Docket, seals: Seals, *, abroad: bool) -> None:
        """Judges what an event measured and found. Called before the seals take the event."""
        event = fact.event
        if type(event) not in _CONCERNED:
            return
        if type(event) is HandoverReleased:
            self._released = (fact, event)
        elif type(event) is HandoverReceived:
            self._receive(fact, event, docket, seals, abroad=abroad)
            self._measure(fact, event.details.digests, docket)
        elif type(event) is ItemInspected:
            self._measure(fact, event.details.digests, docket)
            if event.details.outcome == "differs":
                docket.add("P04.inspection", fact, date=fact.date)
        elif isinstance(event, ItemAssumed):
            self._measure(fact, event.details.digests, docket)
        elif isinstance(event, ItemSeized | ItemDerived):
            self.digests, self.acquisition = event.details.digests or (), event.details.acquisition
            self.fixed = fact.date

    def _receive(self, fact: Recorded, event: HandoverReceived, docket: Docket, seals: Seals, *, abroad: bool) -> None:
        details = event.details
        if details.discrepancies:
            docket.add("P04.noted", fact, received=details.discrepancies)
        if self._released is None:
            return
        (dispatch, release), self._released = self._released, None
        if _folded(details.condition) != _folded(release.details.condition):
            docket.add("P04", fact, dispatch, received=details.condition, released=release.details.condition)
        sealed = seals.sealed or seals.outer_sealed
        if not sealed and details.digests is None:
            travelled = abroad or release.details.courier is not None
            docket.add("P05", fact, dispatch, severity="N" if travelled else "R")

    def _measure(self, fact: Recorded, measured: tuple[Digests, ...] | None, docket: Docket) -> None:
        """H05: what was measured must be among the digests fixed; all of them measured equal later lower it."""
        if measured is None or not self.digests:
            return
        equal = {fixed for fixed in self.digests if any(one.same_bytes(fixed) for one in measured)}
        for handle, waiting in self._differing:
            waiting -= equal
            if not waiting:
                docket.replace(handle, "H05.again", again=fact.date)
        self._differing = [(handle, waiting) for handle, waiting in self._differing if waiting]
        if not all(any(one.same_bytes(fixed) for fixed in self.digests) for one in measured):
            self._differing.append((docket.add("H05", fact, date=fact.date), set(self.digests)))


def judge_copy(fact: Recorded, event: ItemDerived, parent: Condition, docket: Docket) -> None:
    """H02: an image's decoded content, or a raw image or copy itself, against its one digital source."""
    if event.details.method not in ("image", "copy") or len(parent.digests) != 1:
        return
    source = parent.digests[0]
    acquisition = event.details.acquisition
    content = acquisition.content if acquisition else None
    read = (content.sha256, content.blake3) if content else (None, None)
    fixed = (source.sha256, source.blake3)
    differs = any(one not in (None, other) for one, other in zip(read, fixed, strict=True))
    stated_format = acquisition.format if acquisition else None
    raw = event.details.method == "copy" or stated_format == "raw" or (stated_format is None and not any(read))
    digests = event.details.digests or ()
    if raw and len(digests) == 1 and source.files is None:
        differs = differs or not digests[0].same_bytes(source)
    if differs:
        docket.add("H02", fact)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
