"""Verifying a bundle: the numbered steps of docs/format.md, "Verification".

It needs the file, the reader's own policy, and what else the reader has: evidence, heads seen before. No ledger, no
network, no clock. It raises MalformedError for what is not a bundle; everything else it says in the report.
"""

from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from custody.errors import MalformedError, UsageError
from custody.protocol import bundle
from custody.protocol.checkpoint import Checkpoint
from custody.protocol.events.disclosures import DisclosureMade
from custody.protocol.events.ledger import Profile
from custody.protocol.findings import finding
from custody.protocol.names import kind_of, name_of
from custody.protocol.policy import Policy
from custody.protocol.rules.ending import close
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.vkey import Vkey
from custody.verifier.certified import Document, judge_certificate, read_issue
from custody.verifier.elsewhere import judge_elsewhere
from custody.verifier.joining import judge_joins
from custody.verifier.part import Part
from custody.verifier.sealed import SealedFields
from custody.verifier.shown import ShownEntries
from custody.verifier.signatures import SignatureChecker
from custody.verifier.stamp import Authority, Stamp
from custody.verifier.stamping import judge_stamps
from custody.verifier.statements import judge_statements
from custody.verifier.supplied import SuppliedFile, judge_supplied
from custody.verifier.trusting import judge_checkpoints
from custody.verifier.witnessing import Sightings, judge_witnesses

STEPS_KEPT = 5_000
"""Events kept for the report's page; a whole ledger of a million is judged all the same."""


class Request(NamedTuple):
    """What the reader brings."""

    policy: Policy
    supplied: Sequence[SuppliedFile] = ()
    authorities: tuple[Authority, ...] = ()
    """Whose time-stamps count."""
    seen: Sequence[Checkpoint] = ()
    """Heads known from elsewhere, their signatures checked or read off paper."""
    items: Sequence[str] = ()
    """UUIDs to judge; empty: those the bundle is about."""
    to_court: bool = False
    as_of: int | None = None
    """A later "now", in seconds since 1970."""
    cores: int | None = None
    profile: Profile | None = None
    """A court's rules of evidence, asked of every entry on top of its ledger's own profile."""
    document: Document | None = None
    """The certificate that the bundle was taken out of."""


class Step(NamedTuple):
    """An event of an item, and who answered for the item after it."""

    fact: Recorded
    custodian: str
    status: str


class Verified(NamedTuple):
    """A bundle read and judged; custody.verifier.report makes a report of it."""

    header: bundle.Header
    world: World
    parts: tuple[Part, ...]
    items: tuple[str, ...]
    matched: frozenset[str]
    """Items all of whose files were supplied and match."""
    trusted: dict[str, Vkey | None]
    """For each ledger, the key in the policy through which its newest checkpoint was believed."""
    witnesses: dict[str, Sightings]
    stamps: dict[str, list[Stamp]]
    """For each ledger, the time-stamps that hold, smallest size first."""
    authorities: tuple[Authority, ...]
    values: dict[tuple[str, str], str]
    """Disclosed values, by entry and path."""
    issued: Recorded | None
    """The entry that the certificate was issued by, where the bundle came in one."""
    document: Document | None
    """The certificate, where it came in one."""
    steps: dict[str, list[Step]]
    now: int


def verify(stream: BinaryIO, request: Request) -> Verified:
    """Judges a bundle. Raises MalformedError for bytes that are none, UsageError for a question it can't answer."""
    with SignatureChecker(request.cores) as checker:
        reading = _Reading(request, checker)
        for number, data in enumerate(bundle.read_lines(stream), 1):  # step 1
            try:
                reading.take(bundle.parse_line(data), data)  # steps 2 to 6
            except MalformedError as error:
                raise MalformedError(f"line {number}: {error.message}", hint=error.hint) from error
        header = reading.end()  # step 6
        if request.document is not None:
            reading.take_issue(request.document)
        return reading.finish(header)


