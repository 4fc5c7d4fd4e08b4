"""Evidence that leaves a State: what allows it (A02, A03, A04), and what it may be used for.

Abroad means that the jurisdictions differ. Judged at the release, by the order of the entries and `occurred_at`: a
request may expire while the item is on its way. Returning to the State of seizure needs nothing; a transfer to a third
State needs that State's consent, a request with the purpose `onward`.
"""

from collections.abc import Mapping

from custody.protocol.events.handovers import Basis, HandoverReleased, HandoverWithdrawn
from custody.protocol.events.items import CourtPresented
from custody.protocol.events.notes import ItemCopied
from custody.protocol.events.requests import ONWARD, Scope
from custody.protocol.findings import Severity
from custody.protocol.names import split_person
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState, sources
from custody.protocol.rules.ledgers import LedgerState
from custody.protocol.rules.requests import GRANTED, RequestState
from custody.protocol.times import CLOCK_TOLERANCE, parse_local

State = str | None
"""ISO 3166-1 alpha-2; None where it is not known."""

_WAITING = frozenset({"sent", "received", "consulted"})


class Borders:
    """Which State is whose, among what is known; and the judgement of what crosses from one to another."""

    def __init__(
        self,
        ledgers: Mapping[str, LedgerState],
        items: Mapping[str, ItemState],
        requests: Mapping[str, RequestState],
    ) -> None:
        """What is known, as it grows."""
        self.ledgers, self.items, self.requests = ledgers, items, requests
        self.cited: dict[str, set[str]] = {}
        """Requests, by the item whose release or copy cites them."""
        self._used: dict[str, list[tuple[Recorded, ItemState, int]]] = {}
        """By request: what rested on it in a ledger that does not decide on it, and its place among all entries."""

    def state_of(self, origin: str, ledger: str) -> State:
        """The State of `ledger`: by its own opening where that is shown, else as `origin` trusts it."""
        state = self.ledgers.get(ledger)
        if state is not None and state.jurisdiction is not None:
            return state.jurisdiction
        return self._believed(origin, ledger)

    def _believed(self, origin: str, ledger: str) -> State:
        own = self.ledgers.get(origin)
        partner = own.partners.get(ledger) if own is not None else None
        return partner.details.jurisdiction if partner is not None and partner.details is not None else None

    def home_of(self, item: ItemState) -> set[State]:
        """The States where the item, or what it was made from, was taken, as far as that is shown."""
        begun = {one.first.origin for one in sources(self.items, item) if one.first is not None}
        return {self.state_of(origin, origin) for origin in begun}

    def judge_release(self, fact: Recorded, event: HandoverReleased, item: ItemState) -> None:
        """A02 to A04: a release to a ledger of another State; A03.partner: to one that is distrusted."""
        to = split_person(event.details.addressees[0])[1]
        if to == fact.origin:
            return
        ledger = self.ledgers[fact.origin]
        ledger.rely(f"partner:{to}", fact.index)
        item.card = self._believed(fact.origin, to)
        if to in ledger.partners and ledger.partners[to].distrusted:
            item.docket.add("A03.partner", fact, origin=to)
        self._judge_crossing(fact, item, self.state_of(fact.origin, to), event.details.basis)

    def judge_withdrawal(self, fact: Recorded, event: HandoverWithdrawn, item: ItemState) -> None:
        """C03.digital: what was sent as a file is with the addressee, too, unless they say that they refused it."""
        release, refused = item.keeping.release, item.keeping.refused
        if release is None or item.kind != "digital":
            return
        left = split_person(release.event.details.addressees[0])[1] != fact.origin
        cited = event.details.refusal.entry if event.details.refusal is not None else None
        if left and (refused is None or cited != refused.hash):
            item.docket.add("C03.digital", fact)

    def judge_copy(self, fact: Recorded, event: ItemCopied, item: ItemState) -> None:
        """A02 to A04: a copy given to another State."""
        if event.details.state is not None:
            self._judge_crossing(fact, item, event.details.state, event.details.basis)

    def _judge_crossing(self, fact: Recorded, item: ItemState, there: State, basis: Basis | None) -> None:
        if basis is not None and basis.request is not None:
            self.cited.setdefault(item.uuid, set()).add(basis.request)
            self.ledgers[fact.origin].rely(f"request:{basis.request}", fact.index)
            request = self.requests.get(basis.request)
            if request is not None and request.requested != fact.origin:
                self._used.setdefault(basis.request, []).append((fact, item, item.docket.position))
        if basis is not None and basis.agreement is not None:
            self.ledgers[fact.origin].rely(f"case:{fact.event.case}", fact.index)
        Crossing(fact, item, there, self).judge(basis)

    def judge_end(self, fact: Recorded, request: RequestState) -> None:
        """A04: what another ledger sent after the request no longer allowed it, by the clock of who decides on it.

        Not established where the release names what it knew of the request: word of the end may have been on its way.
        """
        if request.status in GRANTED or request.status in _WAITING:
            return
        for used, item, position in self._used.get(request.uuid, ()):
            if used.occurred > fact.occurred + CLOCK_TOLERANCE:
                name = f"request {request.reference}"
                severity: Severity = "N" if _names_head(used) else "B"
                item.docket.add(
                    "A04", used, fact, severity=severity, position=position, request=name, status=request.status
                )

    def cross(self, fact: Recorded, item: ItemState, release: Recorded, event: HandoverReleased) -> None:
        """A receipt in another ledger: is it of the State it was sent to (A03.state)? What binds its use from here?"""
        believed, opened = item.card, self.state_of(fact.origin, fact.origin)
        if None not in (believed, opened) and believed != opened:
            why = f"it was released to a partner in {believed}"
            item.docket.add("A03.state", fact, release, state=opened or "", why=why)
        if opened is not None and opened == self.state_of(release.origin, release.origin):
            return  # at home nothing changes
        basis = event.details.basis
        item.bound = ()
        if basis is not None and basis.request and basis.purpose not in (None, ONWARD):
            item.bound = ((basis.request, basis.purpose or ""),)

    def assume(self, fact: Recorded, item: ItemState, before: str) -> None:
        """A03.state: a ledger that continues one of another State brings the item across a border."""
        there = self.state_of(fact.origin, fact.origin)
        if there != self.state_of(before, before):
            item.docket.add("A03.state", fact, state=there or "an unknown State", why=f"assumed from {before}")

    def inherit(self, item: ItemState) -> None:
        """What is made of items that came for one purpose serves that purpose: of each, where there are several."""
        parents = (self.items[parent] for parent in item.parents if parent in self.items)
        item.bound = tuple(dict.fromkeys(bound for one in parents for bound in one.bound))

    def judge_use(self, fact: Recorded, event: CourtPresented, item: ItemState) -> None:
        """A03.use: what came under a request is presented for that request's purpose (UNTOC art. 18(19))."""
        if set(self.home_of(item)) == {self.state_of(fact.origin, fact.origin)}:
            return
        stated = event.details.request, event.details.purpose
        broken = [request for request, purpose in item.bound if stated not in item.bound or purpose != stated[1]]
        if broken:
            known = self.requests.get(broken[0])
            reference = known.reference if known is not None else broken[0][:8]
            item.docket.add("A03.use", fact, purpose=event.details.purpose or "no stated purpose", request=reference)


