"""What one of the four does in the game against the others; each cheat ends with proof that it was refused or named."""

import base64
import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from custody.errors import CustodyError, RuleRefusedError
from custody.ledger.disclosing.cutting import Disclosure, cut_bundle
from custody.ledger.opening import open_ledger
from custody.ledger.others.pinning import NotJoinedError
from custody.ledger.recorder import Recorder
from custody.protocol import bundle, canonical
from custody.protocol.events.handovers import Basis
from tests.exchange import moves
from tests.exchange.game import Agency, Game
from tests.exchange.member import ROLES

NAMED = ("L01", "L02", "L03", "C02")


class Twin:
    """A copy of an agency's folder, taken some time ago, with the same keys."""

    def __init__(self, agency: Agency, folder: Path) -> None:
        for one in (agency.ledger, agency.other):
            one.close()
        shutil.copytree(agency.folder, folder)
        self.agency = copy.copy(agency)
        self.agency.folder = folder
        self.agency.signers, self.agency.keys = dict(agency.signers), dict(agency.keys)
        for one in (agency, self.agency):
            one.ledger = open_ledger(one.folder / "ledger.db", now=one.clock)
            one.other = open_ledger(one.folder / "ledger.db", now=one.clock)


def told(how: Callable[..., object], *given: Any) -> str:
    """What the victim says of it: a code, `NotJoined`, or nothing."""
    try:
        how(*given)
    except RuleRefusedError as error:
        return error.code
    except NotJoinedError:
        return "NotJoined"
    except CustodyError as error:
        return type(error).__name__
    return ""


def accused(victim: Agency, cheat: Agency) -> bool:
    return any(one.ledger == cheat.origin for one in victim.ledger.store.kept.disputes())


def show(victim: Agency, cheat: Agency) -> str:
    """All that the cheat has of its own, proven from what the victim saw, as far as it can."""
    items = [one for one in cheat.known() if cheat.ledger.item(one).first.origin == cheat.origin]  # type: ignore[union-attr]
    pin = victim.ledger.store.kept.pin(cheat.origin)
    since = [pin.size] if pin is not None and pin.size <= cheat.ledger.size else []
    return told(victim.take, cheat.package(items[-3:], since=since))


class TwoHistories:
    """It goes on from a copy of its folder, and shows what it did in both."""

    def begin(self, game: Game, cheat: Agency) -> None:
        cheat.seize(f"{cheat.state}/before")
        self.twin = Twin(cheat, game.folder / "twin").agency

    def go_on(self, game: Game, cheat: Agency) -> None:
        """Now the one, now the other."""
        if game.rng.random() < 0.5:
            game.members[cheat.state], self.twin = self.twin, cheat

    def end(self, game: Game, cheat: Agency) -> None:
        one, other = game.members[cheat.state], self.twin
        for number in range(3):
            one.seize(f"{cheat.state}/one {number}".replace(" ", "-"))
            other.seize(f"{cheat.state}/other {number}".replace(" ", "-"))
        for victim in game.honest:
            said = [show(victim, one), show(victim, other)]
            assert set(said) <= {"", *NAMED, "NotJoined"}, said
            assert any(said), (victim.state, said)
            for _ in range(3):  # whoever is refused as not joined shows more, and is named
                for each in (one, other):
                    pin = victim.ledger.store.kept.pin(each.origin)
                    while pin is not None and each.ledger.size <= pin.size + 1:
                        each.seize(f"{cheat.state}/{each.ledger.size}-{each is one}")
                    said.append(show(victim, each))
            assert accused(victim, cheat), (victim.state, said)
            game.tell(f"{victim.state} of two histories: {said}")
        other.close()


class Restored(TwoHistories):
    """It puts an old copy back, and goes on as if nothing had been."""

    def go_on(self, game: Game, cheat: Agency) -> None:
        if game.members[cheat.state] is not self.twin and game.rng.random() < 0.2:
            game.members[cheat.state], self.twin = self.twin, cheat


class ReceivesTwice(TwoHistories):
    """Two copies receive one release, each to its own end."""

    def end(self, game: Game, cheat: Agency) -> None:
        victim = game.pick(game.honest)
        item = victim.seize(f"{victim.state}/twice")
        moves.agree(game, victim)
        package = victim.release([item], cheat, Basis(agreement=moves.AGREEMENT))
        receipts = []
        for one in (game.members[cheat.state], self.twin):
            said = told(_receive, one, package, receipts)
            game.tell(f"a copy of {cheat.state} receives: {said}")
        said = [told(victim.take, data) for data in receipts]
        if len(receipts) == 2:
            assert any(said), said
            assert set(said) <= {"", *NAMED, "NotJoined"}, said
        super().end(game, cheat)


def _receive(agency: Agency, package: bytes, receipts: list[bytes]) -> None:
    receipts.append(agency.receive(package))


