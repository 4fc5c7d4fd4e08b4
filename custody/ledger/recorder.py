"""An act in the making: drafts become entries one after another, each judged with the earlier ones in effect.

Nothing is stored here. Either the ledger commits the whole act, or nothing of it.
"""

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache

from custody.errors import MalformedError, UsageError
from custody.ledger.draft import Draft
from custody.ledger.known import Known
from custody.ledger.preconditions import check_draft
from custody.ledger.refusal import refuse_against_rules
from custody.ledger.sealing import SealedValue, seal_members, sealable_names
from custody.ledger.signing import leave_unsigned, sign_event
from custody.ledger.store.store import LoggedEntry, Store
from custody.ledger.view import View
from custody.protocol import canonical, times
from custody.protocol.ed25519 import Signer
from custody.protocol.entry import MAX_ENTRY, Entry, hash_entry
from custody.protocol.events.codec import format_event
from custody.protocol.events.common import Event
from custody.protocol.findings import Finding
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import BEGINNINGS
from custody.protocol.tree import leaf_hash

_utc = lru_cache(maxsize=16)(times.format_utc)


class Recorder(Known):
    """What an act is given: it asks for the state of things, and records drafts."""

    def __init__(
        self, view: View, store: Store, origin: str, recorded: int, signers: Mapping[str, Signer] | None
    ) -> None:
        """`signers` None: a rehearsal, nothing is signed. `recorded`: `recorded_at` of every entry of the act."""
        super().__init__(view, store, origin)
        self.recorded = recorded
        self.entries: list[LoggedEntry] = []
        self.findings: list[Finding] = []
        self.sealed: list[SealedValue] = []
        """What was taken out of the events, to be kept beside them."""
        self._named: set[str] = set()
        self._sealed_names: set[str] = set()
        self._signers = signers
        self._recorded_at = _utc(recorded)
        self._last = view.head.hash

    def record(self, draft: Draft) -> Recorded:
        """Makes an entry of a draft: judged, signed, in its place, with its hash.

        Raises UsageError for what does not exist, RuleRefusedError for an act against the rules; the whole act is
        then off.
        """
        check_draft(draft, self)
        event = self._state(draft)
        try:
            payload = format_event(event)
        except MalformedError as error:
            raise UsageError(f"this can't be recorded: {error.message}") from error
        fact, logged = self._place(event, payload)
        found = self.world.apply(fact)
        refuse_against_rules(found, self.world)
        self.facts.append(fact)
        if isinstance(event, BEGINNINGS):
            self.labels.give(event.details.label, event.case or "")
        self.entries.append(logged)
        self.findings += found
        self._last = logged.hash
        return fact

    def _state(self, draft: Draft) -> Event:
        """The event: the draft with its place in its subject's chain."""
        occasion = draft.occasion
        self._view.load(draft.subject)
        make: Callable[..., Event] = draft.kind
        event = make(
            actor=occasion.actor,
            case=draft.case or self.case_of(draft.subject),
            details=draft.details,
            documents=occasion.documents,
            id=str(uuid.uuid4()),
            ledger=self.origin,
            occurred_at=occasion.occurred_at,
            place=occasion.place,
            previous=self.head_of(draft.subject),
            sealed={},
            subject=draft.subject,
            witnesses=occasion.witnesses,
        )
        return self._seal(event, occasion.sealing) if occasion.sealing else event

    def _seal(self, event: Event, wanted: Mapping[str, tuple[str, ...]]) -> Event:
        """Takes out what is to be sealed. After a case was erased, it is locked for the agency: the case has no key."""
        event, taken = seal_members(event, wanted)
        if taken and self.erased(event.case):
            taken = [(name, value._replace(case=None)) for name, value in taken]
        self._named |= wanted.keys()
        self._sealed_names |= {name for name, _ in taken}
        self.sealed += [value for _, value in taken]
        return event

    def check_sealed(self) -> None:
        """Raises UsageError when something was to be sealed that no event of the act has, or that rules read."""
        for name in sorted(self._named - self._sealed_names):
            possible = ", ".join(sealable_names(type(fact.event) for fact in self.facts))
            raise UsageError(f"{name} can't be sealed here", hint=f"what no rule reads can be, if given: {possible}")

    def _place(self, event: Event, payload: bytes) -> tuple[Recorded, LoggedEntry]:
        index = self._view.edge.size
        if self._signers is None:
            envelope = leave_unsigned(event, payload)
        else:
            envelope = sign_event(event, payload, index, self._signers, self.world)
        body = canonical.encode(
            Entry(envelope=envelope, index=index, previous=self._last, recorded_at=self._recorded_at)
        )
        if len(body) > MAX_ENTRY:
            hint = "put long texts into a document and cite it: --document report=FILE"
            raise UsageError(f"an entry holds {MAX_ENTRY} bytes; this one would have {len(body)}", hint=hint)
        entry_hash = hash_entry(body)
        fact = Recorded(origin=self.origin, index=index, hash=entry_hash, recorded=self.recorded, event=event)
        nodes = self._view.edge.grow(leaf_hash(body))
        return fact, LoggedEntry(index, entry_hash, nodes, event.subject, event.type, event.case, self.recorded, body)
