"""Cutting bundles: an act that is recorded, with a statement of heads, as the last leaf of the checkpoint it stands
under (docs/format.md, "Bundles"). Append and signature are one step, so that an old statement can't be proved anew."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.errors import CustodyError, UsageError
from custody.ledger.closure import Closure, close_over
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Appended, Ledger
from custody.ledger.recorder import Recorder
from custody.ledger.sealing import Lock, LockedValue
from custody.protocol import bundle, canonical
from custody.protocol.ed25519 import Signer
from custody.protocol.events.disclosures import DisclosureMade, MadeDetails

MAX_CONSISTENCY = 1000
"""Proofs from earlier checkpoints in one bundle, the newest ones: about a megabyte at most."""


class Cut(NamedTuple):
    """A bundle on its way out."""

    lines: Iterator[bytes]
    """Its lines, each with its line feed; read from the ledger as they are asked for."""
    checkpoint: bytes
    """The signed note it stands under."""
    appended: Appended
    """The entry that records the disclosure."""


class Disclosure:
    """The act of cutting a bundle: about items, or of the whole ledger. Knows, when made, what has to be shown."""

    def __init__(self, occasion: Occasion, items: Sequence[str] | None, audience: str) -> None:
        """`items`: UUIDs; None for the whole ledger.

        Raises UsageError for no item, one twice, or more than a bundle holds.
        """
        if items is not None and (not 0 < len(items) <= bundle.MAX_ITEMS or len(set(items)) < len(items)):
            raise UsageError(f"a bundle is about 1 to {bundle.MAX_ITEMS} different items", hint="cut several bundles")
        self.items = None if items is None else tuple(items)
        self.audience = audience
        self.closure = Closure({}, [], [])
        self.heads = b""
        self.sealed: list[LockedValue] = []
        """What is kept of the sealed fields in the entries to show."""
        self.granted: list[LockedValue] = []
        """Those of them that the audience may see; nobody sees what an erasure has destroyed."""
        self.opened: Mapping[str, str] | None = None
        """The disclosures of what is granted, by digest: set after a rehearsal said what that is."""
        self._occasion = occasion

    def __call__(self, recorder: Recorder) -> None:
        """States the heads as they are now, and records it."""
        heads = subjects = None
        if self.items is not None:
            self._close(self.items, recorder)
            heads = hashlib.sha256(self.heads).hexdigest()
            subjects = tuple(f"item:{item}" for item in self.items)
        self._grant(recorder)
        disclosed = len(self.granted) or None
        details = MadeDetails(audience=self.audience, disclosed=disclosed, heads=heads, subjects=subjects)
        subject = f"disclosure:{uuid.uuid4()}"
        recorder.record(Draft(kind=DisclosureMade, subject=subject, details=details, occasion=self._occasion))

    def _close(self, items: Sequence[str], recorder: Recorder) -> None:
        for item in items:
            recorder.item(item)
        signers = (self._occasion.actor, *self._occasion.witnesses)
        self.closure = close_over(items, signers, recorder.origin, recorder.history)
        self.heads = bundle.format_line(bundle.Line(heads=self.closure.heads))
        if len(self.heads) > canonical.MAX_LINE or len(self.closure.heads) > bundle.MAX_SUBJECTS:
            raise UsageError("these items have too much of a history for one bundle", hint="cut several bundles")

    def _grant(self, recorder: Recorder) -> None:
        """By the log as it is now: what was erased since the values were opened is not given out."""
        self.sealed = recorder.sealed_values(None if self.items is None else self.closure.sealed)
        self.granted = [
            value for value in self.sealed if self.audience in value.audiences and not recorder.erased(value.case)
        ]
        if self.opened is not None and any(value.digest not in self.opened for value in self.granted):
            raise CustodyError("more was sealed meanwhile", hint="cut the bundle again")

    def disclosures(self) -> list[str]:
        """What the audience is given, opened."""
        opened = self.opened or {}
        return [opened[value.digest] for value in self.granted]


def cut_bundle(
    ledger: Ledger,
    disclosure: Disclosure,
    *,
    signers: Mapping[str, Signer],
    ledger_key: Signer,
    since: Collection[int] = (),
    lock: Lock | None = None,
) -> Cut:
    """Records the disclosure under a fresh checkpoint, and gives the bundle. `lock`: as `Ledger.append`.

    Beside the proofs from every checkpoint signed before, it has one from each size in `since`; a whole ledger needs
    none. Raises as `Ledger.append` does, and UsageError for a size that the ledger has not reached.
    """
    if any(not 0 < one <= ledger.size for one in since):
        hint = "it stands on the second line of a checkpoint"
        raise UsageError(f"a size to prove from lies between 1 and {ledger.size}", hint=hint)
    disclosure.opened = disclosure.opened or {}
    appended = ledger.append(disclosure, signers, certified_by=ledger_key, lock=lock)
    checkpoint = appended.checkpoint or b""
    return Cut(_lines(ledger, disclosure, checkpoint, appended.entries[-1].index + 1, since), checkpoint, appended)


def _lines(
    ledger: Ledger, disclosure: Disclosure, checkpoint: bytes, size: int, since: Collection[int]
) -> Iterator[bytes]:
    whole = disclosure.items is None
    yield _line(
        bundle.Line(header=bundle.Header(items=disclosure.items or (), ledger=ledger.origin, version=bundle.VERSION))
    )
    yield _line(bundle.Line(part=bundle.Part(checkpoint=checkpoint.decode(), ledger=ledger.origin, whole=whole)))
    if whole:
        for entry in ledger.entries(0, size):
            yield bundle.format_entry_line(entry, None) + b"\n"
    else:
        yield from _proven(ledger, disclosure, size, since)
    for text in disclosure.disclosures():
        yield _line(bundle.Line(disclosure=text))


def _proven(ledger: Ledger, disclosure: Disclosure, size: int, since: Collection[int]) -> Iterator[bytes]:
    """Consistency proofs, heads, and the entries that the items need, each with its proof."""
    given_out = [one.size for one in ledger.checkpoints() if one.size < size][-MAX_CONSISTENCY:]
    for old in sorted({*given_out, *since}):
        proof = bundle.encode_proof(ledger.consistency(old, size))
        yield _line(bundle.Line(consistency=bundle.Consistency(proof=proof, size=old)))
    yield disclosure.heads + b"\n"
    for index in (*disclosure.closure.indices, size - 1):
        yield bundle.format_entry_line(ledger.entry(index), ledger.inclusion(index, size)) + b"\n"


def _line(line: bundle.Line) -> bytes:
    return bundle.format_line(line) + b"\n"