class LeavesOut:
    """It states heads as they were before a revocation, a request's end or the newest event, and signs that."""

    def begin(self, game: Game, cheat: Agency) -> None:
        if not cheat.enrolled("expert"):
            cheat.enrol("expert", *ROLES)
        self.item = cheat.seize(f"{cheat.state}/left-out")
        cheat.do(moves.passing(cheat, self.item, "officer", "expert"))
        if game.rng.random() < 0.5:
            cheat.do(moves.passing(cheat, self.item, "expert", "officer"))
            cheat.revoke("expert", cheat.clock.now + 1)
            self.subject = "person:expert"
        else:
            self.subject = f"item:{self.item}"

    def go_on(self, game: Game, cheat: Agency) -> None:
        pass

    def end(self, game: Game, cheat: Agency) -> None:
        victims = list(game.honest)
        for victim in victims[:2]:
            first = told(victim.take, self._lie(cheat))
            truth = told(victim.take, cheat.package([self.item]))
            game.tell(f"{victim.state} is lied to: {first!r}, and told the truth: {truth!r}")
            assert "L02" in (first, truth), (first, truth)
            assert accused(victim, cheat)
        last = victims[2]
        assert told(last.take, cheat.package([self.item])) == ""
        assert told(last.take, self._lie(cheat)) == "L02"
        assert accused(last, cheat)

    def _lie(self, cheat: Agency) -> bytes:
        disclosure = Lying(cheat.by("chief"), [self.item], "partner")
        disclosure.silent_of = self.subject
        cut = cut_bundle(
            cheat.ledger, disclosure, signers=cheat.signers, ledger_key=cheat.keys["ledger"], lock=cheat.lock
        )
        return b"".join(cut.lines)


class Lying(Disclosure):
    """A disclosure that is silent of a subject's last entry."""

    silent_of = ""

    def _close(self, recorder: Recorder) -> None:
        super()._close(recorder)
        own = [fact for fact in self.closure.own.values() if fact.event.subject == self.silent_of]
        self.closure.own.pop(own[-1].index)
        self.closure.heads[self.silent_of] = own[-2].hash
        self.heads = bundle.format_line(bundle.Line(heads=self.closure.heads))
        if own[-1].index in self.arrangement.fresh:
            self.arrangement.fresh.remove(own[-1].index)


class Edits:
    """It alters lines of the bundles it passes on: its own and its partners'."""

    def begin(self, game: Game, cheat: Agency) -> None:
        cheat.seize(f"{cheat.state}/edited")

    def go_on(self, game: Game, cheat: Agency) -> None:
        pass

    def end(self, game: Game, cheat: Agency) -> None:
        victim = game.pick(game.honest)
        lines = cheat.package(cheat.known()).splitlines(keepends=True)
        altered = list(self.variants(lines))
        for data in game.rng.sample(altered, min(len(altered), 12)):
            assert told(victim.take, data), "an altered bundle was taken in"
        assert not victim.ledger.store.kept.disputes()

    def variants(self, lines: list[bytes]) -> Iterator[bytes]:
        for number, line in enumerate(lines):
            if line.startswith(b'{"entry"'):
                yield b"".join(lines[:number] + lines[number + 1 :])
                stated = json.loads(line)
                stated["entry"]["recorded_at"] = "2026-05-03T00:00:00Z"
                yield b"".join([*lines[:number], canonical.encode(stated) + b"\n", *lines[number + 1 :]])
            elif line.startswith(b'{"heads"'):
                yield b"".join(lines[:number] + lines[number + 1 :])


class ForgesProofs(Edits):
    """It invents what joins a third ledger's checkpoints: nobody may be accused of that, and nothing be spoilt."""

    def end(self, game: Game, cheat: Agency) -> None:
        for victim in game.honest:
            lines = []
            for line in cheat.package(cheat.known()).splitlines(keepends=True):
                stated = json.loads(line)
                if "part" in stated:
                    third = stated["part"]["ledger"] not in (cheat.origin, victim.origin)
                    size = int(stated["part"]["checkpoint"].split("\n")[1])
                if "consistency" in stated and third:
                    continue
                lines.append(line)
                if "part" in stated and third:
                    lines += [_invented(game, old) for old in range(1, size)]
            said = told(victim.take, b"".join(lines))
            game.tell(f"{victim.state} of invented proofs: {said!r}")
            assert not victim.ledger.store.kept.disputes()
        cheat.cheating = False  # from here on all must be as if nothing had been


def _invented(game: Game, old: int) -> bytes:
    hashes = [base64.b64encode(game.rng.randbytes(32)).decode() for _ in range(3)]
    return canonical.encode({"consistency": {"proof": hashes, "size": old}}) + b"\n"


CHEATS = (None, TwoHistories, Restored, ReceivesTwice, LeavesOut, Edits, ForgesProofs)
