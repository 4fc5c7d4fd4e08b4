"""What is kept outside the database, so that a database put back from a backup, or a copied folder, is noticed.

Two files beside it:

    checkpoint    the last signed checkpoint, a note; written durably
    head          origin, size and root after the last acknowledged append: a checkpoint's text, unsigned

`head` is written after the commit, in place and without fsync: after a power cut it may lag or be unreadable, but it
is never ahead of the database, so a ledger found behind it has lost entries that were acknowledged. An unreadable one
is made anew by the next append; a restore, which could lose what it knew of, is refused. In place, because
a ledger's text never gets shorter and fits one sector; a rename would cost as much as the commit itself. Of many
appends in a tenth of a second the first writes it, and closing the ledger: writing it each time slows the commits by
a fifth. A process killed in between leaves it that much behind.

Not caught: a restore that brings back the database and both files, or removes them. Only checkpoints given to others
(partners, receipts, certificates) show that.
"""

import contextlib
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from custody.durable import write_file
from custody.errors import CustodyError, MalformedError
from custody.protocol.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.tree import fold

HEAD = "head"
CHECKPOINT = "checkpoint"
_MAX = 16_384
_PAUSE = 0.1

Stamp = tuple[int, int, int]


class Claim(NamedTuple):
    """A size and root that this ledger is known to have had, and the file that says so."""

    path: Path
    checkpoint: Checkpoint


class Tip(NamedTuple):
    """Where a ledger ends."""

    origin: str
    size: int
    peaks: tuple[bytes, ...]


class OutsideCopies:
    """The two files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._paths = {name: folder / name for name in (CHECKPOINT, HEAD)}
        self.checkpoint_missing = False
        """Whether there was no checkpoint file when `claims` looked."""
        self._head: int | None = None
        self._written: Stamp | None = None
        self._pending: Tip | None = None
        self._last_write = -math.inf
        self._seen: dict[str, Stamp] = {}
        """Each file as it was when last written or believed by this process: not read again until it changes."""

    def claims(self) -> list[Claim]:
        """What the files say, as far as they changed since they were last looked at.

        Read them *before* asking the database for its head: another process may be appending. Raises CustodyError
        for a checkpoint file that can't be read; an unreadable `head` is passed over, see above.
        """
        found = []
        self.checkpoint_missing = False
        for name, parse in ((CHECKPOINT, _parse_note), (HEAD, _parse_head)):
            path = self._paths[name]
            stamp = _stamp(path)
            if stamp is None:
                self.checkpoint_missing |= name == CHECKPOINT
                self._seen.pop(name, None)
                continue
            if stamp == self._seen.get(name):
                continue
            checkpoint = parse(path)
            if checkpoint is not None:
                found.append(Claim(path, checkpoint))
            self._seen[name] = stamp
        return found

    def damaged_head(self) -> Path | None:
        """The `head` that says nothing that makes sense; None where it does, where there is none, and where it can't be
        read at all, which is for `claims` to say.
        """
        path = self._paths[HEAD]
        with contextlib.suppress(CustodyError):
            return path if _stamp(path) is not None and _parse_head(path) is None else None
        return None

    def forget(self) -> None:
        """Reads both files again next time."""
        self._seen.clear()

    def write_head(self, origin: str, size: int, peaks: tuple[bytes, ...]) -> None:
        """Notes where the ledger ends, after its entry was committed; at once, or a little later.

        `peaks`: the perfect subtrees of its tree, largest first; the root is computed when it is written.
        """
        self._pending = Tip(origin, size, peaks)
        if time.monotonic() - self._last_write >= _PAUSE:
            self._write_pending()

    def _write_pending(self) -> None:
        if self._pending is None:
            return
        # The entry is durable and must be acknowledged: a copy that could not be written lags, and is caught up
        # by the next append.
        with contextlib.suppress(OSError):
            origin, size, peaks = self._pending
            data = format_checkpoint(Checkpoint(origin=origin, size=size, root=fold(peaks)))
            descriptor = self._open_head()
            os.pwrite(descriptor, data, 0)
            stamp = _stamp_of(os.fstat(descriptor))
            if stamp[1] != len(data):
                os.ftruncate(descriptor, len(data))
                stamp = _stamp_of(os.fstat(descriptor))
            self._seen[HEAD] = self._written = stamp
        self._pending, self._last_write = None, time.monotonic()

    def _open_head(self) -> int:
        """The file at `head`, kept open; opened again when `claims` saw another one there, or none."""
        seen = self._seen.get(HEAD)
        if self._head is not None and (seen is None or self._written is None or seen[0] != self._written[0]):
            self._let_go()
        if self._head is None:
            self._head = os.open(self._paths[HEAD], os.O_RDWR | os.O_CREAT, 0o600)
        return self._head

    def close(self) -> None:
        """Writes what is still to be written, unless another process went on, and lets go of the files."""
        if self._written is not None and _stamp(self._paths[HEAD]) == self._written:
            self._write_pending()
        self._let_go()

    def _let_go(self) -> None:
        if self._head is not None:
            os.close(self._head)
            self._head = None

    def write_checkpoint(self, note: bytes) -> None:
        """Keeps a signed checkpoint, durably. Raises CustodyError."""
        path = self._paths[CHECKPOINT]
        write_file(path, note, overwrite=True)
        self._seen[CHECKPOINT] = _stamp_of(path.stat())


class NothingOutside(OutsideCopies):
    """Of a backup: nothing is kept beside it, and nothing is appended to it."""

    def __init__(self) -> None:
        super().__init__(Path())

    def claims(self) -> list[Claim]:
        """None."""
        return []


def known_in(folder: Path) -> list[Claim]:
    """What the files in a folder say, of a database that is gone. Raises CustodyError where one can't be read."""
    outside = OutsideCopies(folder)
    if (damaged := outside.damaged_head()) is not None:
        hint = "ask partners for the last checkpoint they have; then move the file away, and use --seen CHECKPOINT"
        raise CustodyError(f"{damaged} is damaged: it can't say how long the ledger was", hint=hint)
    return outside.claims()


