"""What can go wrong, and the exit code each carries (docs/format.md, "Exit codes").

One root; a leaf only where a caller acts differently. A message says what was wrong, where, and what to do
next; `hint` holds the last of these, so that the command line can set it on a line of its own.
"""

from collections.abc import Sequence


class CustodyError(Exception):
    """An operation failed for a reason outside the rules: disk, lock, permission, network. Exit 1.

    A crash must never read as "tampered": everything unforeseen ends here too.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CustodyError):
    """The caller asked for something that does not exist or is ambiguous. Exit 2."""

    exit_code = 2


class UnknownItemError(UsageError):
    """No item bears that name: of a scanner's list that is a finding, elsewhere a slip. Exit 2."""


class AmbiguousItemError(UsageError):
    """Several items bear that name: in a room, the one that should be there is meant. Exit 2."""

    def __init__(self, message: str, items: Sequence[str], *, hint: str | None = None) -> None:
        """`items`: their UUIDs."""
        super().__init__(message, hint=hint)
        self.items = items


class RuleRefusedError(CustodyError):
    """An act against the rules of custody; nothing was written. `code` is a finding's code. Exit 3."""

    exit_code = 3

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class MalformedError(CustodyError):
    """Bytes that are not what the specification says they must be. Exit 4."""

    exit_code = 4
