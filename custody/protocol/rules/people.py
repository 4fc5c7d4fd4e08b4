"""Who may sign: keys by log order, roles by the dates in the enrolment (S02, S03, S04, A05)."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from custody.protocol.encodings import decode_base64
from custody.protocol.events.common import Event
from custody.protocol.events.ledger import Profile
from custody.protocol.events.people import PersonEnrolled, PersonRevoked, Role, RoleTerm
from custody.protocol.findings import Finding, finding
from custody.protocol.names import name_of, split_person
from custody.protocol.possession import check_possession
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.roles import allowed
from custody.protocol.times import parse_local


class Standing:
    """A person's standing from one entry to the next about them: enrolled with a key and roles, or revoked."""

    __slots__ = ("_lasting", "date", "doubt_from", "index", "key", "name", "office", "recorded", "roles")

    def __init__(self, fact: Recorded) -> None:
        self.index = fact.index
        self.recorded = fact.recorded
        self.date = fact.date
        self.key: bytes | None = None
        self.roles: tuple[RoleTerm, ...] = ()
        self.name: str | None = None
        self.office: str | None = None
        self.doubt_from: int | None = None
        self._lasting: frozenset[str] = frozenset()
        """Roles without dates: most are."""
        event = fact.event
        if isinstance(event, PersonEnrolled):
            self.key = decode_base64(event.details.public_key, "public key")
            self.roles = event.details.roles
            self._lasting = frozenset(term.role for term in self.roles if term.from_ is None and term.until is None)
            self.name = event.details.name
            self.office = event.details.office
        elif isinstance(event, PersonRevoked):
            self.doubt_from = parse_local(event.details.effective_from)

    def holds(self, wanted: frozenset[Role], moment: int) -> bool:
        """Whether one of the roles is among `wanted` and holds at `moment`."""
        return not wanted.isdisjoint(self._lasting) or any(
            term.role in wanted
            and (term.from_ is None or parse_local(term.from_) <= moment)
            and (term.until is None or moment <= parse_local(term.until))
            for term in self.roles
        )


class PersonState:
    """What a ledger's log says of a person, and which entries the person signed."""

    __slots__ = (
        "_starts",
        "origin",
        "reference",
        "signed_index",
        "signed_item",
        "signed_last",
        "signed_position",
        "signed_recorded",
        "standings",
    )

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.origin = split_person(reference)[1]
        self.standings: list[Standing] = []
        self._starts: list[int] = []
        # Four parallel arrays, 24 bytes an entry: a revocation much later puts them in doubt (S04).
        self.signed_index = array("q")
        self.signed_recorded = array("q")
        self.signed_item = array("i")
        self.signed_position = array("I")
        self.signed_last = -1
        """The highest index the person signed, of the entries seen."""

    def add(self, standing: Standing) -> None:
        """Takes an enrolment or revocation, in whatever order the parts of a bundle bring them."""
        place = bisect_left(self._starts, standing.index)
        self._starts.insert(place, standing.index)
        self.standings.insert(place, standing)

    def at(self, index: int) -> Standing | None:
        """The standing when the entry at `index` was recorded: by log order, not by the clock."""
        place = bisect_left(self._starts, index)
        return self.standings[place - 1] if place else None

    def note_signed(self, fact: Recorded, item: int, position: int) -> None:
        """Remembers that the person signed this entry, at `position` of all seen; `item` numbers it, -1 for none."""
        self.signed_index.append(fact.index)
        self.signed_last = max(self.signed_last, fact.index)
        self.signed_recorded.append(fact.recorded)
        self.signed_item.append(item)
        self.signed_position.append(position)

    @property
    def now(self) -> Standing | None:
        """The latest standing."""
        return self.standings[-1] if self.standings else None

    @property
    def enrolled(self) -> Standing | None:
        """The latest enrolment: names and roles as last stated, even of a person since revoked."""
        return next((one for one in reversed(self.standings) if one.key is not None), None)

    @property
    def key(self) -> bytes | None:
        """The key that signs for the person now; None for a person who was revoked."""
        return self.now.key if self.now else None

    @property
    def name(self) -> str | None:
        """The name as enrolled; None where it is sealed."""
        return self.enrolled.name if self.enrolled else None

    @property
    def office(self) -> str | None:
        """The office as enrolled."""
        return self.enrolled.office if self.enrolled else None

    @property
    def roles(self) -> tuple[RoleTerm, ...]:
        """The roles as last enrolled."""
        return self.enrolled.roles if self.enrolled else ()

    @property
    def revoked(self) -> bool:
        """Whether the latest word is a revocation."""
        return self.now is not None and self.now.key is None


