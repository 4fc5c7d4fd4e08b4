"""From a bundle's file, or a certificate's, to a report: the verifier at work on what the reader asked."""

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from custody.errors import MalformedError, UsageError
from custody.verifier.answers import EXIT_CODES
from custody.verifier.certified import Document
from custody.verifier.report.build import build_report
from custody.verifier.report.model import Report
from custody.verifier.verify import Request, Verified, verify

from ..shown import showing
from .asking import PDF, Asked


class Opened(NamedTuple):
    """What a certificate has inside, and itself."""

    bundle: bytes
    document: Document


def judge(file: Path, asked: Asked, item: str | None) -> Report:
    """The report on a bundle or certificate, or on one item of it: labels are known when the whole was read once.

    Raises UsageError where there is no such file or item, MalformedError for what is neither.
    """
    opened = _open(file)
    verified, about = _read(file, opened, asked, ())
    if item is not None:
        verified, about = _read(file, opened, asked, (_find(verified, item),))
    return build_report(verified, asked.policy, checked=int(time.time()), file=about)


def _open(file: Path) -> Opened | None:
    """A certificate, known by its first bytes, never by its name; None for anything else."""
    with file.open("rb") as stream:
        if stream.read(len(PDF)) != PDF:
            return None
        from custody.certificate.layout import MAX_FILE
        from custody.certificate.reading import open_certificate

        stream.seek(0)
        data = stream.read(MAX_FILE + 1)
    try:
        return Opened(*open_certificate(data))
    except MalformedError as error:
        raise MalformedError(f"{file.name} can't be verified: {error.message}", hint=error.hint) from error


def exit_code(report: Report) -> int:
    """0, 3 or 5."""
    return EXIT_CODES[report.answers.verdict]


def _read(
    file: Path, opened: Opened | None, asked: Asked, items: tuple[str, ...]
) -> tuple[Verified, list[tuple[str, str]]]:
    request = Request(
        policy=asked.policy,
        supplied=asked.supplied,
        seen=asked.seen,
        items=items,
        to_court=asked.to_court,
        as_of=asked.as_of,
        profile=asked.profile,
        authorities=asked.authorities,
        document=opened.document if opened else None,
    )
    what = "does not hold a sound bundle" if opened else "is not a sound bundle"
    size = len(opened.bundle) if opened else file.stat().st_size
    try:
        with _stream(file, opened) as stream, showing.progress(file.name, size) as progress:
            counted = _Counted(stream, progress)
            verified = verify(counted, request)  # type: ignore[arg-type]
    except UsageError as error:
        raise UsageError(f"{file.name}: {error.message}", hint=error.hint) from error
    except MalformedError as error:
        raise MalformedError(f"{file.name} {what}: {error.message}", hint=error.hint) from error
    return verified, _about(file, opened, counted)


def _stream(file: Path, opened: Opened | None) -> BinaryIO:
    return io.BytesIO(opened.bundle) if opened else file.open("rb")


def _about(file: Path, opened: Opened | None, counted: "_Counted") -> list[tuple[str, str]]:
    if opened is None:
        return [("file", file.name), ("size", f"{counted.size} bytes"), ("SHA-256", counted.digest)]
    data = opened.document.data
    return [
        ("file", file.name),
        ("size", f"{len(data)} bytes"),
        ("SHA-256", hashlib.sha256(data).hexdigest()),
        ("bundle inside, SHA-256", counted.digest),
    ]


class _Counted:
    """A stream that knows how much was read of it, and its SHA-256."""

    def __init__(self, stream: Any, progress: Callable[[int], None]) -> None:
        self._stream, self._progress = stream, progress
        self._sha = hashlib.sha256()
        self.size = 0

    def readline(self, limit: int) -> bytes:
        line: bytes = self._stream.readline(limit)
        self._sha.update(line)
        self.size += len(line)
        self._progress(len(line))
        return line

    @property
    def digest(self) -> str:
        return self._sha.hexdigest()


def _find(verified: Verified, text: str) -> str:
    """ITEM among those of the bundle: label, CASE:LABEL, UUID or a prefix of it. Raises UsageError."""
    found = []
    for uuid in verified.items:
        item = verified.world.items[uuid]
        if text in (item.label, f"{item.case}:{item.label}", uuid) or (len(text) >= 8 and uuid.startswith(text)):
            found.append(uuid)
    if len(found) == 1:
        return found[0]
    shown = found or verified.items
    labels = ", ".join(f"{verified.world.items[uuid].label or uuid} ({uuid[:8]})" for uuid in shown[:12])
    problem = "several items" if found else "no item"
    hint = f"it is about: {labels}{' …' if len(shown) > 12 else ''}"
    raise UsageError(f"the bundle has {problem} called {text}", hint=hint)
