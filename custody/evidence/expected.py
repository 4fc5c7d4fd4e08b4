"""What may come in a package: evidence whose digests the chain has fixed, each as often as it is expected.

Files are refused as early as their header betrays them: by a size that no evidence has. So a package is never larger
than the evidence in the chain, whatever its sender meant.
"""

from collections import Counter
from collections.abc import Collection
from typing import TypeVar

from custody.errors import RuleRefusedError
from custody.evidence.digest import Measured
from custody.evidence.folder import Manifest

_Key = TypeVar("_Key")
_HINT = "nothing was kept; ask the sender for the evidence that the bundle is about"


class Expected:
    """Files and folders that have not come yet. Each method raises RuleRefusedError (H01)."""

    def __init__(self, expected: Collection[Measured]) -> None:
        """A folder is known by `files` and `total`."""
        self._files = Counter(_digests(one) for one in expected if one.files is None)
        self._folders = Counter(
            (*_digests(one), one.files, one.total or 0) for one in expected if one.files is not None
        )

    def check_size(self, name: str, size: int) -> None:
        """Before a file: some file of this size is still expected."""
        if not any(expected == size for _, _, expected in self._files):
            raise _refused(name, f"no file of {size:,} bytes")

    def check_room(self, name: str, before: Manifest, size: int) -> None:
        """Before a file of a folder: some folder that is still expected has room for it beside those before."""
        files, total = before.files + 1, before.total + size
        if not any(files <= most and total <= largest for _, _, _, most, largest in self._folders):
            raise _refused(name, f"no folder of {files:,} files or more and {total:,} bytes or more")

    def admit_file(self, one: Measured) -> None:
        """After a file."""
        if not _take(self._files, _digests(one)):
            raise _refused(one.name, f"no file with the SHA-256 {one.sha256}")

    def admit_folder(self, one: Measured) -> None:
        """After the last file of a folder."""
        if one.files is None or not _take(self._folders, (*_digests(one), one.files, one.total or 0)):
            raise _refused(one.name, f"no folder whose manifest has the SHA-256 {one.sha256}")


def _digests(one: Measured) -> tuple[str, str, int]:
    return one.sha256, one.blake3, one.size


def _take(left: Counter[_Key], one: _Key) -> bool:
    """Strikes out one that was expected; False when it was not."""
    if one not in left:
        return False
    left[one] -= 1
    if not left[one]:
        del left[one]
    return True


def _refused(name: str, expected: str) -> RuleRefusedError:
    message = f"{name!r} in the package is not evidence that the chain fixes: {expected} is expected, or not any more"
    return RuleRefusedError("H01", message, hint=_HINT)