class People:
    """The persons of every ledger in view, by `id@origin`."""

    __slots__ = ("_holders", "by_reference")

    def __init__(self) -> None:
        self.by_reference: dict[str, PersonState] = {}
        self._holders: dict[tuple[str, bytes], str] = {}

    def get(self, reference: str) -> PersonState:
        """The person's state, begun when there is none."""
        state = self.by_reference.get(reference)
        if state is None:
            state = self.by_reference[reference] = PersonState(reference)
        return state

    def key_at(self, reference: str, index: int) -> bytes | None:
        """The raw Ed25519 key that signs for a person in the entry at `index`; None: not enrolled then."""
        state = self.by_reference.get(reference)
        standing = state.at(index) if state else None
        return standing.key if standing else None

    def signers_of(self, number: int, origin: str) -> list[str]:
        """Who signed in a ledger, as far as shown, for the item of this small number or in the notes on it."""
        return [
            one.reference for one in self.by_reference.values() if one.origin == origin and number in one.signed_item
        ]

    def learn(self, fact: Recorded) -> list[Finding]:
        """Takes a `person.enrolled` or `person.revoked`; judges the proof of possession and one key, one person.

        L02: an earlier part showed a later signature of the person's and left this out; it was judged without it.
        """
        reference = f"{name_of(fact.event.subject)}@{fact.origin}"
        standing, state = Standing(fact), self.get(reference)
        found = []
        if state.signed_last > fact.index:
            later = f"{fact.origin}#{state.signed_last}"
            found.append(finding("L02", (fact.name, later), subject=fact.event.subject, entry=fact.name))
        state.add(standing)
        if not isinstance(fact.event, PersonEnrolled) or standing.key is None:
            return found
        proof = decode_base64(fact.event.details.proof, "proof of possession")
        if not check_possession(name_of(fact.event.subject), fact.origin, standing.key, proof):
            found.append(finding("S01.possession", (fact.name,), person=reference, entry=fact.name))
        holder = self._holders.setdefault((fact.origin, standing.key), reference)
        if holder != reference:
            found.append(finding("S02.same", (fact.name,), person=f"{holder}, {reference}", entry=fact.name))
        return found

    def standings(self, fact: Recorded) -> tuple[Standing | None, ...]:
        """Each signer's standing by this log's order; None for who is not of this ledger, or was not enrolled yet."""
        found = []
        for signer in fact.event.signers:
            state = self.by_reference.get(signer)
            found.append(state.at(fact.index) if state is not None and state.origin == fact.origin else None)
        return tuple(found)

    def judge(
        self, fact: Recorded, standings: Sequence[Standing | None], item: str | None, profile: Profile
    ) -> list[Finding]:
        """Whether those who signed could: enrolled and not revoked before, distinct, in a role that allows it."""
        event = fact.event
        if event.actor == fact.origin:
            return []
        found: list[Finding] = []
        for signer, standing in zip(event.signers, standings, strict=True):
            if standing is None or standing.key is None:
                key = "S03" if standing is None else "S03.revoked"
                found.append(finding(key, (fact.name,), item=item, person=signer, entry=fact.name))
        actor = standings[0]
        if actor is not None and actor.key is not None:
            found += _judge_role(fact, actor, item, profile)
        if event.witnesses:
            keys = [one.key for one in standings if one is not None and one.key is not None]
            if len(set(event.signers)) < len(event.signers) or len(set(keys)) < len(keys):
                found.append(_same(fact, item, event))
        return found


def _judge_role(fact: Recorded, actor: Standing, item: str | None, profile: Profile) -> list[Finding]:
    """A05: by the base table, then by what the profile leaves of it; one finding, not both."""
    event, base = fact.event, allowed(fact.event)
    listed = profile.roles.get(event.type) if profile.roles else None
    if not actor.holds(base, fact.occurred):
        key, roles = "A05", {}
    elif listed is not None and not actor.holds(base.intersection(listed), fact.occurred):
        key, roles = "A05.profile", {"roles": ", ".join(sorted(base.intersection(listed))) or "nobody"}
    else:
        return []
    return [finding(key, (fact.name,), item=item, person=event.actor, entry=fact.name, act=event.type, **roles)]


def _same(fact: Recorded, item: str | None, event: Event) -> Finding:
    return finding("S02.same", (fact.name,), item=item, person=", ".join(event.signers), entry=fact.name)
