"""Agencies that exchange items and requests, as a library sees them: each with its ledger, keys and clock.

a, b = federation(folder, "RO", "DE"); package = a.release(item, b, request); b.receive(package)
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from custody.exchange.checkpoints import read_checkpoint_file
from custody.exchange.incoming import Incoming, read_incoming
from custody.keys.signer import SeedSigner
from custody.ledger import people
from custody.ledger.acts import beginnings, cases, compose, handovers, partners, requests
from custody.ledger.disclosing.cutting import Disclosure, cut_bundle
from custody.ledger.disclosing.lines import cosigned_note
from custody.ledger.draft import Occasion
from custody.ledger.ledger import Act, Appended, Ledger
from custody.ledger.opening import create_ledger, open_ledger
from custody.ledger.others.kept import Cosigned
from custody.ledger.sealing import read_locked
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.events.cases import CaseOpenedDetails
from custody.protocol.events.handovers import Basis, ReceivedDetails, ReleasedDetails, WithdrawnDetails
from custody.protocol.events.items import SeizedDetails
from custody.protocol.events.ledger import OpenedDetails
from custody.protocol.events.partners import Card
from custody.protocol.events.people import RoleTerm
from custody.protocol.events.requests import (
    LegalBasis,
    RequestAccepted,
    RequestAcceptedDetails,
    RequestSentDetails,
    Scope,
)
from custody.protocol.names import name_of
from custody.protocol.note import parse_note
from custody.protocol.rules.item import ItemState
from custody.protocol.times import format_utc
from custody.protocol.values import SealReading
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_signature_line, format_vkey, make_vkey, parse_vkey

START = 1_777_800_000
ROLES = ("investigator", "custodian", "supervisor", "examiner", "prosecutor", "central-authority")


def key_of(name: str) -> SeedSigner:
    return SeedSigner(hashlib.sha256(name.encode()).digest())


class Clock:
    """One for all, so that the order of a test is the order of its times."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Member:
    """One agency; `chief` may sign everything, `officer` as well."""

    def __init__(
        self,
        folder: Path,
        state: str,
        clock: Clock,
        name: str | None = None,
        key: str = "ledger",
        url: str | None = None,
    ) -> None:
        self._know(folder, state, clock, name, key)
        self.where = url or self.where
        folder.mkdir(parents=True, exist_ok=True)
        details = OpenedDetails(
            agency=f"Police of {state}",
            jurisdiction=state,
            ledger_key=format_vkey(make_vkey(self.origin, ED25519, self.keys["ledger"].public_key)),
            witness_key=format_vkey(
                make_vkey(f"{self.origin}/witness", COSIGNATURE_V1, self.keys["witness"].public_key)
            ),
            recipient="age1" + "q" * 58,
        )
        self.opened = details
        self.ledger: Ledger = create_ledger(
            self.where, self.by(self.origin), details, self.keys["ledger"], now=clock, beside=folder
        )
        for person in ("chief", "officer"):
            key = self.keys[person]
            self.do(
                people.enrol(
                    self.by(self.origin),
                    person,
                    key=key.public_key,
                    proof=people.prove_possession(person, self.origin, key),
                    roles=[RoleTerm(role=role) for role in ROLES],  # type: ignore[arg-type]
                    name=person.title(),
                )
            )
        details_ = CaseOpenedDetails(lead=self.ref("chief"), offence="trafficking in persons", title="Harbour")
        self.do(cases.open_case(self.by("chief"), f"{state}-1", details_))
        self.case = f"{state}-1"

    def _know(self, folder: Path, state: str, clock: Clock, name: str | None = None, key: str = "ledger") -> None:
        self.state, self.clock, self.folder = state, clock, folder
        self.where: Path | str = folder / "ledger.db"
        self.name = name or state.lower()
        self.origin = f"police.{self.name}.example/custody"
        self.discloser = "chief"
        """Who signs what is cut."""
        self.secrets = False
        """Whether something is sealed: then it is opened for those who may see it."""
        self.keys = {
            "ledger": key_of(f"{key} {self.origin}"),
            "witness": key_of(f"witness {self.origin}"),
            "chief": key_of(f"chief {self.origin}"),
            "officer": key_of(f"officer {self.origin}"),
        }
        self.signers: dict[str, Any] = {
            self.origin: self.keys["ledger"],
            self.ref("chief"): self.keys["chief"],
            self.ref("officer"): self.keys["officer"],
        }

    def resume(self, folder: Path, state: str, clock: Clock) -> None:
        """In another process: goes on in a folder that is there."""
        self._know(folder, state, clock)
        self.case = f"{state}-1"
        self.ledger = self.opened_again()

    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = self.opened_again()

    def opened_again(self) -> Ledger:
        """The same ledger, as another process has it. (`opened` is what it said of itself.)"""
        return open_ledger(self.where, now=self.clock, beside=self.folder)

    def ref(self, name: str) -> str:
        return name if name == self.origin else f"{name}@{self.origin}"

    def by(self, name: str, *witnesses: str) -> Occasion:
        at = format_utc(self.clock.now)[:-1] + "+00:00"
        return Occasion(actor=self.ref(name), occurred_at=at, witnesses=tuple(map(self.ref, witnesses)))

    @staticmethod
    def lock(case: str | None, plain: bytes) -> bytes:
        """Not a lock: tests of secrets have the real one."""
        return (case or "").encode() + b"|" + plain

    @staticmethod
    def unlock(body: bytes) -> bytes:
        return body.partition(b"|")[2]

    def do(self, act: Act, **more: Any) -> Appended:
        return self.ledger.append(act, self.signers, lock=self.lock, **more)

    @property
    def card(self) -> Card:
        return Card(
            agency=self.opened.agency,
            jurisdiction=self.state,
            ledger_key=self.ledger.state.key or "",
            origin=self.origin,
            recipient=self.opened.recipient,
            witness_key=self.opened.witness_key,
        )

    def cosign(self, other: "Member") -> bytes:
        """The largest checkpoint seen of another ledger, with this one's cosignature."""
        pin = self.ledger.store.kept.pin(other.origin)
        assert pin is not None
        vkey = parse_vkey(self.opened.witness_key)
        signature = sign_cosignature(parse_note(pin.note).text, vkey, self.clock.now, self.keys["witness"].sign)
        line = Cosigned(pin.ledger, pin.size, vkey.public_key, format_signature_line(signature))
        known = [one for one in self.ledger.store.kept.cosigned(pin.ledger) if one[:3] == line[:3]]
        if not known:
            self.ledger.keep_cosigned([line])
        return cosigned_note(pin.note, known or [line])

    def take_checkpoint(self, note: bytes) -> bool:
        """Imports a checkpoint, with its cosignatures."""
        return self.ledger.admit(read_checkpoint_file(note, self.ledger))

    def trust(self, other: "Member") -> None:
        self.do(partners.trust(self.by(self.origin), other.card, confirmed="by telephone"))

    def seize(self, label: str, **more: Any) -> str:
        """The new item's UUID."""
        details: dict[str, Any] = {
            "condition": "good",
            "kind": "physical",
            "label": label,
            "manner": "seized",
            "description": "a phone",
            "source": "kitchen table",
            "authority": "warrant 12/2026",
            "seals": (f"A-{label}",),
        }
        sealing = more.pop("sealing", {})
        stated = SeizedDetails(**(details | more))
        seizure = beginnings.Seizure(case=self.case, details=stated, sealing=sealing)
        return name_of(self.do(beginnings.seize(self.by("officer"), [seizure])).entries[0].event.subject)

    def package(self, items: Sequence[str], first: Act | None = None, **more: Any) -> bytes:
        """A bundle for a partner; `requests`, `arriving`, `audience`."""
        audience = more.pop("audience", "partner")
        arriving = more.pop("arriving", None)
        by = self.by(self.discloser)
        disclosure = Disclosure(by, items, audience, first=first, requests=more.pop("requests", ()))
        if self.secrets:
            self.ledger.rehearse(disclosure, arriving=arriving)
            disclosure.opened = {one.digest: read_locked(one, self.unlock(one.body)) for one in disclosure.granted}
        cut = cut_bundle(
            self.ledger,
            disclosure,
            signers=self.signers,
            ledger_key=self.keys["ledger"],
            lock=self.lock,
            arriving=arriving,
            **more,
        )
        return b"".join(cut.lines)

    def request(self, other: "Member", **more: Any) -> tuple[str, bytes]:
        """A new request to another agency: its UUID, and the package."""
        new, sealing = str(uuid.uuid4()), more.pop("sealing", {})
        stated: dict[str, Any] = {
            "assistance": "the phone seized",
            "authority": "Public Prosecutor",
            "basis": (LegalBasis(instrument="untoc", article="18"),),
            "conducting": "Police",
            "facts": "what happened",
            "purpose": "prosecution",
            "purpose_text": "use in the trial",
            "reference": f"{self.state}-{new[:4]}",
            "scope": Scope(kinds=("physical", "digital")),
            "subject": "trafficking in persons",
            "to": other.origin,
            "use_limitation": "this trial",
        }
        act = requests.send(self.by("chief").sealed(sealing), new, self.case, RequestSentDetails(**(stated | more)))
        return new, self.package((), act, requests=[new])

    def incoming(self, package: bytes) -> Incoming:
        return read_incoming(package, self.ledger)

    def take_request(self, package: bytes) -> str:
        """Receives a request; its UUID."""
        incoming = self.incoming(package)
        (request,) = incoming.arrival.requests
        note = incoming.arrival.parts[-1].note.decode()
        act = requests.receive(self.by("chief"), request, self.case, checkpoint=note)
        self.do(act, arriving=incoming.arrival)
        return request

    def accept(self, request: str, **more: Any) -> bytes:
        details = RequestAcceptedDetails(**({"scope": Scope(kinds=("physical", "digital"))} | more))
        return self.package(
            (), requests.answer(RequestAccepted, self.by("chief"), request, details), requests=[request]
        )

    def release(self, items: Sequence[str], other: "Member", basis: Basis | None = None, **more: Any) -> bytes:
        """The package."""
        acts = []
        for item in items:
            state = self.ledger.item(item)
            details = ReleasedDetails(
                addressees=(other.ref("officer"),),
                condition="good",
                reason="analysis",
                basis=basis,
                **({"seals": seals_of(state)} | more),
            )
            acts.append(handovers.release(self.by(state.custodian.partition("@")[0]), item, details))
        return self.package(items, compose.together(*acts))

    def receive(
        self,
        package: bytes,
        *,
        refuse: Sequence[str] = (),
        missing: Sequence[str] = (),
        leave: Sequence[str] = (),
        **more: Any,
    ) -> bytes:
        """The receipt's package; nothing is said of what is to be left."""
        incoming = self.incoming(package)
        items = [one for one in incoming.arrival.items if one not in leave]
        note = incoming.arrival.parts[-1].note.decode()
        by = self.by("officer")
        acts = []
        for state in self.ledger.items_with(incoming.arrival, items):
            if state.uuid not in (*refuse, *missing):
                measured = state.condition.digests or None
                found = {"seals": seals_of(state), "digests": measured} | more
                details = ReceivedDetails(condition="good", checkpoint=note, **found)
                acts.append(handovers.receive(by, state.uuid, details, case=self.case))
        acts += [handovers.refuse(by, [one], outcome="refused", reason="wrong", case=self.case) for one in refuse]
        acts += [handovers.refuse(by, [one], outcome="missing", reason="not there", case=self.case) for one in missing]
        return self.package(items, compose.together(*acts), arriving=incoming.arrival)

    def take(self, package: bytes) -> bool:
        """Imports a package."""
        return self.ledger.admit(self.incoming(package).arrival, lock=self.lock)

    def withdraw(self, item: str) -> None:
        details = WithdrawnDetails(condition="good", reason="it came back", seals=seals_of(self.ledger.item(item)))
        by = self.by(self.ledger.item(item).custodian.partition("@")[0])
        self.do(handovers.withdraw(by, item, details))


def seals_of(item: ItemState) -> tuple[SealReading, ...] | None:
    """What an honest reader reads; nothing of an item without seals."""
    return tuple(SealReading(seal=one, state="intact") for one in item.seals_on_record) or None


def federation(
    folder: Path, *states: str, kind: type[Member] = Member, urls: Mapping[str, str] | None = None
) -> list[Member]:
    """Agencies that trust each other. `urls`: those whose ledgers are on a server, by state."""
    clock = Clock()
    members = [kind(folder / one.lower(), one, clock, url=(urls or {}).get(one)) for one in states]
    for one in members:
        for other in members:
            if one is not other:
                one.trust(other)
    return members
