"""What an audit finds, said so that it can be read: what is only the consequence of one finding is said once."""

from typing import NamedTuple


class Problem(NamedTuple):
    """Something that is not as the ledger wrote it."""

    entry: int | None
    """Index of the entry concerned; None for the database or a file as a whole."""
    message: str
    foreign: bool = False
    """Whether it is a row that the ledger may never have written, and that can go (docs/national.md)."""


class Problems:
    """Collects them."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._alike: dict[str, tuple[int, int, int]] = {}
        """By what is alike: the problem that was said, how many more there are, and the last of their entries."""

    def __bool__(self) -> bool:
        return bool(self._found)

    def say(self, entry: int | None, message: str, *, foreign: bool = False) -> None:
        """A problem of its own."""
        where = "" if entry is None else f"entry {entry}: "
        self._found.append(Problem(entry, where + message, foreign))

    def say_once(self, alike: str, entry: int, message: str, *, foreign: bool = False) -> None:
        """One that others may be like: the first is said, the others are counted."""
        if alike not in self._alike:
            self._alike[alike] = len(self._found), 0, entry
            self.say(entry, message, foreign=foreign)
        else:
            at, more, last = self._alike[alike]
            self._alike[alike] = at, more + (entry != last), entry

    def listed(self) -> list[Problem]:
        """By entry, then those about the whole."""
        found = list(self._found)
        for at, more, last in self._alike.values():
            if more:
                entries = f"{more} entries" if more > 1 else "1 entry"
                said = f"{found[at].message}; the same of {entries} more, up to entry {last}"
                found[at] = found[at]._replace(message=said)
        return sorted(found, key=lambda one: (one.entry is None, one.entry or 0))
