"""Files and folders, as they are named on a command line."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from custody.evidence.digest import Measured, Progress, measure_file
from custody.evidence.folder import measure_folder


class Measurements(NamedTuple):
    """What was measured, in the order named, and what in folders was left out."""

    measured: tuple[Measured, ...]
    left_out: tuple[str, ...]


def measure(paths: Sequence[Path], progress: Progress | None = None) -> Measurements:
    """Each file's digests, each folder's."""
    found: list[Measured] = []
    left_out: list[str] = []
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            folder = measure_folder(path, progress)
            found.append(folder.measured)
            left_out += [f"{folder.measured.name}/{name}" for name in folder.left_out]
        else:
            found.append(measure_file(path, progress))
    return Measurements(tuple(found), tuple(left_out))


def measure_all(paths: Sequence[Path], progress: Progress | None = None) -> tuple[Measured, ...]:
    """Each file, each folder and each file in it: what may be compared with digests of either."""
    found: list[Measured] = []
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            folder = measure_folder(path, progress)
            found += [folder.measured, *folder.files]
        else:
            found.append(measure_file(path, progress))
    return tuple(found)


def total_size(paths: Sequence[Path]) -> int:
    """Bytes there are to read, for a progress bar; what can't be read counts nothing here."""
    return sum(_size(path) for path in paths)


def _size(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        return sum(_file_size(Path(here, name)) for here, _, names in os.walk(path) for name in names)
    return _file_size(path)


def _file_size(path: Path) -> int:
    try:
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode):
            return status.st_size
        if stat.S_ISBLK(status.st_mode):  # a disk's status does not say how large it is
            with path.open("rb", buffering=0) as disk:
                return disk.seek(0, os.SEEK_END)
    except OSError:
        pass
    return 0
