"""Where sealed values are locked: an age identity for each case, itself locked for the agency.

    cases/op-17-8d3f…/age1….age      the case's identity, encrypted to the agency's recipient; named by its own

Anybody who may write here can lock a value for a case: its recipient is the file's name. Only the agency's identity
opens the file, and so the values. Destroying a case's files makes its values unreadable wherever copies of their
ciphertext lie, backups of the database among them; not copies of these files, nor what was opened before.

Each file is one that `age -d -i IDENTITY` opens (age-encryption.org/v1).
"""

import hashlib
import os
import re
from pathlib import Path

from custody.durable import sync_folder, write_file
from custody.errors import CustodyError

_SUFFIX = ".age"
_RESTORE = "put the agency's keys and its folder `cases` back from one backup"
_UNSAFE = re.compile(r"[^a-z0-9-]+")


class Vault:
    """The identities of an agency's cases."""

    def __init__(self, folder: Path, agency: str) -> None:
        """`agency`: the agency's recipient, `age1…`."""
        self._folder, self._agency = folder, agency
        self._opened: dict[Path, str] = {}

    def lock(self, case: str | None, plain: bytes) -> bytes:
        """Encrypts for a case, whose identity is made when it is first needed; without a case, for the agency."""
        from pyrage import encrypt, x25519

        recipient = self._agency if case is None else self._recipient(case)
        return bytes(encrypt(plain, [x25519.Recipient.from_str(recipient)]))

    def open(self, case: str | None, body: bytes, identity: str) -> bytes | None:
        """What was locked; None when the case's identity was destroyed. `identity`: the agency's, AGE-SECRET-KEY-1….

        Raises CustodyError when it does not open.
        """
        from pyrage import DecryptError, decrypt, x25519

        keys = [identity] if case is None else [self._identity(path, identity) for path in self.identities(case)]
        if not keys:
            return None
        try:
            return bytes(decrypt(body, [x25519.Identity.from_str(one) for one in keys]))
        except DecryptError as error:
            of = f"case {case}" if case is not None else "the agency"
            raise CustodyError(f"a sealed value does not open with the identity of {of}", hint=_RESTORE) from error

    def identities(self, case: str) -> list[Path]:
        """The files of a case's identities: one, unless two processes made the first at the same moment."""
        return sorted(self._of(case).glob(f"age1*{_SUFFIX}"))

    def destroy(self, case: str) -> None:
        """Overwrites and removes a case's identities, durably. Raises CustodyError when the disk refuses."""
        for path in self.identities(case):
            try:
                with path.open("r+b") as stream:
                    stream.write(os.urandom(path.stat().st_size))
                    stream.flush()
                    os.fsync(stream.fileno())
                path.unlink()
                sync_folder(path.parent)
            except OSError as error:
                hint = "remove the file yourself; `custody audit` says when nothing is left"
                raise CustodyError(f"{path} was not destroyed: {error.strerror or error}", hint=hint) from error

    def _recipient(self, case: str) -> str:
        found = self.identities(case) or [self._make(case)]
        return found[0].name.removesuffix(_SUFFIX)

    def _make(self, case: str) -> Path:
        from pyrage import encrypt, x25519

        from custody.keys.identity import new_identity

        identity, recipient = new_identity()
        folder = self._of(case)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise CustodyError(f"{folder} can't be made: {error.strerror}") from error
        path = folder / f"{recipient}{_SUFFIX}"
        write_file(path, bytes(encrypt(f"{identity}\n".encode(), [x25519.Recipient.from_str(self._agency)])))
        sync_folder(self._folder)
        sync_folder(self._folder.parent)
        return path

    def _identity(self, path: Path, agency: str) -> str:
        from pyrage import DecryptError, decrypt, x25519

        if path not in self._opened:
            try:
                plain = decrypt(path.read_bytes(), [x25519.Identity.from_str(agency)])
            except (OSError, DecryptError) as error:
                raise CustodyError(f"{path} does not open with the agency's identity", hint=_RESTORE) from error
            self._opened[path] = bytes(plain).decode().strip()
        return self._opened[path]

    def _of(self, case: str) -> Path:
        """A folder for the case. References may differ in their case only, which some file systems do not see."""
        digest = hashlib.sha256(case.encode()).hexdigest()[:16]
        return self._folder / f"{_UNSAFE.sub('-', case.lower())[:40]}-{digest}"
