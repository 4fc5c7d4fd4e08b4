"""The world of the game: four agencies, their post, and where every item truly is.

The agencies act honestly, by what their ledgers know and by what lies before them; the post delivers late, in any
order, twice, or not at all. One of them may cheat (cheats.py). What happened is told in `moves`, printed when a run
fails.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from custody.errors import RuleRefusedError, UsageError
from custody.exchange.trust import NotTrustedError
from custody.ledger import people
from custody.ledger.disclosing.cutting import Disclosure
from custody.ledger.draft import Occasion
from custody.ledger.opening import open_ledger
from custody.ledger.others.pinning import NotJoinedError
from custody.ledger.signing import NEW_LEDGER_KEY
from custody.ledger.store.store import Head
from custody.protocol.events.people import RoleTerm
from custody.protocol.rules.item import ItemState
from custody.protocol.times import format_utc
from custody.protocol.vkey import ED25519, make_vkey
from tests.exchange.member import ROLES, Member, federation, key_of

STATES = ("RO", "DE", "FR", "IT")
CLERK = ("central-authority",)
MINUTE, HOUR = 60, 3600


class Parcel(NamedTuple):
    """A package on its way."""

    number: int
    kind: str
    sender: str
    to: str
    data: bytes
    items: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()


class Truth(NamedTuple):
    """Where an item is: with a State, or on its way to another, or back from it, under a release."""

    state: str
    to: str = ""
    release: str = ""


class Agency(Member):
    """A member that works from two computers, with people who come and go."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.other = open_ledger(self.folder / "ledger.db", now=self.clock)
        self.number = 0
        self._judged: dict[str, tuple[Head, bool]] = {}
        self.cheating = False
        self.enrol("expert", *ROLES)
        self.enrol("clerk", *CLERK)
        self.discloser = "clerk"

    def switch(self) -> None:
        """Goes to the other computer."""
        self.ledger, self.other = self.other, self.ledger

    def close(self) -> None:
        self.ledger.close()
        self.other.close()

    def enrol(self, person: str, *roles: str) -> None:
        """Under a new key."""
        self.number += 1
        key = key_of(f"{person} {self.number} {self.origin}")
        self.signers[self.ref(person)] = key
        proof = people.prove_possession(person, self.origin, key)
        terms = [RoleTerm(role=role) for role in roles]  # type: ignore[arg-type]
        self.do(people.enrol(self.by(self.origin), person, key=key.public_key, proof=proof, roles=terms, name=person))

    def revoke(self, person: str, since: int) -> None:
        stated = self.at(since)
        self.do(people.revoke(self.by(self.origin), person, reason="key lost", effective_from=stated))

    def rekey(self) -> None:
        self.number += 1
        new = key_of(f"ledger {self.number} {self.origin}")
        act = people.rekey(self.by(self.origin), make_vkey(self.origin, ED25519, new.public_key), reason="yearly")
        self.ledger.append(act, {**self.signers, NEW_LEDGER_KEY: new}, certified_by=new)
        self.keys["ledger"] = self.signers[self.origin] = new

    def at(self, moment: int) -> str:
        return format_utc(moment)[:-1] + "+00:00"

    def enrolled(self, person: str) -> bool:
        return not self.ledger.person(self.ref(person)).revoked

    def by_custodian(self, item: ItemState, *witnesses: str) -> Occasion:
        return self.by(item.custodian.partition("@")[0], *witnesses)

    def known(self) -> list[str]:
        """Items of which it was shown all, in the order in which they came."""
        return [one.uuid for one in self.ledger.items() if self._whole(one.uuid)]

    def _whole(self, item: str) -> bool:
        head = self.ledger.store.head()
        if self._judged.get(item, (None, False))[0] != head:
            self._judged[item] = (head, self._try(item))
        return self._judged[item][1]

    def _try(self, item: str) -> bool:
        try:
            self.ledger.rehearse(Disclosure(self.by(self.discloser), [item], "partner"))
        except UsageError as error:
            assert "has not shown the whole history" in error.message
            return False
        return True


class Game:
    """A run."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        made: list[Any] = federation(folder, *STATES, kind=Agency)
        self.members: dict[str, Agency] = {one.state: one for one in made}
        self.truth: dict[str, Truth] = {}
        self.mail: list[Parcel] = []
        self.moves: list[str] = []
        self.doubted: set[str] = set()
        """Persons whose key was revoked as of an earlier time."""
        self.unjoined = 0
        self.refused: list[str] = []
        """Codes of what honest agencies refused to take from a cheat."""
        self.labels = 0

    def tell(self, text: str) -> None:
        self.moves.append(text)

    def pick(self, among: Sequence[Any]) -> Any:
        return self.rng.choice(among)

    def other_than(self, member: Member) -> Agency:
        return self.members[self.pick([one for one in STATES if one != member.state])]

    @property
    def honest(self) -> list[Agency]:
        return [one for one in self.members.values() if not one.cheating]

    def name(self, item: str) -> str:
        return item[:4]

    def post(self, kind: str, sender: Member, to: Member, data: bytes, **about: Any) -> None:
        parcel = Parcel(len(self.moves), kind, sender.state, to.state, data, **about)
        self.mail.append(parcel)
        names = " ".join(map(self.name, (*parcel.items, *parcel.requests)))
        self.tell(f"{sender.state} posts {kind} {names} to {to.state} as #{parcel.number}")

    def take(self, parcel: Parcel, how: Callable[[], Any]) -> Any:
        """Takes a package in. What is not joined is resolved by a fresh one; a cheat may be refused."""
        sender, to = self.members[parcel.sender], self.members[parcel.to]
        try:
            return how()
        except NotJoinedError as error:
            self.unjoined += 1
            self.tell(f"{to.state} can't join #{parcel.number}: {error.message}")
            if any(one.cheating for one in self.members.values()):
                self.refused.append("NotJoined")
                return None
            self.fresh(sender, to, parcel)
            return how()
        except RuleRefusedError as error:
            if not any(one.cheating for one in self.members.values()):
                raise
            self.refused.append(error.code)
            self.tell(f"{to.state} refuses #{parcel.number}: {error}")
        except NotTrustedError as error:
            if not any(one.cheating for one in self.members.values()):
                raise
            self.refused.append("NotTrusted")
            self.tell(f"{to.state} does not trust #{parcel.number}: {error}")
        return None

    def fresh(self, sender: Agency, to: Agency, parcel: Parcel) -> None:
        """A new bundle about the same, from all that was ever seen of the sender."""
        pin = to.ledger.store.kept.pin(sender.origin)
        since = [pin.size] if pin is not None and pin.size <= sender.ledger.size else []
        to.take(sender.package(parcel.items, requests=parcel.requests, since=since))

    def close(self) -> None:
        for one in self.members.values():
            one.close()
