"""Files that a command names: measured with a progress bar, as the values that events hold."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from custody import durable
from custody.errors import CustodyError, MalformedError, UsageError
from custody.evidence.digest import Measured
from custody.evidence.measure import measure, total_size
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.values import Digests, Document

from ..shown import showing
from ..typed.kinds import not_this
from ..typed.parsing import Named
from .own_files import own

STDOUT = Path("-")


def measured(paths: Sequence[Path], *, secret: bool = False) -> tuple[Digests, ...]:
    """The digests of files and folders, in the order named. What folders hold beside files is reported.

    `secret`: without names.
    """
    with showing.progress("measuring", total_size(paths)) as add:
        found = measure(paths, add)
    for name in found.left_out:
        showing.message("warning", f"{'something' if secret else name} is a link or no file: it was left out")
    return tuple(_digests(one) for one in found.measured)


def measured_paths(paths: Sequence[Path]) -> tuple[Measured, ...]:
    """What files and folders are, as they were read, in the order named."""
    if not paths:
        return ()
    with showing.progress("measuring", total_size(paths)) as add:
        return measure(paths, add).measured


def _digests(one: Measured) -> Digests:
    name = one.name.encode(errors="replace").decode() or None  # a name that is not UTF-8 can't stand in JSON
    return Digests(blake3=one.blake3, sha256=one.sha256, size=one.size, name=name, files=one.files, total=one.total)


def documents(named: Sequence[Named]) -> tuple[Document, ...]:
    """The documents that an event cites."""
    found = measured([one.path for one in named]) if named else ()
    return tuple(
        Document(kind=one.name or "other", title=held.name, blake3=held.blake3, sha256=held.sha256, size=held.size)
        for one, held in zip(named, found, strict=True)
    )


def read_small(path: Path, limit: int = 1 << 20) -> bytes:
    """The bytes of a file that is no evidence: a key, a request, a checkpoint, a list."""
    try:
        with path.open("rb") as stream:
            large = os.fstat(stream.fileno()).st_size > limit
            data = b"" if large else stream.read(limit + 1)
    except FileNotFoundError:
        hint = "what is piped in is named /dev/stdin" if path == STDOUT else None
        raise UsageError(f"there is no file {path}", hint=hint) from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", hint="name a file") from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error
    if large or len(data) > limit:
        raise MalformedError(f"{path} is larger than {limit} bytes", hint="is it the right file?")
    return data


def read_checkpoint(path: Path) -> bytes:
    """The bytes of a checkpoint with signatures. Raises MalformedError for what is none, as `head` beside a ledger."""
    data = read_small(path)
    try:
        parse_checkpoint(parse_note(data).text)
    except MalformedError as error:
        message, hint = not_this(path, "a signed checkpoint", data)
        raise MalformedError(message, hint=hint or "`custody checkpoint -o FILE` writes one") from error
    return data


def write_output(path: Path, data: bytes, *, force: bool, mode: int = 0o644) -> None:
    """Writes `data` whole or not at all; `-` is stdout."""
    with writing_output(path, force=force, mode=mode) as stream:
        stream.write(data)


@contextlib.contextmanager
def writing_output(path: Path, *, force: bool, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all when the block ends; `-` is stdout, which has what came so far."""
    if path == STDOUT:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with durable.writing(path, overwrite=force, mode=mode) as stream:
            yield stream


def check_output(as_json: bool, output: Path | None, *, force: bool) -> None:
    """Refuses what can't be written before anything is recorded."""
    if as_json and output == STDOUT:
        raise UsageError("-o - and --json both want stdout", hint="leave one of them out")
    refuse_existing(output, force=force)


def refuse_existing(path: Path | None, *, force: bool) -> None:
    """Says before any work is done that a file would be overwritten, or that its folder is not there."""
    if path is None or path == STDOUT:
        return
    if (whose := own(path)) is not None:
        raise UsageError(f"{path} is {whose}: no output goes there", hint="name another file")
    durable.refuse_existing(path, overwrite=force)
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}")
