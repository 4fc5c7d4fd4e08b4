"""One part of a bundle: a ledger's checkpoint, and the entries shown under it (steps 3 to 6 of docs/format.md)."""

from functools import lru_cache

from custody.errors import MalformedError
from custody.protocol import bundle, checkpoint, times
from custody.protocol.encodings import decode_base64
from custody.protocol.entry import Entry, hash_entry, parse_entry
from custody.protocol.envelope import event_pae
from custody.protocol.events.codec import parse_event
from custody.protocol.events.common import Event
from custody.protocol.events.handovers import HandoverReleased
from custody.protocol.events.ledger import LedgerRekeyed
from custody.protocol.events.notes import ItemCopied
from custody.protocol.findings import finding, state_finding
from custody.protocol.names import kind_of, split_person
from custody.protocol.note import parse_note
from custody.protocol.proofs import root_from_inclusion
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.tree import Frontier, leaf_hash
from custody.protocol.vkey import parse_vkey
from custody.verifier.signatures import SignatureChecker


@lru_cache(maxsize=256)
def _ledger_key(vkey: str) -> bytes:
    return parse_vkey(vkey).public_key


class Part:
    """A part while it is read, and what later steps ask about it."""

    def __init__(self, line: bundle.Part, world: World, checker: SignatureChecker, seen: frozenset[int]) -> None:
        """`seen`: sizes of this ledger whose roots the reader knows, to be compared where every entry is shown."""
        self.origin = line.ledger
        self.whole = line.whole
        self.note = line.checkpoint.encode()
        self.checkpoint = checkpoint.parse_checkpoint(parse_note(self.note).text)
        if self.checkpoint.origin != self.origin:
            raise MalformedError(f"the part of {self.origin} has the checkpoint of {self.checkpoint.origin}")
        self.heads: dict[str, str | None] | None = None
        self.heads_line = b""
        self.consistency: dict[int, bundle.Consistency] = {}
        self.timestamps: list[bundle.Timestamp] = []
        self.subjects: set[str] = set()
        """Subjects shown or relied on here, signers as `person:` among them; empty for a whole ledger."""
        self.last_leaf: Recorded | None = None
        """The entry at size - 1, where it is shown."""
        self.item_index = -1
        """The highest index of an item's entry."""
        self.about_index = -1
        """The highest index of an item's or a request's entry."""
        self.covered: dict[int, Recorded] = {}
        """For each size that was time-stamped: the last entry shown below it."""
        self.latest: Recorded | None = None
        """The last entry shown."""
        self.roots: dict[int, bytes] = {}
        """Roots computed at the sizes in `seen`."""
        self.reached: dict[str, str | None] = {}
        """For each subject in `heads`: the last entry about it, in this ledger, shown up to the end of this part."""
        self.count = 0
        self._seen = seen
        self._world = world
        self._checker = checker
        self._frontier = Frontier()
        self._last: tuple[int, str, int] = (-1, "0" * 64, 0)
        self._stamped: list[int] = []

    @property
    def docket(self) -> Docket:
        """Findings that concern the ledger."""
        return self._world.record

    def take_heads(self, heads: dict[str, str | None], line: bytes) -> None:
        """The statement of heads: before the entries, once, never for a whole ledger."""
        if self.heads is not None or self.count or self.whole:
            raise MalformedError("a part states its heads at most once, before its entries")
        self.heads, self.heads_line = heads, line

    def take_consistency(self, one: bundle.Consistency) -> None:
        """A proof from an earlier size to this checkpoint."""
        if one.size in self.consistency or self.heads is not None or self.count or self.timestamps:
            raise MalformedError("consistency proofs stand before time-stamps, heads and entries, one a size")
        if one.checkpoint is not None:
            earlier = checkpoint.parse_checkpoint(parse_note(one.checkpoint.encode()).text)
            if (earlier.origin, earlier.size) != (self.origin, one.size):
                raise MalformedError(f"the checkpoint beside a consistency proof is not of {self.origin} at {one.size}")
        self.consistency[one.size] = one

    def take_timestamp(self, one: bundle.Timestamp) -> None:
        """A time-stamp, over a checkpoint that is here. What it says is for step 12: it never spoils a bundle."""
        if self.heads is not None or self.count or one in self.timestamps:
            raise MalformedError("time-stamps stand before heads and entries, each once")
        if len(self.timestamps) == bundle.MAX_TIMESTAMPS:
            raise MalformedError(f"a part has {bundle.MAX_TIMESTAMPS} time-stamps at most")
        if len(decode_base64(one.token, "a time-stamp")) > bundle.MAX_TOKEN:
            raise MalformedError(f"a time-stamp exceeds {bundle.MAX_TOKEN} bytes")
        self.stamped_note(one.size)
        self.timestamps.append(one)
        self._stamped = sorted({stamp.size for stamp in self.timestamps})

    def stamped_note(self, size: int) -> bytes:
        """The checkpoint at a size: the part's own, or one beside a consistency proof."""
        if size == self.checkpoint.size:
            return self.note
        beside = self.consistency.get(size)
        if beside is None or beside.checkpoint is None:
            raise MalformedError(f"no checkpoint of {self.origin} at {size} entries stands before its time-stamp")
        return beside.checkpoint.encode()

    def take_entry(self, data: bytes, proof: tuple[str, ...] | None) -> tuple[Recorded, bytes]:
        """Steps 4 and 5 for one entry; returns the fact and the event's bytes."""
        entry = parse_entry(data)
        payload = entry.envelope.payload
        event = parse_event(payload)
        if event.ledger != self.origin:
            raise MalformedError(f"entry {entry.index} of {self.origin} holds an event made for {event.ledger}")
        fact = Recorded(
            origin=self.origin,
            index=entry.index,
            hash=hash_entry(data),
            recorded=times.parse_utc(entry.recorded_at),
            event=event,
        )
        self._check_place(entry, data, proof, fact)
        self._world.apply(fact)
        self._check_signatures(entry, payload, fact)
        self._note(fact)
        return fact, payload

    def _check_place(self, entry: Entry, data: bytes, proof: tuple[str, ...] | None, fact: Recorded) -> None:
        """L01, L02: the entry is the leaf at its index of the tree that the checkpoint signs."""
        index, last_hash, last_recorded = self._last
        if self.whole:
            if proof is not None:
                raise MalformedError("an entry of a whole ledger has no proof of its own")
            if entry.index != index + 1:
                self._add("L02", fact, subject=self.origin, entry=f"{self.origin}#{index}")
            elif entry.previous != last_hash:
                self._add("L01", fact, entry=f"{self.origin}#{index}")
            self._frontier.append(leaf_hash(data))
            if self._frontier.size in self._seen:
                self.roots[self._frontier.size] = self._frontier.root()
        else:
            if proof is None:
                raise MalformedError(f"entry {entry.index} of {self.origin} has no inclusion proof")
            if entry.index <= index:
                self._add("L02", fact, subject=self.origin, entry=f"{self.origin}#{index}")
            shown = bundle.decode_proof(proof)
            root = root_from_inclusion(leaf_hash(data), entry.index, self.checkpoint.size, shown)
            if root != self.checkpoint.root:
                self._add("L01", fact)
        if fact.recorded < last_recorded:
            self._add("T01.ledger", fact)
        self._last = (entry.index, fact.hash, max(last_recorded, fact.recorded))

    def _add(self, key: str, fact: Recorded, **facts: str) -> None:
        docket = self._docket_of(fact.event)
        facts.setdefault("entry", fact.name)
        docket.put(state_finding(key, (fact.name,), item=docket.item, severity=None, facts=facts))

    def _docket_of(self, event: Event) -> Docket:
        kind, _, uuid = event.subject.partition(":")
        item = self._world.item(uuid) if kind == "item" else self._world.items.get(uuid) if kind == "notes" else None
        return item.docket if item else self.docket

    def _check_signatures(self, entry: Entry, payload: bytes, fact: Recorded) -> None:
        """S02 for their number; each goes to the checker with the key that log order gives (S01)."""
        event, signatures = fact.event, entry.envelope.signatures
        signers: tuple[str, ...] = event.signers
        if type(event) is LedgerRekeyed:
            signers = (self.origin, self.origin)
        if len(signers) != len(signatures):
            self._add("S02", fact, entry=fact.name, signers=str(len(signers)), signatures=str(len(signatures)))
        message = event_pae(payload)
        item = self._world.docket.item
        keys = self._ledger_keys(fact) if event.actor == self.origin else self._world.signing_keys
        for signer, key, signature in zip(signers, keys, signatures, strict=False):
            if key is not None:  # without a key there is a finding already: S03
                ticket = (self.origin, fact.index, signer, item)
                self._checker.add(key, message, signature.sig, ticket)

    def _ledger_keys(self, fact: Recorded) -> tuple[bytes | None, ...]:
        """The ledger key in force and, where it is replaced, the one that replaces it."""
        ledger = self._world.ledger(self.origin)
        vkey = ledger.key_at(fact.index)
        if vkey is None:
            self._add("S03", fact, person=self.origin)
            return (None,)
        new = (_ledger_key(ledger.key),) if isinstance(fact.event, LedgerRekeyed) and ledger.key else ()
        return (_ledger_key(vkey), *new)

    def _note(self, fact: Recorded) -> None:
        self.count += 1
        for size in self._stamped:
            if fact.index < size:
                self.covered[size] = fact
        self.latest = fact
        if fact.index == self.checkpoint.size - 1:
            self.last_leaf = fact
        event = fact.event
        kind = kind_of(event.subject)
        if kind in ("item", "notes") and fact.index > self.item_index:
            self.item_index = fact.index
        if kind in ("item", "notes", "request") and fact.index > self.about_index:
            self.about_index = fact.index
        if self.whole:
            return
        if kind != "disclosure":
            self.subjects.add(event.subject)
        if event.actor != self.origin:
            self.subjects.update(f"person:{signer.partition('@')[0]}" for signer in self._own_signers(event))
        if event.case is not None:
            self.subjects.add(f"case:{event.case}")
        if isinstance(event, HandoverReleased | ItemCopied):
            self._note_border(event)

    def _note_border(self, event: HandoverReleased | ItemCopied) -> None:
        """Whether it might leave the ledger, and the State, depends on the partner and on the request cited."""
        if isinstance(event, HandoverReleased):
            to = split_person(event.details.addressees[0])[1]
            if to != self.origin:
                self.subjects.add(f"partner:{to}")
        basis = event.details.basis
        if basis is not None and basis.request is not None:
            self.subjects.add(f"request:{basis.request}")

    def _own_signers(self, event: Event) -> list[str]:
        return [signer for signer in event.signers if signer.endswith(f"@{self.origin}")]

    def finish(self) -> None:
        """What only the end of the part shows: a whole ledger's size and root (L01, L02); how far each chain goes."""
        if not self.whole:
            self.reached = {subject: self._world.last_of(self.origin, subject) for subject in self.heads or ()}
            return
        if self._frontier.size != self.checkpoint.size:
            shown, size = str(self._frontier.size), str(self.checkpoint.size)
            self.docket.put(finding("L02.size", (), origin=self.origin, shown=shown, size=size))
        elif self._frontier.root() != self.checkpoint.root:
            self.docket.put(finding("L01.root", (), origin=self.origin))
