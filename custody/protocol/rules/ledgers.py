"""What a ledger's log says of itself: agency, keys, profile, cases."""

from custody.protocol.events.cases import CaseAmended, CaseClosed, CaseErased, CaseOpened
from custody.protocol.events.common import Event
from custody.protocol.events.ledger import LedgerOpened, LedgerRekeyed, Profile, ProfileAdopted
from custody.protocol.events.partners import PartnerDistrusted, PartnerTrusted, TrustedDetails
from custody.protocol.names import name_of
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.profile import BASE, loosened
from custody.protocol.times import format_utc


class CaseState:
    """A case, as last amended."""

    __slots__ = ("agreement", "closed", "erased", "lead", "offence", "reference", "retain_until", "title")

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.title: str | None = None
        self.offence = ""
        self.lead = ""
        self.agreement: str | None = None
        self.retain_until: str | None = None
        self.closed = False
        self.erased = False

    def take(self, event: Event) -> None:
        """Takes an event about the case."""
        if isinstance(event, CaseOpened | CaseAmended):
            details = event.details
            for name in ("title", "offence", "lead", "agreement", "retain_until"):
                value = getattr(details, name)
                if value is not None:
                    setattr(self, name, value)
        elif isinstance(event, CaseClosed):
            self.closed = True
        elif isinstance(event, CaseErased):
            self.erased = True

    def retention_due(self, now: int) -> bool:
        """Whether the date until which its data are kept, by UTC, has passed, and they were not erased."""
        return self.retain_until is not None and not self.erased and self.retain_until < format_utc(now)[:10]


class PartnerState:
    """A partner as the ledger's key last spoke of it."""

    __slots__ = ("details", "distrusted", "origin", "since")

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.details: TrustedDetails | None = None
        """The card that was trusted last, even of a partner distrusted since."""
        self.distrusted = False
        self.since = ""
        """When it was last trusted or distrusted."""

    def take(self, fact: Recorded) -> None:
        """Takes an event about the partner."""
        event = fact.event
        if isinstance(event, PartnerTrusted):
            self.details, self.distrusted = event.details, False
        elif isinstance(event, PartnerDistrusted):
            self.distrusted = True
        self.since = fact.date

    @property
    def trusted(self) -> TrustedDetails | None:
        """The card, while the partner is trusted."""
        return None if self.distrusted else self.details


class LedgerState:
    """One ledger in view."""

    __slots__ = ("cases", "highest", "keys", "opened", "origin", "partners", "profiles", "relied")

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.opened: LedgerOpened | None = None
        self.keys: list[tuple[int, str]] = []
        """`(index, vkey)`: from the entry after `index` on, this key signs for the ledger (index 0: from itself)."""
        self.profiles: list[tuple[int, Profile]] = []
        self.cases: dict[str, CaseState] = {}
        self.partners: dict[str, PartnerState] = {}
        self.highest = -1
        """The highest index seen: what changes keys or rules below it was left out of an earlier part (L02)."""
        self.relied: dict[str, int] = {}
        """By subject (partner, request, case): the highest index seen of an entry judged by what was known of it."""

    def rely(self, subject: str, index: int) -> None:
        """Notes that the entry at `index` was judged by what is known of a subject."""
        self.relied[subject] = max(self.relied.get(subject, -1), index)

    def judge_late(self, fact: Recorded, docket: Docket) -> None:
        """L02: what stands before an entry that was judged by it was left out of an earlier part."""
        if fact.index < self.relied.get(fact.event.subject, -1):
            docket.add("L02", fact, subject=fact.event.subject)

    def take(self, fact: Recorded, docket: Docket) -> None:
        """Takes an event about the ledger, one of its cases or partners."""
        event = fact.event
        if isinstance(event, LedgerOpened | LedgerRekeyed | ProfileAdopted) and fact.index < self.highest:
            docket.add("L02", fact, subject=event.subject)
        if isinstance(event, LedgerOpened):
            if fact.index != 0:  # a second opening would bring a key that nobody vouches for
                docket.add("L02", fact, subject=event.subject, entry=f"{self.origin}#{fact.index - 1}")
                return
            self.opened = event
            self.keys.append((-1, event.details.ledger_key))
        elif isinstance(event, LedgerRekeyed):
            self.keys.append((fact.index, event.details.ledger_key))
        elif isinstance(event, ProfileAdopted):
            if loosened(self.profile, event.details.profile):
                docket.add("F03", fact, origin=self.origin)
            self.profiles.append((fact.index, event.details.profile))
        elif isinstance(event, PartnerTrusted | PartnerDistrusted):
            origin = name_of(event.subject)
            self.partners.setdefault(origin, PartnerState(origin)).take(fact)
        elif event.case is not None:
            self.cases.setdefault(event.case, CaseState(event.case)).take(event)

    @property
    def agency(self) -> str:
        """As stated when the ledger was opened."""
        return self.opened.details.agency if self.opened else ""

    @property
    def jurisdiction(self) -> str | None:
        """ISO 3166-1 alpha-2 code of the State whose law the agency acts under."""
        return self.opened.details.jurisdiction if self.opened else None

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        return self.profiles[-1][1] if self.profiles else BASE

    @property
    def key(self) -> str | None:
        """The vkey of the ledger key in force."""
        return self.keys[-1][1] if self.keys else None

    def key_at(self, index: int) -> str | None:
        """The vkey that signs entries at `index` and checkpoints of size `index`."""
        return next((vkey for start, vkey in reversed(self.keys) if start < index), None)
