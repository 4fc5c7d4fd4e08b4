"""What one run of the program remembers beside its parameters."""

from typing import Any

import msgspec


class Session(msgspec.Struct):
    """Made by `running.run` and handed to every command as click's `obj`."""

    wants_json: bool = False
    """Whether `--json` stands anywhere on the command line: failures are told in JSON then, too."""
    acts: bool = False
    """Whether the command is to record something."""
    answered: bool = False
    """Whether the one JSON object was already written."""
    defaults: dict[str, Any] = msgspec.field(default_factory=dict)
    """`home`, `actor` and `json` as given before the command's name."""
    recorded: list[str] = msgspec.field(default_factory=list)
    """`ORIGIN#index` of the entries that this run appended."""
    done: list[str] = msgspec.field(default_factory=list)
    """What else it did that a failure afterwards does not undo, for people: files made, or taken in."""
    again: str | None = None
    """The command that writes the file, which the entries recorded announce, once more."""

    @property
    def outcome(self) -> str:
        """What stands because of this run, for messages after something went wrong."""
        if self.recorded:
            return f"what was recorded stands: {', '.join([*self.recorded, *self.done])}"
        return f"what was done stands: {', '.join(self.done)}" if self.done else "nothing was recorded"

    @property
    def remedy(self) -> str | None:
        """What to do about a file that could not be written, where there is something."""
        return f"`{self.again}` writes it" if self.recorded and self.again and not self.done else None
