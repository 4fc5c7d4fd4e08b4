"""A police station for tests of the command line: made by commands alone, as its officers would type them.

    station = Station(folder); station("seize", …).code

Entries #0 to #7 are: the ledger opened, jm, ak, px, lee, dr enrolled, OP-17 opened, JM/1 seized. Then there are
JM/1 phone, sealed A-1001, with jm      JM/2 laptop, sealed A-1002, on its way from jm to ak
JM/3 notes, sealed A-1003, lent         JM/4 chat.json, digital, with jm
JM/5 thing, with px                     JM/6 thing, with jm, nothing happened to it        AK/1 thing, with ak
"""

import contextlib
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from freezegun import freeze_time

from custody_cli.main import custody
from custody_cli.running import run

ORIGIN = "ocrteh.police.example/custody"
START = "2026-05-03T09:20:00Z"
STAFF = (
    ("jm", "Jana Marin", "investigator"),
    ("ak", "Ana Kos", "supervisor"),
    ("px", "Petru Kiss", "prosecutor"),
    ("lee", "S. Lee", "examiner"),
    ("dr", "D. Rus", "investigator"),
)
FILES = {
    "coming.csv": "\ufeffItem;Condition;Seal\r\nJM/2;bag intact;A-1002\r\n;;\r\n".encode(),  # as Excel writes it
    "going.csv": b"item,condition,seal\nJM/6,good,\n",
    "chat.json": b'{"chat":[]}\n',
    "image.dd": bytes(range(256)) * 64,
    "receipt.pdf": b"%PDF- a receipt\n",
    "scans.txt": b"JM/4\nJM/6\n4006381333931\n",
    "shelves.csv": b"item;shelf\nJM/4;12\nJM/6;13\n",
    "rules.toml": b'name = "rules of Ruritania"\nlate_hours = 12\n[witnesses]\n"item.opened" = 1\n',
    "warrant.pdf": b"%PDF- a warrant\n",
}
INIT = ("init", ORIGIN, "--agency", "OCRTEH Iași", "--jurisdiction", "RO", "--no-passphrase", "--database")
SEIZE = ("--case", "OP-17", "--source", "kitchen table", "--condition", "good", "--authority", "warrant 12/2026")


class Done(NamedTuple):
    """What a command left."""

    code: int
    data: bytes
    err: str

    @property
    def out(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.data)

    @property
    def codes(self) -> list[str]:
        """The codes of the findings."""
        return [one["code"] for one in self.json["findings"]]


def call(*words: str) -> Done:
    """Runs a command line in this process, as a script would: no terminal."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(custody, words)
        out.flush()
    return Done(code, out.buffer.getvalue(), err.getvalue())  # type: ignore[attr-defined]


class Station:
    """The folder everything is in, and a clock that goes on by a minute with each command."""

    def __init__(self, folder: Path, clock: Any) -> None:
        self.folder = folder
        self.clock = clock

    def __call__(self, *words: str) -> Done:
        self.clock.tick(timedelta(minutes=1))
        return call(*words)

    @property
    def home(self) -> Path:
        """The agency's folder."""
        return self.folder / "agency"

    def must(self, *words: str) -> Done:
        """A command that is expected to succeed."""
        done = self(*words)
        assert done.code == 0, done
        return done

    def begin(self, url: str) -> None:
        """An agency with three persons and a case, its log in a database of its own."""
        self.must(*INIT, url)
        for name, role in (("jm", "investigator"), ("ak", "custodian"), ("px", "prosecutor")):
            self.must("key", "new", name, "--no-passphrase")
            self.must("person", "enrol", name, "--name", name.upper(), "--role", role)
        self.must("case", "open", "OP-17", "--title", "Lantern", "--offence", "trafficking in persons", "--lead", "jm")

    def build(self) -> None:
        """The story above."""
        for name, data in FILES.items():
            (self.folder / name).write_bytes(data)
        self.must("init", ORIGIN, "--agency", "OCRTEH Iași", "--jurisdiction", "RO", "--no-passphrase")
        for identity, name, role in STAFF:
            self.must("key", "new", identity, "--no-passphrase")
            self.must("person", "enrol", identity, "--name", name, "--role", role)
        self.must("case", "open", "OP-17", "--title", "Lantern", "--offence", "trafficking in persons", "--lead", "jm")
        self.seize("JM/1", "phone", "--seal", "A-1001", "--serial", "353918052341243", "--place", "Strada Lungă 4")
        self.seize("JM/2", "laptop", "--seal", "A-1002")
        words = ("--to", "ak", "--reason", "storage", "--condition", "bag intact", "--seal", "A-1002")
        self.must("release", "JM/2", *words)
        self.seize("JM/3", "cash", "--seal", "A-1003", "--quantity", "200 EUR-50")
        loan = ("--to", "E. Rusu", "--organisation", "Hospital", "--reason", "traces", "--condition", "bag intact")
        self.must("lend", "JM/3", *loan, "--receipt", "receipt.pdf", "--seal", "A-1003", "--may-open")
        self.seize("JM/4", "export", "chat.json")
        self.seize("JM/5", "thing")
        self.must("handover", "JM/5", "--to", "px", "--reason", "trial", "--condition", "good")
        self.seize("JM/6", "thing")
        self.seize("AK/1", "thing", "--as", "ak")

    def seize(self, label: str, category: str, *more: str) -> Done:
        """An item of OP-17."""
        return self.must("seize", *SEIZE, "--label", label, "--category", category, "--description", category, *more)

    def item(self, label: str) -> dict[str, Any]:
        """The item as `items --json` lists it."""
        listed: list[dict[str, Any]] = self("items", "--json").json["items"]
        return next(one for one in listed if one["label"] == label)

    def size(self) -> int:
        """How many entries the ledger says it has."""
        return int((self.home / "head").read_text().split("\n")[1])


@contextlib.contextmanager
def at_station(folder: Path, patch: Any, ready: Path | None = None, start: str = START) -> Iterator[Station]:
    """A station in `folder`, empty or a copy of `ready`; its folder is the working directory, jm acts."""
    if ready is not None:
        shutil.copytree(ready, folder, dirs_exist_ok=True)
    patch.chdir(folder)
    patch.setenv("CUSTODY_HOME", "agency")
    patch.setenv("CUSTODY_KEYS", str(folder / "people"))
    patch.setenv("CUSTODY_AS", "jm")
    with freeze_time(start, ignore=["_pytest"]) as clock:
        yield Station(folder, clock)


def joined(words: Sequence[str]) -> str:
    """A command for the message of a failing test."""
    return "custody " + " ".join(words)
