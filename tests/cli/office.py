"""An agency's folder for tests of the command line: a ledger, a configuration and keys on disk, a clock set by hand.

office.seize("JM/1"); office.call("items", "--json").json
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from blake3 import blake3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from freezegun import freeze_time

from custody.protocol.ed25519 import format_openssh_public
from custody_cli.desk import home
from tests.cli.station import Done, call
from tests.ledger.agency import ORIGIN, STAFF, Agency, key_of


def write_key(path: Path, name: str) -> None:
    """The fixed key of `name`, as OpenSSH keeps it."""
    seed = hashlib.sha256(name.encode()).digest()
    private = Ed25519PrivateKey.from_private_bytes(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
    )
    path.chmod(0o600)
    path.with_name(path.name + ".pub").write_text(format_openssh_public(key_of(name).public_key) + "\n")


def rewrite(database: Path, index: int, change: Callable[[bytes], bytes], *, rehash: bool = False) -> None:
    """Alters an entry as an administrator of the database can; `rehash`: with the hash that is stored beside it."""
    link = sqlite3.connect(database)
    with link:
        for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            link.execute(f'DROP TRIGGER "{name}"')
        (body,) = link.execute('SELECT body FROM entry WHERE "index" = ?', (index,)).fetchone()
        body = change(body)
        link.execute('UPDATE entry SET body = ? WHERE "index" = ?', (body, index))
        if rehash:
            link.execute('UPDATE entry SET hash = ? WHERE "index" = ?', (blake3(body).digest(), index))
    link.close()


class Office(Agency):
    """An agency whose commands can be called."""

    def __init__(self, folder: Path, frozen: Any) -> None:
        super().__init__(folder)
        self.frozen = frozen

    def furnished(self) -> "Office":
        """Staff enrolled, a case open, keys where commands look for them."""
        self.folder.mkdir(exist_ok=True)
        self.staffed()
        home.write_config(self.folder, ORIGIN, None, "RO")
        write_key(self.folder / "keys" / "ledger", "ledger")
        keys = self.folder.parent / "people"
        for name in STAFF:
            write_key(keys / name, name)
        os.environ["CUSTODY_KEYS"] = str(keys)
        return self

    def call(self, *words: str) -> Done:
        """A command of this agency, a second later."""
        self.clock += 1
        self.frozen.move_to(datetime.fromtimestamp(self.clock, UTC))
        return call(words[0], "--home", str(self.folder), *words[1:])


@contextlib.contextmanager
def office(folder: Path) -> Iterator[Office]:
    """An office that closes."""
    before = dict(os.environ)
    try:
        with freeze_time("2026-05-03T09:20:00Z", ignore=["_pytest"]) as frozen:
            made = Office(folder / "agency", frozen).furnished()
            try:
                yield made
            finally:
                made.ledger.close()
    finally:
        os.environ.clear()
        os.environ.update(before)
