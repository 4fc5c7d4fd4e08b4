"""Encrypted streams (age-encryption.org/v1): plaintext that is produced, or consumed, while it is encrypted.

pyrage asks a reader for bytes and hands bytes to a writer. Plaintext to encrypt is a generator of pieces; plaintext
that was decrypted fills the buffers of a generator that yields them. Neither needs a thread or a pipe.

pyrage keeps the text of what a reader raises, not the error itself, and drops what its last write raises. So it
writes to memory, which does not fail; whenever it reads, what it wrote is moved on. Its reader is the `send` of a
generator, which keeps the error: an interrupt, too, is raised where the generator stands, inside its `try`, and not
before the first line of a function.
"""

import contextlib
from collections.abc import Generator
from io import BytesIO
from types import SimpleNamespace
from typing import BinaryIO

from custody.errors import CustodyError, MalformedError, UsageError
from custody.evidence.digest import Progress

MAGIC = b"age-encryption.org/v1\n"
_END = b"\n--- "
"""What begins the last line of the header."""
MAX_HEADER = 16_384
"""Bytes of the header: a hundred recipients. A package has one."""
_PIECE = 512
_STEP = 1 << 20
"""Bytes that are moved on at once. pyrage reads 8 KiB at a time: no progress can be drawn that often."""

Pieces = Generator[bytes | memoryview, None, None]
Fillings = Generator[memoryview, None, None]
_Answers = Generator[bytes, int, None]


def encrypt(pieces: Pieces, target: BinaryIO, recipient: str) -> None:
    """Writes the pieces, encrypted to `age1…`, and closes their generator.

    `target` writes all that it is given, as a buffered file does; it is not flushed here.
    Raises UsageError when that is no recipient, whatever the generator raises, and what writing to `target` does.
    """
    from pyrage import EncryptError, RecipientError, encrypt_io, x25519

    try:
        to = x25519.Recipient.from_str(recipient)
    except RecipientError as error:
        raise UsageError(f"{recipient!r} is not an age recipient: {error}") from error
    written, kept = BytesIO(), list[BaseException]()
    with contextlib.closing(pieces):
        answers = _plaintext(pieces, written, target, kept)
        next(answers)
        try:
            encrypt_io(SimpleNamespace(read=answers.send), written, [to])
        except EncryptError as error:
            raise (kept[0] if kept else CustodyError(f"the package was not encrypted: {error}")) from error
        target.write(_moved(written))


def decrypt(source: BinaryIO, fillings: Fillings, identity: str, progress: Progress | None = None) -> None:
    """Fills the buffers with what AGE-SECRET-KEY-1… opens, and closes their generator where the plaintext ends.

    The generator is asked for its first buffer before anything is read. `progress` counts the encrypted bytes. Raises
    MalformedError for what is no age file or was cut or edited, CustodyError when it is for somebody else or can't
    be read, and whatever the generator raises. What it was given before may then be a part of the whole only.
    """
    from pyrage import DecryptError, IdentityError, decrypt_io, x25519

    try:
        own = x25519.Identity.from_str(identity)
    except IdentityError as error:
        raise CustodyError("the agency's identity can't be read", hint="it begins AGE-SECRET-KEY-1") from error
    written, kept = BytesIO(), list[BaseException]()
    with contextlib.closing(fillings):
        filler = _Filler(fillings)
        answers = _ciphertext(source, written, filler, progress, kept)
        next(answers)
        try:
            decrypt_io(SimpleNamespace(read=answers.send), written, [own])
        except (DecryptError, OSError) as error:  # an OSError, too, is pyrage's word for a chunk that does not open
            raise (kept[0] if kept else _closed(str(error))) from error
        filler.fill(_moved(written))


def _closed(said: str) -> CustodyError:
    if "No matching keys" in said:
        hint = "ask the sender which recipient it was made for"
        return CustodyError("the package does not open with the agency's identity", hint=hint)
    return MalformedError(f"the package is cut or damaged: {said.splitlines()[0] if said else 'unreadable'}")


def _plaintext(pieces: Pieces, written: BytesIO, target: BinaryIO, kept: list[BaseException]) -> _Answers:
    """Answers each count with so many bytes or fewer, none at the end; moves ciphertext on."""
    try:
        count = yield b""
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                if written.tell() >= _STEP:
                    target.write(_moved(written))
                answer, rest = bytes(rest[:count]), rest[count:]
                count = yield answer
        while True:
            yield b""
    except BaseException as error:
        kept.append(error)
        raise


def _ciphertext(
    source: BinaryIO, written: BytesIO, filler: "_Filler", progress: Progress | None, kept: list[BaseException]
) -> _Answers:
    """Answers each count with so many bytes or fewer; moves plaintext on."""
    untold = 0
    try:
        count = yield b""
        head = _read_header(source)
        while True:
            answer, head = (head[:count], head[count:]) if head else (_read(source, count), b"")
            untold += len(answer)
            if progress is not None and (untold >= _STEP or not answer) and untold:
                progress(untold)
                untold = 0
            count = yield answer
            filler.fill(_moved(written))
    except BaseException as error:
        kept.append(error)
        raise


def _read_header(source: BinaryIO) -> bytes:
    """The file's beginning, with all of its header at least. pyrage reads a header without end into memory."""
    head = b""
    while len(head) < len(MAGIC) and (piece := _read(source, len(MAGIC) - len(head))):
        head += piece
    if head != MAGIC:  # pyrage would also take age's armour; a package has one form
        raise MalformedError("this is no package: it does not begin as an age file does")
    while _END not in head and len(head) <= MAX_HEADER and (piece := _read(source, _PIECE)):
        head += piece
    if _END not in head[:MAX_HEADER] and len(head) > MAX_HEADER:
        raise MalformedError(f"this is no package: its header has more than {MAX_HEADER} bytes")
    return head


def _read(source: BinaryIO, count: int) -> bytes:
    try:
        return source.read(count)
    except OSError as error:
        raise CustodyError(f"the package can't be read: {error.strerror or error}") from error


def _moved(written: BytesIO) -> bytes:
    """What was written, once."""
    moved = written.getvalue()
    written.seek(0)
    written.truncate()
    return moved


class _Filler:
    """Fills the buffers that a generator yields."""

    def __init__(self, fillings: Fillings) -> None:
        self._fillings = fillings
        self._buffer, self._filled = next(fillings), 0

    def fill(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            piece, rest = rest[: len(self._buffer) - self._filled], rest[len(self._buffer) - self._filled :]
            self._buffer[self._filled : self._filled + len(piece)] = piece
            self._filled += len(piece)
            if self._filled == len(self._buffer):
                self._buffer, self._filled = next(self._fillings), 0
