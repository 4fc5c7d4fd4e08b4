"""A person at work with the ledger open: who acts, on which items, and the way from an act to its entries.

    rehearse: rules, without signatures -> show -> "Sign and record?" -> passphrases -> append -> acknowledge

Nothing is asked before the rules have agreed, and nothing is acknowledged before it is durable.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from custody.errors import CustodyError, UnknownItemError, UsageError
from custody.protocol.audiences import FILE_NAMES
from custody.protocol.ed25519 import Signer
from custody.protocol.events.items import ItemDerived, ItemSeized
from custody.protocol.names import name_of
from custody.protocol.values import Digests, Place

from .. import interrupts
from ..options import Acting
from ..shown import recorded, showing
from ..shown.names import label_of, name_of_person, naming
from ..shown.statement import statements
from . import agency, files, secret
from .counter import Counter
from .home import Home, opened, read_home
from .passphrases import asking
from .signing import Keys

if TYPE_CHECKING:
    from custody.ledger.draft import Occasion
    from custody.ledger.ledger import Act, Appended, Ledger, Rehearsal
    from custody.ledger.others.arrival import Arrival
    from custody.protocol.rules.item import ItemState

MAX_ITEMS = 500
"""Items in one act: what a person can be asked to sign with one look."""

_UNMEASURED = Digests(blake3="0" * 64, sha256="0" * 64, size=0, name="not measured yet")


class Meant(NamedTuple):
    """An item as the command line names it."""

    typed: str
    uuid: str
    state: "ItemState"
    case: str = ""
    """In this ledger."""

    @property
    def label(self) -> str:
        """What the person is shown and asked about."""
        return self.state.label or self.typed


class Desk(Counter):
    """What a command has at hand while it prepares an act."""

    def __init__(self, acting: Acting, home: Home, ledger: "Ledger") -> None:
        super().__init__(home, ledger)
        self.acting = acting

    @functools.cached_property
    def keys(self) -> Keys:
        """Where signers' keys are looked for."""
        return Keys(self.acting.keys, self.acting.actor)

    def person(self, identity: str) -> str:
        """`id@origin` of a person of this ledger; one who was never enrolled is a UsageError."""
        reference = f"{identity}@{self.ledger.origin}"
        self.ledger.person(reference)
        return reference

    @functools.cached_property
    def occasion(self) -> "Occasion":
        """Who states it, before whom, when, where, citing what."""
        acting = self.acting
        if acting.actor is None:
            raise UsageError("who is acting is not said", hint="--as ID, or CUSTODY_AS")
        witnesses = tuple(self.person(one) for one in acting.witnesses)
        return self._occasion(self.person(acting.actor), witnesses)

    def occasion_in(self, room: str) -> "Occasion":
        """The same in a room, where no place is stated."""
        if self.acting.place is not None:
            return self.occasion
        return msgspec.structs.replace(self.occasion, place=place(self.acting, self.home, room))

    @functools.cached_property
    def by_ledger(self) -> "Occasion":
        """The same for an act of the ledger key."""
        return self._occasion(self.ledger.origin, ())

    def _occasion(self, actor: str, witnesses: tuple[str, ...]) -> "Occasion":
        from custody.ledger.draft import Occasion

        return Occasion(
            actor=actor,
            occurred_at=self.acting.occurred_at,
            witnesses=witnesses,
            place=place(self.acting, self.home),
            documents=files.documents(self.acting.documents),
            sealing=secret.sealing(self.acting),
        )

    def items(self, typed: Sequence[str]) -> list[Meant]:
        """The items that the command line names, each once."""
        if len(typed) > MAX_ITEMS:
            hint = "`--from FILE`, where the command has it, takes a list; or record them in parts"
            raise UsageError(f"{len(typed)} items are more than the {MAX_ITEMS} that one look can sign", hint=hint)
        found: dict[str, str] = {}
        for text in typed:
            uuid = self.find(text)
            if uuid in found:
                raise UsageError(f"{text} is named twice")
            found[uuid] = text
        return self.meant(found)

    def meant(self, typed: Mapping[str, str]) -> list[Meant]:
        """Items by UUID, and how they were named."""
        states = self.ledger.items_of(list(typed))
        return [Meant(typed[one.uuid], one.uuid, one, one.case_in(self.ledger.origin) or "") for one in states]

    def item(self, typed: str) -> Meant:
        """The one item that the command line names."""
        return self.items((typed,))[0]

    def find(self, text: str) -> str:
        """The UUID of the item that the command line, or a line of a list, names."""
        try:
            return self.ledger.find_item(text)
        except UnknownItemError as error:
            if os.path.exists(text):  # noqa: PTH110 - a name too long for a file is no file
                hint = "an option takes one file each time it is given: --evidence A --evidence B"
                raise UnknownItemError(f"{text} is a file, and no item bears that name", hint=hint) from error
            raise

    def record(
        self,
        act: "Act",
        keys: Mapping[str, Callable[[], Signer]] | None = None,
        *,
        then: Callable[[], None] = lambda: None,
        arriving: "Arrival | None" = None,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> "Appended | None":
        """Takes an act through rehearsal, consent and signatures into the ledger; None where it stops before.

        `keys`: signers that are not persons of this ledger, by the name the ledger calls them. `then`: what belongs to
        the act outside the ledger; done before anything is acknowledged. `arriving`: a partner's bundle it rests on.
        `more`: further members of the JSON answer.
        """
        signers = self.agree(act, keys, arriving=arriving, more=more)
        if signers is None:
            return None
        with interrupts.held_back():
            appended = self.ledger.append(act, signers, lock=self.vault.lock, arriving=arriving)
            self.acting.session.recorded += [fact.name for fact in appended.entries]
            then()
        self.acknowledge(appended, **more)
        return appended

    def agree(
        self,
        act: "Act",
        keys: Mapping[str, Callable[[], Signer]] | None = None,
        *,
        arriving: "Arrival | None" = None,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> dict[str, Signer] | None:
        """Everybody's signers for an act that the rules allow and the person wants; None after a dry run."""
        rehearsal = self.rehearse(act, arriving=arriving)
        if self.acting.dry_run:
            if arriving is not None:
                self.ledger.compare(arriving)
            self.preview(rehearsal, **more)
            return None
        if showing.interactive() and not self.acting.yes:
            for line in self._statements(rehearsal):
                showing.say(line)
            if not click.confirm("Sign and record?", err=True):
                raise CustodyError("stopped; nothing was recorded")
        signers = {name: self._signer(name, keys or {}) for name in self._needed(rehearsal)}
        return {name: interrupts.Signing(one) for name, one in signers.items()}

    def rehearse(self, act: "Act", *, arriving: "Arrival | None" = None) -> "Rehearsal":
        """What an act would record. Raises UsageError where readers are named of what nobody seals."""
        rehearsal = self.ledger.rehearse(act, arriving=arriving)
        if self.acting.sealed_for and not rehearsal.audiences:
            raise UsageError("--sealed-for: nothing here is sealed", hint="--sealed NAME=TEXT")
        return rehearsal

    def _needed(self, rehearsal: "Rehearsal") -> list[str]:
        from custody.ledger.signing import signers_of

        return list(dict.fromkeys(name for event in rehearsal.events for name in signers_of(event)))

    def _signer(self, name: str, keys: Mapping[str, Callable[[], Signer]]) -> Signer:
        if name in keys:
            return keys[name]()
        if name == self.ledger.origin:
            return self.ledger_signer()
        person = self.ledger.person(name)
        return self.keys.signer(name, person.key, person.name)

    def ledger_signer(self) -> Signer:
        """The ledger key's signer."""
        return agency.ledger_signer(self.home, self.ledger, self._agency_passphrase)

    def witness_signer(self) -> Signer:
        """The witness key's signer."""
        return agency.witness_signer(self.home, self.ledger, self._agency_passphrase)

    @functools.cached_property
    def _agency_passphrase(self) -> Callable[[], str | None]:
        """Asked once: the agency's keys are made under one passphrase."""
        return functools.cache(asking(f"the agency's keys of {self.ledger.origin}"))

    def _statements(self, rehearsal: "Rehearsal") -> list[str]:
        events = rehearsal.events
        begun = {name_of(event.subject): event for event in events if isinstance(event, ItemSeized | ItemDerived)}

        def label(uuid: str) -> str | None:
            return begun[uuid].details.label if uuid in begun else label_of(self.ledger, uuid)

        names = naming(label, functools.partial(name_of_person, self.ledger), self.ledger.origin)
        return statements(events, names, rehearsal.audiences)

    def preview(self, rehearsal: "Rehearsal", **more: Any) -> None:
        """Shows what would be signed. `more`: further members of the JSON answer."""
        showing.answer_dry(self.acting.session, [msgspec.to_builtins(event) for event in rehearsal.events], **more)
        for line in self._statements(rehearsal) if not self.acting.json else ():
            showing.tell(line)
        showing.say("Nothing was signed or recorded.")

    def acknowledge(self, appended: "Appended", **more: Any) -> None:
        """Says what was recorded, and what the rules say about it. `more`: further members of the JSON answer."""
        labels = functools.partial(label_of, self.ledger)
        if self.acting.json:
            showing.answer(self.acting.session, recorded.as_json(appended) | more)
        else:
            recorded.tell_entries(appended, labels)
        recorded.tell_findings(appended.findings, labels)

    def measured(self, paths: Sequence[Path], act: "Callable[[tuple[Digests, ...]], Act]") -> "Act":
        """The act with what was measured. The rules are asked first: measuring may take hours."""
        if paths:
            self.ledger.rehearse(act((_UNMEASURED,) * len(paths)))
        return act(files.measured(paths, secret=FILE_NAMES in self.acting.sealed))


def place(acting: Acting, home: Home, room: str | None = None) -> Place | None:
    """Where it happened: as stated, in this room, or as the configuration says; None where nothing does."""
    name = acting.place or room or home.place
    country = acting.country or (home.country if name else None)
    if name and not country:
        raise UsageError("a place needs its country", hint="--country CC, or country in config.toml")
    return Place(country=country, name=name) if country else None


@contextlib.contextmanager
def at_desk(acting: Acting) -> Iterator[Desk]:
    """Opens the ledger for one act."""
    home = read_home(acting)
    with opened(home, appends=True) as ledger:
        yield Desk(acting, home, ledger)