def _names_head(fact: Recorded) -> bool:
    basis = fact.event.details.basis if isinstance(fact.event, HandoverReleased | ItemCopied) else None
    return basis is not None and basis.head is not None


class Crossing:
    """One transfer to another State: who gives, where it goes, and what it rests on."""

    def __init__(self, fact: Recorded, item: ItemState, there: State, borders: Borders) -> None:
        self.fact, self.item, self.there, self.borders = fact, item, there, borders
        self.ledger = borders.ledgers[fact.origin]
        self.here = borders.state_of(fact.origin, fact.origin)
        self.home = borders.home_of(item)

    @property
    def abroad(self) -> bool:
        """Whether it leaves the State at all, as far as both are known."""
        return self.here is None or self.here != self.there

    @property
    def returning(self) -> bool:
        """Whether it goes back to where it was taken."""
        return self.there is not None and set(self.home) == {self.there}

    @property
    def onward(self) -> bool:
        """Whether it was taken in a third State."""
        return any(one not in (self.here, self.there) for one in self.home)

    def judge(self, basis: Basis | None) -> None:
        """A02 to A04, unless nothing is needed."""
        docket = self.item.docket
        if not self.abroad or self.returning:
            return
        if basis is None:
            docket.add("A04", self.fact, request="nothing that would allow it", status="cited")
        elif basis.request is not None:
            self._judge_request(self.borders.requests.get(basis.request), basis, docket)
        elif basis.return_:
            docket.add("A03.state", self.fact, state=self.there or "an unknown State", why="it was not taken there")
        elif self.onward:
            docket.add("A03.onward", self.fact, state=self.there or "a third State")
        elif basis.agreement is not None:
            case = self.ledger.cases.get(self.fact.event.case or "")
            if case is None or basis.agreement != case.agreement or not self._filed_under(case.reference):
                docket.add("A04.agreement", self.fact, agreement=basis.agreement)
        else:
            allowed = self.ledger.profile.spontaneous
            docket.add("A04.spontaneous", self.fact, severity="R" if allowed else "B", why=basis.spontaneous or "")

    def _filed_under(self, case: str) -> bool:
        """Whether it is the case under which this ledger took the item in: another's agreement is not the item's."""
        origin, filed = self.item.filed
        return origin != self.fact.origin or filed == case

    def _judge_request(self, request: RequestState | None, basis: Basis, docket: Docket) -> None:
        sent = request.sent if request is not None else None
        if request is None or sent is None:
            docket.add("A04", self.fact, request="the request cited", status="not shown")
            return
        status, granted = request.known_at(basis.head, self.fact.origin, self.fact.occurred)
        urgent = sent.urgent and self.ledger.profile.urgent
        until = parse_local(granted.until) if granted is not None and granted.until is not None else None
        if status not in GRANTED:
            if urgent and status in _WAITING:
                docket.add("A04.urgent", self.fact, request=request.reference, status=status)
            else:
                docket.add("A04", self.fact, request=f"request {request.reference}", status=status)
        elif until is not None and until < self.fact.occurred:
            docket.add("A04.expired", self.fact, request=request.reference)
        if basis.purpose != sent.purpose:
            docket.add("A03", self.fact, purpose=basis.purpose or "none", request=request.reference, asked=sent.purpose)
        self._judge_parties(request, docket)
        scope = granted.scope if granted is not None else sent.scope
        if not covers(scope, self.item):
            docket.add("A02", self.fact, label=self.item.label or self.item.uuid, request=request.reference)

    def _judge_parties(self, request: RequestState, docket: Docket) -> None:
        """Who asked whom: the State it goes to asked this one; for a third State, this one asked the first."""
        sent, origin = request.sent, self.fact.origin
        if sent is None or request.requesting is None:
            return
        asking = self.borders.state_of(origin, request.requesting)
        asked = self.borders.state_of(origin, sent.to)
        there = self.there or "an unknown State"
        if self.onward:
            named = sent.onward_to in (None, self.there)
            if sent.purpose != ONWARD or asking != self.here or set(self.home) - {self.here, asked} or not named:
                docket.add("A03.onward", self.fact, state=there)
        elif asking is None or asking != self.there:
            docket.add("A03.state", self.fact, state=there, why=f"request {request.reference} is not that State's")
        elif asked != self.here:
            why = f"request {request.reference} was made to another State"
            docket.add("A03.state", self.fact, state=there, why=why)


def covers(scope: Scope, item: ItemState) -> bool:
    """Whether an item is within each of the members that a scope states."""
    return (
        (scope.kinds is None or item.kind in scope.kinds)
        and (scope.categories is None or item.category in scope.categories)
        and (scope.items is None or item.label in scope.items or item.uuid in scope.items)
    )
