"""Two stations, of RO and of DE, that exchange items and requests: made by commands alone, as `station.py` is.

    abroad.ro("release", …); abroad.de("receive", …)

Both work in one folder, so that files go from one to the other by their names: RO's home is `agency`, DE's `de/agency`.
To RO's station (see there) come `ca`, its central authority, and KR-9, a case. DE has km, an investigator, st, a
prosecutor, ca, and the case K-12. Each trusts the other. Then there are

requests   DE-7 sent, and not received here: DE-7.custody      DE-8 received      DE-9 accepted, and DE knows it
           RO-7 to DE, accepted
items      GR/1 phone, sealed B-1, sent to km under DE-9 and received there: receipt.custody, not imported yet
           DE/1 disk, sealed D-77, sent to jm under RO-7: DE-1.custody, not received yet
files      bka.card, ro.card, mla.toml, bka.checkpoint with the proof that it extends what RO saw
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custody_cli.borders.request_file import TEMPLATE
from tests.cli.station import ORIGIN, SEIZE, Done, Station, at_station

DE = "bka.police.example/custody"
FR = "octeh.police.example/custody"
ROLES = {"km": "investigator", "st": "prosecutor", "ca": "central-authority", "lt": "supervisor"}
PHONE = ("--reason", "analysis", "--condition", "bag intact", "--seal")


class Elsewhere(Station):
    """Another agency's station, in the same working directory."""

    def __init__(self, folder: Path, clock: Any, name: str, actor: str) -> None:
        super().__init__(folder, clock)
        self.name, self.actor = name, actor

    @property
    def home(self) -> Path:
        return self.folder / self.name / "agency"

    def __call__(self, *words: str) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CUSTODY_HOME", str(self.home))
            patch.setenv("CUSTODY_KEYS", str(self.folder / self.name / "people"))
            patch.setenv("CUSTODY_AS", self.actor)
            return super().__call__(*words)

    def found(self, origin: str, agency: str, state: str, case: str) -> None:
        """The agency begins: its keys, its staff, a case."""
        self.must("init", origin, "--agency", agency, "--jurisdiction", state, "--no-passphrase")
        for identity, role in ROLES.items():
            self.must("key", "new", identity, "--no-passphrase")
            self.must("person", "enrol", identity, "--name", identity.upper(), "--role", role)
        self.must("case", "open", case, "--title", "Harbour", "--offence", "trafficking in persons", "--lead", "km")


class Abroad:
    """The two, and a third where a test founds it."""

    def __init__(self, ro: Station) -> None:
        self.folder, self.clock = ro.folder, ro.clock
        self.ro = ro
        self.de = Elsewhere(ro.folder, ro.clock, "de", "km")

    def build(self) -> None:
        """The story above; RO's station is there."""
        ro, de = self.ro, self.de
        ro.must("key", "new", "ca", "--no-passphrase")
        ro.must("person", "enrol", "ca", "--name", "C. Albu", "--role", "central-authority")
        ro.must("case", "open", "KR-9", "--title", "Request", "--offence", "trafficking in persons", "--lead", "jm")
        de.found(DE, "BKA", "DE", "K-12")
        (self.folder / "mla.toml").write_text(TEMPLATE.replace('reference = "DE-2026-044"\n', ""))
        befriend(ro, "ro.card", de, "bka.card")
        for number in (9, 8, 7):
            self.send(de, f"DE-{number}", ORIGIN, "K-12")
        for number in (9, 8):
            ro.must("request", "receive", f"DE-{number}.custody", "--case", "KR-9", "--as", "ca")
        ro.must("request", "accept", "DE-9", "--as", "ca", "-o", "accepted")
        de.must("import", "accepted")
        ro.seize("GR/1", "phone", "--seal", "B-1")
        ro.must("release", "GR/1", "--to", f"km@{DE}", "--request", "DE-9", *PHONE, "B-1", "-o", "GR-1.custody")
        self.take("GR-1.custody", "B-1", "receipt.custody")
        self.send(ro, "RO-7", DE, "OP-17")
        de.must("request", "receive", "RO-7.custody", "--case", "K-12", "--as", "ca")
        de.must("request", "accept", "RO-7", "--as", "ca", "-o", "RO-7.accepted")
        ro.must("import", "RO-7.accepted")
        found = ("--description", "disk", "--source", "a desk", "--condition", "good", "--authority", "order 3/2026")
        de.must("seize", "--case", "K-12", "--label", "DE/1", "--category", "disk", *found, "--seal", "D-77")
        de.must("release", "DE/1", "--to", f"jm@{ORIGIN}", "--request", "RO-7", *PHONE, "D-77", "-o", "DE-1.custody")
        de.must("checkpoint", "--since", str(seen(ro, DE)), "-o", "bka.checkpoint")

    def send(self, by: Station, reference: str, to: str, case: str, *more: str) -> str:
        """A request by an agency's central authority: its file."""
        package = f"{reference}.custody"
        words = ("mla.toml", "--to", to, "--case", case, "--reference", reference, "--as", "ca", "-o", package)
        by.must("request", "send", *words, *more)
        return package

    def take(self, package: str, seal: str | None, receipt: str, *more: str) -> Done:
        """DE receives what RO sent."""
        words = ("--package", package, "--case", "K-12", "--condition", "bag intact", "-o", receipt)
        return self.de.must("receive", *words, *(("--seal", seal) if seal else ()), *more)

    def third(self) -> Elsewhere:
        """FR, which trusts both and is trusted."""
        fr = Elsewhere(self.folder, self.clock, "fr", "km")
        fr.found(FR, "OCRTEH-FR", "FR", "P-5")
        befriend(self.ro, "a.card", fr, "c.card")
        befriend(self.de, "b.card", fr, "c2.card")
        return fr


def fingerprint(by: Station, path: str) -> str:
    """Writes an agency's card; what the agency reads out."""
    return str(by.must("card", "-o", path, "--force", "--json").json["fingerprint"])


def seen(by: Station, origin: str) -> int:
    """How many entries a partner is known to have."""
    listed = by("partner", "list", "--json").json["partners"]
    return int(next(one["seen"] for one in listed if one["origin"] == origin))


def befriend(one: Station, card: str, other: Station, its: str) -> None:
    """Each adds the other's card."""
    for giver, path, taker in ((one, card, other), (other, its, one)):
        read_out = fingerprint(giver, path)
        taker.must("partner", "add", path, "--fingerprint", read_out)


def tables(home: Path) -> str:
    """Everything in an agency's database, as text."""
    link = sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)
    try:
        return "\n".join(link.iterdump())
    finally:
        link.close()


def files(folder: Path) -> dict[str, bytes]:
    """What stands in a folder, file by file; of a database, what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("ledger.db"):
            found[str(path.relative_to(folder))] = path.read_bytes()
        elif path.name == "ledger.db":
            found[str(path.relative_to(folder))] = tables(path.parent).encode()
    return found


def seized(by: Station, label: str, *more: str) -> str:
    """A thing of RO's case without a seal, or as `more` says: its label."""
    by.must("seize", *SEIZE, "--label", label, "--description", "thing", *more)
    return label


@contextlib.contextmanager
def at_border(folder: Path, patch: Any, ready: Path | None, start: str) -> Iterator[Abroad]:
    """Both stations in `folder`, a copy of `ready`."""
    with at_station(folder, patch, ready, start) as station:
        yield Abroad(station)
