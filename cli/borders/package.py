"""A partner's package as a file: a bundle, or evidence with its bundle, unpacked and measured as it is checked."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from custody.errors import CustodyError, MalformedError, UsageError
from custody.evidence.digest import Measured
from custody.protocol.values import Digests

from ..desk import agency
from ..desk.desk import Desk
from ..desk.files import read_small
from ..shown import showing
from ..typed.kinds import not_this
from .incoming import AGAIN, Read, read_bundle

_BUNDLE = b'{"bundle":'

Waits = Callable[[Read], object]
"""Whether anything in a bundle waits to be received here."""


class Package(NamedTuple):
    """A package read: the partner's bundle, and the evidence that came with it."""

    read: Read
    measured: tuple[Measured, ...] = ()
    folder: Path | None = None
    """Where the evidence is."""


def read_package(
    desk: Desk, path: Path, into: Path | None, unpacked: ExitStack, *, keep: bool, waits: Waits
) -> Package:
    """Reads a bundle, or a package with evidence, whose files are unpacked below `into` as they are checked.

    `unpacked` removes them again; `keep`: whether they may be kept at all. Raises what reading a bundle does,
    RuleRefusedError (H01) for evidence that is not what the chain fixed, UsageError where the folder is there and
    something waits to be received: nobody would keep its evidence.
    """
    from custody.evidence.package import is_package
    from custody.exchange.incoming import MAX_BUNDLE

    start = _start(path)
    if is_package(start):
        folder = into or path.with_name(path.stem + ".evidence")

        def refuse_taken(read: Read) -> None:
            if keep and folder.exists() and waits(read):
                raise UsageError(f"{folder} exists", hint="--into FOLDER unpacks the evidence elsewhere")

        try:
            if keep and not folder.exists():
                found = _unpack(desk, path, folder, refuse_taken)
                unpacked.callback(shutil.rmtree, folder, ignore_errors=True)
                return found
            # Named as custody.durable names what may be left by a process that was killed: it holds evidence.
            scratch = unpacked.enter_context(TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent))
            return _unpack(desk, path, Path(scratch) / "bag", refuse_taken)
        except (OSError, CustodyError) as error:
            raise _elsewhere(error, folder) from error
    if into is not None:
        raise UsageError("--into is where evidence is unpacked, and this package carries none")
    if not start.startswith(_BUNDLE):
        message, hint = not_this(path, "a package", start)
        raise MalformedError(message, hint=hint or "`custody release … -o PACKAGE` writes one")
    data = read_small(path, MAX_BUNDLE)
    try:
        return Package(read_bundle(desk, data))
    except MalformedError as error:
        raise MalformedError(f"{path}: {error.message}", hint=error.hint or AGAIN) from error


def _elsewhere(error: OSError | CustodyError, folder: Path) -> CustodyError:
    """Says what to do: where the disk refused, unpack somewhere else; where the file is damaged, ask for it again."""
    hint = "--into FOLDER unpacks it elsewhere"
    if isinstance(error, OSError):
        return CustodyError(f"{folder.parent}: {error.strerror or error}", hint=hint)
    if type(error) is CustodyError and isinstance(error.__cause__, OSError) and error.hint is None:
        return CustodyError(error.message, hint=hint)
    if isinstance(error, MalformedError) and error.hint is None:
        return MalformedError(error.message, hint=AGAIN)
    return error


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error


def _unpack(desk: Desk, path: Path, folder: Path, refuse: Callable[[Read], None]) -> Package:
    from custody.evidence.unpacking import unpack

    identity = agency.open_identity(desk.home, desk.ledger.origin)
    found: list[Read] = []

    def check(bundle: Path) -> list[Measured]:
        found.append(read_bundle(desk, bundle.read_bytes()))
        refuse(found[0])
        states = desk.ledger.items_with(found[0].arrival, found[0].arrival.items)
        return [_expected(one) for state in states for one in state.digests]

    with showing.progress("unpacking", path.stat().st_size) as add:
        unpacked = unpack(path, identity=identity, folder=folder, check_bundle=check, progress=add)
    return Package(found[0], unpacked.measured, folder)


def _expected(one: Digests) -> Measured:
    return Measured(one.name or "", one.size, one.blake3, one.sha256, one.files, one.total)
