"""What this agency's witness key says of a partner's checkpoint: kept before it is given, and given once."""

from typing import TYPE_CHECKING

from custody.errors import UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.cosignature import sign_cosignature
from custody.protocol.note import parse_note
from custody.protocol.vkey import Vkey, format_signature_line, parse_vkey

from ..desk.desk import Desk
from ..desk.home import clock

if TYPE_CHECKING:
    from custody.ledger.others.kept import Cosigned, KeptCheckpoint


def cosign_seen(desk: Desk, seen: "KeptCheckpoint") -> "Cosigned":
    """The witness's line on a checkpoint of a partner that is kept; the line is kept before it is given out.

    Raises UsageError for one older than the newest cosigned (docs/format.md, "Checkpoints").
    """
    from custody.ledger.others.kept import Cosigned

    given = given_before(desk, seen.ledger, seen.size)
    if given is not None:
        return given
    text, vkey = parse_note(seen.note).text, _witness_key(desk)
    signature = sign_cosignature(text, vkey, clock(), desk.witness_signer().sign)
    line = Cosigned(seen.ledger, parse_checkpoint(text).size, vkey.public_key, format_signature_line(signature))
    desk.ledger.keep_cosigned([line])
    return line


def given_before(desk: Desk, origin: str, size: int) -> "Cosigned | None":
    """The line that this agency gave on a checkpoint before. Raises UsageError where it gave one on a larger alone."""
    own = _witness_key(desk).public_key
    given = [one for one in desk.ledger.store.kept.cosigned(origin) if one.witness == own and one.size >= size]
    if given and given[0].size > size:
        hint = f"ask them for a newer one: `custody checkpoint --since {given[-1].size}`"
        raise UsageError(f"{origin} was cosigned at {given[-1].size} entries: none is at {size} after that", hint=hint)
    return given[0] if given else None


def _witness_key(desk: Desk) -> Vkey:
    opened = desk.ledger.state.opened
    if opened is None:
        raise UsageError("the ledger has no opening", hint="run `custody audit`")
    return parse_vkey(opened.details.witness_key)