def check_claim(claim: Claim, origin: str, size: int, root_at: Callable[[int], bytes]) -> None:
    """Refuses a ledger of `size` entries that is behind a claim, or beside it.

    `root_at` gives the ledger's own root at a size up to its own. Raises CustodyError.
    """
    path, (claimed_origin, claimed, root) = claim.path, _members(claim.checkpoint)
    if claimed_origin != origin:
        hint = "each ledger has its own folder; move the file that does not belong"
        raise CustodyError(f"{path} is of another ledger, {claimed_origin}; this is {origin}", hint=hint)
    if claimed > size:
        raise CustodyError(
            f"this database was restored from a backup or replaced: it has {size} entries, and {path} knows of "
            f"{claimed}; {claimed - size} entries that were acknowledged are missing",
            hint=f"put the newest database back; if it is lost, {way_on(path)}",
        )
    if root_at(claimed) != root:
        raise CustodyError(
            f"{path} is another history of this ledger (a copied folder?): at {claimed} entries their contents differ",
            hint="work only with the folder everybody uses; `custody audit` says whether this database is whole",
        )


def way_on(path: Path) -> str:
    """What to do where entries are lost for good. `path`: the file that knows of them."""
    signed = path.with_name(CHECKPOINT) if path.name == HEAD else path
    there = signed.exists()
    return (
        "begin a ledger that continues this one: "
        f"`custody init NEW-ORIGIN --home NEW-FOLDER --continues {signed if there else 'CHECKPOINT'}`"
        f"{'' if there else ' with the newest that a partner has'}; there `custody import` the newest backup"
    )


def _members(checkpoint: Checkpoint) -> tuple[str, int, bytes]:
    return checkpoint.origin, checkpoint.size, checkpoint.root


def _parse_note(path: Path) -> Checkpoint:
    try:
        return parse_checkpoint(parse_note(_read(path)).text)
    except MalformedError as error:
        hint = "compare with the last checkpoint that a partner has; then remove the file, and it is made anew"
        raise CustodyError(f"{path} is damaged: {error.message}", hint=hint) from error


def _parse_head(path: Path) -> Checkpoint | None:
    try:
        return parse_checkpoint(_read(path))
    except MalformedError:
        return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MAX)
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error


def _stamp(path: Path) -> Stamp | None:
    try:
        return _stamp_of(os.stat(path))  # noqa: PTH116  (before every append: half the time of Path.stat)
    except FileNotFoundError:
        return None


def _stamp_of(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns
