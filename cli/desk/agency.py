"""The agency's own keys, in its folder: the ledger key, the witness key, the age identity.

After a change of key `ledger-2` lies beside `ledger`, then `ledger-3`; whichever the log names is the one that signs.
So an interrupted change harms nothing.
"""

import contextlib
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.durable import write_file
from custody.errors import CustodyError, UsageError
from custody.keys.identity import new_identity
from custody.keys.openssh import create_pair, load_private, load_public
from custody.protocol.ed25519 import Signer, fingerprint
from custody.protocol.vkey import COSIGNATURE_V1, ED25519, format_vkey, make_vkey, parse_vkey

from .home import Home
from .passphrases import VARIABLE, asking
from .signing import public_half

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

LEDGER, WITNESS, IDENTITY = "ledger", "witness", "identity"

_ENCRYPTED = b"age-encryption.org/"


class NewKeys(NamedTuple):
    """What a new agency publishes of its keys."""

    ledger: str
    """The vkey that signs entries and checkpoints."""
    witness: str
    recipient: str


def create_keys(folder: Path, origin: str, passphrase: str | None) -> NewKeys:
    """The agency's keys, all under one passphrase. Never overwrites."""
    ledger = create_pair(folder / LEDGER, f"ledger {origin}", passphrase)
    witness = create_pair(folder / WITNESS, f"witness {origin}", passphrase)
    identity, recipient = new_identity()
    write_file(folder / IDENTITY, _locked(identity, recipient, passphrase))
    return NewKeys(
        format_vkey(make_vkey(origin, ED25519, ledger)),
        format_vkey(make_vkey(f"{origin}/witness", COSIGNATURE_V1, witness)),
        recipient,
    )


def _locked(identity: str, recipient: str, passphrase: str | None) -> bytes:
    """An identity file as `age-keygen` writes it; with a passphrase, as `age -p` encrypts it (`age -d -i` reads it)."""
    plain = f"# public key: {recipient}\n{identity}\n".encode()
    if passphrase is None:
        return plain
    from pyrage import passphrase as locking

    return bytes(locking.encrypt(plain, passphrase))


def key_now(home: Home, ledger: "Ledger") -> Path:
    """The private key file whose public half is the key that the log names. Raises CustodyError when none is."""
    vkey = ledger.state.key
    wanted = parse_vkey(vkey).public_key if vkey else b""
    for public in sorted(home.keys.glob(f"{LEDGER}*.pub")):
        if load_public(public) == wanted:
            return public.with_suffix("")
    if isinstance(home.database, str):
        raise CustodyError(
            f"this needs the ledger key ({fingerprint(wanted)}), and it is not on this machine",
            hint="run it where the agency's keys are kept: bundles, certificates, enrolments and checkpoints need them",
        )
    raise CustodyError(
        f"no file in {home.keys} is the ledger key in force ({fingerprint(wanted)})",
        hint="put the agency's keys back; without them, `custody init --continues` begins a new ledger",
    )


def ledger_signer(home: Home, ledger: "Ledger", ask: Callable[[], str | None] | None = None) -> Signer:
    """The ledger's signer; asks for its passphrase, or calls `ask`."""
    path = key_now(home, ledger)
    signer = load_private(path, ask or asking(f"the ledger key of {ledger.origin}"))
    if signer.public_key != load_public(public_half(path)):
        raise CustodyError(f"{path} and its public half are two keys", hint="put the agency's keys back from a backup")
    return signer


def witness_signer(home: Home, ledger: "Ledger", ask: Callable[[], str | None]) -> Signer:
    """The signer that cosigns partners' checkpoints. Raises CustodyError when it is not the key that the log names."""
    opened = ledger.state.opened
    wanted = parse_vkey(opened.details.witness_key).public_key if opened else b""
    signer = load_private(home.keys / WITNESS, ask)
    if signer.public_key != wanted:
        raise CustodyError(f"{home.keys / WITNESS} is not the witness key of {ledger.origin}", hint="put it back")
    return signer


def open_identity(home: Home, origin: str) -> str:
    """The agency's age identity, `AGE-SECRET-KEY-1…`; asks for its passphrase. Raises CustodyError."""
    path = home.keys / IDENTITY
    hint = "put the agency's keys back from a backup; without this one nothing that was sealed can be opened"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}", hint=hint) from error
    if data.startswith(_ENCRYPTED):
        data = _unlocked(data, path, asking(f"the age identity of {origin}")())
    lines = [line for line in data.decode("ascii", "replace").splitlines() if line.startswith("AGE-SECRET-KEY-1")]
    if len(lines) != 1:
        raise CustodyError(f"{path} is not an age identity", hint=hint)
    return lines[0]


def _unlocked(data: bytes, path: Path, passphrase: str | None) -> bytes:
    from pyrage import DecryptError
    from pyrage import passphrase as locking

    if passphrase is None:
        raise CustodyError(f"{path} has a passphrase, and nobody is here to be asked", hint=f"a file in {VARIABLE}")
    try:
        return bytes(locking.decrypt(data, passphrase))
    except DecryptError as error:
        raise CustodyError(f"the passphrase for {path} is wrong") from error


def make_next(home: Home, origin: str, passphrase: str | None) -> tuple[Path, Signer]:
    """A new ledger key, not yet in force."""
    numbered = (home.keys / f"{LEDGER}-{number}" for number in count(2))
    path = next(one for one in numbered if not one.exists() and not public_half(one).exists())
    create_pair(path, f"ledger {origin}", passphrase)
    return path, load_private(path, lambda: passphrase)


def give_up(home: Home, ledger: "Ledger", path: Path) -> None:
    """Removes a new key that did not come into force. In doubt it stays: a ledger without its key is lost."""
    with contextlib.suppress(CustodyError):
        if key_now(home, ledger) != path:
            for one in (path, public_half(path)):
                one.unlink(missing_ok=True)


_BEGUN = frozenset(("keys", "ledger.db", "ledger.db-wal", "ledger.db-shm", "head", "checkpoint"))
"""What `custody init` makes before the configuration, without which nobody ever recorded anything there."""


def refuse_filled(folder: Path) -> None:
    """A new ledger begins in a folder of its own."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "name an empty or a new folder with --home"
        if (folder / "config.toml").exists():
            raise UsageError(f"{folder} holds a ledger already", hint=hint)
        if folder.is_dir() and {one.name for one in folder.iterdir()} <= _BEGUN:
            hint = "remove it only if nothing was ever recorded there; a ledger that lost config.toml needs that back"
            raise UsageError(f"{folder} has what an interrupted `custody init` left, or lacks config.toml", hint=hint)
        raise UsageError(f"{folder} is not empty", hint=hint)
