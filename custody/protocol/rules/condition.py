"""Condition and digests: is it the same item, in the same state (P04, P05, H02, H05)."""

from custody.protocol.events.handling import ItemAssumed, ItemInspected
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.seals import Seals
from custody.protocol.values import Acquisition, Digests


class Condition:
    """The digests fixed when the item began, those measured since, and the condition at the last release."""

    __slots__ = ("_differing", "_released", "acquisition", "digests", "fixed")

    def __init__(self) -> None:
        self.digests: tuple[Digests, ...] = ()
        self.fixed = ""
        """When the digests were fixed, for sentences."""
        self.acquisition: Acquisition | None = None
        self._released: tuple[Recorded, HandoverReleased] | None = None
        self._differing: list[int] = []

    def take(self, fact: Recorded, docket: Docket, seals: Seals, *, abroad: bool) -> None:
        """Judges what an event measured and found. Called before the seals take the event."""
        event = fact.event
        if isinstance(event, ItemSeized | ItemDerived):
            self.digests, self.acquisition = event.details.digests or (), event.details.acquisition
            self.fixed = fact.date
        elif isinstance(event, HandoverReleased):
            self._released = (fact, event)
        elif isinstance(event, HandoverReceived):
            self._receive(fact, event, docket, seals, abroad=abroad)
            self._measure(fact, event.details.digests, docket)
        elif isinstance(event, ItemInspected | ItemAssumed):
            self._measure(fact, event.details.digests, docket)
            if isinstance(event, ItemInspected) and event.details.outcome == "differs":
                docket.add("P04.inspection", fact, date=fact.date)

    def _receive(self, fact: Recorded, event: HandoverReceived, docket: Docket, seals: Seals, *, abroad: bool) -> None:
        details = event.details
        if details.discrepancies:
            docket.add("P04.noted", fact, received=details.discrepancies)
        if self._released is None:
            return
        dispatch, release = self._released
        if _folded(details.condition) != _folded(release.details.condition):
            docket.add("P04", fact, dispatch, received=details.condition, released=release.details.condition)
        sealed = seals.sealed or seals.outer_sealed
        if not sealed and details.digests is None:
            travelled = abroad or release.details.courier is not None
            docket.add("P05", fact, dispatch, severity="N" if travelled else "R")

    def _measure(self, fact: Recorded, measured: tuple[Digests, ...] | None, docket: Docket) -> None:
        """H05: what was measured must be among the digests fixed; an equal measurement later lowers it."""
        if measured is None:
            return
        if all(any(one.same_bytes(fixed) for fixed in self.digests) for one in measured):
            for handle in self._differing:
                docket.replace(handle, "H05.again", again=fact.date)
            self._differing.clear()
        else:
            self._differing.append(docket.add("H05", fact, date=fact.date))


def judge_copy(fact: Recorded, event: ItemDerived, parent: Condition, docket: Docket) -> None:
    """H02: an image's decoded content, or a raw image or copy itself, against its one digital source."""
    if event.details.method not in ("image", "copy") or len(parent.digests) != 1:
        return
    source = parent.digests[0]
    acquisition = event.details.acquisition
    content = acquisition.content if acquisition else None
    if content is not None and (content.sha256 or content.blake3):
        pairs = ((content.sha256, source.sha256), (content.blake3, source.blake3))
        if any(read is not None and read != fixed for read, fixed in pairs):
            docket.add("H02", fact)
        return
    raw = event.details.method == "copy" or acquisition is None or acquisition.format in (None, "raw")
    digests = event.details.digests or ()
    if raw and len(digests) == 1 and source.files is None and not digests[0].same_bytes(source):
        docket.add("H02", fact)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
