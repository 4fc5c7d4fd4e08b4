"""Everything the rules know: ledgers, persons, items. Takes one entry after another and judges each."""

from custody.protocol.events.common import NoteEvent
from custody.protocol.events.handling import ItemAssumed
from custody.protocol.events.handovers import HandoverReceived, HandoverRefused, HandoverReleased, HandoverWithdrawn
from custody.protocol.events.items import CourtPresented, ItemDerived, ItemSeized
from custody.protocol.events.ledger import Profile
from custody.protocol.events.notes import AuthorityRecorded, EntryConfirmed, EntryCorrected, ItemCopied
from custody.protocol.events.requests import RequestEvent
from custody.protocol.findings import Finding
from custody.protocol.rules.abroad import Borders
from custody.protocol.rules.beginnings import judge_parents, judge_start
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import BEGINNINGS, ItemState
from custody.protocol.rules.ledgers import LedgerState
from custody.protocol.rules.order import judge_future
from custody.protocol.rules.passing import judge_custody, judge_refusal
from custody.protocol.rules.people import People, Standing
from custody.protocol.rules.profile import judge_profile, late_hours, late_statement_days, stricter
from custody.protocol.rules.requests import RequestState
from custody.protocol.rules.roles import FOR_THE_LEDGER
from custody.protocol.rules.unanswered import judge_unanswered, mark_unanswered


