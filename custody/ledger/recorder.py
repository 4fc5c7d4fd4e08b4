"""An act in the making: drafts become entries one after another, each judged with the earlier ones in effect.

Nothing is stored here. Either the ledger commits the whole act, or nothing of it.
"""

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache

from custody.errors import MalformedError, UsageError
from custody.ledger.draft import Draft
from custody.ledger.preconditions import check_draft
from custody.ledger.refusal import refuse_against_rules
from custody.ledger.signing import Signer, leave_unsigned, sign_event
from custody.ledger.store.store import LoggedEntry, Store
from custody.ledger.view import View, read_fact
from custody.protocol import canonical, names, times
from custody.protocol.entry import MAX_ENTRY, Entry, hash_entry
from custody.protocol.events.codec import format_event
from custody.protocol.events.common import Event
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.findings import Finding
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.ledgers import CaseState, LedgerState
from custody.protocol.rules.people import PersonState
from custody.protocol.tree import leaf_hash
from custody.protocol.values import Reference

_utc = lru_cache(maxsize=16)(times.format_utc)


class Recorder:
    """What an act is given: it asks for the state of things, and records drafts."""

    def __init__(
        self, view: View, store: Store, origin: str, recorded: int, signers: Mapping[str, Signer] | None
    ) -> None:
        """`signers` None: a rehearsal, nothing is signed. `recorded`: `recorded_at` of every entry of the act."""
        self.origin = origin
        self.recorded = recorded
        self.world = view.world
        self.facts: list[Recorded] = []
        self.entries: list[LoggedEntry] = []
        self.findings: list[Finding] = []
        self._view, self._store, self._signers = view, store, signers
        self._recorded_at = _utc(recorded)
        self._last = view.head.hash
        view.load("ledger")

    @property
    def ledger(self) -> LedgerState:
        """What the ledger says of itself."""
        return self.world.ledger(self.origin)

    def item(self, item: str) -> ItemState:
        """An item of this ledger, as it stands with what this act recorded. Raises UsageError for an unknown one."""
        self._view.load(f"item:{item}")
        state = self.world.items.get(item)
        if state is None or state.first is None:
            raise UsageError(f"there is no item {item} in this ledger", hint="`custody items` lists them")
        return state

    def person(self, reference: str) -> PersonState:
        """A person of this ledger, enrolled or revoked. Raises UsageError for one who never was enrolled."""
        identity, origin = names.split_person(reference)
        state = None
        if origin == self.origin:
            self._view.load(f"person:{identity}")
            state = self.world.people.by_reference.get(reference)
        if state is None or not state.standings:
            raise UsageError(f"{reference} is not enrolled in this ledger", hint="`custody person list` lists who is")
        return state

    def everybody(self) -> list[PersonState]:
        """All persons ever enrolled here, by id."""
        subjects = self._store.subjects("person")
        self._view.load(*subjects)
        people = (self.world.people.by_reference.get(f"{names.name_of(one)}@{self.origin}") for one in subjects)
        return [one for one in people if one is not None and one.standings]

    def case(self, reference: str) -> CaseState | None:
        """A case of this ledger; None when there is none."""
        self._view.load(f"case:{reference}")
        return self.ledger.cases.get(reference)

    def labelled(self, label: str, case: str) -> bool:
        """Whether an item of the case bears the label; one entered in error gave its label back."""
        stored = self._store.items_labelled(label, case)
        return label in self._new_labels(case) or any(item.end != "voided" for item in stored)

    def labels(self, prefix: str, case: str) -> set[str]:
        """The labels of a case's items, also of those entered in error, that begin with `prefix`."""
        found = {*self._store.labels(prefix, case), *self._new_labels(case)}
        return {label for label in found if label.startswith(prefix)}

    def _new_labels(self, case: str) -> set[str]:
        begun = (fact.event for fact in self.facts if isinstance(fact.event, ItemSeized | ItemDerived))
        return {event.details.label for event in begun if event.case == case}

    def history(self, subject: str) -> list[Recorded]:
        """The stored entries about one subject, in log order."""
        return [read_fact(entry, self.origin) for entry in self._store.entries_of([subject])]

    def fact_of(self, entry: str) -> Recorded:
        """The entry with this hash, stored or of this act. Raises UsageError when there is none."""
        for fact in self.facts:
            if fact.hash == entry:
                return fact
        for index in self._store.find_entries(entry):
            return read_fact(next(self._store.entries(index, index + 1)), self.origin)
        raise UsageError(f"this ledger has no entry {entry}", hint="`custody log` lists them")

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
        self.entries.append(logged)
        self.findings += found
        self._last = logged.hash
        return fact

    def _state(self, draft: Draft) -> Event:
        """The event: the draft with its place in its subject's chain."""
        occasion = draft.occasion
        self._view.load(draft.subject)
        make: Callable[..., Event] = draft.kind
        return make(
            actor=occasion.actor,
            case=draft.case or self._case_of(draft.subject),
            details=draft.details,
            documents=occasion.documents,
            id=str(uuid.uuid4()),
            ledger=self.origin,
            occurred_at=occasion.occurred_at,
            place=occasion.place,
            previous=self.head_of(draft.subject),
            sealed=draft.sealed,
            subject=draft.subject,
            witnesses=occasion.witnesses,
        )

    def head_of(self, subject: str) -> Reference | None:
        """The last entry of a subject's chain, with what this act recorded."""
        self._view.load(subject)
        if names.kind_of(subject) == "item":
            state = self.world.items.get(names.name_of(subject))
            return state.head if state else None
        last = self.world.head(self.origin, subject)
        return Reference(entry=last, ledger=self.origin) if last else None

    def _case_of(self, subject: str) -> str | None:
        if names.kind_of(subject) not in ("item", "notes"):
            return None
        return self.item(names.name_of(subject)).case

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
