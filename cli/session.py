"""What one run of the program remembers beside its parameters."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Session:
    """Made by `running.run` and handed to every command as click's `obj`."""

    wants_json: bool = False
    """Whether `--json` stands anywhere on the command line: failures are told in JSON then, too."""
    answered: bool = False
    """Whether the one JSON object was already written."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """`home`, `actor` and `json` as given before the command's name."""
    recorded: list[str] = field(default_factory=list)
    """`ORIGIN#index` of the entries that this run appended."""

    @property
    def outcome(self) -> str:
        """What stands in the ledger because of this run, for messages after something went wrong."""
        if not self.recorded:
            return "nothing was recorded"
        return f"what was recorded stands: {', '.join(self.recorded)}"
