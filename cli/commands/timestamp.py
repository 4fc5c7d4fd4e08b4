"""`custody timestamp`: the word of an independent authority that the ledger stood so, at a time (RFC 3161), by files.

`query` asks about a checkpoint's text: origin, size, root. The answer may come days later, when the ledger has moved
on; `add` finds the checkpoint that it is over. The way between is the reader's own: most authorities answer to HTTP.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import encode_base64
from custody.protocol.note import parse_note
from custody.protocol.times import CLOCK_TOLERANCE, format_duration, format_utc, parse_utc
from custody.protocol.unverified import BadSignatureError, UnknownSignerError

from ..desk.files import STDOUT, read_small, refuse_existing, write_output
from ..desk.home import opened, read_home
from ..options import Command, Common, Group, example, output, reading
from ..proving import asking
from ..shown import showing
from ..typed.kinds import not_this
from ..typed.parsing import PATH
from .checkpoint import sign_head

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger
    from custody.ledger.others.kept import Stamped
    from custody.verifier.stamp import Authority
    from custody.verifier.timestamps import Reply

_SEND = (
    "Send it to a time-stamping authority, for instance: curl -H 'Content-Type: application/timestamp-query' "
    "--data-binary @FILE URL -o FILE.tsr"
)
_QUERY = (b"\x02\x01\x01\x30", b"\x02\x01\x01")
"""How a query goes on after its first two to four bytes: version 1, then the digest's algorithm."""


@click.group(cls=Group, epilog=example("custody timestamp query -o today.tsq", "custody timestamp add today.tsr"))
def timestamp() -> None:
    """Have the ledger time-stamped by an independent authority: by files, no connection is opened."""


@timestamp.command(cls=Command, epilog=example("custody timestamp query -o today.tsq"))
@output(required=True)
@reading
def query(common: Common, output: Path, force: bool) -> None:
    """Write the request for a time-stamp over the newest checkpoint.

    Where the ledger has moved on since the last checkpoint, a new one is signed first. The request names a digest, and
    tells the authority nothing else.
    """
    if common.session.wants_json and output == STDOUT:
        raise UsageError("-o - and --json both want stdout", hint="leave one of them out")
    refuse_existing(output, force=force)
    home = read_home(common)
    with opened(home, appends=True) as ledger:
        text = parse_note(sign_head(home, ledger)).text
    from custody.verifier.timestamps import make_query

    head = parse_checkpoint(text)
    write_output(output, make_query(text), force=force)
    if common.session.wants_json:
        told = {"ledger": head.origin, "size": head.size, "root": encode_base64(head.root), "file": str(output)}
        showing.answer(common.session, told)
    elif output != STDOUT:
        showing.say(f"The request for {head.origin} at {head.size} entries: written to {output}.")
        showing.say(_SEND.replace("FILE.tsr", str(output.with_suffix(".tsr"))).replace("FILE", str(output)))


@timestamp.command(cls=Command, epilog=example("custody timestamp add today.tsr"))
@click.argument("file", metavar="FILE", type=PATH)
@click.option("--tsa", type=PATH, multiple=True, metavar="FILE.pem", help="The authority's root certificate.")
@reading
def add(common: Common, file: Path, tsa: tuple[Path, ...]) -> None:
    """Keep an authority's reply; bundles carry it from now on.

    With --tsa it is verified as a reader of the bundle will do, and refused where that fails. Without, it is kept as it
    is: it has to be over a checkpoint of this ledger, and whoever verifies a bundle decides whom to trust.
    """
    authorities = asking.read_authorities(tsa)
    reply = _read_reply(file)
    with opened(read_home(common)) as ledger:
        text, stamped = _find(ledger, reply, file)
        if authorities:
            _verify(reply, text, authorities, file)
        new = stamped not in ledger.store.kept.stamped(ledger.origin)
        if new:
            ledger.keep_stamped([stamped])
            common.session.done.append(f"{file} is kept")
        ahead = _ahead(ledger, stamped.size, reply)
    stamp = reply.stamp
    if common.session.wants_json:
        told = {"ledger": stamped.ledger, "size": stamped.size, "authority": stamp.authority, "added": new}
        showing.answer(common.session, told | {"time": format_utc(stamp.time), "verified": bool(authorities)})
    else:
        showing.tell("kept" if new else "kept before: nothing changed")
        showing.tell(f"{stamped.ledger} at {stamped.size} entries, {format_utc(stamp.time)}, {stamp.authority}")
    if not authorities:
        showing.message("warning", "its signature was not checked")
        showing.message("hint", "--tsa FILE.pem, with the authority's root certificate, checks it as readers will")
    if ahead > CLOCK_TOLERANCE:
        by = format_duration(ahead)
        showing.message("warning", f"entries it covers were recorded {by} after it: this ledger's clock is wrong (T01)")


def _read_reply(path: Path) -> "Reply":
    from custody.verifier.timestamps import MAX_REPLY, read_reply

    data = read_small(path, MAX_REPLY)
    if not data:
        raise MalformedError(f"{path} is empty", hint="was it copied whole? The authority's reply goes here")
    try:
        return read_reply(data)
    except BadSignatureError as error:
        raise RuleRefusedError("T03", f"{path}: {error.message}", hint="`custody timestamp query` asks anew") from error
    except MalformedError as error:
        message, hint = not_this(path, "a time-stamp reply", data[:4096])
        if any(data[start:].startswith(_QUERY) for start in (2, 3, 4)) and data[:1] == b"\x30":
            message, hint = f"{path} is the request", "send it to the authority, and add the reply"
        elif hint is None and data.lstrip()[:11] == b"-----BEGIN ":
            message, hint = f"{path} is PEM", "the reply is wanted as the authority sent it, in DER"
        elif hint is None:
            message, hint = (
                f"{path}: {error.message}",
                "was it copied whole? `openssl ts -reply -in FILE -text` shows it",
            )
        raise MalformedError(message, hint=hint) from error
    except CustodyError as error:
        raise CustodyError(f"{path}: {error.message}", hint=error.hint) from error


def _find(ledger: "Ledger", reply: "Reply", path: Path) -> "tuple[bytes, Stamped]":
    """The text that the reply is over, and the token as it is kept. Raises RuleRefusedError where it is over nothing
    of this ledger."""
    import hashlib

    from custody.ledger.stamps import stamp_of

    for one in reversed(ledger.checkpoints()):
        text = parse_note(one.note).text
        if hashlib.sha256(text).digest() == reply.imprint and (stamped := stamp_of(text, reply.token)) is not None:
            return text, stamped
    hint = "`custody timestamp query -o FILE` makes the request that the authority has to answer"
    raise RuleRefusedError("T03", f"{path} is over no checkpoint of {ledger.origin}", hint=hint)


def _verify(reply: "Reply", text: bytes, authorities: "tuple[Authority, ...]", path: Path) -> None:
    from custody.verifier.timestamps import check_token

    try:
        check_token(reply.token, text, authorities)
    except (BadSignatureError, UnknownSignerError) as error:
        hint = "is --tsa the root certificate of that authority?"
        raise RuleRefusedError("T03", f"{path}: {error.message}", hint=hint) from error


def _ahead(ledger: "Ledger", size: int, reply: "Reply") -> int:
    """By how many seconds the last entry covered was recorded after the time-stamp."""
    from custody.protocol.entry import parse_entry

    return parse_utc(parse_entry(ledger.entry(size - 1)).recorded_at) - reply.stamp.time - reply.stamp.accuracy
