"""A partner's bundle or checkpoint, read and verified, before a command takes it in."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.errors import MalformedError
from custody.protocol.findings import Finding

from ..desk.desk import Desk
from ..desk.files import read_small
from ..shown import recorded
from ..shown.names import label_of
from ..typed.kinds import described, not_this

if TYPE_CHECKING:
    from custody.ledger.others.arrival import Arrival

_EVERYDAY = ("C05", "C08", "H04", "L05", "T03", "X01")

_BUNDLE = b'{"bundle":'

AGAIN = "ask the partner for it again"


class Read(NamedTuple):
    """A partner's file, ready to be taken in."""

    arrival: "Arrival"
    findings: list[Finding]


def read_bundle(desk: Desk, data: bytes, *, own: bool = False) -> Read:
    """A partner's bundle; `own`: or one of this ledger. Raises what custody.exchange.incoming does."""
    from custody.exchange.incoming import read_incoming

    incoming = read_incoming(data, desk.ledger, own=own)
    return Read(incoming.arrival, incoming.findings)


def read_arrival(desk: Desk, path: Path, *, own: bool = False) -> Read:
    """A partner's bundle, checkpoint, or checkpoint with its consistency proof. `own`: as read_bundle."""
    from custody.exchange.checkpoints import read_checkpoint_file
    from custody.exchange.incoming import MAX_BUNDLE

    data = read_small(path, MAX_BUNDLE)
    try:
        if data.startswith(_BUNDLE):
            return read_bundle(desk, data, own=own)
        return Read(read_checkpoint_file(data, desk.ledger), [])
    except MalformedError as error:
        found = described(data[:4096])
        if found is not None and (data.startswith(_BUNDLE) or "checkpoint" in found.name):
            raise MalformedError(f"{path}: {error.message}", hint=error.hint or AGAIN) from error
        message, hint = not_this(path, "a partner's bundle or checkpoint", data[:4096])
        raise MalformedError(message, hint=hint or "`custody bundle` and `custody checkpoint` write them") from error


def tell_noteworthy(desk: Desk, findings: list[Finding]) -> None:
    """What a partner's file gives cause to say; not what is so with every file that is on its way."""
    said = [one for one in findings if one.severity != "R" or one.code not in _EVERYDAY]
    recorded.tell_findings(said, lambda uuid: label_of(desk.ledger, uuid))
