"""A small agency for tests: a ledger in a folder, four persons with fixed keys, a clock that is set by hand."""

import hashlib
from pathlib import Path
from typing import Any

from custody.keys.signer import SeedSigner
from custody.ledger import people
from custody.ledger.acts import beginnings, cases, compose
from custody.ledger.draft import Occasion
from custody.ledger.ledger import Act, Appended, Ledger
from custody.ledger.opening import create_ledger, open_ledger
from custody.protocol.events.cases import CaseOpenedDetails
from custody.protocol.events.handovers import HandoverReceived, HandoverReleased, ReceivedDetails, ReleasedDetails
from custody.protocol.events.items import SeizedDetails
from custody.protocol.events.ledger import OpenedDetails
from custody.protocol.events.people import RoleTerm
from custody.protocol.names import name_of
from custody.protocol.times import format_utc
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey

ORIGIN = "ocrteh.police.example/custody"
START = 1_777_800_000  # 2026-05-03T09:20:00Z

STAFF = {"jm": "investigator", "ana": "custodian", "lab": "examiner", "chief": "supervisor", "pros": "prosecutor"}


def key_of(name: str) -> SeedSigner:
    return SeedSigner(hashlib.sha256(name.encode()).digest())


def local(moment: int) -> str:
    return format_utc(moment)[:-1] + "+00:00"


class Agency:
    """`ledger` beside a clock and everybody's keys."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.where = url or folder / "ledger.db"
        self.clock = START
        self.path = folder / "ledger.db"
        self.ledger_key = key_of("ledger")
        self.signers: dict[str, Any] = {ORIGIN: self.ledger_key}
        self.signers |= {f"{name}@{ORIGIN}": key_of(name) for name in STAFF}
        self.ledger: Ledger

    def now(self) -> int:
        return self.clock

    def found(self) -> "Agency":
        details = OpenedDetails(
            agency="Organised Crime Unit",
            jurisdiction="RO",
            ledger_key=format_vkey(make_vkey(ORIGIN, ED25519, self.ledger_key.public_key)),
            witness_key=format_vkey(
                make_vkey("ocrteh.police.example/witness", COSIGNATURE_V1, key_of("witness").public_key)
            ),
            recipient="age1" + "q" * 58,
        )
        self.ledger = create_ledger(
            self.where, self.by(ORIGIN), details, self.ledger_key, now=self.now, beside=self.folder
        )
        return self

    def reopen(self) -> Ledger:
        self.ledger.close()
        self.ledger = self.opened()
        return self.ledger

    def opened(self) -> Ledger:
        """The same ledger, as another process has it."""
        return open_ledger(self.where, now=self.now, beside=self.folder)

    def twin(self) -> "Agency":
        """The same agency, as another process has it."""
        twin = Agency(self.folder, self.where if isinstance(self.where, str) else None)
        twin.ledger, twin.clock = twin.opened(), self.clock
        return twin

    def staffed(self) -> "Agency":
        self.found()
        for name, role in STAFF.items():
            self.do(self.enrolment(name, role))
        self.do(
            cases.open_case(
                self.by("jm"),
                "OP-17",
                CaseOpenedDetails(lead=self.ref("jm"), offence="trafficking in persons", title="Harbour"),
            )
        )
        return self

    def enrolment(self, name: str, role: str, key: SeedSigner | None = None) -> Act:
        key = key or key_of(name)
        return people.enrol(
            self.by(ORIGIN),
            name,
            key=key.public_key,
            proof=people.prove_possession(name, ORIGIN, key),
            roles=[RoleTerm(role=role)],  # type: ignore[arg-type]
            name=name.title(),
        )

    def ref(self, name: str) -> str:
        return name if name == ORIGIN else f"{name}@{ORIGIN}"

    def by(self, name: str, *witnesses: str, at: int | None = None) -> Occasion:
        return Occasion(
            actor=self.ref(name),
            occurred_at=local(self.clock if at is None else at),
            witnesses=tuple(self.ref(one) for one in witnesses),
        )

    def do(self, act: Act) -> Appended:
        self.clock += 1
        return self.ledger.append(act, self.signers)

    def seizure(self, label: str = "JM/1", **more: Any) -> beginnings.Seizure:
        details: dict[str, Any] = {
            "condition": "good",
            "kind": "physical",
            "label": label,
            "manner": "seized",
            "description": "a phone, black",
            "source": "kitchen table",
            "authority": "warrant 12/2026",
        }
        return beginnings.Seizure(case="OP-17", details=SeizedDetails(**(details | more)))

    def seize(self, label: str = "JM/1", by: str = "jm", **more: Any) -> str:
        """The new item's UUID."""
        done = self.do(beginnings.seize(self.by(by), [self.seizure(label, **more)]))
        return name_of(done.entries[0].event.subject)

    def release(self, item: str, giver: str, *to: str, **more: Any) -> Appended:
        details = ReleasedDetails(
            addressees=tuple(self.ref(one) for one in to), condition="good", reason="analysis", **more
        )
        return self.do(compose.state(HandoverReleased, self.by(giver), item, details))

    def receive(self, item: str, by: str, **more: Any) -> Appended:
        details = ReceivedDetails(condition="good", **more)
        return self.do(compose.state(HandoverReceived, self.by(by), item, details))
