"""Cutting bundles: an act that is recorded, with a statement of heads, as the last leaf of the checkpoint it stands
under (docs/format.md, "Bundles"). Append and signature are one step, so that an old statement can't be proved anew."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from custody.errors import UsageError
from custody.ledger.closure import Closure, close_over
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act, Appended, Ledger
from custody.ledger.recorder import Recorder
from custody.ledger.sealing import Lock
from custody.protocol import bundle, canonical
from custody.protocol.ed25519 import Signer
from custody.protocol.events.disclosures import DisclosureMade, MadeDetails

MAX_CONSISTENCY = 1000
"""Proofs from earlier checkpoints in one bundle, the newest ones: about a megabyte at most."""


NOTHING: Mapping[str, str] = {}


class Cut(NamedTuple):
    """A bundle on its way out."""

    lines: Iterator[bytes]
    """Its lines, each with its line feed; read from the ledger as they are asked for."""
    checkpoint: bytes
    """The signed note it stands under."""
    appended: Appended
    """The entry that records the disclosure."""


class Disclosure:
    """The act of cutting a bundle about items; knows, when made, what has to be shown."""

    def __init__(self, occasion: Occasion, items: Sequence[str], audience: str) -> None:
        """`items`: UUIDs. Raises UsageError for none, one twice, or more than a bundle holds."""
        if not 0 < len(items) <= bundle.MAX_ITEMS or len(set(items)) < len(items):
            raise UsageError(f"a bundle is about 1 to {bundle.MAX_ITEMS} different items", hint="cut several bundles")
        self.items = tuple(items)
        self.closure = Closure({}, [], [])
        self.opened: Mapping[str, str] = NOTHING
        """What the audience may see of what is sealed: digest to disclosure. Set when a rehearsal said what is."""
        self.heads = b""
        self._occasion, self._audience = occasion, audience

    def __call__(self, recorder: Recorder) -> None:
        """States the heads as they are now, and records it."""
        for item in self.items:
            recorder.item(item)
        signers = (self._occasion.actor, *self._occasion.witnesses)
        self.closure = close_over(self.items, signers, recorder.origin, recorder.history)
        self.heads = bundle.format_line(bundle.Line(heads=self.closure.heads))
        if len(self.heads) > canonical.MAX_LINE or len(self.closure.heads) > bundle.MAX_SUBJECTS:
            raise UsageError("these items have too much of a history for one bundle", hint="cut several bundles")
        details = MadeDetails(
            audience=self._audience,
            disclosed=len(self.disclosures) or None,
            heads=hashlib.sha256(self.heads).hexdigest(),
            subjects=tuple(f"item:{item}" for item in self.items),
        )
        recorder.record(_draft(details, self._occasion))

    @property
    def disclosures(self) -> list[str]:
        """What the audience is shown of what is sealed in the bundle's entries."""
        return [self.opened[digest] for digest in self.closure.sealed if digest in self.opened]


def disclose_whole(occasion: Occasion, audience: str, opened: Mapping[str, str] = NOTHING) -> Act:
    """The act of cutting a bundle of the whole ledger: everything is shown, so no heads are stated."""

    def act(recorder: Recorder) -> None:
        recorder.record(_draft(MadeDetails(audience=audience, disclosed=len(opened) or None), occasion))

    return act


def _draft(details: MadeDetails, occasion: Occasion) -> Draft:
    return Draft(kind=DisclosureMade, subject=f"disclosure:{uuid.uuid4()}", details=details, occasion=occasion)


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

    Beside the proofs from every checkpoint signed before, it has one from each size in `since`. Raises as
    `Ledger.append` does, and UsageError for a size that the ledger has not reached.
    """
    if any(not 0 < one <= ledger.size for one in since):
        hint = "it stands on the second line of a checkpoint"
        raise UsageError(f"a size to prove from lies between 1 and {ledger.size}", hint=hint)
    appended, checkpoint, size = _record(ledger, disclosure, signers, ledger_key, lock)
    return Cut(_lines(ledger, disclosure, checkpoint, size, since), checkpoint, appended)


def cut_whole(
    ledger: Ledger,
    occasion: Occasion,
    audience: str,
    *,
    signers: Mapping[str, Signer],
    ledger_key: Signer,
    opened: Mapping[str, str] = NOTHING,
    lock: Lock | None = None,
) -> Cut:
    """Records that the whole ledger is disclosed, under a fresh checkpoint, and gives the bundle of it.

    `opened`: as `Disclosure.opened`; `lock`: as `Ledger.append`.
    """
    act = disclose_whole(occasion, audience, opened)
    appended, checkpoint, size = _record(ledger, act, signers, ledger_key, lock)
    return Cut(_whole_lines(ledger, checkpoint, size, opened), checkpoint, appended)


def _record(
    ledger: Ledger, act: Act, signers: Mapping[str, Signer], ledger_key: Signer, lock: Lock | None
) -> tuple[Appended, bytes, int]:
    appended = ledger.append(act, signers, certified_by=ledger_key, lock=lock)
    return appended, appended.checkpoint or b"", appended.entries[-1].index + 1


def _lines(
    ledger: Ledger, disclosure: Disclosure, checkpoint: bytes, size: int, since: Collection[int]
) -> Iterator[bytes]:
    yield from _opening(ledger, checkpoint, disclosure.items, whole=False)
    given_out = [one.size for one in ledger.checkpoints() if one.size < size][-MAX_CONSISTENCY:]
    for old in sorted({*given_out, *since}):
        proof = bundle.encode_proof(ledger.consistency(old, size))
        yield _line(bundle.Line(consistency=bundle.Consistency(proof=proof, size=old)))
    yield disclosure.heads + b"\n"
    for index in (*disclosure.closure.indices, size - 1):
        yield bundle.format_entry_line(ledger.entry(index), ledger.inclusion(index, size)) + b"\n"
    for text in disclosure.disclosures:
        yield _line(bundle.Line(disclosure=text))


def _whole_lines(ledger: Ledger, checkpoint: bytes, size: int, opened: Mapping[str, str]) -> Iterator[bytes]:
    yield from _opening(ledger, checkpoint, (), whole=True)
    for entry in ledger.entries(0, size):
        yield bundle.format_entry_line(entry, None) + b"\n"
    for digest in sorted(opened):
        yield _line(bundle.Line(disclosure=opened[digest]))


def _opening(ledger: Ledger, checkpoint: bytes, items: tuple[str, ...], *, whole: bool) -> Iterator[bytes]:
    yield _line(bundle.Line(header=bundle.Header(items=items, ledger=ledger.origin, version=bundle.VERSION)))
    yield _line(bundle.Line(part=bundle.Part(checkpoint=checkpoint.decode(), ledger=ledger.origin, whole=whole)))


def _line(line: bundle.Line) -> bytes:
    return bundle.format_line(line) + b"\n"
