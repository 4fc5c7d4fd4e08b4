"""Cutting bundles: an act that is recorded, with a statement of heads, as the last leaf of the checkpoint it stands
under (docs/format.md, "Bundles"). Append and signature are one step, so that an old statement can't be proved anew."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from custody.errors import CustodyError, UsageError
from custody.ledger.disclosing.closure import NOTHING, close_over
from custody.ledger.disclosing.lines import (
    MAX_CONSISTENCY,
    header_line,
    old_parts,
    own_entries,
    own_joins,
    part_line,
    write,
)
from custody.ledger.disclosing.parts import Arrangement, arrange
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act, Appended, Ledger
from custody.ledger.others.arrival import Arrival
from custody.ledger.others.kept import Stamped
from custody.ledger.recorder import Recorder
from custody.ledger.sealing import Lock, LockedValue, SealedValue
from custody.ledger.stamps import choose, worth_stamping
from custody.protocol import bundle, canonical
from custody.protocol.ed25519 import Signer
from custody.protocol.events.disclosures import DisclosureMade, MadeDetails


class Cut(NamedTuple):
    """A bundle on its way out."""

    lines: Iterator[bytes]
    """Its lines, each with its line feed; read from the ledger as they are asked for."""
    checkpoint: bytes
    """The signed note it stands under."""
    appended: Appended
    """The entry that records the disclosure."""


class Disclosure:
    """The act of cutting a bundle: about items and requests, or of the whole ledger.

    Knows, when made, what has to be shown. `first` is an act made before it, in the same step: the release that the
    bundle is to carry.
    """

    def __init__(
        self,
        occasion: Occasion,
        items: Sequence[str] | None,
        audience: str,
        *,
        requests: Sequence[str] = (),
        first: Act | None = None,
    ) -> None:
        """`items`, `requests`: UUIDs; `items` None: the whole ledger.

        Raises UsageError for neither, one twice, or more than a bundle holds.
        """
        self.items = None if items is None else tuple(items)
        self.requests = tuple(requests)
        self.audience = audience
        self._check_size()
        self.closure = NOTHING
        self.arrangement = Arrangement([], [])
        self.heads = b""
        self.sealed: list[LockedValue] = []
        """What is kept of the sealed fields in the entries to show."""
        self.granted: list[LockedValue] = []
        """Those of them that the audience may see; nobody sees what an erasure has destroyed."""
        self.opened: Mapping[str, str] | None = None
        """The disclosures of what is granted, by digest: set after a rehearsal said what that is."""
        self._sealed_in: dict[str, str] = {}
        """Of each sealed field to show, by digest: the subject that it was sealed in."""
        self._fresh: dict[str, str] = {}
        """What the first act seals and the audience may see: disclosures by digest."""
        self._occasion, self._first = occasion, first

    def _check_size(self) -> None:
        items, requests = self.items, self.requests
        if items is None:
            return
        if not items and not requests:
            raise UsageError("a bundle is about items or requests", hint="name one, or --all")
        if len(items) > bundle.MAX_ITEMS or len(requests) > bundle.MAX_REQUESTS:
            raise UsageError(
                f"a bundle is about {bundle.MAX_ITEMS} items and {bundle.MAX_REQUESTS} requests at most",
                hint="cut several bundles",
            )
        if len({*items, *requests}) < len(items) + len(requests):
            raise UsageError("a bundle is about different items and requests", hint="name each once")

    @property
    def subjects(self) -> tuple[str, ...] | None:
        """What the bundle is about; None for the whole ledger."""
        if self.items is None:
            return None
        return (*(f"item:{one}" for one in self.items), *(f"request:{one}" for one in self.requests))

    def __call__(self, recorder: Recorder) -> None:
        """Makes the first act, states the heads as they are then, and records it."""
        if self._first is not None:
            self._first(recorder)
        heads = None
        if self.subjects is not None:
            self._close(recorder)
            heads = hashlib.sha256(self.heads).hexdigest()
        self._grant(recorder)
        disclosed = len(self.granted) + len(self._fresh) or None
        details = MadeDetails(audience=self.audience, disclosed=disclosed, heads=heads, subjects=self.subjects)
        subject = f"disclosure:{uuid.uuid4()}"
        occasion = self._occasion
        if self._first is not None:  # its documents and secrets are that act's
            occasion = msgspec.structs.replace(occasion, witnesses=(), documents=(), sealing={})
        recorder.record(Draft(kind=DisclosureMade, subject=subject, details=details, occasion=occasion))

    def _close(self, recorder: Recorder) -> None:
        items = self.items or ()
        for item in items:
            recorder.item(item)
        for request in self.requests:
            recorder.request(request)
        signers = (self._occasion.actor, *self._occasion.witnesses)
        self.closure = close_over(items, self.requests, signers, recorder)
        self.arrangement = arrange(items, self.closure, recorder)
        self.heads = bundle.format_line(bundle.Line(heads=self.closure.heads))
        if len(self.heads) > canonical.MAX_LINE or len(self.closure.heads) > bundle.MAX_SUBJECTS:
            raise UsageError("these items have too much of a history for one bundle", hint="cut several bundles")

    def _grant(self, recorder: Recorder) -> None:
        """By the log as it is now: what was erased since the values were opened is not given out."""
        self._sealed_in = self.closure.sealed
        shown = None if self.items is None else sorted(self._sealed_in)
        self.sealed = recorder.sealed_values(shown)
        self._fresh = {
            value.digest: value.disclosure
            for value in recorder.sealed
            if (shown is None or value.digest in self._sealed_in) and self._may_see(value)
        }
        self.granted = [value for value in self.sealed if self._may_see(value) and not recorder.erased(value.case)]
        if self.opened is not None and any(value.digest not in self.opened for value in self.granted):
            raise CustodyError("more was sealed meanwhile", hint="cut the bundle again")

    def _may_see(self, value: LockedValue | SealedValue) -> bool:
        """Whether the audience may. What was asked of one partner is not told to the next who gets the item: a partner
        sees into the requests that its bundle is about, and no others."""
        if self.audience == "partner":
            kind, _, name = self._sealed_in.get(value.digest, "").partition(":")
            if kind == "request" and name not in self.requests:
                return False
        return self.audience in value.audiences

    def disclosures(self) -> list[str]:
        """What the audience is given, opened."""
        opened = self.opened or {}
        return [*(opened[value.digest] for value in self.granted), *self._fresh.values()]


def cut_bundle(
    ledger: Ledger,
    disclosure: Disclosure,
    *,
    signers: Mapping[str, Signer],
    ledger_key: Signer,
    since: Collection[int] = (),
    lock: Lock | None = None,
    arriving: Arrival | None = None,
) -> Cut:
    """Records the disclosure under a fresh checkpoint, and gives the bundle. `lock`, `arriving`: as `Ledger.append`.

    Beside the proofs from every checkpoint signed before, it has one from each size in `since`; a whole ledger needs
    none. Raises as `Ledger.append` does, and UsageError for a size that the ledger has not reached.
    """
    if any(not 0 < one <= ledger.size for one in since):
        hint = "it stands on the second line of a checkpoint"
        raise UsageError(f"a size to prove from lies between 1 and {ledger.size}", hint=hint)
    disclosure.opened = disclosure.opened or {}
    appended = ledger.append(disclosure, signers, certified_by=ledger_key, lock=lock, arriving=arriving)
    checkpoint = appended.checkpoint or b""
    return Cut(_lines(ledger, disclosure, checkpoint, appended.entries[-1].index + 1, since), checkpoint, appended)


def _lines(
    ledger: Ledger, disclosure: Disclosure, checkpoint: bytes, size: int, since: Collection[int]
) -> Iterator[bytes]:
    whole = disclosure.subjects is None
    yield header_line(ledger.origin, disclosure.items or (), disclosure.requests or ())
    if whole:
        yield part_line(ledger, ledger.origin, size, checkpoint, whole=True)
        stamps = choose(ledger.store.kept.stamped(ledger.origin), range(size), size)
        yield from own_joins(ledger, ledger.prover(size), {one.size for one in stamps}, stamps) if stamps else ()
        for entry in ledger.entries(0, size):
            yield bundle.format_entry_line(entry, None) + b"\n"
    else:
        yield from old_parts(ledger, disclosure.arrangement.old)
        yield part_line(ledger, ledger.origin, size, checkpoint)
        yield from _fresh(ledger, disclosure, size, since)
    for text in disclosure.disclosures():
        yield write(bundle.Line(disclosure=text))


def own_stamps(ledger: Ledger, disclosure: Disclosure, size: int) -> list[Stamped]:
    """The time-stamps of this ledger that a disclosure under a checkpoint of this size carries."""
    own = disclosure.closure.own
    about = [index for index, fact in own.items() if worth_stamping(fact.event.subject)]
    return choose(ledger.store.kept.stamped(ledger.origin), about, size)


def _fresh(ledger: Ledger, disclosure: Disclosure, size: int, since: Collection[int]) -> Iterator[bytes]:
    """Consistency proofs, heads, and the entries of this ledger that no earlier part shows, each with its proof."""
    given_out = list(islice((one for one in ledger.store.signed() if one < size), MAX_CONSISTENCY))
    if len(given_out) == MAX_CONSISTENCY:  # signed every few minutes, they reach back some days; partners write seldom
        given_out += ledger.store.kept.known().values()
    earlier = [part.size for part in disclosure.arrangement.old if part.ledger == ledger.origin]
    prover = ledger.prover(size)
    yield from own_joins(ledger, prover, {*given_out, *earlier, *since}, own_stamps(ledger, disclosure, size))
    yield disclosure.heads + b"\n"
    yield from own_entries(ledger, prover, (*disclosure.arrangement.fresh, size - 1))
