"""The rows of a list as one act: all of them are recorded, or everything that stands against it is told by line."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.errors import RuleRefusedError, UsageError

from ..options import Acting
from ..shown import showing
from .table import MEND, Fault, FaultyListError, in_lines, tell_faults, told

if TYPE_CHECKING:
    from custody.ledger.ledger import Act
    from custody.ledger.recorder import Recorder

MAX_ROWS = 100_000
"""Of a list: a store room's, in one transaction. Each takes some 20 KB of memory until it is recorded."""


class WrongRowsError(UsageError):
    """Rows that can't be what is meant; `faults` tells each with its line and column."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        super().__init__(f"{path} has errors in {in_lines(faults)}", hint=MEND)
        self.faults = tell_faults(path, faults)


class RefusedRowsError(RuleRefusedError):
    """Rows that the rules refuse; `faults` tells each with its line, `code` is the first's."""

    def __init__(self, path: Path, code: str, faults: Sequence[Fault]) -> None:
        super().__init__(code, f"the rules do not allow {in_lines(faults)} of {path}", hint=MEND)
        self.faults = tell_faults(path, faults)


def refuse_unasked(path: Path, acting: Acting) -> None:
    """Who pipes a list in on a terminal can't be asked whether to sign, and has to say so. Raises UsageError."""
    if acting.yes or acting.dry_run or sys.stdin.isatty() or not sys.stderr.isatty() or not path.exists():
        return
    if os.path.samestat(path.stat(), os.fstat(sys.stdin.fileno())):
        hint = "-n shows what would be signed, -y signs without asking; or name a file"
        raise UsageError("a list that is piped in leaves nobody to ask whether to sign", hint=hint)


def check(path: Path, faults: Sequence[Fault], *, unread: bool) -> None:
    """Raises what tells every error, where there is any: FaultyListError when cells among them could not be read."""
    if faults:
        raise FaultyListError(path, faults) if unread else WrongRowsError(path, faults)


def together(
    path: Path,
    acts: "Sequence[tuple[int, Act]]",
    items: Iterable[str],
    found: Sequence[Fault] = (),
    *,
    unread: bool = False,
) -> "Act":
    """The acts of all lines, each with its line's number, or none; `items`: UUIDs of those that they are about.

    `found`: errors of the list, told with what is refused; `unread`: as `check`.

    What was refused stays in the recorder's world: other lines, about other items, are judged all the same, and the
    whole act is off.
    """
    about = list(items)

    def act(recorder: "Recorder") -> None:
        recorder.know(about)
        faults, codes = list(found), []
        with showing.progress(str(path), len(acts)) as add:
            for line, one in acts:
                add(1)
                try:
                    one(recorder)
                except RuleRefusedError as error:
                    faults.append(Fault(line, "", f"refused ({error.code}): {told(error)}"))
                    codes.append(error.code)
                except UsageError as error:
                    faults.append(Fault(line, "", told(error)))
        if codes and not unread:
            raise RefusedRowsError(path, codes[0], faults)
        check(path, faults, unread=unread)

    return act