class _Reading:
    """The state of a bundle being read."""

    def __init__(self, request: Request, checker: SignatureChecker) -> None:
        self.request = request
        self.checker = checker
        self.world = World(request.profile)
        self.header: bundle.Header | None = None
        self.parts: list[Part] = []
        self.issue: Part | None = None
        """What is attached to a certificate: a part that states no heads."""
        self.sealed = SealedFields(self.world)
        self.entries = ShownEntries()
        self.disclosing = False
        self.steps: dict[str, list[Step]] = {}
        self.kept = 0
        self.newest = 0

    def take(self, line: bundle.Line, data: bytes) -> None:
        if line.entry is not bundle.NO_ENTRY and self.parts and not self.disclosing:
            self._take_entry(self.parts[-1], bytes(line.entry), line.proof)
        elif self.header is None:
            if line.header is None:
                raise MalformedError("a bundle begins with its header", hint="is this a .custody file?")
            self.header = line.header
        elif line.part is not None and not self.disclosing:
            self._end_part()  # step 6
            origin = line.part.ledger
            seen = frozenset(head.size for head in self.request.seen if head.origin == origin)
            self.parts.append(Part(line.part, self.world, self.checker, seen))
        elif line.disclosure is not None and self.parts:
            self.disclosing = True
            self.sealed.take_disclosure(line.disclosure)
        elif not self.parts or self.disclosing:
            raise MalformedError("this line stands outside its place: header, parts, disclosures")
        elif line.consistency is not None:
            self.parts[-1].take_consistency(line.consistency)
        elif line.timestamp is not None:
            self.parts[-1].take_timestamp(line.timestamp)
        elif line.heads is not None:
            self.parts[-1].take_heads(line.heads, data)
        else:
            raise MalformedError("a second header")

    def _take_entry(self, part: Part, data: bytes, proof: tuple[str, ...] | None) -> None:
        fact, payload = part.take_entry(data, proof)
        self.sealed.take_entry(fact, payload)
        if not part.whole and kind_of(fact.event.subject) not in ("item", "request", "disclosure"):
            self.entries.take(fact)
        if fact.recorded > self.newest:
            self.newest = fact.recorded
        if self.kept < STEPS_KEPT:
            self._keep(fact)

    def _keep(self, fact: Recorded) -> None:
        """For the report's page."""
        uuid = name_of(fact.event.subject)
        item = self.world.items.get(uuid) if kind_of(fact.event.subject) in ("item", "notes") else None
        if item is not None:
            self.kept += 1
            self.steps.setdefault(uuid, []).append(Step(fact, item.custodian, item.status))

    def _end_part(self) -> None:
        if self.parts:
            self.parts[-1].finish()

    def end(self) -> bundle.Header:
        """The end of the bundle."""
        if self.header is None or not self.parts:
            raise MalformedError("the file is empty: a bundle has a header and at least one part")
        self._end_part()
        return self.header

    def take_issue(self, document: Document) -> None:
        """The part attached to a certificate, which shows the entry that issued it."""
        for line in read_issue(document):
            if self.issue is None:
                if line.part is None or line.part.whole or line.part.ledger != self.parts[-1].origin:
                    raise MalformedError("what is attached begins with a part of the ledger that cut the bundle")
                self.issue = Part(line.part, self.world, self.checker, frozenset())
            elif line.consistency is not None:
                self.issue.take_consistency(line.consistency)
            elif line.entry is not bundle.NO_ENTRY:
                self._take_entry(self.issue, bytes(line.entry), line.proof)
            else:
                raise MalformedError("a part, its consistency proofs and entries are attached, nothing else")

    def _judge_signatures(self) -> None:
        """S01. Never lowered by `--to-court`: it is about the file, not about the way."""
        for origin, index, signer, item in self.checker.finish():
            entry = f"{origin}#{index}"
            docket = self.world.items[item].docket if item else self.world.record
            docket.put(finding("S01", (entry,), item=item, person=signer, entry=entry))

    def finish(self, header: bundle.Header) -> Verified:
        request, world = self.request, self.world
        world.end()
        self._judge_signatures()  # step 5, of every entry
        items = self._items(header)  # step 6
        shown = [*self.parts, self.issue] if self.issue else self.parts
        trusted = judge_checkpoints(shown, world, request.policy)  # step 7
        judge_joins(shown, request.seen, world.record)  # step 8
        judge_statements(self.parts, header, world, self.entries)  # step 9
        witnesses = judge_witnesses(self.parts, request.policy, world)  # step 10
        last = next((part for part in reversed(self.parts) if part.origin == header.ledger), self.parts[-1])
        self.sealed.finish(last.last_leaf)  # step 11
        issued = self.issue.last_leaf if self.issue else None
        if request.document is not None:
            judge_certificate(request.document, issued, header.subjects, world.record)
        stamps = judge_stamps(self.parts, request.authorities, world)  # step 12
        now = self._now()
        judged = [world.items[uuid] for uuid in items]
        matched = judge_supplied(judged, request.supplied, world.items.values())  # step 13
        close(world, now=now, items=set(items), to_court=request.to_court)  # step 14
        if any(part.whole for part in self.parts):
            judge_elsewhere(world)
        return Verified(
            header=header,
            world=world,
            parts=tuple(self.parts),
            items=items,
            matched=frozenset(matched),
            trusted=trusted,
            witnesses=witnesses,
            stamps=stamps,
            authorities=request.authorities,
            values=self.sealed.values,
            issued=issued,
            document=request.document,
            steps=self.steps,
            now=now,
        )

    def _items(self, header: bundle.Header) -> tuple[str, ...]:
        """The items to judge: those asked for, else the bundle's, else all of a whole ledger."""
        self._check_disclosed(header)
        shown = header.items if header.subjects else tuple(self.world.items)
        wanted = tuple(self.request.items) or shown
        known = frozenset(shown)
        for uuid in wanted:
            if uuid not in known:
                raise UsageError(f"the bundle is not about item {uuid}")
            item = self.world.item(uuid)
            if item.first is None:
                item.docket.put(finding("C12.none", item=uuid))
        return wanted

    def _check_disclosed(self, header: bundle.Header) -> None:
        """The header's items are those that `disclosure.made` names: nobody can relabel a bundle."""
        whole = any(part.whole for part in self.parts)
        if whole != (not header.subjects) or (whole and len(self.parts) > 1):
            raise MalformedError("a bundle is about items and requests, or is one whole ledger")
        last = next((part for part in reversed(self.parts) if part.origin == header.ledger), None)
        if last is None:
            raise MalformedError(f"no part is of {header.ledger}, which cut the bundle")
        if len(set(header.subjects)) < len(header.subjects):
            raise MalformedError("the header names something twice")
        leaf = last.last_leaf
        if leaf is None or not isinstance(leaf.event, DisclosureMade) or whole:
            return
        named = leaf.event.details.subjects or ()
        if sorted(named) != sorted(header.subjects):
            raise MalformedError("the header names something else than the ledger disclosed")

    def _now(self) -> int:
        as_of = self.request.as_of
        if as_of is not None and as_of < self.newest:
            raise UsageError("--as-of lies before the newest entry shown", hint="it may lie later, never earlier")
        return as_of if as_of is not None else self.newest
