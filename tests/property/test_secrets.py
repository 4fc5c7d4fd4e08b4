"""Random mixes of sealed fields and audiences: nothing undisclosed is in any bundle, and every bundle verifies.

Each value is a token of its own, looked for in the bundle's bytes and in everything in it that is base64.
"""

import base64
import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.keys.identity import new_identity
from custody.keys.vault import Vault
from custody.ledger.acts import beginnings, cases, compose
from custody.ledger.disclosing.cutting import Disclosure, cut_bundle
from custody.ledger.ledger import Act
from custody.ledger.opening import open_ledger
from custody.ledger.sealing import read_locked
from custody.protocol import bundle
from custody.protocol.events.cases import CaseAmendedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from custody.protocol.names import name_of
from custody.protocol.policy import trust
from custody.protocol.values import Place
from custody.protocol.vkey import ED25519, make_vkey
from custody.verifier.verify import Request
from fixtures.judge import judge
from tests.ledger.agency import ORIGIN, Agency

AUDIENCES = ("court", "defence", "partner", "public", "press")
IDENTITY, RECIPIENT = new_identity()
POLICY = trust([make_vkey(ORIGIN, ED25519, Agency(Path()).ledger_key.public_key)])

FIELDS = st.dictionaries(
    st.sampled_from(("source", "description", "serial", "place", "text", "title")),
    st.sets(st.sampled_from(AUDIENCES), min_size=1),
)
MIXES = st.lists(FIELDS, min_size=1, max_size=3)
QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency's folder with its staff and a case."""
    folder = tmp_path_factory.mktemp("ready")
    Agency(folder).staffed().ledger.close()
    return folder


class Mix:
    """A ledger with items whose fields are sealed so; `kept` says what, and for whom."""

    def __init__(self, folder: Path, mix: list[dict[str, set[str]]]) -> None:
        self.agency = Agency(folder)
        self.agency.clock += 100
        self.agency.ledger = open_ledger(self.agency.path, now=self.agency.now)
        self.vault = Vault(folder / "cases", RECIPIENT)
        self.kept: dict[str, frozenset[str]] = {}
        self._numbers = itertools.count()
        self.items = [self._item(number, fields) for number, fields in enumerate(mix)]

    def _token(self, sealing: dict[str, tuple[str, ...]], name: str) -> str:
        token = f"~{name}-{next(self._numbers)}~"
        if name in sealing:
            self.kept[token] = frozenset(sealing[name])
        return token

    def _do(self, act: Act) -> Any:
        self.agency.clock += 1
        return self.agency.ledger.append(act, self.agency.signers, lock=self.vault.lock)

    def _item(self, number: int, fields: dict[str, set[str]]) -> str:
        sealing = {name: tuple(sorted(audiences)) for name, audiences in fields.items()}

        def only(*names: str) -> dict[str, tuple[str, ...]]:
            return {name: sealing[name] for name in names if name in sealing}

        occasion = self.agency.by("jm").sealed(only("source", "description", "serial", "place"))
        place = Place(country="RO", name=self._token(sealing, "place"))
        occasion = msgspec.structs.replace(occasion, place=place)
        said = {name: self._token(sealing, name) for name in ("source", "description", "serial")}
        seizure = self.agency.seizure(f"V/{number}", **said)
        item = name_of(self._do(beginnings.seize(occasion, [seizure])).entries[0].event.subject)
        told = LateDetails(text=self._token(sealing, "text"))
        self._do(compose.state(ReportLate, self.agency.by("jm").sealed(only("text")), item, told))
        title = CaseAmendedDetails(why="known now", title=self._token(sealing, "title"))
        self._do(cases.amend_case(self.agency.by("jm").sealed(only("title")), "OP-17", title))
        return item

    def cut(self, audience: str) -> bytes:
        """The bundle of all items for an audience."""
        ledger = self.agency.ledger
        self.agency.clock += 1
        act = Disclosure(self.agency.by("pros"), self.items, audience)
        ledger.rehearse(act)
        act.opened = {one.digest: read_locked(one, self._open(one)) for one in act.granted}
        cut = cut_bundle(ledger, act, signers=self.agency.signers, ledger_key=self.agency.ledger_key)
        return b"".join(cut.lines)

    def _open(self, value: Any) -> bytes:
        plain = self.vault.open(value.case, value.body, IDENTITY)
        assert plain is not None
        return plain


def everything(data: bytes) -> bytes:
    """A bundle, and what in it is base64 of either alphabet, decoded."""
    runs = re.findall(rb"[A-Za-z0-9+/_-]{16,}", data)
    clear = (base64.b64decode(run[: len(run) // 4 * 4], b"-_") for run in runs)
    return b"\n".join([data, *clear])


@pytest.fixture
def check(ready: Path) -> Iterator[Any]:
    def call(mix: list[dict[str, set[str]]], audiences: set[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ready, folder, dirs_exist_ok=True)
            made = Mix(Path(folder), mix)
            for audience in sorted(audiences):
                data = made.cut(audience)
                seen = everything(data)
                for token, readers in made.kept.items():
                    assert (token.encode() in seen) == (audience in readers), (token, audience)
                judged = judge(data, Request(policy=POLICY, cores=1))
                assert judged.verdict == "UNBROKEN", judged
            for at_work in (True, False):  # with the write-ahead log beside the database, and without
                assert (Path(folder) / "ledger.db-wal").exists() == at_work
                at_rest = b"".join(path.read_bytes() for path in Path(folder).rglob("*") if path.is_file())
                assert not [token for token in made.kept if token.encode() in at_rest]
                made.agency.ledger.close()

    yield call


@settings(max_examples=200, **QUIET)
@given(MIXES, st.sets(st.sampled_from(AUDIENCES), min_size=1))
def test_nothing_undisclosed_is_in_any_bundle(check: Any, mix: list[dict[str, set[str]]], audiences: set[str]) -> None:
    check(mix, audiences)


@pytest.mark.soak
@settings(max_examples=10_000, **QUIET)
@given(MIXES, st.sets(st.sampled_from(AUDIENCES), min_size=1))
def test_of_ten_thousand_mixes(check: Any, mix: list[dict[str, set[str]]], audiences: set[str]) -> None:
    check(mix, audiences)


def test_every_mutation_of_a_disclosure_is_caught(ready: Path, tmp_path: Path) -> None:
    """Each byte of each disclosure, changed to each of four others: malformed, or X02."""
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    made = Mix(tmp_path, [{"source": {"court"}, "text": {"court"}}])
    data = made.cut("court")
    lines = data.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith(b'{"disclosure"')]
    assert len(places) == 2
    caught = {"malformed": 0, "X02": 0}
    for number in places:
        text = bundle.parse_line(lines[number][:-1]).disclosure or ""
        for at in range(len(text)):
            for other in "Aa0_":
                if text[at] == other:
                    continue
                changed = text[:at] + other + text[at + 1 :]
                altered = [*lines[:number], f'{{"disclosure":"{changed}"}}\n'.encode(), *lines[number + 1 :]]
                caught[outcome(b"".join(altered))] += 1
    assert caught["X02"] > 100
    assert caught["malformed"] > 100


def outcome(data: bytes) -> str:
    judged = judge(data, Request(policy=POLICY, cores=1))
    assert judged.verdict == "MALFORMED" or "X02 B" in judged.findings
    return "malformed" if judged.verdict == "MALFORMED" else "X02"
