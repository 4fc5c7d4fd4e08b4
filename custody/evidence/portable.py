"""Paths that mean one file on every system: Linux, Windows and macOS, whatever their file systems ignore.

A package is made on one system and opened on another. What one of them could not write, would write elsewhere, or
would take for a file it has already, is refused on all: at best it is an accident, at worst an attack.
"""

import re
import unicodedata

from custody.errors import MalformedError

MAX_SEGMENT = 255
"""Bytes of UTF-8 in one name: what ext4, XFS and APFS store."""
MAX_PATH = 1024
"""Bytes of UTF-8 in a path: PATH_MAX of macOS."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"|?*\\]')
"""Controls, halves of surrogate pairs (bytes that are not UTF-8), and what Windows gives a meaning of its own: a
backslash parts folders there, a colon names a drive or a hidden stream."""
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]) *(?:\..*)?\Z", re.IGNORECASE)
"""Names that Windows opens as a device, in any folder and with any ending."""


def check_path(path: str) -> str:
    """`path`, relative and parted by `/`, when every system can write it. Raises MalformedError."""
    if len(path.encode("utf-8", "surrogatepass")) > MAX_PATH:
        raise MalformedError(f"the path {path[:80]!r}… is longer than {MAX_PATH:,} bytes")
    for segment in path.split("/"):
        fault = _fault(segment)
        if fault:
            raise MalformedError(f"the path {path!r} does not work on every system: {fault}")
    return path


def _fault(segment: str) -> str | None:
    if not segment:
        return "a name in it is empty"
    if found := _FORBIDDEN.search(segment):
        return f"it has the character {found.group()!r}"
    if segment[-1] in ". ":  # `.` and `..` among them
        return "a name in it ends with a dot or a space"
    if _DEVICES.match(segment):
        return "a name in it is a device on Windows"
    if len(segment.encode()) > MAX_SEGMENT:
        return f"a name in it is longer than {MAX_SEGMENT} bytes"
    return None


class Paths:
    """Paths of files, each only once; a file system that ignores case or normal form must not confuse two."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Raises MalformedError when the path, or a folder in it, can be taken for one that was there before."""
        check_path(path)
        end = path.find("/")
        while end != -1:
            folder = path[: end + 1]  # with its slash: no file is written so
            if self._taken.setdefault(_folded(path[:end]), folder) != folder:
                raise _twice(path)
            end = path.find("/", end + 1)
        folded = _folded(path)
        if folded in self._taken:
            raise _twice(path)
        self._taken[folded] = path


def _twice(path: str) -> MalformedError:
    return MalformedError(f"the path {path!r} comes twice, or differs from another in case or form only")


def _folded(path: str) -> str:
    """The same for all paths that some file system takes for one (canonical caseless match, Unicode D145)."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