class World:
    """A fold over entries, in log order within a ledger and causal order between ledgers."""

    def __init__(self, court: Profile | None = None) -> None:
        self.court = court
        """What the reader asks of every entry, on top of its ledger's own profile."""
        self._asked: dict[str, tuple[Profile, Profile]] = {}
        """By origin: the ledger's profile, and the same with the court's on top."""
        self.ledgers: dict[str, LedgerState] = {}
        self.people = People()
        self.items: dict[str, ItemState] = {}
        self.requests: dict[str, RequestState] = {}
        self.borders = Borders(self.ledgers, self.items, self.requests)
        self.numbered: list[str] = []
        """Items by their small number."""
        self.record = Docket()
        """Findings that concern neither an item nor a request."""
        self.confirmations: list[tuple[Recorded, EntryConfirmed, str, int]] = []
        """Each with the ledger and index of the entry in doubt."""
        self.signing_keys: tuple[bytes | None, ...] = ()
        """The keys that log order gives the signers of the entry applied last; None for who was not enrolled."""
        self.docket = self.record
        """Where findings about the entry applied last belong: to its item, or to the record."""
        self._heads: dict[tuple[str, str], str] = {}
        self._position = 0
        self._standings: tuple[Standing | None, ...] = ()

    def ledger(self, origin: str) -> LedgerState:
        """The ledger's state, begun when there is none."""
        if origin not in self.ledgers:
            self.ledgers[origin] = LedgerState(origin)
        return self.ledgers[origin]

    def profile(self, origin: str) -> Profile:
        """What is asked of a ledger's next entry: its own profile and, on top, the court's."""
        own = self.ledger(origin).profile
        if self.court is None:
            return own
        known = self._asked.get(origin)
        if known is None or known[0] is not own:
            known = self._asked[origin] = (own, stricter(own, self.court))
        return known[1]

    def item(self, uuid: str) -> ItemState:
        """The item's state, begun when there is none."""
        if uuid not in self.items:
            self.items[uuid] = ItemState(uuid, len(self.numbered))
            self.numbered.append(uuid)
        return self.items[uuid]

    def request(self, uuid: str) -> RequestState:
        """The request's state, begun when there is none."""
        if uuid not in self.requests:
            self.requests[uuid] = RequestState(uuid)
        return self.requests[uuid]

    def apply(self, fact: Recorded) -> list[Finding]:
        """Judges one entry and takes its effect; returns what is new to say."""
        self._position += 1
        self.record.position = self._position
        self._standings = standings = self.people.standings(fact)
        ledger = self.ledger(fact.origin)
        self.signing_keys = tuple([one.key if one is not None else None for one in standings])
        kind, _, name = fact.event.subject.partition(":")
        if kind == "item":
            ledger.highest = max(ledger.highest, fact.index)
            return self._apply_item(fact, self.item(name))
        item = self.items.get(name) if kind == "notes" else None
        request = self.request(name) if kind == "request" else None
        self.docket = docket = item.docket if item else request.docket if request else self.record
        docket.position = self._position
        start = len(docket.found)
        if request is not None and isinstance(fact.event, RequestEvent):
            request.take(fact, fact.event)
            self.borders.judge_end(fact, request)
        else:
            self._chain(fact, docket)
        ledger.judge_late(fact, docket)
        self._judge_signers(fact, docket, item)
        judge_future(fact, docket)
        judge_profile(fact, self.profile(fact.origin), docket)
        if item is not None and isinstance(fact.event, NoteEvent):
            self._take_note(fact, fact.event, item)
        elif kind == "person":
            for one in self.people.learn(fact):
                docket.put(one)
            mark_unanswered(self._signed_by(f"{name}@{fact.origin}"), fact, self._position)
        elif kind in ("ledger", "case", "partner"):
            ledger.take(fact, docket)
        ledger.highest = max(ledger.highest, fact.index)
        return docket.found[start:]

    @property
    def general(self) -> list[Finding]:
        """The findings that concern no item: about the record, and about requests."""
        return [*self.record.found, *(one for request in self.requests.values() for one in request.docket.found)]

    def _chain(self, fact: Recorded, docket: Docket) -> None:
        """The chain of a subject that never leaves its ledger."""
        place = (fact.origin, fact.event.subject)
        head = self._heads.get(place)
        previous = fact.event.previous
        stated = previous.entry if previous else None
        if stated != head or (previous is not None and previous.ledger != fact.origin):
            docket.add("L02", fact, subject=fact.event.subject, entry=f"{fact.origin} {(head or 'the start')[:12]}")
        self._heads[place] = fact.hash

    def last_of(self, origin: str, subject: str) -> str | None:
        """Hash of the last entry seen of a subject in one ledger."""
        kind, _, name = subject.partition(":")
        state = self.items.get(name) if kind == "item" else self.requests.get(name) if kind == "request" else None
        return state.chain.last_in(origin) if state is not None else self._heads.get((origin, subject))

    def _signed_by(self, person: str) -> list[ItemState]:
        """The items in whose chains or notes a person signed: who holds one is among them."""
        numbers = {number for number in self.people.get(person).signed_item if number >= 0}
        return [self.items[self.numbered[number]] for number in sorted(numbers)]

    def _judge_signers(self, fact: Recorded, docket: Docket, item: ItemState | None) -> None:
        profile = self.profile(fact.origin)
        for one in self.people.judge(fact, self._standings, item.uuid if item else None, profile):
            docket.put(one)
        if fact.event.actor != fact.origin:
            number = item.number if item else -1
            for signer in fact.event.signers:
                self.people.get(signer).note_signed(fact, number, self._position)

    def _apply_item(self, fact: Recorded, item: ItemState) -> list[Finding]:
        docket, event = item.docket, fact.event
        self.docket = docket
        docket.position = self._position
        start = len(docket.found)
        before = item.chain.ledger
        abroad = False
        if not item.chain.take(fact, docket):
            return docket.found[start:]
        if before is None and not isinstance(event, BEGINNINGS):
            docket.add("C03.start", fact)
        elif before is not None and before != fact.origin:
            self._judge_crossing(fact, item, before)
            abroad = self._abroad(before, fact.origin)
        self._judge_signers(fact, docket, item)
        judge_unanswered(fact, item)
        profile = self.profile(fact.origin)
        judge_profile(fact, profile, docket)
        item.order.take(fact, docket, late_hours(profile))
        item.condition.take(fact, docket, item.seals, abroad=abroad)
        if type(event) is HandoverWithdrawn:
            self.borders.judge_withdrawal(fact, event, item)
        judge_custody(item.keeping, fact, docket, self.signing_keys)
        item.seals.take(fact, docket)
        item.amounts.take(fact, docket)
        item.begin(fact, event)
        if type(event) is HandoverReleased:
            self.borders.judge_release(fact, event, item)
        elif type(event) is CourtPresented:
            self.borders.judge_use(fact, event, item)
        if type(event) is ItemSeized:
            judge_start(fact, event, docket, late_statement_days(profile))
        elif type(event) is ItemDerived:
            judge_parents(fact, event, self.items, docket)
            self.borders.inherit(item)
        return docket.found[start:]

    def end(self) -> None:
        """No more entries: what is found from here on is about the whole way, unless it says otherwise."""
        self.record.position = 0
        dockets = [*(one.docket for one in self.items.values()), *(one.docket for one in self.requests.values())]
        for docket in dockets:
            docket.position = 0

    def _abroad(self, one: str, other: str) -> bool:
        """Whether two ledgers' jurisdictions differ, as far as their openings show."""
        states = {self.ledger(origin).jurisdiction for origin in (one, other)}
        return len(states) > 1 or None in states

    def _judge_crossing(self, fact: Recorded, item: ItemState, before: str) -> None:
        """From one ledger to another only by a receipt addressed there, or into a ledger that continues the other."""
        event = fact.event
        release = item.keeping.release
        if isinstance(event, HandoverReceived) and release is not None:
            self.borders.cross(fact, item, release.fact, release.event)
            return
        opened = self.ledger(fact.origin).opened
        continues = opened.details.continues if opened else None
        if isinstance(event, ItemAssumed) and continues is not None and continues.origin == before:
            self.borders.assume(fact, item, before)
            return
        item.docket.add("C03.ledger", fact)

    def _take_note(self, fact: Recorded, event: NoteEvent, item: ItemState) -> None:
        if isinstance(event, ItemCopied):
            self.borders.judge_copy(fact, event, item)
        elif isinstance(event, HandoverRefused):
            by = self._standings[0]
            for_ledger = by is not None and by.key is not None and by.holds(FOR_THE_LEDGER, fact.occurred)
            judge_refusal(item.keeping, fact, event, item.docket, for_ledger=for_ledger)
        elif isinstance(event, EntryCorrected):
            name = self._name(event.details.entry.entry, item) or event.details.entry.entry[:12]
            item.corrections.take(fact, event, name, item.docket)
        elif isinstance(event, AuthorityRecorded):
            item.authority_since = item.authority_since or fact.date
        elif isinstance(event, EntryConfirmed):
            place = item.chain.find(event.details.entry.entry)
            if place is not None:
                self.confirmations.append((fact, event, item.chain.origin(place), item.chain.index(place)))

    def _name(self, entry: str, item: ItemState) -> str | None:
        place = item.chain.find(entry)
        return item.chain.name(place) if place is not None else None
