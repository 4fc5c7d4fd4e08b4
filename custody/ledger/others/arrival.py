"""A partner's bundle, verified, on its way into what this ledger keeps.

    Arrival = the bundle's SHA-256, its cutter, what it is about, its parts, what it discloses

Made by custody.exchange, which has the verifier; here nothing is verified again but what only the ledger can know:
whether it contradicts what was seen before (custody.ledger.others.pinning).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from custody.ledger.others.kept import Cosigned, Joined, Keeping, KeptCheckpoint, KeptEntry, KeptPart, Stamped
from custody.ledger.sealing import SealedValue
from custody.protocol.checkpoint import Checkpoint

RECEIVED_FOR = ("court",)
"""Who may see what partners disclosed to this agency: it was sent for a court's use (UNTOC art. 18(19))."""


class ArrivedPart(NamedTuple):
    """One part. `note` carries the ledger's own signature alone; cosignatures stand beside it."""

    checkpoint: Checkpoint
    note: bytes
    heads: bytes
    cosigned: tuple[Cosigned, ...]
    joined: tuple[Joined, ...]
    entries: tuple[KeptEntry, ...]
    stamped: tuple[Stamped, ...] = ()


class Arrival(NamedTuple):
    """A whole bundle, or a checkpoint alone: then it is about nothing, and its part shows no entry."""

    digest: str
    cutter: str
    items: tuple[str, ...]
    requests: tuple[str, ...]
    parts: tuple[ArrivedPart, ...]
    disclosed: tuple[tuple[str, str, str], ...] = ()
    """Of each value disclosed: its digest, the subject it was sealed in, the disclosure."""

    def entries(self, subject: str, ledger: str | None = None) -> Iterator[KeptEntry]:
        """What it shows about a subject, of one ledger or of all."""
        for part in self.parts:
            if ledger in (None, part.checkpoint.origin):
                yield from (one for one in part.entries if one.subject == subject)

    @property
    def shown_items(self) -> list[str]:
        """UUIDs of all items of which it shows an entry, ancestors among them."""
        subjects = (one.subject for part in self.parts for one in part.entries)
        return list(dict.fromkeys(one.removeprefix("item:") for one in subjects if one.startswith("item:")))

    @property
    def shown_requests(self) -> list[str]:
        """UUIDs of all requests of which it shows an entry, those cited among them."""
        subjects = (one.subject for part in self.parts for one in part.entries)
        return list(dict.fromkeys(one.removeprefix("request:") for one in subjects if one.startswith("request:")))

    def sealed(self, cases: Mapping[str, str]) -> list[SealedValue]:
        """What it discloses of the subjects in `cases`, to be locked for the case of each."""
        return [
            SealedValue(digest, cases[subject], RECEIVED_FOR, disclosure)
            for digest, subject, disclosure in self.disclosed
            if subject in cases
        ]

    def keep(self, writing: Keeping, origin: str, own: int) -> None:
        """Writes it, in the ledger `origin`, which has `own` entries."""
        for part in self.parts:
            ledger, size = part.checkpoint.origin, part.checkpoint.size
            writing.keep_checkpoints([KeptCheckpoint(ledger, size, part.note)])
            writing.keep_cosigned(part.cosigned)
            if ledger != origin:  # ours are asked for here; others' would crowd them out
                writing.keep_stamped(part.stamped)
            writing.keep_joined(part.joined)
            if part.heads:
                writing.keep_parts([KeptPart(ledger, size, part.heads)])
            writing.keep_entries([msgspec.structs.replace(one, own=own) for one in part.entries])
        known = (part.checkpoint.size for part in self.parts if part.checkpoint.origin == origin)
        writing.keep_arrival(self.digest, own, self.cutter, max(known, default=0))
